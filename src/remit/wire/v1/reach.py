"""What a principal can become and reach, as one JSON object that is written piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from remit.wire.v1.holdings import OperationCountDocument
from remit.wire.v1.paths import EndDocument, NodeDocument, PathDocument, UnreadDocument


class ReachedDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Something that is reached.

    Attributes:
        direct: it is reached without becoming anybody else.
        facet: which side of a resource: `code`, `secret`, `data`, `control` or `gate`; of a scope `grant`.
        operations: of a principal that it can become, what that one can do itself.
    """

    id: str
    kind: str
    label: str
    hops: int
    cost: int
    certain: bool
    direct: bool
    type: str = ""
    facet: str = ""
    eligible: bool = False
    operations: tuple[OperationCountDocument, ...] | None = None


class ReachCounts(Struct, frozen=True, rename="camel"):
    """How long each list is, and how many of its entries are certain."""

    groups: int
    certain_groups: int
    principals: int
    certain_principals: int
    directory_roles: int
    certain_directory_roles: int
    scopes: int
    certain_scopes: int
    resources: int
    certain_resources: int


class FacetCountDocument(Struct, frozen=True, rename="camel"):
    """How many resources of one type, from one side."""

    type: str
    facet: str
    count: int
    certain: int
    direct: int


class TierZeroDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Whether control of the tenant is reached, and by which path."""

    reached: bool
    certain: bool
    path: PathDocument | None = None
    nodes: Mapping[str, NodeDocument] = {}


class ReachDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit reach --json` writes, without its lists, which follow: `groups`, `principals`, and so on.

    Attributes:
        operations: (resource, operation) pairs that the principal can do itself, by plane and verb.
    """

    principal: EndDocument
    at: str
    snapshot_id: str
    tier_zero: TierZeroDocument
    operations: tuple[OperationCountDocument, ...]
    counts: ReachCounts
    by_type: tuple[FacetCountDocument, ...]
    unread: tuple[UnreadDocument, ...]


def stream(head: Struct, lists: Mapping[str, Iterable[Struct]]) -> Iterator[bytes]:
    """Yield one JSON object piece by piece: the fields of `head`, then each list; in bounded memory."""
    encoder = msgspec.json.Encoder()
    yield encoder.encode(head)[:-1]
    for name, entries in lists.items():
        yield b',"%s":[' % name.encode()
        comma = b""
        for entry in entries:
            yield comma + encoder.encode(entry)
            comma = b","
        yield b"]"
    yield b"}\n"
