"""The OData options of a Graph request: `$select`, `$top`, `$filter`, `$count`, `$expand`, `$skiptoken`.

    >>> parse_expand("members($select=id),owners", ("members", "owners"))
    (Expansion(relation='members', select=('id',)), Expansion(relation='owners', select=()))

A page has 100 rows unless `$top` says otherwise, 999 at most, and 100 at most where something is expanded. What is not
understood is a 400, never ignored: a client that asks for an order must not take ours for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from remit_sim.call import Call, Refusal
from remit_sim.graph.filters import Filter, parse
from remit_sim.paging import decode

USUAL_PAGE, LARGEST_PAGE, LARGEST_EXPANDED_PAGE = 100, 999, 100

_KNOWN = frozenset({"$select", "$top", "$filter", "$count", "$expand", "$skiptoken", "$deltatoken"})


@dataclass(frozen=True, slots=True)
class Expansion:
    """One relation that is to be given with every object."""

    relation: str
    select: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks for.

    Attributes:
        select: names of the properties wanted; () for all.
        top: largest number of rows of a page.
        condition: what a row has to match, None for all.
        count: whether the number of all matching rows is wanted.
        expand: relations to give along.
        start: position of the first row.
    """

    select: tuple[str, ...] = ()
    top: int = USUAL_PAGE
    condition: Filter | None = None
    count: bool = False
    expand: tuple[Expansion, ...] = ()
    start: int = 0


def options_of(call: Call, expandable: Collection[str] = ()) -> Options:
    """Read the options of a request.

    Args:
        call: the request.
        expandable: relations that `$expand` may name here.

    Raises:
        Refusal: an option is not understood, or the continuation token is good no longer.
    """
    query = {name.lower(): text for name, text in call.query.items()}
    if strange := sorted(name for name in query if name.startswith("$") and name not in _KNOWN):
        raise Refusal(400, "BadRequest", f"The simulator does not understand the query option `{strange[0]}`.")
    expand = parse_expand(query.get("$expand", ""), expandable)
    top = _top(query.get("$top", ""))
    return Options(
        _names(query.get("$select", "")),
        call.page_rows(min(top, LARGEST_EXPANDED_PAGE) if expand else top),
        parse(query["$filter"]) if query.get("$filter") else None,
        query.get("$count", "").lower() == "true",
        expand,
        decode(call, query["$skiptoken"]) if "$skiptoken" in query else 0,
    )


def parse_expand(text: str, expandable: Collection[str]) -> tuple[Expansion, ...]:
    """Read the text of `$expand`.

    Raises:
        Refusal: it names something that cannot be expanded, or an option other than `$select`.
    """
    by_name = {name.lower(): name for name in expandable}
    found = []
    for part in re.findall(r"[^,(]+(?:\([^)]*\))?", text):
        shape = re.fullmatch(r"\s*(\w+)(?:\(\s*\$select=([\w@.,\s]+)\))?\s*", part)
        if shape is None or shape[1].lower() not in by_name:
            raise Refusal(400, "BadRequest", f"Could not expand `{part.strip()}`.")
        found.append(Expansion(by_name[shape[1].lower()], _names(shape[2] or "")))
    return tuple(found)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",")) if text.strip() else ()
    if not all(re.fullmatch(r"[@\w][\w.@]*", name) for name in names):
        raise Refusal(400, "BadRequest", f"Parsing OData Select and Expand failed: `{text}`.")
    return names


def _top(text: str) -> int:
    if not text:
        return USUAL_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        message = f"Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        raise Refusal(400, "BadRequest", message)
    return int(text)
