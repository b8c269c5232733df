"""What a snapshot says about itself: where it came from, what was not read, what looked odd."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A list, or a part of one, that was asked for and could not be read.

    Attributes:
        api: list name of the tenant export, for example `arm/denyAssignments`.
        scope: what could not be read: a scope, `/groups/{id}`, or `/` for the whole list.
        reason: what the source said, or `not collected`.
    """

    api: str
    scope: str
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """Something Azure leaves behind that is no error: counted, with the first few subjects.

    `kind` is one of: assignmentOfUnknownPrincipal, memberNotListed, roleNotCollected, roleFromCatalogue,
    invalidRole, invalidAssignment, lighthouseInvalid, eligibleServicePrincipal, classicAdministrator,
    unplacedSubscription, everyoneExcluded.
    """

    kind: str
    count: int
    clause: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnapshotMeta:
    """Whose tenant, read when, from what.

    Attributes:
        tenant_id: lower case, "" when the source does not say.
        collected_at: instant of collection, None when the source does not say.
        cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud.
        source: `tenantExport`, `azCli` or `azureHound`.
        collected: names of the lists that were read (an empty list counts).
        gaps: what was not read; an absent list is a gap with scope `/`.
    """

    tenant_id: str
    collected_at: datetime | None
    cloud: str
    source: str
    collected: frozenset[str]
    gaps: tuple[Gap, ...]
