"""Every point at which something outside, or something that runs by itself, is connected with the tenant.

    pipeline       a forge signs in with tokens of its own: GitHub, GitLab, Azure DevOps, Terraform
    workload       another workload does: Kubernetes, SPIFFE, another cloud, an issuer that is not known
    identity       a managed identity of this tenant signs in as an application
    otherTenant    an identity of another tenant does, or holds a role here
    keptSecret     somebody keeps a secret or certificate of an application of this tenant, or how it signs in was
                   not seen
    saas           an application of another tenant was given permissions
    lighthouse     another tenant was delegated roles
    automation     a service that runs by itself carries an identity

A point names its identity by row; what an identity holds is the same for all its points (`cards`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property

import numpy as np
from msgspec import Struct

from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag
from remit.engine.granting import worthless
from remit.graph.facts import (
    CredentialKind,
    IdentityLink,
    ServiceFlag,
)
from remit.graph.federation.openness import Repositories, Weakness, weaknesses
from remit.graph.federation.subjects import SubjectKind
from remit.graph.network import Codes
from remit.graph.reviews.placing import Placing


class PointKind(StrEnum):
    """What sort of connection point it is; in the order of lists."""

    PIPELINE = "pipeline"
    WORKLOAD = "workload"
    IDENTITY = "identity"
    OTHER_TENANT = "otherTenant"
    LIGHTHOUSE = "lighthouse"
    SAAS = "saas"
    KEPT_SECRET = "keptSecret"  # noqa: S105 - the word of a kind
    AUTOMATION = "automation"


AUTOMATION_TYPES: Mapping[str, str] = {
    "microsoft.automation/automationaccounts": "Automation account",
    "microsoft.logic/workflows": "logic app",
    "microsoft.web/connections": "API connection",
    "microsoft.datafactory/factories": "data factory",
    "microsoft.synapse/workspaces": "Synapse workspace",
    "microsoft.devopsinfrastructure/pools": "pool of build agents",
    "microsoft.containerregistry/registries/tasks": "registry task",
    "microsoft.containerregistry/registries": "registry with an identity of its own",
    "microsoft.resources/deploymentscripts": "deployment script",
    "microsoft.eventgrid/topics": "event topic",
    "microsoft.eventgrid/systemtopics": "event topic",
    "microsoft.batch/batchaccounts": "Batch account",
    "microsoft.machinelearningservices/workspaces": "machine learning workspace",
    "microsoft.authorization/policyassignments": "policy that changes resources",
}
"""Resource types that act by themselves, in lower case, and what people call them."""

_FORGES = frozenset((SubjectKind.GITHUB, SubjectKind.GITLAB, SubjectKind.AZURE_DEVOPS, SubjectKind.TERRAFORM))
_SIGNS_IN = {
    **dict.fromkeys(_FORGES, PointKind.PIPELINE),
    SubjectKind.OWN_IDENTITY: PointKind.IDENTITY,
    SubjectKind.OTHER_TENANT: PointKind.OTHER_TENANT,
}
_ORDER = {kind: place for place, kind in enumerate(PointKind)}


class KeptCredential(Struct, frozen=True, gc=False):
    """A secret or certificate; instants in microseconds, `end` unbounded where it never ends."""

    kind: str
    start: int
    end: int


class Point(Struct, frozen=True, gc=False):
    """One connection point.

    Attributes:
        kind: what sort.
        principal: who it signs in as; -1 for an application without service principal.
        application: row of `Applications`, -1 where it is not about one.
        source: what is connected: `GitHub contoso/site`, a tenant id, a resource's id.
        resource: row of the resource that acts by itself, or is the identity; else -1.
        trusts: rows of federated credentials. credentials: what somebody keeps.
        weaknesses: of its federated credentials, with the row of each.
        tenant: lower-case id of the other tenant, "" for none or not known.
    """

    kind: PointKind
    principal: int
    application: int
    source: str
    resource: int = -1
    trusts: tuple[int, ...] = ()
    credentials: tuple[KeptCredential, ...] = ()
    weaknesses: tuple[tuple[int, Weakness], ...] = ()
    tenant: str = ""


class Integrations:
    """Lists the connection points of one snapshot."""

    def __init__(self, placing: Placing, at: int, repositories: Repositories) -> None:
        self._placing = placing
        self._index, self._facts = placing.index, placing.facts
        self._at, self._repositories = at, repositories

    def points(self) -> list[Point]:
        """Return every point of an identity that is not disabled, by kind, source and identity.

        Cost: some ten microseconds a federated credential, a few for each other point.
        """
        found = [*self._federated(), *self._kept(), *self._foreign(), *self._delegated(), *self._automation()]
        table = self._index.facts.principals
        live = [one for one in found if one.principal < 0 or not table.flags[one.principal] & PrincipalFlag.DISABLED]

        def place(point: Point) -> tuple[int, str, str, str]:
            if point.principal < 0:
                return _ORDER[point.kind], point.source, "", ""
            name, key = table.display_name[point.principal], table.key[point.principal]
            return _ORDER[point.kind], point.source, name.casefold(), key

        return sorted(live, key=place)

    # Points ------------------------------------------------------------------------------------------------------

    def _federated(self) -> Iterator[Point]:
        """Yield one point for each identity and each place outside that it trusts."""
        table = self._facts.federated_credentials
        joined: dict[tuple[int, int, int, PointKind, str], list[int]] = {}
        for trust in self._placing.trusts:
            kind = _SIGNS_IN.get(trust.subject.kind, PointKind.WORKLOAD)
            who = (int(table.principal[trust.row]), int(table.application[trust.row]), int(table.resource[trust.row]))
            joined.setdefault((*who, kind, self._placing.source_of(trust)), []).append(trust.row)
        for (principal, application, resource, kind, source), rows in joined.items():
            trusts = [self._placing.trusts[row] for row in rows]
            weak = tuple(
                (trust.row, one)
                for trust in trusts
                for one in weaknesses(trust.subject, trust.demands, trust.audiences, self._repositories)
            )
            tenant = trusts[0].subject.owner if kind is PointKind.OTHER_TENANT else ""
            yield Point(
                kind, principal, application, source, resource, trusts=tuple(rows), weaknesses=weak, tenant=tenant
            )

    def _kept(self) -> Iterator[Point]:
        """Yield the applications of this tenant with secrets or certificates, expired ones too.

        One that holds something and has no credential at all is listed as well: how it signs in was not seen.
        """
        table = self._facts.credentials
        joined: dict[tuple[int, int], list[KeptCredential]] = {}
        foreign = self._flagged(ServiceFlag.FOREIGN | ServiceFlag.FIRST_PARTY | ServiceFlag.MANAGED_IDENTITY)
        for row in range(len(table.kind)):
            principal, application = int(table.principal[row]), int(table.application[row])
            if principal in foreign:
                continue
            word = "secret" if table.kind[row] == CredentialKind.PASSWORD else "certificate"
            one = KeptCredential(word, int(table.start[row]), int(table.end[row]))
            application = self._application_of.get(principal, application)
            joined.setdefault((principal, application), []).append(one)
        seen = {principal for principal, _ in joined} | set(self._placing.trusts_by_principal) | foreign
        for principal in sorted(self._given - seen):
            if principal in self._own:
                yield Point(
                    PointKind.KEPT_SECRET, principal, self._application_of.get(principal, -1), "no credential seen"
                )
        for (principal, application), credentials in joined.items():
            kept = tuple(sorted(credentials, key=lambda one: (one.end, one.kind, one.start)))
            yield Point(PointKind.KEPT_SECRET, principal, application, "whoever keeps it", credentials=kept)

    def _foreign(self) -> Iterator[Point]:
        """Yield applications of other tenants that were given something."""
        services = self._facts.service_principals
        given = self._given
        for place in np.flatnonzero(services.flags & ServiceFlag.FOREIGN).tolist():
            principal = int(services.principal[place])
            if principal in given:
                tenant = services.owner_tenant[place]
                yield Point(PointKind.SAAS, principal, -1, f"tenant {tenant}", tenant=tenant)

    @cached_property
    def _given(self) -> set[int]:
        """Return who holds a role, a permission or a consent."""
        facts, index = self._facts, self._index
        found = set(np.unique(facts.app_role_grants.principal).tolist())
        found |= set(np.unique(facts.delegated_grants.client).tolist())
        found |= set(np.unique(facts.directory_assignments.principal).tolist())
        counts = np.diff(index.by_principal)
        services = facts.service_principals.principal
        member = np.asarray([bool(index.directory.groups_of(row)) for row in services.tolist()], dtype=np.bool_)
        return found | set(services[(counts[services] > 0) | member].tolist())

    def _delegated(self) -> Iterator[Point]:
        """Yield principals of other tenants that hold roles: through Lighthouse, or named as foreign."""
        table = self._index.facts.assignments
        lighthouse = (table.kind == AssignmentKind.LIGHTHOUSE) | (table.kind == AssignmentKind.LIGHTHOUSE_ELIGIBLE)
        foreign = ~lighthouse & ((table.flags & AssignmentFlag.FOREIGN_PRINCIPAL) != 0)
        for chosen, kind in ((lighthouse, PointKind.LIGHTHOUSE), (foreign, PointKind.OTHER_TENANT)):
            rows = np.flatnonzero(chosen)
            live = [row for row in rows.tolist() if not worthless(self._index, row, self._at)]
            for principal in sorted({int(table.principal[row]) for row in live}):
                yield Point(kind, principal, -1, "another tenant")

    def _automation(self) -> Iterator[Point]:
        """Yield services that run by themselves, with each identity that they carry, or none."""
        table, identities = self._facts.resources, self._facts.identities
        carried: dict[int, list[int]] = {}
        for resource, principal, link in zip(
            identities.resource.tolist(), identities.principal.tolist(), identities.link.tolist(), strict=True
        ):
            if link != IdentityLink.ITSELF:
                carried.setdefault(resource, []).append(principal)
        wanted = [number for number, name in enumerate(table.type_name) if name in AUTOMATION_TYPES]
        for row in np.flatnonzero(np.isin(table.type, wanted)).tolist():
            word = AUTOMATION_TYPES[table.type_name[int(table.type[row])]]
            for principal in carried.get(row, ()):
                yield Point(PointKind.AUTOMATION, principal, -1, word, row)

    # Helpers -----------------------------------------------------------------------------------------------------

    @cached_property
    def _application_of(self) -> dict[int, int]:
        principals = self._facts.applications.principal.tolist()
        return {principal: row for row, principal in enumerate(principals) if principal >= 0}

    @cached_property
    def _own(self) -> frozenset[int]:
        return frozenset(self._facts.service_principals.principal.tolist())

    def _flagged(self, flags: int) -> set[int]:
        services = self._facts.service_principals
        return set(services.principal[(services.flags & flags) != 0].tolist())


def principals_of(points: list[Point]) -> Codes:
    """Return the distinct principals of some points, ascending."""
    return np.unique(np.asarray([one.principal for one in points if one.principal >= 0], dtype=np.int32))
