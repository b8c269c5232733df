"""What changed in who may do what, before it became what the export says; and how the logs tell of it.

The export is the state at the end. Backwards from it: an assignment that was made within the time was not there
before; what was taken away is not in the export; a membership was added late, or ended; somebody activated a role for
some hours. The lists of the export stay as they are: `createdOn` of an assignment is when the logs see it made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from remit_sim import places
from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.facts import Assignment, Eligibility, Facts, Person, Resource
from remit_sim.generate.usage.holdings import ALWAYS, Holdings, Membership, Span, lineage

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
_ONE_IN = 5
"""One of so many identities has a change of its own kind in its past."""
_ON_CLUSTERS = ("Azure Kubernetes Service RBAC Reader", "microsoft.containerservice/managedclusters")
_ROLES = (
    _ON_CLUSTERS,
    ("Key Vault Secrets User", "microsoft.keyvault/vaults"),
    ("Storage Blob Data Contributor", "microsoft.storage/storageaccounts"),
    ("Storage Blob Data Reader", "microsoft.storage/storageaccounts"),
    ("Virtual Machine Contributor", "microsoft.compute/virtualmachines"),
    ("Website Contributor", "microsoft.web/sites"),
    ("Key Vault Secrets Officer", "microsoft.keyvault/vaults"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, at `time`.

    `kind` is assignmentWritten, assignmentDeleted, activated, expired, memberAdded or memberRemoved.
    """

    kind: str
    time: int
    subject: str
    assignment: Assignment | None = None
    group: str = ""
    until: int | None = None


@dataclass(slots=True)
class History:
    """The changes by time, and what they leave of assignments and memberships over the whole time."""

    changes: list[Change] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    members: dict[str, tuple[Assignment, ...]] = field(default_factory=dict)

    def holdings(self, facts: Facts) -> Holdings:
        """Return who held what when."""
        return Holdings(facts, self.assignments, self.memberships)


def make_history(facts: Facts, seed: int, start: int, left_alone: frozenset[str]) -> History:
    """Make up what changed between `start` and the collection; nothing happens to those who are to be left alone."""
    maker = _Maker(facts, seed, start, left_alone)
    history = maker.history
    history.assignments = list(facts.assignments)
    for one in facts.assignments:
        if one.since is not None and start < one.since < facts.collected_at - HOUR_US and not maker.active(one):
            history.changes.append(Change("assignmentWritten", one.since, one.principal, one))
    for number, person in enumerate(sorted(facts.people.values(), key=lambda one: one.guid)):
        if person.guid not in left_alone and number % _ONE_IN < len(maker.kinds):
            maker.kinds[number % _ONE_IN](person)
    for eligible in facts.eligible:
        if eligible.principal not in left_alone:
            maker.activate(eligible)
    history.changes.sort(key=lambda one: (one.time, one.subject, one.kind))
    return history


class _Maker:
    def __init__(self, facts: Facts, seed: int, start: int, left_alone: frozenset[str]) -> None:
        self._facts = facts
        self._dice = Dice(seed, "usage/history")
        self._ids = Ids(seed)
        self._start = start
        self._left_alone = left_alone
        self._groups = sorted({one.principal for one in facts.assignments} - set(facts.people))
        self._by_name = {role.name: role for role in facts.roles.values()}
        self.history = History()
        self.kinds = (self._had_a_role, self._joined_late, self._left_a_group)

    def active(self, one: Assignment) -> bool:
        """Tell whether it is the activation of an eligible assignment that is in force at the collection."""
        return any(
            one.principal == other.principal
            and one.role.guid == other.role.guid
            and one.place == places.key(other.scope)
            for other in self._facts.eligible
        )

    def _between(self, low: float, high: float) -> int:
        whole = self._facts.collected_at - self._start
        return self._start + int(whole * (low + (high - low) * self._dice.roll())) // 1_000_000 * 1_000_000

    def _had_a_role(self, person: Person) -> None:
        """An assignment that is no more: made before the time or within it, deleted within it."""
        made = self._between(0.1, 0.4) if self._dice.chance(0.6) else None
        gone = self._between(0.55, 0.95)
        for turn in range(8):
            # Clusters are rare, and who uses them hardly has a grant: where there is one, it is often the target.
            name, kind = _ON_CLUSTERS if turn == 0 and self._dice.chance(0.4) else self._dice.pick(_ROLES)
            targets = [one for one in self._facts.resources if one.type == kind and self._open(one)]
            if name in self._by_name and targets:
                target = self._dice.pick(targets)
                scope = target.id if self._dice.chance(0.5) else _group_scope(target.id)
                guid = self._ids.guid("usage-assignment", person.guid)
                kind = "User" if person.kind == "user" else "ServicePrincipal"
                past = Assignment(
                    guid, person.guid, kind, self._by_name[name], scope, places.key(scope), since=made, until=gone
                )
                self.history.assignments.append(past)
                if made is not None:
                    self.history.changes.append(Change("assignmentWritten", made, person.guid, past))
                self.history.changes.append(Change("assignmentDeleted", gone, person.guid, past))
                return

    def _joined_late(self, person: Person) -> None:
        """A membership of the export that is younger than the time."""
        groups = sorted(self._facts.parents.get(person.guid, set()) & set(self._groups))
        if groups:
            group, when = self._dice.pick(groups), self._between(0.2, 0.7)
            self.history.memberships.append(Membership(person.guid, group, (when, ALWAYS[1])))
            self.history.changes.append(Change("memberAdded", when, person.guid, group=group))

    def _left_a_group(self, person: Person) -> None:
        """A membership that is no more."""
        groups = [one for one in self._groups if one not in self._facts.parents.get(person.guid, set())]
        groups = [one for one in groups if one in self._facts.group_names and one not in self._left_alone]
        if not groups:
            return
        group, left = self._dice.pick(groups), self._between(0.5, 0.95)
        joined = self._between(0.05, 0.4) if self._dice.chance(0.5) else None
        span: Span = (ALWAYS[0] if joined is None else joined, left)
        self.history.memberships.append(Membership(person.guid, group, span))
        if joined is not None:
            self.history.changes.append(Change("memberAdded", joined, person.guid, group=group))
        self.history.changes.append(Change("memberRemoved", left, person.guid, group=group))

    def activate(self, eligible: Eligibility) -> None:
        """Let a user activate what is eligible, some times, for some hours of a working day."""
        for guid in self._activators(eligible):
            for number, day in enumerate(self._days(eligible)):
                begin = day + int((7 + 8 * self._dice.roll()) * HOUR_US) // 1_000_000 * 1_000_000
                until = begin + self._dice.between(1, 8) * HOUR_US
                if begin <= eligible.since or until >= min(eligible.until or ALWAYS[1], self._facts.collected_at):
                    continue
                active = Assignment(
                    self._ids.guid("usage-activation", f"{guid}/{eligible.role.guid}/{eligible.scope}/{number}"),
                    guid, "User", eligible.role, eligible.scope, places.key(eligible.scope), since=begin, until=until,
                )  # fmt: skip
                self.history.assignments.append(active)
                self.history.changes.append(Change("activated", begin, guid, active, until=until))
                self.history.changes.append(Change("expired", until, guid, active))

    def _activators(self, eligible: Eligibility) -> Iterator[str]:
        if eligible.principal in self._facts.people:
            yield eligible.principal
            return
        members = sorted(
            one.guid
            for one in self._facts.people.values()
            if one.kind == "user" and eligible.principal in self._facts.parents.get(one.guid, ())
        )
        yield from members[:2]

    def _days(self, eligible: Eligibility) -> Iterator[int]:
        """Days of activation, no two alike: the spans of one user and role never meet."""
        first = max(self._start, eligible.since) // DAY_US + 1
        last = self._facts.collected_at // DAY_US - 1
        wanted = self._dice.between(2, 5)
        days = {first + self._dice.below(max(1, last - first)) for _ in range(wanted)}
        yield from (day * DAY_US for day in sorted(days) if (day + 3) % 7 < 5)  # noqa: PLR2004 - Monday to Friday

    def _open(self, one: Resource) -> bool:
        if one.type == _ON_CLUSTERS[1] and (one.properties.get("aadProfile") or {}).get("enableAzureRBAC") is not True:
            return False
        return not any(guard in lineage(one.place, self._facts) for guard in self._facts.guarded)


def _group_scope(resource: str) -> str:
    return "/".join(resource.split("/")[:5])


def shifted(one: Assignment, since: int) -> Assignment:
    """Return an assignment that was made at an instant."""
    return replace(one, since=since)
