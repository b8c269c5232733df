"""Deletes an object of the list that a client is in the middle of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from remit.wire.azure.lists import LISTS
from remit_sim.call import ARM, GRAPH, Call
from remit_sim.tenant import Fields, SimTenant

_NAMED: Mapping[str, str] = MappingProxyType(
    {
        f"{GRAPH} /rolemanagement/directory/roledefinitions": "graph/directoryRoleDefinitions",
        f"{GRAPH} /rolemanagement/directory/roleassignments": "graph/directoryRoleAssignments",
    }
)
_BY_LAST_SEGMENT = MappingProxyType({name.lower(): name for name in LISTS})
_QUERIED = MappingProxyType(
    {
        b"'microsoft.authorization/roleassignments'": "arm/roleAssignments",
        b"'microsoft.authorization/roledefinitions'": "arm/roleDefinitions",
        b'"resources |': "arm/resources",
    }
)
_PAIRS = ("graph/groupMembers", "graph/groupOwners", "graph/applicationOwners", "graph/servicePrincipalOwners")


def is_continued(call: Call) -> bool:
    """Return whether a call asks for a page that is not the first."""
    if any(name.lower() == "$skiptoken" for name in call.query):
        return True
    return call.api == ARM and call.method == "POST" and b'"$skipToken":"' in call.body.replace(b" ", b"")


def let_vanish(call: Call, chosen: float) -> None:
    """Delete one object of the list that the call pages through; `chosen`, from 0 to 1, says which."""
    list_name = _list_of(call)
    if list_name is None:
        return
    table = call.tenant.table(list_name)
    key = next(islice(table.keys(), int(chosen * len(table)), None), None)
    if key is None:
        return
    call.tenant.remove(list_name, key)
    if list_name.startswith("graph/"):
        _leave_groups(call.tenant, key)


def _list_of(call: Call) -> str | None:
    path = call.path.lower().rstrip("/")
    if call.method == "POST":
        return next((name for text, name in _QUERIED.items() if text in call.body), None)
    named = _NAMED.get(f"{call.api} {path}")
    return named or _BY_LAST_SEGMENT.get(f"{call.api}/{path.rpartition('/')[2]}")


def _leave_groups(tenant: SimTenant, object_id: str) -> None:
    """Take a deleted object out of whatever it belonged to, and leave nothing below it."""
    for list_name in _PAIRS:
        table = tenant.table(list_name)
        for index, value_of in (("vanishing:member", _member), ("vanishing:parent", _parent)):
            for slot, _ in table.where(index, value_of, object_id):
                tenant.remove(list_name, table.key_at(slot))


def _member(row: Fields) -> str:
    return str(row["member"]["id"]).lower()


def _parent(row: Fields) -> str:
    return str(row["parentId"]).lower()
