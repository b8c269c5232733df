"""Resources that were not read: who could act on some may come to any managed identity, as nobody sees whose (V3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind
from remit.graph.drawing import GAP, GAP_COST
from remit.graph.facts import ServiceFlag
from remit.graph.holding.grants import NONE
from remit.graph.holding.sheet import Sheet
from remit.graph.network import EdgeFlag
from remit.graph.nodes import Facet, Keys, NodeKind, node_key
from remit.model.scope import ScopeKind

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

RESOURCES, SERVICE_PRINCIPALS = "arm/resources", "graph/servicePrincipals"
_IDENTITIES = "managed identities of resources that were not read"
_LEADS_ON = (Facet.CODE, Facet.SECRET)
"""The sides of a resource from which one comes to somebody else."""


def draw_unlisted(sheet: Sheet) -> None:
    """Draw from who holds a role that acts on resources, through each gap of them, to managed identities.

    Cost: nothing where resources were read; else a pass over the assignments, and over the scopes for each gap.
    """
    drawing, worth = sheet.drawing, sheet.worth
    gaps = [place for place, gap in enumerate(drawing.index.facts.meta.gaps) if gap.api == RESOURCES]
    if not gaps or not len(identities := _managed(sheet)):
        return
    table, acts = drawing.index.facts.assignments, _acting(sheet)
    label = drawing.plain(GAP, cost=GAP_COST)
    hub = np.asarray([drawing.hubs.key(_IDENTITIES)], dtype=np.int64)
    sheet.silent(np.repeat(hub, len(identities)), identities)
    for place in gaps:
        about = _around(sheet, drawing.index.facts.meta.gaps[place].scope)
        unseen = np.asarray([node_key(NodeKind.UNSEEN, place)], dtype=np.int64)
        sheet.add(unseen, hub, label, EdgeFlag.POSSIBLE)
        for rows, later in ((worth.active, 0), (worth.eligible, EdgeFlag.ELIGIBLE)):
            chosen = rows[acts[table.role[rows]] & about[table.scope[rows]]]
            people = sheet.people(table.principal[chosen])
            sheet.add(people, np.repeat(unseen, len(chosen)), label, EdgeFlag.POSSIBLE | later)
        given = sheet.giving(np.flatnonzero(about).astype(np.int32))
        sheet.add(given, np.repeat(unseen, len(given)), label, EdgeFlag.POSSIBLE)


def _acting(sheet: Sheet) -> Mask:
    """Return which roles have something of a way to the code or the secrets of a resource of any type.

    What only reads counts where nothing else is needed, as else every Reader would have a part of something.
    """
    worth = sheet.worth
    found = np.zeros(len(sheet.drawing.index.facts.roles), np.bool_)
    for kind in sheet.drawing.catalogue.kinds:
        for way in kind.way if kind.side in _LEADS_ON else ():
            needs = way.at_target
            telling = [need for need in needs if not need.action.lower().endswith("/read")] or needs
            for need in telling:
                found |= worth.roles(need) != NONE
    return found


def _managed(sheet: Sheet) -> Keys:
    """Return who is, or may be, a managed identity."""
    drawing = sheet.drawing
    services, kinds = drawing.facts.service_principals, drawing.index.facts.principals.kind
    found = np.zeros(len(kinds), np.bool_)
    if any(gap.api == SERVICE_PRINCIPALS for gap in drawing.index.facts.meta.gaps):
        found |= np.isin(kinds, (PrincipalKind.SERVICE_PRINCIPAL, PrincipalKind.UNKNOWN))
    found[services.principal] = (services.flags & ServiceFlag.MANAGED_IDENTITY) != 0
    return sheet.people(np.flatnonzero(found).astype(np.int32))


def _around(sheet: Sheet, text: str) -> Mask:
    """Return the scopes at, below and above the place of a gap; one that is not understood stands for everything."""
    tree, kinds = sheet.tree, sheet.drawing.index.facts.scopes.kind
    row = max(sheet.drawing.index.tree.row(text.rstrip("/").lower() or "/"), 0)
    found = tree.below(np.asarray([row], dtype=np.int32))
    found[tree.chain(row)] = True
    if tree.unsure:
        found |= kinds == ScopeKind.MANAGEMENT_GROUP
    return found
