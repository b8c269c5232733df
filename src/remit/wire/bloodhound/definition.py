"""The definition of Remit's kinds for BloodHound: with it installed, its pathfinding walks our edges, too.

Only kinds of edges that are certain can be walked; what is possible can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from remit.graph.kinds import EdgeCatalogue
from remit.wire.bloodhound.opengraph import BASE, NAMESPACE, edge_kind, node_kind
from remit.wire.pictures.palette import STYLES

_ICONS = {
    "user": "user",
    "group": "users",
    "servicePrincipal": "gear",
    "managedIdentity": "id-badge",
    "application": "window-maximize",
    "resource": "cube",
    "scope": "folder",
    "directoryRole": "shield-halved",
    "subject": "cloud",
    "tenant": "crown",
    "device": "laptop",
    "foreignGroup": "users-rectangle",
    "unknown": "circle",
    "gap": "circle-question",
}
_VERSION = "v1.0.0"

FACET_EDGES = {
    "code": ("RunsCodeOn", "Can run code there, by one of several permissions."),
    "secret": ("ReadsSecretsOf", "Can read keys or stored credentials there, by one of several permissions."),
    "data": ("ReachesDataOf", "Can read or change data there, by one of several permissions."),
    "control": ("Changes", "Can change settings there, by one of several permissions."),
    "grant": ("GivesRolesAt", "Can give any role there, by one of several permissions."),
    "gate": ("LiftsGuardOf", "Can take a guard of it away, by one of several permissions."),
    "none": ("Takes", "Can act as it, by one of several permissions."),
}
"""Edges that stand for several kinds, by the side that they reach: their word, and what it says."""

PLAIN_EDGES = {
    "MEMBER-OF": "Is a member of the group.",
    "HAS-ROLE": "Holds the directory role.",
    "CONTAINS": "What can be given here can be given there.",
    "TIER-ZERO": "Is control of the tenant.",
    "NOT-READ": "What was not read here could lead further.",
}
"""Relations that are no declared kinds."""

NEVER_CERTAIN = "NOT-READ"


class _Schema(Struct, frozen=True):
    name: str
    display_name: str
    version: str
    namespace: str


class _NodeKind(Struct, frozen=True):
    name: str
    display_name: str
    description: str
    is_display_kind: bool
    icon: str
    color: str


class _EdgeKind(Struct, frozen=True):
    name: str
    description: str
    is_traversable: bool


class _Definition(Struct, frozen=True):
    schema: _Schema
    node_kinds: tuple[_NodeKind, ...]
    relationship_kinds: tuple[_EdgeKind, ...]


def definition(catalogue: EdgeCatalogue) -> bytes:
    """Return the definition of every kind that an export can hold, as JSON."""
    nodes = [
        _NodeKind(node_kind(kind), f"Remit {style.word}", f"A node of Remit: {style.word}.", True, icon, style.light[0])
        for kind, style, icon in ((kind, STYLES[kind], icon) for kind, icon in _ICONS.items())
    ]
    other = _NodeKind(BASE, "Remit", "Every node that Remit describes.", False, "circle", "#57606a")
    said = [(kind.name, kind.says) for kind in catalogue.kinds]
    said += [*FACET_EDGES.values(), *PLAIN_EDGES.items()]
    whole = _Definition(_Schema(NAMESPACE, "Remit", _VERSION, NAMESPACE), (*nodes, other), tuple(_edges(said)))
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _edges(said: Iterable[tuple[str, str]]) -> Iterable[_EdgeKind]:
    for name, says in dict(said).items():
        if name != NEVER_CERTAIN:
            yield _EdgeKind(edge_kind(name), says, True)
        yield _EdgeKind(edge_kind(name, certain=False), f"Possibly: {says}", False)
