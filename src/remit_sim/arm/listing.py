"""Lists of Resource Manager: which rows belong to a scope, page by page, with the bytes of the rows unchanged.

    >>> envelope([b'{"id":"/x"}'], "").body
    b'{"value":[{"id":"/x"}]}'

Rows are found by index: by their exact scope, by their resource group, by their subscription (or, outside of
subscriptions, by their scope again). Cost: the rows of one page, and those that a filter passes over on the way.
A page ends at a slot of the table, so that a row is neither lost nor repeated by edits between two pages.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from heapq import merge

import msgspec

from remit_sim import paging, places
from remit_sim.call import Answer, Call
from remit_sim.tenant import Fields, Row, SimTenant, Table

FEW, MANY = 200, 1000
"""Rows of a page: most lists; subscriptions and what is about roles."""

Keep = Callable[[Row], bool]
Shape = Callable[[Row], Row]


class Reach(Enum):
    """Which rows a list at a scope gives."""

    AROUND = "at, above and below the scope"
    ABOVE = "at and above the scope"
    BELOW = "at and below the scope"
    EXACT = "at the scope"


def sources(call: Call, list_name: str, scope: str, reach: Reach) -> list[Sequence[int]]:
    """Return the slots of a list that `reach` a scope, as ascending runs without a slot in common.

    For a scope inside a resource group or subscription the runs hold all of that: `fitting` tells which are meant.
    """
    table = call.tenant.table(list_name)
    place = places.key(scope)
    tree = places.tree(call.tenant)
    above = tree.lineage(place)[1:] if place != places.ROOT else []
    if reach is Reach.EXACT:
        return _exactly(table, [place])
    if reach is Reach.ABOVE:
        return _exactly(table, [place, *above])
    found = _at_and_below(table, tree, place)
    if reach is Reach.AROUND:
        anchor = _anchor(place)
        found += _exactly(table, [step for step in above if not anchor or not places.within(step, anchor)])
    return found


def fitting(scope: str, reach: Reach) -> Keep | None:
    """Return what tells the rows that reach a scope from the others of the runs, None where all are meant."""
    place = places.key(scope)
    anchor = _anchor(place)
    if anchor in {"", place} or reach in {Reach.ABOVE, Reach.EXACT}:
        return None

    def keep(row: Row) -> bool:
        at = places.scope_of_row(msgspec.json.decode(row))
        return places.within(at, place) or (
            reach is Reach.AROUND and (places.within(place, at) or not places.within(at, anchor))
        )

    return keep


def page(
    call: Call,
    table: Table,
    slots: Iterable[Sequence[int]],
    size: int,
    *,
    keep: Keep | None = None,
    shape: Shape | None = None,
    null_link: str = "",
) -> Answer:
    """Return one page.

    Args:
        call: whose `$skiptoken` says where the page starts.
        table: the list.
        slots: ascending runs of slots.
        size: rows of a page.
        keep: which rows are meant.
        shape: what is shown of a row.
        null_link: the member that says null on the last page, "" for none.
    """
    token = call.query.get("$skiptoken") or call.query.get("$skipToken")
    start = paging.decode(call, token) if token else 0
    size = call.page_rows(size)
    rows: list[Row] = []
    for slot in merge(*(_from(run, start) for run in slots)):
        row = table.at(slot)
        if row is None or (keep is not None and not keep(row)):
            continue
        if len(rows) == size:
            return envelope(rows, paging.next_link(call, slot))
        rows.append(shape(row) if shape else row)
    return envelope(rows, "", null_link)


def envelope(rows: Iterable[Row], link: str, null_link: str = "") -> Answer:
    """Return rows as a list answer."""
    tail = b""
    if link:
        tail = b',"nextLink":' + msgspec.json.encode(link)
    elif null_link:
        tail = b',"' + null_link.encode() + b'":null'
    return Answer(body=b'{"value":[' + b",".join(rows) + b"]" + tail + b"}")


def everything(table: Table) -> list[Sequence[int]]:
    """Return the slots of a whole list."""
    return [range(table.end)]


def both(first: Keep | None, second: Keep | None) -> Keep | None:
    """Return what keeps the rows that two keep."""
    if first is None or second is None:
        return first or second
    return lambda row: first(row) and second(row)


def _from(run: Sequence[int], start: int) -> Iterator[int]:
    return (run[at] for at in range(bisect_left(run, start) if start else 0, len(run)))


def _anchor(place: str) -> str:
    """Return the resource group, or else the subscription, that a key lies in; "" outside of both."""
    return places.group_of(place) or places.subscription_of(place)


def _exactly(table: Table, scopes: Iterable[str]) -> list[Sequence[int]]:
    return [table.slots("scope", places.scope_of_row, scope) for scope in scopes]


def _at_and_below(table: Table, tree: places.Tree, place: str) -> list[Sequence[int]]:
    if place == places.ROOT:
        return everything(table)
    if group := places.group_of(place):
        return [table.slots("scope.group", _group, group)]
    homes = [places.subscription_of(place) or place, *tree.below(place)]
    return [table.slots("home", home_of, home) for home in homes]


def home_of(fields: Fields) -> str:
    """Return the subscription of a row, or its scope where it lies in none: a value for `Table.where`."""
    scope = places.scope_of_row(fields)
    return places.subscription_of(scope) or scope


def _group(fields: Fields) -> str:
    return places.group_of(places.scope_of_row(fields))


def reaching(call: Call, scope: str, reach: Reach) -> Keep:
    """Return what keeps the rows that `reach` a scope, of whatever run of the list they are."""
    place = places.key(scope)
    tree = places.tree(call.tenant)
    above = frozenset(tree.lineage(place)[1:]) if reach in {Reach.AROUND, Reach.ABOVE} else frozenset()
    homes = frozenset(tree.below(place))

    def keep(row: Row) -> bool:
        at = places.scope_of_row(msgspec.json.decode(row))
        if at == place or at in above:
            return True
        downward = reach in {Reach.AROUND, Reach.BELOW}
        return downward and (places.within(at, place) or at in homes or places.subscription_of(at) in homes)

    return keep


def keys_below(tenant: SimTenant, list_name: str, place: str) -> list[str]:
    """Return the keys of the rows of a list at a place inside a subscription, and below it."""
    table = tenant.table(list_name)
    runs = _at_and_below(table, places.tree(tenant), place)
    found = [(table.key_at(slot), table.at(slot)) for run in runs for slot in run]
    return [
        key
        for key, row in found
        if row is not None and places.within(places.scope_of_row(msgspec.json.decode(row)), place)
    ]
