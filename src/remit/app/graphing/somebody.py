"""Who can act at all: the principals of the graph without objects that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remit.engine.facts import PrincipalKind
from remit.graph.network import Codes
from remit.graph.nodes import NodeKind, refs_of

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation


def actors(escalation: Escalation, *, groups: bool) -> Codes:
    """Return numbers of principals, without devices and app registrations that lists of owners mention.

    Args:
        escalation: the graph.
        groups: whether groups are among them.

    Cost: a pass over the principals, and a lookup for each app registration where some principal is of no known kind.
    """
    network, index = escalation.graph.network, escalation.tenant.index
    nodes = np.arange(*network.of_kind(NodeKind.PRINCIPAL), dtype=np.int32)
    rows = refs_of(network.keys[nodes])
    kind = index.facts.principals.kind[rows]
    keep = kind != PrincipalKind.DEVICE
    if not groups:
        keep &= kind != PrincipalKind.GROUP
    unknown = kind == PrincipalKind.UNKNOWN
    if unknown.any():
        # What an application's owners are listed under is its own object id, which signs in nowhere.
        applications = index.principals.rows(list(escalation.facts.applications.key))
        keep &= ~(unknown & np.isin(rows, applications))
    found: Codes = nodes[keep]
    return found
