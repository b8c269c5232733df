"""Application permissions of Microsoft Graph that were granted; what was only asked for is nothing."""

from __future__ import annotations

import numpy as np

from remit.graph.drawing import Drawing

MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"


def graph_grants(drawing: Drawing, permission: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the rows of `AppRoleGrants` that give one permission of Microsoft Graph."""
    grants = drawing.facts.app_role_grants
    names = [row for row, name in enumerate(grants.permission_name) if name.lower() == permission.lower()]
    apis = [row for row, name in enumerate(grants.app_id_name) if name == MICROSOFT_GRAPH]
    return np.flatnonzero(np.isin(grants.permission, names) & np.isin(grants.api_app_id, apis)).astype(np.int32)


def holders_of(drawing: Drawing, permissions: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return who holds all of some permissions, each with the grant of the first."""
    grants = drawing.facts.app_role_grants
    first = graph_grants(drawing, permissions[0])
    found = {int(grants.principal[row]): int(row) for row in first}
    for name in permissions[1:]:
        others = set(grants.principal[graph_grants(drawing, name)].tolist())
        found = {principal: row for principal, row in found.items() if principal in others}
    return sorted(found.items())
