"""Identities that join what should be apart, as JSON: the document of `remit isolation`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from remit.wire.v1.integrations import GrantDocument
from remit.wire.v1.paths import EndDocument, NodeDocument, PathDocument, UnreadDocument


class EnvironmentDocument(Struct, frozen=True, rename="camel"):
    """An environment that the rules know."""

    name: str
    production: bool


class ReachesProductionDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """An identity outside production that holds something there, or can get there."""

    identity: EndDocument
    environment: str
    says: str
    certain: bool
    changes: bool
    possible: bool
    direct: tuple[GrantDocument, ...]
    path: PathDocument | None = None


class PlaceDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Where an identity is at work."""

    node: EndDocument
    environment: str = ""
    workload: str = ""
    itself: bool = False


class SharedIdentityDocument(Struct, frozen=True, rename="camel"):
    """An identity at work in several environments or workloads."""

    identity: EndDocument
    environments: tuple[str, ...]
    workloads: tuple[str, ...]
    crosses: bool
    places: tuple[PlaceDocument, ...]


class EnvironmentsSubjectDocument(Struct, frozen=True, rename="camel"):
    """A subject that signs in as identities of several environments."""

    issuer: str
    subject: str
    identities: tuple[EndDocument, ...]
    environments: tuple[str, ...]
    crosses: bool
    certain: bool


class SeveralIntegrationsDocument(Struct, frozen=True, rename="camel"):
    """An identity behind several integrations."""

    identity: EndDocument
    sources: tuple[str, ...]


class IsolationDocument(Struct, frozen=True, rename="camel"):
    """What `remit isolation --json` writes. `placed` of `identities` belong to an environment."""

    reaching_production: tuple[ReachesProductionDocument, ...]
    shared_environments: tuple[SharedIdentityDocument, ...]
    shared_workloads: tuple[SharedIdentityDocument, ...]
    shared_subjects: tuple[EnvironmentsSubjectDocument, ...]
    several_integrations: tuple[SeveralIntegrationsDocument, ...]
    environments: tuple[EnvironmentDocument, ...]
    identities: int
    placed: int
    nodes: Mapping[str, NodeDocument]
    at: str
    snapshot_id: str
    unread: tuple[UnreadDocument, ...]
