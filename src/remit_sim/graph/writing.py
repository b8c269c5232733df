"""What all writes share: new ids, the time, merging into a row, and taking a deleted object out of everything.

    new_id(tenant, "graph/groups")

Ids come from the tenant and the number of its edits: the same session makes the same ids again.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import msgspec

from remit_sim.call import Call, Refusal
from remit_sim.graph.kinds import KINDS, PAIR_LISTS, Kind, member_of, parent_of
from remit_sim.graph.pages import bad_request
from remit_sim.graph.permissions import denied, has
from remit_sim.tenant import Fields, SimTenant

_BELONGING = {
    "graph/appRoleAssignments": ("principalId", "resourceId"),
    "graph/oauth2PermissionGrants": ("clientId", "principalId", "resourceId"),
    "graph/applicationFederatedIdentityCredentials": ("parentId",),
    "graph/directoryRoleAssignments": ("principalId",),
    "graph/directoryRoleAssignmentScheduleInstances": ("principalId",),
    "graph/directoryRoleEligibilityScheduleInstances": ("principalId",),
    "graph/groupAssignmentScheduleInstances": ("principalId", "groupId"),
    "graph/groupEligibilityScheduleInstances": ("principalId", "groupId"),
}


def new_id(tenant: SimTenant, what: str) -> str:
    """Return a GUID for something new."""
    return str(uuid5(NAMESPACE_URL, f"{tenant.tenant_id}/{len(tenant.changes)}/{what}"))


def now_text(tenant: SimTenant) -> str:
    """Return the present as Graph writes it."""
    return tenant.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def body_of(call: Call, *required: str) -> Fields:
    """Return the body of a write, without an id: that is never the client's to choose.

    Raises:
        Refusal: it is no object, or a property is missing.
    """
    body = call.json()
    if not isinstance(body, dict):
        raise bad_request("The request body has to be a JSON object.")
    for name in required:
        if body.get(name) in (None, ""):
            raise bad_request(f"A value is required for property '{name}' of resource.")
    return {name: value for name, value in body.items() if name != "id"}


def change(tenant: SimTenant, kind: Kind, object_id: str, changes: Fields) -> None:
    """Set properties of an object."""
    fields = tenant.table(kind.list_name).fields(object_id) or {}
    tenant.put(kind.list_name, msgspec.json.encode(fields | changes))


def let_go(tenant: SimTenant, object_id: str) -> None:
    """Delete an object and everything that belongs to it or names it; `object_id` is lower case."""
    for list_name in PAIR_LISTS:
        for value_of, index in ((parent_of, "graph:parentId"), (member_of, "graph:memberId")):
            for slot, _ in tenant.table(list_name).where(index, value_of, object_id):
                tenant.remove(list_name, tenant.table(list_name).key_at(slot))
    for list_name, names in _BELONGING.items():
        table = tenant.table(list_name)
        for slot, row in table.page(0, len(table)):
            fields = msgspec.json.decode(row)
            if any(str(fields.get(name) or "").lower() == object_id for name in names):
                tenant.remove(list_name, table.key_at(slot))
    for kind in KINDS:
        tenant.remove(kind.list_name, object_id)


def check_ownership(call: Call, kind: Kind, object_id: str) -> None:
    """Let pass who may write any application, or owns this one.

    Raises:
        Refusal: the caller may write only what it owns, and this is not it.
    """
    if any(has(call, name) for name in ("Application.ReadWrite.All", "Directory.ReadWrite.All")):
        return
    owner = call.caller.object_id if call.caller else ""
    pairs = call.tenant.table(kind.pair_list("owners")).where("graph:parentId", parent_of, object_id)
    if not any(member_of(msgspec.json.decode(row)) == owner for _, row in pairs):
        raise denied()


def conflict(message: str) -> Refusal:
    """Return Graph's 409."""
    return Refusal(409, "Request_MultipleObjectsWithSameKeyValue", message)
