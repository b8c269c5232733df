"""What an identity holds: Azure roles, permissions on APIs, Entra roles; and who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from msgspec import Struct

from remit.engine.index import TenantIndex
from remit.graph.facts import DirectoryScope, GraphFacts, OwnedKind
from remit.graph.reviews.identities import Holding, holdings


class Consent(Struct, frozen=True, gc=False):
    """Permissions on an API: `application` ones, or `delegated` ones for `principal` (-1: for everybody)."""

    api: int
    names: tuple[str, ...]
    delegated: bool = False
    principal: int = -1


class EntraRole(Struct, frozen=True, gc=False):
    """A directory role held now; `role` a place in `GraphFacts.directory_roles`, `scoped` when below the tenant."""

    role: int
    scoped: bool


class Card(Struct, frozen=True, gc=False):
    """What an identity holds, and who owns it (rows of principals)."""

    holdings: tuple[Holding, ...]
    consents: tuple[Consent, ...]
    roles: tuple[EntraRole, ...]
    owners: tuple[int, ...]


class Cards:
    """Writes the cards of one snapshot at one instant, in microseconds."""

    def __init__(self, index: TenantIndex, facts: GraphFacts, at: int) -> None:
        self._index, self._facts, self._at = index, facts, at

    def card(self, principal: int) -> Card:
        """Return what an identity holds. Cost: linear in what it holds."""
        return Card(
            tuple(holdings(self._index, principal, self._at)) if principal >= 0 else (),
            (*self._consents(principal), *self._delegations(principal)),
            self._roles(principal),
            tuple(self._owners.get(principal, ())),
        )

    def _consents(self, principal: int) -> Iterator[Consent]:
        table = self._facts.app_role_grants
        first, last = np.searchsorted(table.principal, [principal, principal + 1]) if principal >= 0 else (0, 0)
        by_api: dict[int, list[str]] = {}
        for row in range(int(first), int(last)):
            by_api.setdefault(int(table.api[row]), []).append(table.permission_name[int(table.permission[row])])
        for api, names in by_api.items():
            yield Consent(api, tuple(sorted(names)))

    def _delegations(self, principal: int) -> Iterator[Consent]:
        table = self._facts.delegated_grants
        first, last = np.searchsorted(table.client, [principal, principal + 1]) if principal >= 0 else (0, 0)
        for row in range(int(first), int(last)):
            names = tuple(sorted(table.scope[row].split()))
            yield Consent(int(table.api[row]), names, delegated=True, principal=int(table.principal[row]))

    def _roles(self, principal: int) -> tuple[EntraRole, ...]:
        table = self._facts.directory_assignments
        caller = self._index.directory.caller(principal, self._at)
        found = set()
        for one in caller.identities:
            first, last = np.searchsorted(table.principal, [one, one + 1])
            for row in range(int(first), int(last)):
                if not table.eligible[row] and table.start[row] <= self._at < table.end[row]:
                    found.add((int(table.role[row]), bool(table.scope_kind[row] != DirectoryScope.TENANT)))
        return tuple(EntraRole(role, scoped) for role, scoped in sorted(found))

    @cached_property
    def _owners(self) -> dict[int, list[int]]:
        """Return the owners in force, by service principal: its own, and those of its application."""
        owners, applications = self._facts.owners, self._facts.applications
        now = (owners.start <= self._at) & (self._at < owners.end) & ~owners.eligible
        found: dict[int, set[int]] = {}
        for row in np.flatnonzero(now & (owners.kind != OwnedKind.GROUP)).tolist():
            owned = int(owners.owned[row])
            principal = int(applications.principal[owned]) if owners.kind[row] == OwnedKind.APPLICATION else owned
            if principal >= 0:
                found.setdefault(principal, set()).add(int(owners.owner[row]))
        return {principal: sorted(rows) for principal, rows in found.items()}
