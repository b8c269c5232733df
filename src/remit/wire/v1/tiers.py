"""Planes that principals reach, as JSON: the documents of `remit tiers`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from remit.wire.v1.paths import EndDocument, NodeDocument, PathDocument, UnreadDocument


class TierWayDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How a principal gets to a plane; without `path` it has that by itself."""

    tier: str
    end: EndDocument
    because: tuple[str, ...]
    certain: bool
    eligible: bool
    path: PathDocument | None = None


class TierDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit tiers PRINCIPAL --json` writes."""

    principal: EndDocument
    tier: str
    own: str
    at: str
    snapshot_id: str
    nodes: Mapping[str, NodeDocument]
    unread: tuple[UnreadDocument, ...]
    way: TierWayDocument | None = None
    higher: TierWayDocument | None = None
    unmatched: tuple[str, ...] = ()


class RankedTierDocument(Struct, frozen=True, rename="camel"):
    """One of everybody; `eligible`: the tier is reached after activation alone."""

    principal: EndDocument
    tier: str
    possible: str
    own: str
    hops: int
    eligible: bool


class RoleTierDocument(Struct, frozen=True, rename="camel"):
    """A role or permission."""

    kind: str
    id: str
    name: str
    tier: str
    possible: str
    above: str


class TierCountDocument(Struct, frozen=True, rename="camel"):
    """How many principals of a kind certainly reach a plane and none above it."""

    tier: str
    kind: str
    count: int


class TiersDocument(Struct, frozen=True, rename="camel"):
    """What `remit tiers --json` writes; principals without any tier are counted and not listed."""

    counts: tuple[TierCountDocument, ...]
    principals: tuple[RankedTierDocument, ...]
    roles: tuple[RoleTierDocument, ...]
    at: str
    snapshot_id: str
    unread: tuple[UnreadDocument, ...]
    unmatched: tuple[str, ...]
