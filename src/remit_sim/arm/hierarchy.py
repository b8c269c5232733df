"""The tree of management groups as it is written: rows put under a parent, chains of names kept true.

>>> _DEPTH
6
"""

from __future__ import annotations

import msgspec

from remit_sim import places
from remit_sim.arm import refusals
from remit_sim.call import Refusal
from remit_sim.tenant import Fields, Row, SimTenant

_LIST = "arm/managementGroups"
_DEPTH = 6
"""Levels of management groups below the tenant root group (L8)."""


def spelt(tenant: SimTenant, place: str) -> str:
    """Return the id of a management group or subscription as the tenant writes it."""
    for name in (_LIST, "arm/subscriptions"):
        fields = tenant.table(name).fields(place)
        if fields is not None:
            return str(fields["id"])
    return place


def root_of(tenant: SimTenant) -> str:
    """Return the id of the tenant root group; one that is not listed has the tenant's id for a name."""
    tree = places.tree(tenant)
    tops = [place for place in tree.children.get("", ()) if place.startswith(places.GROUPS)]
    expected = places.GROUPS + tenant.tenant_id
    if expected in tops or not tops:
        return spelt(tenant, expected)
    return spelt(tenant, tops[0])


def parent_of(tenant: SimTenant, place: str) -> str:
    """Return the id of what a management group or subscription hangs below, "" at the top."""
    above = places.tree(tenant).parents.get(place, "")
    return spelt(tenant, above) if above else ""


def require_parent(tenant: SimTenant, place: str, above: str) -> None:
    """Let a management group be put below another.

    Raises:
        Refusal: the other is not there, lies below it, or is too deep down.
    """
    tree = places.tree(tenant)
    if tenant.table(_LIST).get(above) is None:
        raise refusals.no_management_group(above)
    if above == place or place in tree.chain(above):
        raise refusals.bad_request("a management group cannot be its own ancestor", "InvalidParent")
    height = max((len(tree.chain(one)) - len(tree.chain(place)) for one in tree.below(place)), default=0)
    if len(tree.chain(above)) + 1 + height > _DEPTH:
        raise Refusal(
            refusals.CONFLICT,
            "ManagementGroupDepthLimitExceeded",
            f"A management group hierarchy cannot have more than {_DEPTH} levels below the root.",
        )


def place(tenant: SimTenant, item_id: str, *, kind: str, name: str, title: str, above: str) -> None:
    """Put a management group or subscription below a parent, or write it anew where it stands.

    Args:
        tenant: gets it.
        item_id: its id.
        kind: its type as entities spell it.
        name: of a subscription its id.
        title: its display name.
        above: id of the parent.
    """
    at = places.key(item_id)
    fields: Fields = tenant.table(_LIST).fields(at) or {"id": item_id, "name": name, "type": kind, "properties": {}}
    fields["properties"] |= {
        "tenantId": tenant.tenant_id,
        "displayName": title,
        "parent": {"id": spelt(tenant, places.key(above))},
    }
    tenant.put(_LIST, msgspec.json.encode(fields))
    tree, names = places.tree(tenant), places.names(tenant)
    for row in [_chained(tenant, tree, names, one) for one in (at, *tree.below(at))]:
        if row is not None:
            tenant.put(_LIST, row)


def _chained(tenant: SimTenant, tree: places.Tree, names: places.Names, at: str) -> Row | None:
    """Return a row with the chains of its ancestors, None where it says them already."""
    row = tenant.table(_LIST).get(at)
    if row is None:
        return None
    chain = list(reversed(tree.chain(at)))
    fields: Fields = msgspec.json.decode(row)
    fields["properties"] |= {
        "parentNameChain": [spelt(tenant, step).rpartition("/")[2] for step in chain],
        "parentDisplayNameChain": [names.get(step, "") for step in chain],
    }
    written = msgspec.json.encode(fields)
    return None if written == row else written
