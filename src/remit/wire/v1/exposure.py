"""Who can reach a target, as one JSON object that is written piece by piece."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from remit.wire.v1.paths import EndDocument, UnreadDocument


class EntryDocument(Struct, frozen=True, rename={"source": "from", "target": "to"}, omit_defaults=True):
    """A last step into the target, and how many principals come through it at their best."""

    source: str
    kind: str
    label: str
    target: str
    edge: str
    permission: str
    principals: int
    certain: bool
    facet: str = ""
    type: str = ""


class ExposedDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Somebody who reaches it: in how many hops, at which cost, and through which last step (place in `through`)."""

    id: str
    kind: str
    label: str
    hops: int
    cost: int
    certain: bool
    through: int | None = None
    eligible: bool = False


class ExposureCounts(Struct, frozen=True, rename="camel"):
    """How many reach it, how many of these certainly, and how many of each kind."""

    principals: int
    certain: int
    kinds: Mapping[str, int]


class ExposureDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit exposure --json` writes, without its list `principals`, which follows."""

    target: EndDocument
    at: str
    snapshot_id: str
    counts: ExposureCounts
    through: tuple[EntryDocument, ...]
    unread: tuple[UnreadDocument, ...]
