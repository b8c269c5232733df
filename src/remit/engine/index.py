"""One snapshot, ready to be asked: facts, closed groups, numbered scopes, assignments by principal and by scope.

Built once per snapshot (`build`), kept as plain arrays (`to_arrays`, `from_arrays`), never changed.

    >>> index = TenantIndex.build(facts)                                         # doctest: +SKIP
    >>> decide(index, question, at=instant).outcome                              # doctest: +SKIP
    <Outcome.ALLOWED: 'allowed'>
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import ActionTable
from remit.engine.facts import AssignmentKind, Memberships, TenantFacts
from remit.engine.guard_index import GuardIndex
from remit.engine.inheritance import ScopeTree
from remit.engine.membership import Closure, Codes, Counts, Directory, close, compress, offsets_of
from remit.engine.operations import Catalogue
from remit.engine.packing import Arrays, pack, unpack
from remit.engine.strings import TextLookup
from remit.engine.views import view
from remit.model.errors import ScopeSyntaxError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.scope import Scope
from remit.model.snapshot import Gap

INDEX_VERSION = "1"
"""Changes whenever the arrays or their meaning do; an index kept under another version is built anew."""

DEPARTED = "graph/deletedItems"
"""Gaps of this list stand for who was deleted before the snapshot was read (H6): they touch who is not listed."""

_HOLDERS_KEPT = 2_000_000
_SCOPE_TEXTS_KEPT = 100_000
_DIRECTORY_LISTS = ("graph/users", "graph/groups", "graph/servicePrincipals")


class Joining:
    """Members that eligible memberships would give, found by what they would gain.

    Attributes:
        rows: (member, the group with all groups above it), one for each eligible membership in force.
    """

    def __init__(self, rows: list[tuple[int, frozenset[int]]]) -> None:
        self.rows = rows
        self._by_identity: dict[int, list[int]] = {}
        for number, (_, identities) in enumerate(rows):
            for identity in identities:
                self._by_identity.setdefault(identity, []).append(number)

    def joined_by(self, wanted: frozenset[int]) -> list[tuple[int, frozenset[int]]]:
        """Return the rows that would give some of the identities that are wanted, in order."""
        found = {number for identity in wanted for number in self._by_identity.get(identity, ())}
        return [self.rows[number] for number in sorted(found)]


class TenantIndex:
    """The engine's view of one snapshot.

    Attributes:
        facts: the columns it was built from.
        tree: scopes; directory: memberships; actions: roles and denies by action.
        by_principal: int64 offsets, one per principal: where its assignments begin in `held` and `held_scope`.
        held, held_scope: int32 rows of assignments, grouped by principal and sorted by scope, and those scopes.
        by_scope: int64 offsets, one per scope: where its assignments begin in the facts' own order.
        deny_by_scope: the same for denies.
        eligible_by_member: offsets into `eligible_group`, `eligible_start`, `eligible_end`.
        directory_complete: users, groups and service principals were all read in full (V5).

    Cost: building is a few sorts over assignments and memberships. M 0.5 s, L 8 s; see docs/benchmarks.md.
    """

    def __init__(
        self, facts: TenantFacts, tree: ScopeTree, closure: Closure, extra: Mapping[str, NDArray[Any]]
    ) -> None:
        self.facts = facts
        self.tree = tree
        self.actions = ActionTable(facts.roles, facts.deny_permissions)
        self._principal_slots = extra["principal_slots"]
        self.principals = TextLookup(facts.principals.key, self._principal_slots)
        self.by_principal: Counts = extra["by_principal"]
        self.held: Codes = extra["held"]
        self.held_scope: Codes = extra["held_scope"]
        scopes = len(facts.scopes.key)
        self.by_scope = offsets_of(scopes, facts.assignments.scope)
        self.deny_by_scope = offsets_of(scopes, facts.denies.scope)
        self._read_gaps(facts.meta.gaps)
        timed = _timed(facts.memberships)
        self.directory = Directory(closure, timed, self._unread_groups(), any_group=self._any_group)
        eligible = facts.eligible_memberships
        order = np.argsort(eligible.member, kind="stable")
        self.eligible_by_member = offsets_of(len(facts.principals.key), eligible.member[order])
        self.eligible_group, self.eligible_start = eligible.parent[order], eligible.start[order]
        self.eligible_end = eligible.end[order]
        self._make_views()

    def _make_views(self) -> None:
        """Keep views that give plain integers: most of the time of one answer is reading single cells."""
        table = self.facts.assignments
        self.v_by_principal = view(self.by_principal)
        self.v_held = view(self.held)
        self.v_held_scope = view(self.held_scope)
        self.v_role, self.v_scope, self.v_principal = view(table.role), view(table.scope), view(table.principal)
        self.v_condition, self.v_kind, self.v_flags = view(table.condition), view(table.kind), view(table.flags)
        self.v_start, self.v_end = view(table.start), view(table.end)
        self.v_by_scope = view(self.by_scope)
        self.v_deny_by_scope: list[int] = self.deny_by_scope.tolist()
        self.scopes_with_denies = frozenset(self.facts.denies.scope.tolist())
        self.v_eligible_by_member = view(self.eligible_by_member)
        self.v_principal_flags = view(self.facts.principals.flags)
        self.v_principal_kind = view(self.facts.principals.kind)
        self.has_eligible_memberships = len(self.eligible_group) > 0
        self._joining: tuple[int, Joining] | None = None
        self.holders_kept: dict[int, dict[int, tuple[int, int]]] = {}
        self._holders_size = 0
        self._scope_texts: dict[int, str] = {}
        self.role_invalid = tuple(bool(role.invalid) for role in self.facts.roles)
        invalid = np.asarray(self.role_invalid, dtype=np.bool_)
        always = (table.start == ALWAYS_FROM) & (table.end == ALWAYS_UNTIL)
        plain = always & (table.kind == AssignmentKind.ACTIVE) & (table.flags == 0) & (table.condition < 0)
        # Active for good, valid and without condition: nothing but the role is left to ask about.
        self.v_plain = view((plain & ~invalid[table.role]).astype(np.uint8))

    @classmethod
    def build(cls, facts: TenantFacts) -> Self:
        """Build the index of some facts."""
        count = len(facts.principals.key)
        by_principal, held = compress(count, facts.assignments.principal, _rows(facts.assignments.principal))
        extra: Arrays = {
            "principal_slots": TextLookup.of(facts.principals.key).slots,
            "by_principal": by_principal,
            "held": held,
            "held_scope": facts.assignments.scope[held],
        }
        tree = ScopeTree.build(facts.scopes, tenant_id=facts.meta.tenant_id)
        return cls(facts, tree, close(count, facts.memberships), extra)

    def rebuilt(self, facts: TenantFacts) -> Self:
        """Build the index of facts that were made from these ones; what they share is not built again.

        Cost: as `build`, less the hash tables, the tree and the closed groups where their columns are the same arrays.
        """
        own = self.facts
        count = len(facts.principals.key)
        same_people = facts.principals is own.principals
        same_tree = facts.scopes is own.scopes and facts.meta.tenant_id == own.meta.tenant_id
        by_principal, held = compress(count, facts.assignments.principal, _rows(facts.assignments.principal))
        extra: Arrays = {
            "principal_slots": self._principal_slots if same_people else TextLookup.of(facts.principals.key).slots,
            "by_principal": by_principal,
            "held": held,
            "held_scope": facts.assignments.scope[held],
        }
        tree = self.tree if same_tree else ScopeTree.build(facts.scopes, tenant_id=facts.meta.tenant_id)
        same_groups = same_people and facts.memberships is own.memberships
        closure = self.directory.closure if same_groups else close(count, facts.memberships)
        return type(self)(facts, tree, closure, extra)

    def with_gaps(self, gaps: Iterable[Gap]) -> Self:
        """Return the same snapshot with more that was not read; tables and what is prepared of them are shared.

        Cost: sorting the gaps; linear in the memberships with a window where a gap is about members.
        """
        meta = replace(self.facts.meta, gaps=tuple(sorted({*self.facts.meta.gaps, *gaps})))
        other = copy(self)
        other.facts = replace(self.facts, meta=meta)
        for prepared in ("guards", "catalogue"):
            other.__dict__.pop(prepared, None)
        other._read_gaps(meta.gaps)  # noqa: SLF001 - another of its own kind
        if other.member_gaps != self.member_gaps:
            unread = other._unread_groups()  # noqa: SLF001
            own = self.directory
            other.directory = Directory(own.closure, own.timed, unread, any_group=other._any_group)  # noqa: SLF001
        other._joining = None  # noqa: SLF001
        return other

    def to_arrays(self) -> Arrays:
        """Return everything as named arrays."""
        arrays = pack(self.facts)
        closure = self.directory.closure
        arrays |= {f"closure.{name}": getattr(closure, name) for name in Closure.__slots__}
        arrays |= {
            "tree.order": self.tree.order,
            "tree.end": self.tree.end,
            "tree.slots": self.tree.slots,
            "principal_slots": self._principal_slots,
            "by_principal": self.by_principal,
            "held": self.held,
            "held_scope": self.held_scope,
        }
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the index that `to_arrays` took apart; arrays may be mapped from disk. Cost: milliseconds."""
        facts = unpack(arrays)
        lookup = TextLookup(facts.scopes.key, arrays["tree.slots"])
        order, end = arrays["tree.order"], arrays["tree.end"]
        tree = ScopeTree(facts.scopes, lookup, order, end, tenant_id=facts.meta.tenant_id)
        closure = Closure(**{name: arrays[f"closure.{name}"] for name in Closure.__slots__})
        return cls(facts, tree, closure, arrays)

    @cached_property
    def guards(self) -> GuardIndex:
        """Return what acts beside RBAC, prepared when first asked for."""
        return GuardIndex(self.facts, self.tree)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return the operations of the snapshot, prepared when first asked for."""
        return Catalogue(self.facts.operations)

    def joining_at(self, at: int) -> Joining:
        """Return who may join groups at an instant by activating a membership (P6); the last instant is kept."""
        if self._joining is None or self._joining[0] != at:
            now = (self.eligible_start <= at) & (at < self.eligible_end)
            member = np.sort(self.facts.eligible_memberships.member)[now].tolist()
            groups = [self.directory.caller(group, at).identities for group in self.eligible_group[now].tolist()]
            self._joining = (at, Joining(list(zip(member, groups, strict=True))))
        return self._joining[1]

    def holders_at(self, scope: int) -> dict[int, tuple[int, int]]:
        """Return whom assignments at one scope name, each with its range of assignments; kept in `holders_kept`.

        Cost: linear in the assignments at the scope, the first time.
        """
        found: dict[int, tuple[int, int]] = {}
        first, last = self.v_by_scope[scope], self.v_by_scope[scope + 1]
        start = first
        named = self.v_principal[first:last].tolist()
        for place, principal in enumerate(named, start=first + 1):
            if place == last or named[place - first] != principal:
                found[principal] = (start, place)
                start = place
        self._holders_size += len(found) + 1
        if self._holders_size > _HOLDERS_KEPT:
            self.holders_kept.clear()
            self._holders_size = len(found) + 1
        self.holders_kept[scope] = found
        return found

    def scope_text(self, row: int) -> str:
        """Return a scope as Azure spells it; kept, as reasons name few scopes again and again."""
        found = self._scope_texts.get(row)
        if found is None:
            if len(self._scope_texts) >= _SCOPE_TEXTS_KEPT:
                self._scope_texts.clear()
            found = self._scope_texts[row] = self.facts.scopes.text[row]
        return found

    def principal_row(self, principal_id: str) -> int:
        """Return the row of an object id in any letter case, or -1."""
        return self.principals.row(principal_id.lower())

    # Gaps ------------------------------------------------------------------------------------------------------

    def _read_gaps(self, gaps: Iterable[Gap]) -> None:
        """Sort gaps by what they touch (V3). A gap whose place is not understood is taken for the whole list."""
        self.assignment_gaps: dict[int, list[Gap]] = {}
        self.deny_gaps: dict[int, list[Gap]] = {}
        self.lighthouse_gaps: dict[int, list[Gap]] = {}
        self.member_gaps: list[Gap] = []
        self.placement_gaps: list[Gap] = []
        self.eligibility_gaps: list[Gap] = []
        self.eligible_gaps: dict[int, list[Gap]] = {}
        self.departed_gaps: list[Gap] = []
        by_api = {
            "arm/roleAssignments": self.assignment_gaps,
            "arm/denyAssignments": self.deny_gaps,
            "arm/registrationAssignments": self.lighthouse_gaps,
        }
        plain = {
            "graph/groupMembers": self.member_gaps,
            "arm/managementGroups": self.placement_gaps,
            "arm/roleEligibilityScheduleInstances": self.eligibility_gaps,
            "graph/groupEligibilityScheduleInstances": self.eligibility_gaps,
            DEPARTED: self.departed_gaps,
        }
        unread = set()
        for gap in gaps:
            unread.add(gap.api)
            if gap.api in by_api:
                by_api[gap.api].setdefault(self._gap_row(gap.scope), []).append(gap)
            elif gap.api in plain:
                plain[gap.api].append(gap)
            if gap.api == "arm/roleEligibilityScheduleInstances":
                self.eligible_gaps.setdefault(self._gap_row(gap.scope), []).append(gap)
        collected = self.facts.meta.collected
        self.directory_complete = all(name in collected and name not in unread for name in _DIRECTORY_LISTS)
        self._any_group = any(not self._gap_group(gap.scope) for gap in self.member_gaps)

    def _gap_row(self, text: str) -> int:
        try:
            row = self.tree.row(Scope.parse(text).key)
        except ScopeSyntaxError:
            return 0
        return max(row, 0)

    @staticmethod
    def _gap_group(text: str) -> str:
        """Return the group that a gap of member lists names (`/groups/{id}`), or "" for the whole list."""
        parts = text.strip("/").lower().split("/")
        return parts[-1] if len(parts) == 1 or parts[:-1] == ["groups"] else ""

    def _unread_groups(self) -> frozenset[int]:
        named = (self.principals.row(self._gap_group(gap.scope)) for gap in self.member_gaps)
        return frozenset(row for row in named if row >= 0)


def _rows(column: NDArray[np.int32]) -> Codes:
    return np.arange(len(column), dtype=np.int32)


def _timed(memberships: Memberships) -> Memberships:
    """Return the memberships with a bounded window; they are few."""
    timed = (memberships.start != ALWAYS_FROM) | (memberships.end != ALWAYS_UNTIL)
    return Memberships(
        memberships.parent[timed], memberships.member[timed], memberships.start[timed], memberships.end[timed]
    )
