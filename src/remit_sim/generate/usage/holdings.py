"""Who holds which role assignments at which instant: a literal reading, kept apart from Remit's engine.

Times are microseconds since 1970 UTC. A grant with a condition is never taken for one that settles anything: where one
might apply, nothing is made to happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from remit_sim import places
from remit_sim.generate.usage.facts import Assignment, Facts

ALWAYS = (-(2**62), 2**62)
Span = tuple[int, int]
_KEPT = 8_192


@dataclass(frozen=True, slots=True)
class Membership:
    """A direct membership and when it holds, `[since, until)`."""

    member: str
    group: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Holding:
    """An assignment that somebody has, and when: both it and one of the ways to it must hold."""

    assignment: Assignment
    ways: tuple[Span, ...]

    def at(self, instant: int) -> bool:
        """Tell whether it is in force at an instant."""
        since, until = self.assignment.since, self.assignment.until
        if (since is not None and instant < since) or (until is not None and instant >= until):
            return False
        return any(low <= instant < high for low, high in self.ways)


class Holdings:
    """What everybody holds, over the whole time."""

    def __init__(self, facts: Facts, assignments: Iterable[Assignment], memberships: Iterable[Membership]) -> None:
        self._facts = facts
        self._lineages: dict[str, dict[str, int]] = {}
        by_principal: dict[str, list[Assignment]] = defaultdict(list)
        for one in assignments:
            by_principal[one.principal].append(one)
        spans: dict[tuple[str, str], Span] = {(one.member, one.group): one.span for one in memberships}
        direct: dict[str, set[str]] = {who: set(facts.parents.get(who, ())) for who in facts.people}
        for member, group in spans:
            direct.setdefault(member, set()).add(group)
        self.of: dict[str, tuple[Holding, ...]] = {}
        """By principal."""
        for who in facts.people:
            ways: dict[str, list[Span]] = defaultdict(list)
            for group in sorted(direct[who]):
                span = spans.get((who, group), ALWAYS)
                for above in _upwards(group, facts.parents):
                    ways[above].append(span)
            found = [Holding(one, (ALWAYS,)) for one in by_principal.get(who, ())]
            found += [
                Holding(one, tuple(spans_)) for above, spans_ in ways.items() for one in by_principal.get(above, ())
            ]
            self.of[who] = tuple(sorted(found, key=lambda one: (one.assignment.guid, one.assignment.principal)))

    def granting(self, who: str, action: str, plane: str, scope: str, instant: int) -> list[Holding] | None:
        """Return what grants an action, the nearest scope first; None where a condition may have a say."""
        depth = self._depths(places.key(scope))
        found: list[tuple[int, Holding]] = []
        for one in self.of.get(who, ()):
            level = depth.get(one.assignment.place)
            if level is None or not one.assignment.role.may_give(action, plane) or not one.at(instant):
                continue
            if one.assignment.conditional or not one.assignment.role.gives(action, plane):
                return None
            found.append((level, one))
        found.sort(key=lambda pair: (pair[0], pair[1].assignment.guid))
        return [one for _, one in found]

    def nearest(self, who: str, action: str, plane: str, scope: str, instant: int) -> list[Holding] | None:
        """As `granting`, None also where two grants are equally near: then nobody could tell which one it was."""
        found = self.granting(who, action, plane, scope, instant)
        if found and len(found) > 1 and found[0].assignment.place == found[1].assignment.place:
            return None
        return found

    def covers(self, one: Assignment, place: str) -> bool:
        """Tell whether an assignment covers a place."""
        return one.place in self._depths(place)

    def _depths(self, place: str) -> dict[str, int]:
        found = self._lineages.get(place)
        if found is None:
            if len(self._lineages) > _KEPT:
                self._lineages.clear()
            found = self._lineages[place] = lineage(place, self._facts)
        return found

    @property
    def facts(self) -> Facts:
        """Return what it was made from."""
        return self._facts


def _upwards(group: str, parents: dict[str, set[str]]) -> set[str]:
    found, queue = {group}, [group]
    while queue:
        for above in parents.get(queue.pop(), ()):
            if above not in found:
                found.add(above)
                queue.append(above)
    return found


def lineage(place: str, facts: Facts) -> dict[str, int]:
    """Return a place and all above it, each with its distance."""
    steps = _textual(place)
    chain = facts.above.get(steps[-1], ()) if steps else ()
    return {step: level for level, step in enumerate((*steps, *chain, places.ROOT))}


@lru_cache(maxsize=16_384)
def _textual(place: str) -> tuple[str, ...]:
    return tuple(places.textual(place))
