"""Paths, hops and nodes of the escalation graph as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.model.interval import format_instant
from remit.model.snapshot import Gap
from remit.wire.v1.reasons import ReasonDocument, reason_document


class NodeDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A node by the name that people use; its id is the key that it stands under, or stands beside it."""

    kind: str
    label: str
    type: str = ""


class HopReasonDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Why a hop is there, where it is not a reason of the engine."""

    kind: str
    detail: str
    subject: str = ""
    clause: str = ""


class HopDocument(Struct, frozen=True, rename={"source": "from", "target": "to"}, omit_defaults=True):
    """One step. `from`, `to`: ids of nodes. `edge`: id of the edge kind. `also`: others that lead there."""

    source: str
    target: str
    edge: str
    name: str
    permission: str
    certain: bool
    because: tuple[ReasonDocument | HopReasonDocument, ...]
    eligible: bool = False
    facet: str = ""
    log: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class PathDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A way from one node to another; `cost` is the sum of what its hops cost."""

    cost: int
    certain: bool
    hops: tuple[HopDocument, ...]
    eligible: bool = False


class EndDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What was asked about, and what should be told about its name."""

    id: str
    kind: str
    label: str
    type: str = ""
    remarks: tuple[str, ...] = ()


class UnreadDocument(Struct, frozen=True, rename="camel"):
    """A list, or a part of one, that was not read and could be part of another path."""

    api: str
    scope: str
    reason: str


class PathsDocument(Struct, frozen=True, rename={"source": "from", "target": "to", "snapshot_id": "snapshotId"}):
    """What `remit paths --json` writes.

    Attributes:
        certain: whether there is a certain path. possible: whether there is one at least if what is not known is so.
        nodes: every node of the paths by id.
        unread: what was not read and could lead from one end to the other.
    """

    paths: tuple[PathDocument, ...]
    source: EndDocument
    target: EndDocument
    at: str
    snapshot_id: str
    certain: bool
    possible: bool
    nodes: Mapping[str, NodeDocument]
    unread: tuple[UnreadDocument, ...]


def end_document(ref: NodeRef, remarks: tuple[str, ...] = ()) -> EndDocument:
    """Return a node with its id."""
    return EndDocument(ref.id, ref.kind, ref.label, ref.type, remarks)


def hop_document(hop: Hop) -> HopDocument:
    """Return one step."""
    because = tuple(_hop_reason(one) if isinstance(one, HopReason) else reason_document(one) for one in hop.because)
    return HopDocument(
        hop.source.id,
        hop.target.id,
        hop.edge,
        hop.name,
        hop.permission,
        hop.certain,
        because,
        hop.eligible,
        hop.facet,
        hop.log,
        hop.also,
    )


def path_document(path: Path) -> PathDocument:
    """Return one path."""
    return PathDocument(path.cost, path.certain, tuple(hop_document(hop) for hop in path.hops), path.eligible)


def node_documents(paths: Iterable[Path]) -> dict[str, NodeDocument]:
    """Return the nodes of some paths by id, sorted."""
    refs = {ref.id: ref for path in paths for hop in path.hops for ref in (hop.source, hop.target)}
    return {key: NodeDocument(refs[key].kind, refs[key].label, refs[key].type) for key in sorted(refs)}


def paths_document(
    source: EndDocument,
    target: EndDocument,
    paths: tuple[Path, ...],
    *,
    at: datetime,
    snapshot_id: str,
    certain: bool,
    possible: bool,
    unread: tuple[UnreadDocument, ...],
) -> PathsDocument:
    """Return the document of an answer."""
    return PathsDocument(
        tuple(path_document(path) for path in paths),
        source,
        target,
        format_instant(at),
        snapshot_id,
        certain,
        possible,
        node_documents(paths),
        unread,
    )


def unread_document(gaps: Iterable[Gap]) -> tuple[UnreadDocument, ...]:
    """Return what was not read."""
    return tuple(UnreadDocument(gap.api, gap.scope, gap.reason) for gap in gaps)


def _hop_reason(reason: HopReason) -> HopReasonDocument:
    # `gap` is the engine's reason about a list that was not read, with fields of its own.
    kind = "notRead" if reason.kind == "gap" else reason.kind
    return HopReasonDocument(kind, reason.detail, reason.subject, reason.clause)
