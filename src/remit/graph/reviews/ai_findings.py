"""What AI workloads have wrong: everything in one hand, reading and writing by one identity, keys, shared identities.

findings = AiFindings(index, rules, workloads, duties, software)
findings.whole()[0].principal

A group that has something stands for its members: who has no more than one group of theirs has is not told besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind
from remit.engine.index import TenantIndex
from remit.graph.facts import GuardState
from remit.graph.reviews.ai_duties import KEYS, DutyFinder, Holders, Sureness, either, together
from remit.graph.reviews.ai_rules import DUTIES, INFERENCE, WHOLE, AiRules
from remit.graph.reviews.ai_workloads import NO_KEYS, Workload

Codes = NDArray[np.int32]
_ORDER = (*DUTIES, KEYS)
_LEAST = 3
"""So many of the duties that should be apart must a sort have before holding them together means anything."""


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has over some workloads.

    Attributes:
        principal: row. members: how many stand behind a group, 0 for others.
        workloads: places in the list of workloads. sureness: of the surest. duties: over any of them.
    """

    principal: int
    members: int
    workloads: tuple[int, ...]
    sureness: Sureness
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenKeys:
    """A workload whose keys open it, or may; who gets at them, and who of those has no duty of asking it.

    Attributes:
        workload: place in the list of workloads. state: `GuardState`, OPEN or UNKNOWN.
        holders: who can read or renew keys. around: who of them certainly may not use it as themselves.
    """

    workload: int
    state: int
    holders: Holders
    around: Codes


@dataclass(frozen=True, slots=True)
class SharedIdentity:
    """A workload identity of several projects.

    Attributes:
        principal: row. attached: places of workloads that run as it. works_in: places of projects over which it has
            a duty of asking, training or deploying.
    """

    principal: int
    attached: tuple[int, ...]
    works_in: tuple[int, ...]


@dataclass(slots=True)
class _Having:
    workloads: list[int] = field(default_factory=list)
    sureness: Sureness = Sureness.POSSIBLE


class AiFindings:
    """Questions about the workloads of one snapshot."""

    def __init__(
        self,
        index: TenantIndex,
        rules: AiRules,
        workloads: Sequence[Workload],
        duties: DutyFinder,
        software: Iterable[int],
    ) -> None:
        self._index = index
        self._rules = rules
        self._workloads = workloads
        self._duties = duties
        self._software = np.asarray(sorted(software), dtype=np.int32)
        self._by_keys: dict[tuple[int, int], Mapping[str, Holders]] = {}
        self._writes = {(duty.table, duty.duty): duty.write for duty in rules.duties}

    # Together ----------------------------------------------------------------------------------------------------

    def whole(self) -> tuple[Held, ...]:
        """Return who can modify, deploy, observe and provision one and the same workload."""

        def chosen(_workload: Workload, said: Mapping[str, Holders]) -> Holders:
            wanted = [said[duty] for duty in WHOLE if duty in said]
            return together(wanted) if len(wanted) >= _LEAST else together(())

        return self._folded(self._everywhere(chosen), WHOLE)

    def mixed(self) -> tuple[Held, ...]:
        """Return the software that both asks a workload and changes what others are told by it."""

        def chosen(workload: Workload, said: Mapping[str, Holders]) -> Holders:
            writing = either(said[duty] for duty in said if self._writes.get((workload.sort.duties, duty)))
            found = together((said[INFERENCE], writing)) if INFERENCE in said else together(())
            return self._only_software(found)

        found = self._everywhere(chosen)
        return tuple(
            Held(row, 0, tuple(one.workloads), one.sureness, self._duties_over(row, one.workloads))
            for row, one in sorted(found.items())
        )

    def _only_software(self, holders: Holders) -> Holders:
        certain, eligible, possible = (
            np.intersect1d(codes, self._software).astype(np.int32)
            for codes in (holders.certain, holders.eligible, holders.possible)
        )
        return Holders(certain, eligible, possible, holders.unread)

    def _everywhere(self, chosen: Callable[[Workload, Mapping[str, Holders]], Holders]) -> dict[int, _Having]:
        """Return, per principal, the workloads where something is so. What stands alike is judged once."""
        alike: dict[tuple[int, int], Holders] = {}
        found: dict[int, _Having] = {}
        for place, workload in enumerate(self._workloads):
            key = (id(self._duties.of(workload)), workload.keys)
            if key not in alike:
                alike[key] = chosen(workload, self._with_keys(workload))
            holders = alike[key]
            for sureness, codes in (
                (Sureness.CERTAIN, holders.certain),
                (Sureness.ELIGIBLE, holders.eligible),
                (Sureness.POSSIBLE, holders.possible),
            ):
                for row in codes.tolist():
                    having = found.setdefault(row, _Having())
                    having.workloads.append(place)
                    having.sureness = max(having.sureness, sureness)
        return found

    def _with_keys(self, workload: Workload) -> Mapping[str, Holders]:
        """Return who has which duty, as whoever has an open key has, too."""
        said = self._duties.of(workload)
        if workload.keys in (NO_KEYS, GuardState.CLOSED):
            return said
        key = (id(said), workload.keys)
        if key not in self._by_keys:
            self._by_keys[key] = self._opened(workload, said)
        return self._by_keys[key]

    @staticmethod
    def _opened(workload: Workload, said: Mapping[str, Holders]) -> Mapping[str, Holders]:
        keys = said[KEYS]
        if workload.keys == GuardState.UNKNOWN:
            keys = Holders(keys.certain[:0], keys.certain[:0], keys.anybody, keys.unread)
        return {duty: either((one, keys)) if duty in workload.sort.opens else one for duty, one in said.items()}

    def _folded(self, found: dict[int, _Having], duties: Sequence[str]) -> tuple[Held, ...]:
        """Put groups in the place of members who have no more than the group."""
        kinds = self._index.facts.principals.kind
        groups = [row for row in sorted(found) if kinds[row] == PrincipalKind.GROUP]
        behind: dict[int, int] = {}
        covered: set[int] = set()
        for group in groups:
            whole = set(found[group].workloads)
            members = self._index.directory.members(group).tolist()
            behind[group] = len([row for row in members if kinds[row] != PrincipalKind.GROUP])
            for member in members:
                other = found.get(member)
                if (
                    other is not None
                    and member not in groups
                    and set(other.workloads) <= whole
                    and other.sureness <= found[group].sureness
                ):
                    covered.add(member)
        return tuple(
            Held(row, behind.get(row, 0), tuple(one.workloads), one.sureness, tuple(duties))
            for row, one in sorted(found.items())
            if row not in covered
        )

    # Keys --------------------------------------------------------------------------------------------------------

    def open_keys(self) -> tuple[OpenKeys, ...]:
        """Return the workloads whose keys are taken, or may be."""
        found = []
        for place, workload in enumerate(self._workloads):
            if workload.keys in (NO_KEYS, GuardState.CLOSED):
                continue
            said = self._duties.of(workload)
            holders = said[KEYS]
            asking = said[INFERENCE].anybody if INFERENCE in said else np.zeros(0, dtype=np.int32)
            around = np.setdiff1d(holders.certain, asking).astype(np.int32)
            found.append(OpenKeys(place, workload.keys, holders, around))
        return tuple(found)

    # Shared ------------------------------------------------------------------------------------------------------

    def shared(self, project_of: Callable[[int], str]) -> tuple[SharedIdentity, ...]:
        """Return the workload identities that several projects run as, or that work in several.

        Args:
            project_of: what a resource that is no project by itself belongs to.
        """
        by_row = {one.resource: one for one in self._workloads}
        projects = [self._project(one, by_row, project_of) for one in self._workloads]
        attached: dict[int, list[int]] = {}
        works: dict[int, list[int]] = {}
        for place, workload in enumerate(self._workloads):
            for row in workload.identities if projects[place] else ():
                attached.setdefault(row, []).append(place)
            if not projects[place] or (workload.parent in by_row and not workload.sort.project):
                continue
            said = self._duties.of(workload)
            writes = [duty for duty in said if self._writes.get((workload.sort.duties, duty))]
            for row in self._only_software(
                either(said[one] for one in (INFERENCE, *writes) if one in said)
            ).certain.tolist():
                works.setdefault(row, []).append(place)
        found = []
        for row in sorted({*attached, *works}):
            own, there = (self._apart(places.get(row, []), projects) for places in (attached, works))
            if own or there:
                found.append(SharedIdentity(row, own, there))
        return tuple(found)

    def _apart(self, places: Sequence[int], projects: Sequence[str]) -> tuple[int, ...]:
        """Return some workloads if they are of several projects; what others of them are parts of does not count."""
        above = {self._workloads[place].parent for place in places}
        left = [place for place in places if self._workloads[place].resource not in above]
        return tuple(left) if len({projects[place] for place in left}) > 1 else ()

    @staticmethod
    def _project(workload: Workload, by_row: Mapping[int, Workload], project_of: Callable[[int], str]) -> str:
        """Return what project a workload is of, "" for what projects share on purpose."""
        one = workload
        while not one.sort.project and one.parent in by_row:
            one = by_row[one.parent]
        if one.sort.project:
            return f"project {one.resource}"
        return "" if one.sort.common else project_of(one.resource)

    # Who touches what --------------------------------------------------------------------------------------------

    def touching(self) -> tuple[Held, ...]:
        """Return the software that has any duty over a workload, or can get at its keys."""

        def chosen(_workload: Workload, said: Mapping[str, Holders]) -> Holders:
            return self._only_software(either(said.values()))

        found = self._everywhere(chosen)
        return tuple(
            Held(row, 0, tuple(one.workloads), one.sureness, self._duties_over(row, one.workloads))
            for row, one in sorted(found.items())
        )

    def _duties_over(self, row: int, places: Iterable[int]) -> tuple[str, ...]:
        """Return which duties somebody has, in whatever way, over any of some workloads."""
        seen: set[tuple[int, int]] = set()
        found: set[str] = set()
        for place in places:
            workload = self._workloads[place]
            said = self._duties.of(workload)
            if (id(said), workload.keys) in seen:
                continue
            seen.add((id(said), workload.keys))
            for duty, holders in self._with_keys(workload).items():
                if duty not in found and _among(holders.anybody, row):
                    found.add(duty)
        return tuple(duty for duty in _ORDER if duty in found)


def _among(codes: Codes, row: int) -> bool:
    place = int(np.searchsorted(codes, row))
    return place < len(codes) and int(codes[place]) == row
