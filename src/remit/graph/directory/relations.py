"""What stands in the directory's lists: memberships, roles held, owners."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from remit.engine.facts import Memberships, PrincipalKind
from remit.graph.directory.applications import application_keys
from remit.graph.directory.classes import CLOSED, POSSIBLE, Classes, SetName
from remit.graph.directory.permissions import holders_of
from remit.graph.directory.roles import GLOBAL_ADMINISTRATOR
from remit.graph.directory.standing import Rows, Standing
from remit.graph.drawing import HAS_ROLE, MEMBER_OF, SILENT, Drawing
from remit.graph.facts import DirectoryScope, OwnedKind
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, NodeKind, node_key
from remit.graph.windows import in_force, now

OWNED_BY = "Application.ReadWrite.OwnedBy"
ELIGIBLE_ROLE, ELIGIBLE_MEMBER, ELEVATE = "EN-16", "EN-17", "AUT-04"
"""What the facts of Entra call EN-23 is AUT-04, seen from its other side."""
_ROOT = 0


def draw_memberships(standing: Standing) -> list[EdgeBatch]:
    """Draw who is in which group, and who could be after activation. Devices are left out: they do not act."""
    drawing = standing.drawing
    facts = drawing.index.facts
    found = []
    for table, label, flags in (
        (facts.memberships, drawing.plain(MEMBER_OF, "memberships"), 0),
        (facts.eligible_memberships, drawing.label(ELIGIBLE_MEMBER, "eligible_memberships"), EdgeFlag.ELIGIBLE),
    ):
        rows = _of_actors(standing, table)
        source = node_key(NodeKind.PRINCIPAL, table.member[rows])
        target = node_key(NodeKind.PRINCIPAL, table.parent[rows])
        found.append(EdgeBatch.of(source, target, label=label, flags=flags, evidence=rows))
    return found


def _of_actors(standing: Standing, table: Memberships) -> Rows:
    rows = now(table, standing.drawing.micros)
    actors: Rows = rows[standing.kind[table.member[rows]] != PrincipalKind.DEVICE]
    return actors


def draw_roles_held(standing: Standing) -> list[EdgeBatch]:
    """Draw who holds which Entra role, tenant-wide or below, and who could after activation."""
    drawing, table = standing.drawing, standing.assignments
    active = drawing.plain(HAS_ROLE, "directory_assignments")
    eligible = drawing.label(ELIGIBLE_ROLE, "directory_assignments")
    found = []
    for rows, wide in ((standing.tenant_wide(), True), (standing.below(), False)):
        target = node_key(NodeKind.DIRECTORY_ROLE, table.role[rows]) if wide else node_key(NodeKind.SCOPED_ROLE, rows)
        source = node_key(NodeKind.PRINCIPAL, table.principal[rows])
        for later, label in ((False, active), (True, eligible)):
            these = table.eligible[rows] == later
            flags = EdgeFlag.ELIGIBLE if later else 0
            found.append(EdgeBatch.of(source[these], target[these], label=label, flags=flags, evidence=rows[these]))
    return found


def draw_elevation(standing: Standing) -> list[EdgeBatch]:
    """Draw AUT-04: users who hold Global Administrator may give themselves any role in Azure, at the root.

    Only users can call it; so the edge leaves each of them and not the role.
    """
    drawing, table = standing.drawing, standing.assignments
    roles = [place for place, role in enumerate(drawing.facts.directory_roles) if role.key == GLOBAL_ADMINISTRATOR]
    held = standing.tenant_wide()
    held = held[np.isin(table.role[held], roles)]
    kind = drawing.catalogue.kind(ELEVATE)
    label = drawing.labels.number(ELEVATE, (ELEVATE, "EN-23"), kind.cost, "directory_assignments")
    later = drawing.index.facts.eligible_memberships
    usable = now(later, drawing.micros)
    root = node_key(NodeKind.SCOPE, _ROOT, Facet.GRANT)
    found = []
    for row in held.tolist():
        principal = table.principal[row : row + 1]
        sure = standing.everybody_of(principal)
        groups = np.flatnonzero(sure & (standing.kind == PrincipalKind.GROUP))
        joining = usable[np.isin(later.parent[usable], groups)]
        maybe = standing.everybody_of(np.unique(later.member[joining])) & ~sure
        for mask, eligible in ((sure, bool(table.eligible[row])), (maybe, True)):
            for who, unsure in ((PrincipalKind.USER, 0), (PrincipalKind.UNKNOWN, EdgeFlag.POSSIBLE)):
                users = np.flatnonzero(mask & (standing.kind == who))
                flags = unsure | (EdgeFlag.ELIGIBLE if eligible else 0)
                source = node_key(NodeKind.PRINCIPAL, users)
                target = np.full(len(users), root, dtype=np.int64)
                found.append(EdgeBatch.of(source, target, label=label, flags=flags, evidence=row))
    return found


def draw_control(drawing: Drawing) -> list[EdgeBatch]:
    """Draw that Global Administrator is control of the tenant; no step of its own."""
    roles = [place for place, role in enumerate(drawing.facts.directory_roles) if role.key == GLOBAL_ADMINISTRATOR]
    source = node_key(NodeKind.DIRECTORY_ROLE, np.asarray(roles, dtype=np.int64))
    target = np.full(len(roles), node_key(NodeKind.TIER_ZERO, 0), dtype=np.int64)
    return [EdgeBatch.of(source, target, label=drawing.plain(SILENT), flags=EdgeFlag.SILENT)]


def draw_owners(standing: Standing, classes: Mapping[str, Classes]) -> list[EdgeBatch]:
    """Draw what owners of applications, service principals and groups become.

    A service principal that owns an application needs a permission of Graph to use that (`OWNED_BY`); without it, and
    for groups in any case, whether the ownership alone is enough is not documented.
    """
    drawing = standing.drawing
    owners = drawing.facts.owners
    usable = in_force(owners.start, owners.end, drawing.micros)
    apps = application_keys(drawing.facts.applications.principal)
    allowed = np.zeros(standing.count, dtype=np.bool_)
    allowed[[principal for principal, _ in holders_of(drawing, (OWNED_BY,))]] = True
    found = []
    for kind, name, kind_id in (
        (OwnedKind.APPLICATION, "", "EN-05"),
        (OwnedKind.SERVICE_PRINCIPAL, "servicePrincipal:instance", "EN-05"),
        (OwnedKind.GROUP, "group:owned", "EN-08"),
        (OwnedKind.GROUP, "group:ownedRule", "EN-09"),
    ):
        rows = np.flatnonzero(usable & (owners.kind == kind)).astype(np.int32)
        if not len(rows):
            continue
        target = apps[owners.owned[rows]] if not name else node_key(NodeKind.PRINCIPAL, owners.owned[rows])
        state = (
            classes[name.partition(":")[0]].states((SetName(name),), target)
            if name
            else np.ones(len(rows), dtype=np.uint8)
        )
        software = standing.kind[owners.owner[rows]] == PrincipalKind.SERVICE_PRINCIPAL
        unsure = software & ~(allowed[owners.owner[rows]] & (kind != OwnedKind.GROUP))
        flags = np.where((state == POSSIBLE) | unsure, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
        source = node_key(NodeKind.PRINCIPAL, owners.owner[rows])
        for eligible in (False, True):
            these = (state != CLOSED) & (owners.eligible[rows] == eligible)
            label = drawing.label(ELIGIBLE_MEMBER if eligible else kind_id, "owners")
            shown = flags[these] | np.uint8(EdgeFlag.ELIGIBLE if eligible else 0)
            found.append(EdgeBatch.of(source[these], target[these], label=label, flags=shown, evidence=rows[these]))
    return found


def scoped_target(standing: Standing, row: int) -> int:
    """Return the node of the single object that a role is held at, -1 where it is none."""
    table = standing.assignments
    scope = int(table.scope[row])
    if table.scope_kind[row] == DirectoryScope.APPLICATION:
        return int(application_keys(standing.drawing.facts.applications.principal)[scope])
    return node_key(NodeKind.PRINCIPAL, scope) if table.scope_kind[row] == DirectoryScope.PRINCIPAL else -1
