"""OpenGraph payloads: nodes and edges as BloodHound reads them, written as they come.

    parts = opengraph(nodes, edges, Identities(tenant_id))
    for part in parts: file.write(part)

There is no `metadata`: a `source_kind` there would be put on every node that an edge touches, AzureHound's own among
them. Our nodes carry `Remit_Base` instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import msgspec
from msgspec import Struct

from remit.graph.answers import NodeRef
from remit.wire.bloodhound.identity import Identities
from remit.wire.pictures.words import fit

NAMESPACE = "Remit"
BASE = "Remit_Base"
"""A kind of every node that Remit describes."""

POSSIBLE = "_Possible"
"""What the kinds of edges end in that are not certain."""

_NOT_IN_KINDS = re.compile(r"[^A-Za-z0-9_]+")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_AT_ONCE = 2_000

Scalar = str | int | float | bool
Value = Scalar | tuple[str, ...]
Properties = Mapping[str, Value]


class ExportedEdge(Struct, frozen=True, gc=False):
    """An edge: the nodes it connects, its kind in BloodHound, and flat properties."""

    source: NodeRef
    target: NodeRef
    kind: str
    properties: Properties


class EndpointDocument(Struct, frozen=True):
    """One end of an edge, found by its id."""

    match_by: str
    value: str


class NodeDocument(Struct, frozen=True):
    """A node of a payload."""

    id: str
    kinds: tuple[str, ...]
    properties: dict[str, Scalar | tuple[str, ...]]


class EdgeDocument(Struct, frozen=True):
    """An edge of a payload."""

    kind: str
    start: EndpointDocument
    end: EndpointDocument
    properties: dict[str, Scalar | tuple[str, ...]]


def node_kind(kind: str) -> str:
    """Return the kind of a node in BloodHound.

    >>> node_kind("servicePrincipal")
    'Remit_ServicePrincipal'
    """
    return f"{NAMESPACE}_{_capitals(kind)}"


def edge_kind(name: str, *, certain: bool = True) -> str:
    """Return the kind of an edge in BloodHound, by its word or by the id of a plain relation.

    >>> edge_kind("RunCommand"), edge_kind("MEMBER-OF", certain=False)
    ('Remit_RunCommand', 'Remit_MemberOf_Possible')
    """
    word = name if re.search(r"[a-z]", name) else name.title()
    return f"{NAMESPACE}_{_capitals(word)}" + ("" if certain else POSSIBLE)


def node_document(ref: NodeRef, identities: Identities) -> NodeDocument:
    """Return a node; ids and names that would end an import lose the characters that would."""
    properties: dict[str, Scalar | tuple[str, ...]] = {
        "name": fit(ref.label) or fit(ref.id),
        "displayname": fit(ref.label) or fit(ref.id),
        "remitid": fit(ref.id),
        "remitkind": fit(ref.kind),
    }
    if ref.type:
        properties["resourcetype"] = fit(ref.type)
    return NodeDocument(identities.of(ref), (node_kind(ref.kind), BASE), properties)


def edge_document(edge: ExportedEdge, identities: Identities) -> EdgeDocument:
    """Return an edge between two nodes that are found by id."""
    properties = {name: _fit(value) for name, value in edge.properties.items()}
    start, end = (EndpointDocument("id", identities.of(ref)) for ref in (edge.source, edge.target))
    return EdgeDocument(edge.kind, start, end, properties)


def opengraph(nodes: Iterable[NodeRef], edges: Iterable[ExportedEdge], identities: Identities) -> Iterator[bytes]:
    """Yield a payload in parts.

    Args:
        nodes: what is described; an edge may touch nodes that BloodHound knows from elsewhere.
        edges: in any order.
        identities: of the tenant.
    """
    yield b'{"graph":{"nodes":['
    yield from _listed(node_document(ref, identities) for ref in nodes)
    yield b'],"edges":['
    yield from _listed(edge_document(edge, identities) for edge in edges)
    yield b"]}}\n"


def _listed(documents: Iterator[Struct]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    begin = b"\n"
    for first in documents:
        yield begin + b",\n".join(encode(one) for one in chain((first,), islice(documents, _AT_ONCE - 1)))
        begin = b",\n"


def _fit(value: Value) -> Value:
    if isinstance(value, str):
        return fit(value)
    return tuple(fit(one) for one in value) if isinstance(value, tuple) else value


def _capitals(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in _WORDS.findall(_NOT_IN_KINDS.sub(" ", text))) or "Other"
