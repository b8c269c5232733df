"""What acts beside RBAC, found by scope, and what an action means to it (sections B and K).

Built when first asked for, from sorted columns: one array of offsets per table, no object per row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from remit.engine.facts import ClassicAdministrator, DenyFlag, LockLevel, PolicyEffect, TenantFacts
from remit.engine.inheritance import Chain, ScopeTree
from remit.engine.membership import offsets_of
from remit.engine.strings import TextColumn
from remit.engine.views import view
from remit.model.errors import ScopeSyntaxError
from remit.model.question import Plane
from remit.model.scope import Scope, ScopeKind
from remit.model.snapshot import Gap, SnapshotMeta

_REMEMBERED = 4096
_ROLE_ASSIGNMENTS = "microsoft.authorization/roleassignments/"
_LOCKS = "microsoft.authorization/locks/"
_GROUP_DELETE = "microsoft.resources/subscriptions/resourcegroups/delete"
_HANDED_OUT = "microsoft.storage/storageaccounts/listkeys/action"
_POLICY_SPARES = frozenset(
    {
        "microsoft.authorization/policyassignments/delete",
        "microsoft.authorization/denyassignments/delete",
        "microsoft.authorization/locks/delete",
        "microsoft.blueprint/blueprintassignments/delete",
        "microsoft.resources/deploymentstacks/delete",
        "microsoft.resources/subscriptions/delete",
    }
)
_ROLE_WRITES = frozenset(
    {
        "microsoft.authorization/roleassignments/write",
        "microsoft.authorization/roleassignmentschedulerequests/write",
        "microsoft.authorization/roleeligibilityschedulerequests/write",
    }
)


@dataclass(frozen=True, slots=True)
class ActionProfile:
    """What an action of one plane means to locks and policies.

    Attributes:
        verb: `read`, `write`, `delete` or `action`; anything else counts as an action.
        least_lock: the mildest `LockLevel` that stops it, 0 for none (B1).
        lock_clause: the clause behind it where it is a side effect, else "" (B2).
        deletes_group: it deletes a resource group with all that is in it (B3).
        policy_deletes: denyAction policies may stop it (B5).
        policy_writes: deny policies are known to be used against it (B6).
    """

    verb: str
    least_lock: int
    lock_clause: str
    deletes_group: bool
    policy_deletes: bool
    policy_writes: bool


_DATA = ActionProfile("", 0, "", deletes_group=False, policy_deletes=False, policy_writes=False)


def profile_of(action: str) -> ActionProfile:
    """Read an action of the control plane, in lower case."""
    verb = action.rpartition("/")[2]
    if verb not in ("read", "write", "delete"):
        verb = "action"
    # A lock that stopped the removal of locks could never be lifted.
    spared = verb == "read" or action.startswith(_LOCKS)
    least = 0 if spared else LockLevel.CAN_NOT_DELETE if verb == "delete" else LockLevel.READ_ONLY
    side_effect = action.startswith(_ROLE_ASSIGNMENTS) or action == _HANDED_OUT
    return ActionProfile(
        verb,
        least,
        "B2" if side_effect else "",
        deletes_group=action == _GROUP_DELETE,
        policy_deletes=verb == "delete" and action not in _POLICY_SPARES,
        policy_writes=action in _ROLE_WRITES,
    )


class Beside(NamedTuple):
    """What stands at a place and above it, whatever is asked there.

    Attributes:
        subscription: row of the subscription of the chain, -1 where there is none.
        locks: rows of locks, nearest scope first. policies: rows of policy assignments, with whether they are
            certainly above the place. lock_gaps, policy_gaps: what was not read there.
    """

    subscription: int
    locks: tuple[int, ...]
    policies: tuple[tuple[int, bool], ...]
    lock_gaps: tuple[Gap, ...]
    policy_gaps: tuple[Gap, ...]


class GuardIndex:
    """Locks, policies, settings and leftovers of one snapshot, by scope.

    Attributes:
        has_audit: some deny assignment only audits (N9).
        classic: leftover classic administrators by lower-case e-mail, each with the row of its scope (E5).
        lock_gaps, policy_gaps: what was not read, by the row of the scope it concerns.
        subscriptions_read, management_groups_read: the list was read in full, so what is not in it does not exist.

    Cost: building is one pass over the locks, policies and settings; a look-up per scope of a chain.
    """

    def __init__(self, facts: TenantFacts, tree: ScopeTree) -> None:
        self.facts = facts
        self._tree = tree
        scopes = len(facts.scopes.key)
        self._locks = view(offsets_of(scopes, facts.locks.scope))
        self._policies = view(offsets_of(scopes, facts.policies.scope))
        self._settings = view(offsets_of(scopes, facts.settings.scope))
        self._setting, self._value = view(facts.settings.setting), view(facts.settings.value)
        self._level, self._effect = view(facts.locks.level), view(facts.policies.effect)
        self.kind, self.scope_flags = view(facts.scopes.kind), view(facts.scopes.flags)
        self.has_locks = len(facts.locks.scope) > 0
        self.has_audit = bool((facts.denies.flags & DenyFlag.AUDIT).any())
        self.classic = self._by_email(facts.classic_administrators)
        self.lock_gaps = self._gaps(facts.meta.gaps, "arm/locks")
        self.policy_gaps = self._gaps(facts.meta.gaps, "arm/policyAssignments")
        self._some_gaps = bool(self.lock_gaps or self.policy_gaps)
        self.subscriptions_read = _read_in_full(facts.meta, "arm/subscriptions")
        self.management_groups_read = _read_in_full(facts.meta, "arm/managementGroups")
        self._beside: dict[int, Beside] = {}
        self._profiles: dict[str, ActionProfile] = {}

    def profile(self, action: str, plane: Plane) -> ActionProfile:
        """Return what an action, in any letter case, means. Cost: a look-up after the first time."""
        if plane is Plane.DATA:
            return _DATA
        found = self._profiles.get(action)
        if found is None:
            if len(self._profiles) >= _REMEMBERED:
                self._profiles.clear()
            found = self._profiles[action] = profile_of(action.lower())
        return found

    def beside(self, chain: Chain) -> Beside:
        """Return what stands at a place and above it. Kept from the subscription upwards, as many places share it."""
        if chain.possible:
            return self._gather(chain.rows, chain.possible)
        top = chain.rows[chain.deep]
        shared = self._beside.get(top)
        if shared is None:
            shared = self._beside[top] = self._gather(chain.rows[chain.deep :], ())
        for row in chain.rows[: chain.deep]:
            if self._locks[row] != self._locks[row + 1] or self._policies[row] != self._policies[row + 1]:
                return self._gather(chain.rows, ())
        return shared if not self._some_gaps else self._gather(chain.rows, ())

    def _gather(self, rows: tuple[int, ...], possible: tuple[int, ...]) -> Beside:
        return Beside(
            next((row for row in rows if self.kind[row] == ScopeKind.SUBSCRIPTION), -1),
            tuple(lock for row in rows for lock in range(self._locks[row], self._locks[row + 1])),
            self._policies_of(rows, possible),
            tuple(gap for row in rows for gap in self.lock_gaps.get(row, ())),
            tuple(gap for row in rows for gap in self.policy_gaps.get(row, ())),
        )

    def _policies_of(self, rows: tuple[int, ...], possible: tuple[int, ...]) -> tuple[tuple[int, bool], ...]:
        """Return the policies at a place and above it, without those that leave it out (B5)."""
        placed = [policy for row in rows for policy in range(self._policies[row], self._policies[row + 1])]
        maybe = [policy for row in possible for policy in range(self._policies[row], self._policies[row + 1])]
        spared, perhaps = self._spared(placed), self._spared(maybe)
        name = self.facts.policies.identity
        return tuple(
            (policy, certain and name[policy].lower() not in perhaps)
            for policies, certain in ((placed, True), (maybe, False))
            for policy in policies
            if self._effect[policy] != PolicyEffect.SPARED and name[policy].lower() not in spared
        )

    def _spared(self, policies: Iterable[int]) -> frozenset[str]:
        name = self.facts.policies.identity
        return frozenset(name[policy].lower() for policy in policies if self._effect[policy] == PolicyEffect.SPARED)

    def level(self, lock: int) -> int:
        """Return how strict a lock is, one of `LockLevel`."""
        return self._level[lock]

    def locks_below(self, key: str) -> range:
        """Return the locks below a scope given by its key: their scopes stand together, as keys are sorted."""
        scopes = self.facts.scopes.key
        first, last = _first_at_least(scopes, f"{key}/"), _first_at_least(scopes, f"{key}0")
        return range(self._locks[first], self._locks[last])

    def policy_effect(self, policy: int) -> int:
        """Return what a policy assignment tells of its effect, one of `PolicyEffect`."""
        return self._effect[policy]

    def setting(self, rows: Sequence[int], setting: int) -> int | None:
        """Return a setting of the nearest resource that has it: 0 false, 1 true, 2 not set; None when not read."""
        for row in takewhile(lambda row: self.kind[row] == ScopeKind.RESOURCE, rows):
            for place in range(self._settings[row], self._settings[row + 1]):
                if self._setting[place] == setting:
                    return self._value[place]
        return None

    def _gaps(self, gaps: Iterable[Gap], api: str) -> Mapping[int, tuple[Gap, ...]]:
        found: dict[int, tuple[Gap, ...]] = {}
        for gap in gaps:
            if gap.api == api:
                row = self._row(gap.scope)
                found[row] = (*found.get(row, ()), gap)
        return found

    def _by_email(
        self, administrators: Iterable[ClassicAdministrator]
    ) -> Mapping[str, tuple[tuple[ClassicAdministrator, int], ...]]:
        found: dict[str, tuple[tuple[ClassicAdministrator, int], ...]] = {}
        for one in administrators:
            email = one.email.lower()
            if email:
                found[email] = (*found.get(email, ()), (one, self._row(one.scope)))
        return found

    def _row(self, text: str) -> int:
        """Return the row of a scope; what is not understood concerns everything."""
        try:
            return max(self._tree.row(Scope.parse(text).key), 0)
        except ScopeSyntaxError:
            return 0


def _read_in_full(meta: SnapshotMeta, api: str) -> bool:
    return api in meta.collected and all(gap.api != api for gap in meta.gaps)


def _first_at_least(column: TextColumn, text: str) -> int:
    return bisect_left(_Bytes(column), text.encode("utf-8", "surrogatepass"))


class _Bytes(Sequence[bytes]):
    """A column as the bytes it is sorted by, for bisection."""

    def __init__(self, column: TextColumn) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, row: int) -> bytes:  # type: ignore[override]  # bisection asks for no slices
        column = self._column
        return column.data[column.offsets[row] : column.offsets[row + 1]].tobytes()
