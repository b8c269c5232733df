"""Which rows a query is about, and which of them its caller may see; the others are left out in silence.

Asking a role for every single row would cost too much: what is allowed on a resource group is asked once for each
type, and a single resource only where a role is assigned somewhere inside the group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from remit_sim import places, rbac
from remit_sim.call import Caller
from remit_sim.resource_graph.records import Record
from remit_sim.tenant import SimTenant

Keep = Callable[[Record], bool]

AT, BELOW, ABOVE = "at", "below", "above"
SCOPE_FILTERS = {
    "AtScopeAndBelow": frozenset({AT, BELOW}),
    "AtScopeAndAbove": frozenset({AT, ABOVE}),
    "AtScopeExact": frozenset({AT}),
    "AtScopeAboveAndBelow": frozenset({AT, BELOW, ABOVE}),
}
"""What `authorizationScopeFilter` keeps, by where a row stands towards what was asked."""

DEFAULT_FILTER = "AtScopeAndBelow"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query is about: keys of subscriptions and management groups, none for the whole tenant; a filter."""

    places: tuple[str, ...] = ()
    scope_filter: str = DEFAULT_FILTER


def within(tenant: SimTenant, asked: Asked, *, scoped: bool) -> Keep:
    """Return whether a row lies in what was asked; `scoped` rows stand on scopes and may stand above, too."""
    if not asked.places and not scoped:
        return lambda _: True
    tree = places.tree(tenant)
    tops = asked.places or tuple(tree.children.get("", ()))
    below = frozenset(place for top in tops if top.startswith(places.GROUPS) for place in tree.below(top))
    above = frozenset({places.ROOT, *(step for top in tops for step in tree.chain(top))})
    wanted = SCOPE_FILTERS[asked.scope_filter] if scoped else frozenset({AT, BELOW})
    whole = not asked.places

    def where(place: str) -> str:
        if place in tops:
            return AT
        if place in above:
            return ABOVE
        root = places.subscription_of(place) or place
        return BELOW if whole or root in tops or root in below else ""

    return lambda record: record.anywhere or where(record.place) in wanted


def visible(tenant: SimTenant, caller: Caller) -> Keep:
    """Return whether a caller may see a row."""
    rights = rbac.rights(tenant, caller)
    if caller.operator:
        return lambda _: True
    known: dict[tuple[str, str], tuple[bool, bool]] = {}

    def ask(record: Record) -> bool:
        if record.anywhere:
            return rights.may(record.action, places.ROOT) or rights.may_below(record.action, places.ROOT)
        base = places.group_of(record.place) or record.place
        found = known.get((record.action, base))
        if found is None:
            found = rights.may(record.action, base), rights.may_below(record.action, base)
            known[record.action, base] = found
        at_base, inside = found
        return at_base or (inside and rights.may(record.action, record.place))

    return ask


def seen(
    tenant: SimTenant, caller: Caller, asked: Asked, records: Iterable[Record], *, scoped: bool
) -> Iterable[Record]:
    """Return the rows that a query is about and that its caller may see."""
    return filter(visible(tenant, caller), filter(within(tenant, asked, scoped=scoped), records))
