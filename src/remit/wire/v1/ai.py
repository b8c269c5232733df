"""AI workloads and what should be taken apart, as JSON: the document of `remit ai`."""

from __future__ import annotations

from msgspec import Struct

from remit.wire.v1.integrations import GrantDocument
from remit.wire.v1.paths import EndDocument, UnreadDocument


class DutyDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How many have a duty over a workload; groups do not count, their members do."""

    duty: str
    people: int
    software: int
    after_activation: int = 0
    possible: int = 0
    unread: bool = False


class WorkloadDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One AI resource."""

    node: EndDocument
    sort: str
    keys: str
    duties: tuple[DutyDocument, ...]
    part_of: str = ""
    environment: str = ""
    owner_tag: str = ""
    runs_as: tuple[EndDocument, ...] = ()


class AiIdentityDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Software that touches AI workloads; `workloads` names the first of `count`."""

    identity: EndDocument
    count: int
    duties: tuple[str, ...] = ()
    sureness: str = ""
    workloads: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    carriers: tuple[EndDocument, ...] = ()
    trusts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    agent: str = ""
    roles: tuple[GrantDocument, ...] = ()


class AgentDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """An agent identity or blueprint of Entra."""

    identity: EndDocument
    kind: str
    tier_zero: str
    owner_tenant: str = ""
    roles: tuple[GrantDocument, ...] = ()
    permissions: tuple[str, ...] = ()


class ProposalDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What gives one duty over one sort of workload: a role, or actions for a custom one."""

    sort: str
    duty: str
    role: str = ""
    role_id: str = ""
    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    too_much: str = ""
    more: tuple[str, ...] = ()


class PartDocument(Struct, frozen=True, rename="camel"):
    """Who gets a duty: the identity itself keeps it, or another one gets it."""

    duty: str
    sort: str
    itself: bool


class JoinedDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Somebody in whose hands duties come together."""

    identity: EndDocument
    duties: tuple[str, ...]
    sureness: str
    count: int
    workloads: tuple[str, ...]
    split: tuple[PartDocument, ...]
    members: int = 0
    roles: tuple[GrantDocument, ...] = ()


class KeysDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A workload that keys open; `around` names the first of `aroundCount`."""

    workload: EndDocument
    state: str
    certain: int
    around_count: int
    after_activation: int = 0
    possible: int = 0
    unread: bool = False
    around: tuple[EndDocument, ...] = ()


class SharedIdentityDocument(Struct, frozen=True, rename="camel"):
    """An identity of several projects."""

    identity: EndDocument
    attached: tuple[str, ...]
    works_in: tuple[str, ...]
    count: int


class AiDocument(Struct, frozen=True, rename="camel"):
    """What `remit ai --json` writes."""

    workloads: tuple[WorkloadDocument, ...]
    identities: tuple[AiIdentityDocument, ...]
    agents: tuple[AgentDocument, ...]
    everything: tuple[JoinedDocument, ...]
    read_and_write: tuple[JoinedDocument, ...]
    keys: tuple[KeysDocument, ...]
    shared: tuple[SharedIdentityDocument, ...]
    split: tuple[ProposalDocument, ...]
    at: str
    snapshot_id: str
    unread: tuple[UnreadDocument, ...]
