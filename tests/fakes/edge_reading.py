"""A slow, literal reading of declared edges: whether somebody has one, from roles, settings, denies and locks.

Shares no code with the drawing of edges. One resource, its row, and one principal with one role at the resource's
group, another at a group elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remit.graph.kinds import EdgeCatalogue, GuardRule, Way

NO, MAYBE, YES = range(3)
BELOW = "below"
"""Where a row of these tests keeps what stands below the resource, by its path."""
_DATA = "data:"
_LOCKS = "microsoft.authorization/locks/"


@dataclass(frozen=True)
class Held:
    """A role as plain lists; `data:` marks data actions, as in declarations."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()

    def gives(self, need: str) -> bool:
        """Tell whether the role gives an action (M3a, M6)."""
        return _any(self.actions, need) and not _any(self.not_actions, need)


@dataclass(frozen=True)
class Standing:
    """What one principal meets at one resource."""

    target: str
    row: Mapping[str, Any]
    here: Held
    elsewhere: Held = Held()
    denied: tuple[str, ...] = ()
    read_only: bool = False


def reads(catalogue: EdgeCatalogue, standing: Standing, facet: str) -> int:
    """Tell whether the principal reaches a side of the resource: NO, MAYBE or YES."""
    best = NO
    for kind in catalogue.kinds:
        if kind.draws or kind.facet != facet:
            continue
        for way in kind.way:
            if way.needs and standing.target in kind.targets_of(way):
                best = max(best, reads_way(catalogue, standing, way))
    return best


def reads_way(catalogue: EdgeCatalogue, standing: Standing, way: Way) -> int:
    """Tell the same of one way alone."""
    lifts = standing.here.gives("Microsoft.Authorization/locks/delete")
    for need in way.needs:
        if not standing.here.gives(need) or _any(standing.denied, need):
            return NO
        if standing.read_only and _stopped(need) and not lifts:
            return NO
    if way.anywhere and not any(
        all(place.gives(need) for need in way.anywhere) for place in (standing.here, standing.elsewhere)
    ):
        return NO
    best = YES if way.certain else MAYBE
    for guard in catalogue.guards:
        if guard.name in way.guards:
            for rule in guard.rule:
                if standing.target.lower() in {name.lower() for name in rule.types}:
                    best = min(best, {"open": YES, "unknown": MAYBE, "closed": NO}[says(rule, standing.row)])
    return best


def _stopped(need: str) -> bool:
    """Tell whether a ReadOnly lock stops an action (B1); a lock does not stop the removal of locks."""
    text = need.lower()
    return not text.startswith((_DATA, _LOCKS)) and not text.endswith("/read")


def says(rule: GuardRule, row: Mapping[str, Any]) -> str:
    """Tell what one rule makes of a row: `open`, `closed` or `unknown`."""
    if rule.child and rule.child not in row.get(BELOW, {}):
        return rule.absent
    said = row[BELOW][rule.child] if rule.child else row
    if rule.property and "properties" not in said:
        return "unknown"
    found = _at(said, rule.top.split(".")) if rule.top else _at(said["properties"], rule.property.split("."))
    words = [str(value).lower() for value in found]
    return _of_words(rule, words) if words else rule.absent


def _of_words(rule: GuardRule, words: Sequence[str]) -> str:
    closing = sum(word in _listed(rule.closed) for word in words)
    if any(word in _listed(rule.open) for word in words):
        return "open"
    if closing:
        return "unknown" if rule.every and closing < len(words) else "closed"
    if any(word in _listed(rule.unsure) for word in words):
        return "unknown"
    return rule.present or ("open" if rule.open is None else "closed")


def _listed(values: Any) -> list[str]:
    """Write one value, several or none as words."""
    listed = values if isinstance(values, tuple) else (values,)
    return [str(value).lower() for value in listed if value is not None]


def _at(tree: Any, path: Sequence[str]) -> list[Any]:
    if not path:
        return tree if isinstance(tree, list) else [tree]
    if path[0] == "*":
        return [value for one in tree for value in _at(one, path[1:])]
    return _at(tree[path[0]], path[1:]) if path[0] in tree else []


def _any(patterns: Sequence[str], need: str) -> bool:
    """Match an action on its own plane only (D6)."""
    data = need.startswith(_DATA)
    return any(_pattern(pattern)(need.lower()) is not None for pattern in patterns if pattern.startswith(_DATA) == data)


def _pattern(pattern: str) -> Callable[[str], object]:
    text = re.escape(pattern.lower()).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*")
    return re.compile(text).fullmatch
