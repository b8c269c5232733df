"""Who does what how often: each identity has a few routines, each a call on a few resources in its own rhythm.

Who is labelled over-privileged does its needs and nothing else; a grant that is labelled dormant is used by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit_sim import places
from remit_sim.generate.dice import Dice, Wheel
from remit_sim.generate.labels import Labels, OverPrivileged
from remit_sim.generate.usage.calls import AKS, GROUP, KEY_VAULT, STORAGE, Call, calls_of
from remit_sim.generate.usage.facts import Person, Resource
from remit_sim.generate.usage.history import DAY_US, HOUR_US, Change, History
from remit_sim.generate.usage.holdings import Holding, Holdings, lineage

_HOURLY, _DAILY, _WEEKLY, _MONTHLY, _RARE = range(5)
_RHYTHMS = Wheel([(_DAILY, 22), (_WEEKLY, 34), (_MONTHLY, 24), (_RARE, 20)])
_SOFTWARE = Wheel([(_HOURLY, 8), (_DAILY, 40), (_WEEKLY, 26), (_MONTHLY, 14), (_RARE, 12)])
_EACH_DAY = (1.8, 0.7, 0.18, 0.045, 0.018)
"""Mean number of runs on a day that is not free."""
_IN_A_BURST = (1, 1, 1, 1, 2, 2, 3, 5)
_MOST_ROUTINES = 4
_TRIES = 5
_FEW = 6


@dataclass(frozen=True, slots=True)
class Routine:
    """A call that somebody makes again and again."""

    call: Call
    targets: tuple[Resource, ...]
    rhythm: int
    hour: float
    names: int = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One call of a routine, at an instant."""

    time: int
    who: Person
    call: Call
    target: Resource
    name: int
    burst: int


class Routines:
    """The routines of everybody.

    Args:
        holdings: who holds what.
        labels: of the tenant, where it was generated.
    """

    def __init__(self, holdings: Holdings, history: History, seed: int, volume: float, labels: Labels | None) -> None:
        self._holdings = holdings
        self._facts = holdings.facts
        self._volume = volume
        self._seed = seed
        self._by_id = {one.place: one for one in self._facts.resources}
        self._dormant = frozenset(
            one.assignment_id.rpartition("/")[2].lower() for one in (labels.dormant_grants if labels else ())
        )
        needs = {one.principal_id.lower(): one for one in (labels.over_privileged if labels else ())}
        self._activations: dict[int, list[Change]] = {}
        for one in history.changes:
            if one.kind == "activated":
                self._activations.setdefault(one.time // DAY_US, []).append(one)
        self.of: list[tuple[Person, tuple[Routine, ...]]] = []
        for person in sorted(self._facts.people.values(), key=lambda one: one.guid):
            dice = Dice(seed, f"usage/routines/{person.guid}")
            label = needs.get(person.guid)
            found = tuple(self._needs(label, dice)) if label else tuple(self._own(person, dice))
            self.of.append((person, found))

    def runs(self, day: int, start: int, end: int) -> Iterator[Run]:
        """Yield what everybody does on a day (days since 1970 UTC), between two instants, in no order."""
        free = (day + 3) % 7 >= 5  # noqa: PLR2004 - Saturday and Sunday
        yield from self._activated(day, (start, end))
        for person, routines in self.of:
            if not routines or (free and person.kind == "user"):
                continue
            dice = Dice(self._seed, f"usage/{day}/{person.guid}")
            for routine in routines:
                mean = _EACH_DAY[routine.rhythm] * self._volume
                times = dice.several(mean) if mean > 1 else int(dice.roll() < mean)
                for _ in range(times):
                    yield from self._burst(person, routine, day, dice, (start, end))

    def _activated(self, day: int, span: tuple[int, int]) -> Iterator[Run]:
        """Yield what is done with what was activated on a day."""
        for change in self._activations.get(day, ()):
            person, active = self._facts.people[change.subject], change.assignment
            if active is None or change.until is None:
                continue
            dice = Dice(self._seed, f"usage/{active.guid}")
            routine = self._draw(person, Holding(active, ()), dice)
            for _ in range(dice.between(1, 4) if routine else 0):
                time = change.time + int((0.05 + 0.9 * dice.roll()) * (change.until - change.time))
                if routine and span[0] <= time < span[1]:
                    yield Run(time, person, routine.call, dice.pick(routine.targets), dice.below(routine.names), 1)

    def _burst(self, person: Person, routine: Routine, day: int, dice: Dice, span: tuple[int, int]) -> Iterator[Run]:
        hour = routine.hour + (dice.roll() - 0.5) * (7.0 if person.kind == "user" else 0.4)
        if routine.rhythm == _HOURLY:
            hour = dice.roll() * 24
        time = day * DAY_US + int(max(0.0, min(hour, 23.9)) * HOUR_US) + dice.below(60_000_000)
        burst = dice.pick(_IN_A_BURST)
        for _ in range(burst):
            if span[0] <= time < span[1]:
                target = dice.pick(routine.targets)
                yield Run(time, person, routine.call, target, dice.below(routine.names), burst)
            time += dice.between(400_000, 40_000_000)

    def _needs(self, label: OverPrivileged, dice: Dice) -> Iterator[Routine]:
        for use in label.needs:
            target = self._by_id.get(places.key(use.scope))
            if target is None:
                continue
            for call in calls_of(target.type, _spelling(target)):
                if (
                    call.action.lower() == use.action.lower()
                    and call.plane == use.plane
                    and not call.tail.startswith("/p")
                ):
                    yield Routine(call, (target,), dice.pick((_DAILY, _WEEKLY)), 3 + dice.roll() * 18, 2)
                    break

    def _own(self, person: Person, dice: Dice) -> Iterator[Routine]:
        """Draw calls on what somebody has grants on, and take those whose grant is certain."""
        held = [one for one in self._holdings.of[person.guid] if one.assignment.guid not in self._dormant]
        count = dice.between(1, _MOST_ROUTINES)
        seen: set[tuple[str, str]] = set()
        for _ in range(count * _TRIES if held else 0):
            holding = dice.pick(held)
            routine = self._draw(person, holding, dice)
            if routine is None or (routine.call.action, routine.targets[0].place) in seen:
                continue
            seen.add((routine.call.action, routine.targets[0].place))
            yield routine
            count -= 1
            if not count:
                return

    def _draw(self, person: Person, holding: Holding, dice: Dice) -> Routine | None:
        targets = self._targets(holding, dice)
        if not targets:
            return None
        first = targets[0]
        calls = [
            call
            for call in calls_of(first.type, _spelling(first))
            if holding.assignment.role.gives(call.action, call.plane) or not call.grants
        ]
        if not calls:
            return None
        call = Wheel([(call, call.often) for call in calls]).spin(dice)
        fit = tuple(one for one in targets if one.type == first.type and self.sure(person.guid, call, one))[:_FEW]
        if not fit:
            return None
        rhythm = (_RHYTHMS if person.kind == "user" else _SOFTWARE).spin(dice)
        hour = 9 + dice.roll() * 7 if person.kind == "user" else dice.roll() * 24
        return Routine(call, fit, rhythm, hour)

    def _targets(self, holding: Holding, dice: Dice) -> list[Resource]:
        own = self._by_id.get(holding.assignment.place)
        if own is not None and own.type != GROUP:
            return [own]
        found: list[Resource] = []
        pool = self._facts.resources
        first = dice.below(len(pool)) if pool else 0
        for step in range(min(len(pool), 400)):
            one = pool[(first + step) % len(pool)]
            if self._holdings.covers(holding.assignment, one.place) and (not found or one.type == found[0].type):
                found.append(one)
                if len(found) >= 3:  # noqa: PLR2004 - a routine is about few resources
                    break
        return found

    def sure(self, who: str, call: Call, target: Resource) -> bool:
        """Tell whether it is certain at every instant who or what allows a call, or that nothing does."""
        if any(guard in lineage(target.place, self._facts) for guard in self._facts.guarded):
            return False
        if call.log == KEY_VAULT and target.properties.get("enableRbacAuthorization") is not True:
            return False
        if call.log == AKS and (target.properties.get("aadProfile") or {}).get("enableAzureRBAC") is not True:
            return False
        if call.log == STORAGE and target.properties.get("isHnsEnabled") is True:
            return False
        every = [
            one.assignment
            for one in self._holdings.of[who]
            if self._holdings.covers(one.assignment, target.place)
            and one.assignment.role.may_give(call.action, call.plane)
        ]
        return not any(
            one.conditional or one.guid in self._dormant or not one.role.gives(call.action, call.plane) for one in every
        )


def _spelling(one: Resource) -> str:
    """Return the type as the id spells it; rows of Resource Graph spell it in lower case."""
    tail = one.id.rpartition("/providers/")[2].split("/")
    return "/".join((tail[0], *tail[1::2]))
