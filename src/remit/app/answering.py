"""Asking one snapshot: can, who can, what can, and questions in batches.

    tenant = Tenant.open(store, None, clock)
    tenant.can(question).outcome

The index of a snapshot is derived once and kept in the store; opening maps it from disk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from msgspec import Struct, json
from numpy.typing import NDArray

from remit.app.finding import PrincipalFinder
from remit.engine.batch import decide_many
from remit.engine.decide import decide
from remit.engine.enumerate import who_can
from remit.engine.holdings import what_can
from remit.engine.index import INDEX_VERSION, TenantIndex
from remit.model.decision import AssignmentFacts, Decision, Denied, EligibleFor, NotSeen, Reason
from remit.model.effective import EffectivePermission, WhatCan
from remit.model.history import TenantState
from remit.model.principal import PrincipalName
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.role import PermissionBlock
from remit.model.scope import Scope, ScopeKind
from remit.ports.clock import Clock
from remit.ports.store import SnapshotStore


@dataclass(frozen=True, slots=True)
class Holder:
    """One principal of a `who can` answer, with its own decision."""

    principal: PrincipalName
    decision: Decision


@dataclass(frozen=True, slots=True)
class Holders:
    """Who can do an action at a scope; the lists are decided one by one as they are read.

    Attributes:
        allowed, unknown, eligible: rows of principals, for counting; `holders` turns them into answers.
    """

    action: str
    plane: Plane
    scope: Scope
    at: datetime
    allowed: NDArray[np.int32]
    unknown: NDArray[np.int32]
    eligible: NDArray[np.int32]
    gaps: tuple[NotSeen, ...]


def open_index(store: SnapshotStore, snapshot_id: str) -> TenantIndex:
    """Return the index of a snapshot, by its full id: mapped from disk, or built and kept."""
    kept = store.load_index(snapshot_id, INDEX_VERSION)
    if kept is not None:
        return TenantIndex.from_arrays(kept[0])
    index = TenantIndex.build(store.facts(snapshot_id))
    store.save_index(snapshot_id, INDEX_VERSION, index.to_arrays(), {})
    return index


class Tenant:
    """One snapshot, ready to be asked.

    Attributes:
        snapshot_id: which.
        at: the instant asked about when a question names none: that of collection, else now.
        principals: finds principals by what people call them.
        state: what the state at an instant rests on, where it is more than one snapshot; else None.
    """

    def __init__(
        self,
        snapshot_id: str,
        index: TenantIndex,
        store: SnapshotStore,
        now: datetime,
        state: TenantState | None = None,
    ) -> None:
        self.snapshot_id = snapshot_id
        self.state = state
        self._store = store
        self.at = index.facts.meta.collected_at or now
        self.index = index
        self.principals = PrincipalFinder(index.facts.principals, index.principals)
        self._scope_names: dict[str, str] = {}

    @classmethod
    def open(cls, store: SnapshotStore, snapshot_id: str | None, clock: Clock) -> Self:
        """Open a snapshot by id, id prefix, or the newest for None.

        Raises:
            StoreError: there is none, or it cannot be read.

        Cost: milliseconds with a kept index; else the facts are read and the index is built and kept.
        """
        full = store.resolve(snapshot_id)
        return cls(full, open_index(store, full), store, clock.now())

    def can(self, question: Question, at: datetime | None = None) -> Decision:
        """Answer one question, with every reason."""
        return decide(self.index, question, at=at or self.at)

    def who_can(self, action: str, plane: Plane, scope: Scope, at: datetime | None = None) -> Holders:
        """Say who can do an action at a scope."""
        instant = at or self.at
        found = who_can(self.index, action, plane, scope, at=instant)
        return Holders(action, plane, scope, instant, found.allowed, found.unknown, found.eligible, found.gaps)

    def holders(self, asked: Holders, rows: Iterable[int]) -> Iterator[Holder]:
        """Yield the principals of some rows with their decisions, one at a time."""
        for row in rows:
            principal = self.principals.at(int(row))
            question = Question(principal.principal_id, asked.action, asked.plane, asked.scope)
            yield Holder(principal, decide(self.index, question, at=asked.at))

    def what_can(self, principal_id: str, scope: Scope | None, at: datetime | None = None) -> WhatCan:
        """Say what a principal holds at, above and below a scope; in the whole tenant for None."""
        return what_can(self.index, principal_id, scope, at=at or self.at)

    def ask(self, questions: Sequence[TimedQuestion]) -> list[Decision]:
        """Answer a batch in order; a question without an instant is asked about `at`."""
        return list(decide_many(self.index, questions, at=self.at))

    def block(self, role_id: str, number: int) -> PermissionBlock | None:
        """Return a permission block of a role, None where the role was not collected."""
        roles = self.index.facts.roles
        place = bisect_left(roles, role_id, key=lambda role: role.key)
        if place == len(roles) or roles[place].key != role_id or number >= len(roles[place].blocks):
            return None
        return roles[place].blocks[number]

    def names_in(self, reasons: Iterable[Reason | EffectivePermission]) -> dict[str, str]:
        """Return the display names of the principals that reasons mention, by object id."""
        return self.principals.labels(_mentioned(reasons))

    def scope_names(self, texts: Iterable[str]) -> dict[str, str]:
        """Return what people call the management groups and subscriptions among some scopes, by key.

        Cost: some ten milliseconds for each new one: the names stand only in the payloads.
        """
        scopes = {scope.key: scope for scope in map(Scope.parse, texts) if scope.kind in _NAMED_KINDS}
        for key in scopes.keys() - self._scope_names.keys():
            self._scope_names[key] = self._scope_name(key)
        return {key: self._scope_names[key] for key in scopes if self._scope_names[key]}

    def _scope_name(self, key: str) -> str:
        for list_name in ("arm/managementGroups", "arm/subscriptions"):
            payload = self._store.payload(self.snapshot_id, list_name, key)
            if payload is not None:
                said = _NAME_DECODER.decode(payload)
                return said.display_name or said.properties.display_name or ""
        return ""


class _Named(Struct, frozen=True, rename="camel"):
    display_name: str | None = None


class _Place(_Named, frozen=True, rename="camel"):
    properties: _Named = _Named()


_NAME_DECODER = json.Decoder(_Place)
_NAMED_KINDS = (ScopeKind.MANAGEMENT_GROUP, ScopeKind.SUBSCRIPTION)


def _mentioned(reasons: Iterable[Reason | EffectivePermission]) -> list[str]:
    ids: dict[str, None] = {}
    for reason in reasons:
        if isinstance(reason, Denied):
            ids |= dict.fromkeys(reason.membership)
        facts = getattr(reason, "assignment", None)
        if isinstance(facts, AssignmentFacts):
            ids |= dict.fromkeys(facts.membership)
        if isinstance(reason, EligibleFor) and reason.through_eligible_group:
            ids[reason.through_eligible_group] = None
    return list(ids)
