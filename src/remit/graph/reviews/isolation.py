"""Identities that join what should be apart: workloads, environments, integrations.

    shared     one identity at work in several environments or workloads
    subjects   one outside subject that signs in as identities of several environments
    several    one identity behind several integrations
    reaching   identities outside production that hold something in production, or can get there

Only workload identities are looked at: service principals and managed identities that are enabled and not Microsoft's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from remit.graph.facts import CredentialKind, IdentityLink
from remit.graph.federation.overlaps import Overlap, overlaps
from remit.graph.network import Codes, Network
from remit.graph.nodes import Facet, NodeKind, facets_of, node_key, refs_of
from remit.graph.reviews.identities import Holding, holdings, software
from remit.graph.reviews.placing import Placing


class Use(Struct, frozen=True, gc=False):
    """One place where an identity is at work.

    Attributes:
        resource: row of what carries it, or is it (`itself`); -1 where it is a subject.
        trust: row of the federated credential, -1 where it is a resource.
        environment: number, -1 where nothing says it. workload: of a resource.
    """

    resource: int
    trust: int
    environment: int
    workload: str = ""
    itself: bool = False


class SharedIdentity(Struct, frozen=True, gc=False):
    """An identity at work in several environments (numbers, ascending) or workloads."""

    principal: int
    environments: tuple[int, ...]
    workloads: tuple[str, ...]
    uses: tuple[Use, ...]


class SharedSubject(Struct, frozen=True, gc=False):
    """A subject that signs in as identities of several environments."""

    overlap: Overlap
    principals: tuple[int, ...]
    environments: tuple[int, ...]


class SeveralIntegrations(Struct, frozen=True, gc=False):
    """An identity behind several integrations; `sources` says which, as `Placing.source_of` names them."""

    principal: int
    sources: tuple[str, ...]


class ReachesProduction(Struct, frozen=True, gc=False):
    """An identity outside production that holds something there, or can get there.

    Attributes:
        environment: where it belongs. says: what says so.
        holdings: assignments at or below production, or above it.
        has_way: the graph has a way for it into production, over what it holds or over others.
    """

    principal: int
    environment: int
    says: str
    holdings: tuple[Holding, ...]
    has_way: bool


class Isolation:
    """Asks one placed snapshot."""

    def __init__(self, placing: Placing, at: int) -> None:
        self._placing = placing
        self._index, self._facts = placing.index, placing.facts
        self._at = at

    @cached_property
    def identities(self) -> list[int]:
        """Rows of the identities looked at."""
        return software(self._index, self._facts)

    @cached_property
    def belonging(self) -> dict[int, tuple[int, str]]:
        """Where identities belong, and what says so; those of whom nothing says it are left out."""
        found = ((row, self._placing.of_principal(row)) for row in self.identities)
        return {row: said for row, said in found if said[0] >= 0}

    # Shared identities -------------------------------------------------------------------------------------------

    def shared(self) -> tuple[list[SharedIdentity], list[SharedIdentity]]:
        """Return identities of several environments, and those of several workloads in one."""
        environments, workloads = [], []
        for principal in self.identities:
            uses = tuple(self.uses(principal))
            said = tuple(sorted({use.environment for use in uses} - {-1}))
            named = tuple(sorted({use.workload for use in uses if use.workload}))
            found = SharedIdentity(principal, said, named, uses)
            if len(said) > 1:
                environments.append(found)
            elif len(named) > 1:
                workloads.append(found)
        return environments, workloads

    def uses(self, principal: int) -> Iterator[Use]:
        """Yield where an identity is at work: what carries it, what it is, and whom it trusts."""
        placing = self._placing
        for resource, link in placing.carriers(principal):
            itself = link == IdentityLink.ITSELF
            workload = "" if itself else placing.workload_of(resource)
            yield Use(resource, -1, placing.of_resource(resource), workload, itself)
        for row in placing.trusts_by_principal.get(principal, ()):
            yield Use(-1, row, placing.of_trust(row))

    def shared_subjects(self) -> list[SharedSubject]:
        """Return subjects that sign in as identities of several environments."""
        found = []
        for overlap in self.overlaps:
            principals = tuple(sorted({self._signed_in(row) for row in overlap.rows} - {-1}))
            said = {self.belonging[one][0] for one in principals if one in self.belonging}
            if len(said) > 1:
                found.append(SharedSubject(overlap, principals, tuple(sorted(said))))
        return found

    @cached_property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Subjects that satisfy credentials of several identities."""
        table = self._facts.federated_credentials
        # An application without service principal is somebody else than every principal.
        bearer = np.where(table.principal >= 0, table.principal, -2 - table.application).tolist()
        return overlaps(self._placing.trusts, bearer)

    def _signed_in(self, row: int) -> int:
        return int(self._facts.federated_credentials.principal[row])

    # Several integrations ----------------------------------------------------------------------------------------

    def several(self) -> list[SeveralIntegrations]:
        """Return the identities behind more than one integration."""
        found = []
        for principal in self.identities:
            sources = {
                self._placing.source_of(self._placing.trusts[row])
                for row in self._placing.trusts_by_principal.get(principal, ())
            }
            sources |= self._kept_credentials.get(principal, set())
            if len(sources) > 1:
                found.append(SeveralIntegrations(principal, tuple(sorted(sources))))
        return found

    @cached_property
    def _kept_credentials(self) -> dict[int, set[str]]:
        """Return which sorts of credentials that somebody keeps are valid, by whom they sign in."""
        table = self._facts.credentials
        valid = np.flatnonzero((table.start <= self._at) & (self._at < table.end) & (table.principal >= 0))
        found: dict[int, set[str]] = {}
        for row in valid.tolist():
            word = "a secret" if table.kind[row] == CredentialKind.PASSWORD else "a certificate"
            found.setdefault(int(table.principal[row]), set()).add(f"holders of {word}")
        return found

    # Reaching production -----------------------------------------------------------------------------------------

    def production_nodes(self, network: Network) -> Codes:
        """Return the numbers of nodes whose reach is reach of production, control of the tenant among them."""
        rules = self._placing.rules
        is_production = np.asarray([*(one.production for one in rules.environments), False], dtype=np.bool_)
        chosen = []
        for kind, environments in (
            (NodeKind.RESOURCE, self._placing.resources),
            (NodeKind.SCOPE, np.where(self._holds_production, self._production_number, self._placing.scopes)),
        ):
            first, last = network.of_kind(kind)
            keys = network.keys[first:last]
            rows = refs_of(keys)
            inside = is_production[environments[rows]] & (facets_of(keys) != Facet.GATE)
            chosen.append(first + np.flatnonzero(inside))
        first, last = network.of_kind(NodeKind.PRINCIPAL)
        members = [row for row, (said, _) in self.belonging.items() if rules.is_production(said)]
        people = first + np.flatnonzero(np.isin(refs_of(network.keys[first:last]), members))
        return np.concatenate([*chosen, people, np.arange(*network.of_kind(NodeKind.TIER_ZERO))]).astype(np.int32)

    @cached_property
    def _production_number(self) -> int:
        """Return the number of the first environment of production, -1 where there is none."""
        environments = self._placing.rules.environments
        return next((number for number, one in enumerate(environments) if one.production), -1)

    @cached_property
    def _holds_production(self) -> NDArray[np.bool_]:
        """Return which scopes are production or are above some of it."""
        rules, tree = self._placing.rules, self._index.tree
        is_production = np.asarray([*(one.production for one in rules.environments), False], dtype=np.bool_)
        below = np.zeros(len(tree.order) + 1, dtype=np.int64)
        marks = np.zeros(len(tree.order), dtype=np.int64)
        marks[tree.order] = is_production[self._placing.scopes]
        resources = self._placing.resources
        np.add.at(marks, tree.order[self._facts.resources.scope[is_production[resources]]], 1)
        np.cumsum(marks, out=below[1:])
        return below[tree.end] > below[tree.order]

    def reaching(self, network: Network, ways: NDArray[np.bool_]) -> list[ReachesProduction]:
        """Return identities outside production that hold something there or have a way there.

        Args:
            network: the graph.
            ways: per node, whether it reaches `production_nodes`.
        """
        found = []
        for principal, (environment, says) in self.belonging.items():
            if self._placing.rules.is_production(environment):
                continue
            held = tuple(one for one in holdings(self._index, principal, self._at) if self._holds_production[one.scope])
            number = network.number(node_key(NodeKind.PRINCIPAL, principal))
            has_way = number >= 0 and bool(ways[number])
            if held or has_way:
                found.append(ReachesProduction(principal, environment, says, held, has_way))
        return found
