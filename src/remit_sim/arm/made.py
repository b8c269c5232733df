"""Rows of resources that a request makes: what the body says, what was there before, and the identity it gets.

>>> GROUP_KIND
'Microsoft.Resources/resourceGroups'
"""

from __future__ import annotations

from remit_sim import places, rbac
from remit_sim.arm import bodies, directory, refusals
from remit_sim.call import Call, Refusal
from remit_sim.tenant import Fields

GROUP_KIND = "Microsoft.Resources/resourceGroups"
IDENTITY_KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"
_ASSIGN = f"{IDENTITY_KIND}/assign/action"
_MEMBERS = (
    "kind",
    "location",
    "managedBy",
    "sku",
    "plan",
    "identity",
    "zones",
    "extendedLocation",
    "tags",
    "properties",
)


def group(call: Call, before: Fields | None) -> Fields:
    """Return the row of a resource group.

    Raises:
        Refusal: it has no location, or another than it had.
    """
    body = bodies.whole(call, bodies.Resource)
    was = before or {}
    location = body.get("location") or was.get("location")
    if not location:
        raise refusals.bad_request("the location property is required for this definition", "LocationRequired")
    if was and location.lower().replace(" ", "") != was["location"].lower().replace(" ", ""):
        raise Refusal(
            refusals.CONFLICT,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. The resource group already exists in location "
            f"'{was['location']}'.",
        )
    row_id = places.plain(call.path)
    row: Fields = {
        "id": was.get("id") or row_id.replace("/resourcegroups/", "/resourceGroups/"),
        "name": was.get("name") or row_id.rpartition("/")[2],
        "type": GROUP_KIND,
        "location": location,
    }
    if body.get("managedBy") or was.get("managedBy"):
        row["managedBy"] = body.get("managedBy") or was["managedBy"]
    row["tags"] = body["tags"] if body.get("tags") is not None else was.get("tags") or {}
    row["properties"] = {"provisioningState": "Succeeded"}
    return row


def resource(call: Call, kind: str, before: Fields | None) -> Fields:
    """Return the row of a resource.

    Args:
        call: PUT, which replaces, or PATCH, which adds.
        kind: its type.
        before: its row, None for a new one.
    """
    body = bodies.whole(call, bodies.Resource)
    was = before or {}
    row_id = was.get("id") or places.plain(call.path).replace("/resourcegroups/", "/resourceGroups/")
    row: Fields = {"id": row_id, "name": was.get("name") or row_id.rpartition("/")[2], "type": was.get("type") or kind}
    for name in _MEMBERS:
        value = body.get(name)
        if value is None and (call.method == "PATCH" or name == "location"):
            value = was.get(name)
        if value is not None:
            row[name] = value
    kept = (was.get("properties") or {}) if call.method == "PATCH" else {}
    row["properties"] = {**kept, **(row.get("properties") or {})}
    if kind.lower() == IDENTITY_KIND.lower():
        row["properties"] = _user_assigned(call, row_id, was)
        return row
    row["properties"].setdefault("provisioningState", "Succeeded")
    if row.get("identity"):
        row["identity"] = _identity(call, row_id, row["identity"], was.get("identity") or {})
    return row


def _user_assigned(call: Call, row_id: str, was: Fields) -> Fields:
    """Return the properties of a user-assigned identity, with a service principal made for a new one."""
    if was:
        said: Fields = was["properties"]
        return said
    object_id, client_id = directory.add_managed_identity(call.tenant, row_id, explicit=True)
    return {"tenantId": call.tenant.tenant_id, "principalId": object_id, "clientId": client_id}


def _identity(call: Call, row_id: str, asked: Fields, was: Fields) -> Fields:
    """Return the identity of a resource.

    Raises:
        Refusal: a user-assigned identity is not there, or the caller may not assign it (A5, I5).
    """
    found: Fields = {"type": asked.get("type") or "None"}
    if "systemassigned" in found["type"].lower():
        principal_id = was.get("principalId") or directory.add_managed_identity(call.tenant, row_id, explicit=False)[0]
        found |= {"principalId": principal_id, "tenantId": call.tenant.tenant_id}
    elif was.get("principalId"):
        directory.remove_managed_identity(call.tenant, was["principalId"])
    attached = asked.get("userAssignedIdentities") or {}
    if attached:
        found["userAssignedIdentities"] = {one: _attached(call, one) for one in attached}
    return found


def _attached(call: Call, identity_id: str) -> Fields:
    fields = call.tenant.table("arm/resources").fields(places.key(identity_id))
    if fields is None:
        raise refusals.no_resource(identity_id)
    if call.caller is not None and not rbac.may(call.tenant, call.caller, _ASSIGN, identity_id):
        raise Refusal(
            403,
            "LinkedAuthorizationFailed",
            f"The client '{call.caller.client_id}' with object id '{call.caller.object_id}' has permission to perform "
            f"the action on scope '{call.path}'; however, it does not have permission to perform action "
            f"'{_ASSIGN}' on the linked scope(s) '{identity_id}' or the linked scope(s) are invalid.",
        )
    said = fields["properties"]
    return {"principalId": said.get("principalId"), "clientId": said.get("clientId")}
