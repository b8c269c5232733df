"""Lists that were not read: everybody may hold what would stand in them.

Everybody leads to what was not read, and that to every target it could be about; so an unread list is never a "no".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from remit.engine.facts import PrincipalKind
from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, Classes, SetName, TargetHubs
from remit.graph.directory.relations import ELEVATE, ELIGIBLE_MEMBER, ELIGIBLE_ROLE
from remit.graph.directory.standing import Standing
from remit.graph.directory.unread import Unread
from remit.graph.drawing import HAS_ROLE, MEMBER_OF, SILENT
from remit.graph.facts import ApplicationFlag, RoleBasis
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, NodeKind, node_key, rows_of_nodes

TABLE = "gaps"
"""What the evidence of these edges is a row of: the snapshot's gaps."""
EVERYBODY, SOFTWARE = "anybody", "any service principal"
"""Hubs of who may stand in a list. Who is anybody is drawn once for the whole graph, where it is put together."""
_INSTANCES = "service principals whose applications were not read"
_ROLES = "directoryRole"
_ROOT = "any role at the root"
_EVERY_GROUP = "group:every"
_MAYBE_GROUPS = (PrincipalKind.UNKNOWN, PrincipalKind.GROUP, PrincipalKind.FOREIGN_GROUP)
_UNSURE = EdgeFlag.POSSIBLE
_LATER = EdgeFlag.POSSIBLE | EdgeFlag.ELIGIBLE


def draw_unread(standing: Standing, hubs: TargetHubs, unread: Unread, groups: Classes) -> list[EdgeBatch]:
    """Draw what the unread lists may hold. Cost: one edge for everybody if any is unread."""
    drawing = standing.drawing
    found: list[EdgeBatch] = []
    crowds: set[str] = set()
    for crowd, place, kind_id, flags, name in _of_lists(unread):
        target = _named_group(standing, unread, place, groups) if kind_id in _ABOUT_GROUPS else TargetHubs.NONE
        if target == TargetHubs.NONE:
            target = _all_of(hubs, name)
            if name == _EVERY_GROUP:
                crowds.add(crowd)
                found += _maybe_groups(standing, kind_id, place)
        if target == TargetHubs.NONE:
            continue
        start = np.asarray([drawing.hubs.key(crowd)], dtype=np.int64)
        crowds.add(crowd)
        gap = np.asarray([node_key(NodeKind.UNSEEN, place)], dtype=np.int64)
        plain = kind_id in (MEMBER_OF, HAS_ROLE)
        label = drawing.plain(kind_id, TABLE) if plain else drawing.label(kind_id, TABLE)
        found.append(EdgeBatch.of(start, gap, label=label, flags=flags, evidence=place))
        end = np.asarray([target], dtype=np.int64)
        found.append(EdgeBatch.of(gap, end, label=label, flags=flags, evidence=place))
    if SOFTWARE in crowds:
        kinds = (PrincipalKind.SERVICE_PRINCIPAL, PrincipalKind.UNKNOWN)
        members = node_key(NodeKind.PRINCIPAL, np.flatnonzero(np.isin(standing.kind, kinds)))
        hub = np.full(len(members), drawing.hubs.key(SOFTWARE), dtype=np.int64)
        found.append(EdgeBatch.of(members, hub, label=drawing.plain(SILENT), flags=EdgeFlag.SILENT))
    return found + _unknown_roles(standing, hubs, unread)


def draw_instances(standing: Standing, services: Classes, unread: Unread) -> list[EdgeBatch]:
    """Lead from applications to whom they may sign in as, where their service principal was not read.

    Args:
        standing: the directory at the instant.
        services: service principals, and the applications of which none is known.
        unread: which lists were not read.
    """
    drawing, applications = standing.drawing, standing.drawing.facts.applications
    is_principal = services.keys < node_key(NodeKind.PRINCIPAL + 1, 0)
    known = np.zeros(standing.count, np.bool_)
    known[applications.principal[applications.principal >= 0]] = True
    state = services.together((SetName("servicePrincipal:application"),), inside=False)[services.code]
    maybe = services.keys[is_principal & (state != CLOSED)]
    maybe = maybe[~known[rows_of_nodes(maybe)]]
    unnamed = (applications.flags & ApplicationFlag.NOT_READ) != 0
    found: list[EdgeBatch] = []
    for name, chosen in ((lists.APPLICATIONS, unnamed), (lists.SERVICE_PRINCIPALS, ~unnamed)):
        alone = node_key(NodeKind.APPLICATION, np.flatnonzero(chosen & (applications.principal < 0)))
        for place in unread.places(name)[:1]:
            if not len(alone) or not len(maybe):
                continue
            gap = np.asarray([node_key(NodeKind.UNSEEN, place)], dtype=np.int64)
            hub = np.asarray([drawing.hubs.key(_INSTANCES)], dtype=np.int64)
            label, silent = drawing.label("EN-05", TABLE), drawing.plain(SILENT)
            whole = np.repeat(gap, len(alone))
            found.append(EdgeBatch.of(alone, whole, label=label, flags=_UNSURE, evidence=place))
            found.append(EdgeBatch.of(gap, hub, label=label, flags=_UNSURE, evidence=place))
            found.append(EdgeBatch.of(np.repeat(hub, len(maybe)), maybe, label=silent, flags=EdgeFlag.SILENT))
    return found


def _maybe_groups(standing: Standing, kind_id: str, place: int) -> list[EdgeBatch]:
    """Lead everybody to who may be a group, though the list of groups does not have it."""
    drawing = standing.drawing
    others = node_key(NodeKind.PRINCIPAL, np.flatnonzero(np.isin(standing.kind, _MAYBE_GROUPS)))
    gap = np.asarray([node_key(NodeKind.UNSEEN, place)], dtype=np.int64)
    start = np.asarray([drawing.hubs.key(EVERYBODY)], dtype=np.int64)
    label = drawing.plain(kind_id, TABLE)
    return [
        EdgeBatch.of(start, gap, label=label, flags=_UNSURE, evidence=place),
        EdgeBatch.of(np.repeat(gap, len(others)), others, label=label, flags=_UNSURE, evidence=place),
    ]


def _all_of(hubs: TargetHubs, name: str) -> int:
    """Return the node of everything that an unread row could be about."""
    if name == _ROOT:
        return node_key(NodeKind.SCOPE, 0, Facet.GRANT)
    return hubs.single(name) if name == _ROLES else hubs.key((SetName(name),))


_ABOUT_GROUPS = (MEMBER_OF, "EN-08", ELIGIBLE_MEMBER)


def _of_lists(unread: Unread) -> Iterator[tuple[str, int, str, int, str]]:
    """Yield who may be in an unread list, the gap, what it would be, its flags, and what it could be about."""
    for name, crowd, kind_id, flags, about in (
        (lists.GROUP_MEMBERS, EVERYBODY, MEMBER_OF, _UNSURE, _EVERY_GROUP),
        (lists.GROUP_OWNERS, EVERYBODY, "EN-08", _UNSURE, "group:owned"),
        (lists.APPLICATION_OWNERS, EVERYBODY, "EN-05", _UNSURE, "servicePrincipal:application"),
        (lists.SERVICE_PRINCIPAL_OWNERS, EVERYBODY, "EN-05", _UNSURE, "servicePrincipal:instance"),
        (lists.APP_ROLES, SOFTWARE, "EN-01", _UNSURE, _ROLES),
        (lists.ELIGIBLE_ROLES, EVERYBODY, ELIGIBLE_ROLE, _LATER, _ROLES),
        (lists.ELIGIBLE_ROLES, EVERYBODY, ELEVATE, _LATER, _ROOT),
        (lists.ELIGIBLE_MEMBERS, EVERYBODY, ELIGIBLE_MEMBER, _LATER, "group:pim"),
    ):
        for place in unread.places(name):
            yield crowd, place, kind_id, flags, about
    for place in unread.active_roles:
        yield EVERYBODY, place, HAS_ROLE, _UNSURE, _ROLES
        yield EVERYBODY, place, ELEVATE, _UNSURE, _ROOT


def _named_group(standing: Standing, unread: Unread, place: int, groups: Classes) -> int:
    """Return the group that a gap is about (`/groups/{id}`), or `NONE` where it is about them all."""
    name = unread.gaps[place].scope.strip("/").lower().removeprefix("groups/")
    row = standing.drawing.index.principal_row(name) if name else -1
    key = node_key(NodeKind.PRINCIPAL, row) if row >= 0 else TargetHubs.NONE
    return key if len(groups.places(np.asarray([key], dtype=np.int64))) else TargetHubs.NONE


_BY_ANY_ACTION = (
    ("EN-11", "user:any"),
    ("EN-08", _EVERY_GROUP),
    ("EN-05", "servicePrincipal:application"),
    ("EN-05", "servicePrincipal:instance"),
)
"""What a role may reach that is not known, besides the tenant itself."""


def _unknown_roles(standing: Standing, hubs: TargetHubs, unread: Unread) -> list[EdgeBatch]:
    """Lead from roles that are not known to the tenant and whatever is in it: they may allow anything."""
    drawing = standing.drawing
    of_place: dict[int, list[int]] = {}
    for row, role in enumerate(drawing.facts.directory_roles):
        place = unread.definition(role.key) if role.basis == RoleBasis.UNKNOWN else -1
        if place >= 0:
            of_place.setdefault(place, []).append(row)
    if not of_place:
        return []
    targets = [("EN-01", node_key(NodeKind.TIER_ZERO, 0))]
    targets += [(kind_id, hubs.key((SetName(name),))) for kind_id, name in _BY_ANY_ACTION]
    below = standing.below()
    held = standing.assignments.role[below]
    found = []
    for place, rows in of_place.items():
        whole = node_key(NodeKind.DIRECTORY_ROLE, np.asarray(rows, dtype=np.int64))
        source = np.concatenate([whole, node_key(NodeKind.SCOPED_ROLE, below[np.isin(held, rows)])])
        gap = np.asarray([node_key(NodeKind.UNSEEN, place)], dtype=np.int64)
        label = drawing.label("EN-01", TABLE)
        found.append(EdgeBatch.of(source, np.repeat(gap, len(source)), label=label, flags=_UNSURE, evidence=place))
        for kind_id, target in targets:
            if target != TargetHubs.NONE:
                end = np.asarray([target], dtype=np.int64)
                found.append(EdgeBatch.of(gap, end, label=drawing.label(kind_id, TABLE), flags=_UNSURE, evidence=place))
    return found
