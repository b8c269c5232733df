"""App role assignments: granting an application permission, and taking it back.

    POST /servicePrincipals/{id}/appRoleAssignedTo {"principalId": ..., "resourceId": ..., "appRoleId": ...}

The same row is reached from the principal (`appRoleAssignments`) and from the resource (`appRoleAssignedTo`).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

import msgspec

from remit_sim.call import Answer, Call, Handler
from remit_sim.graph import microsoft_graph
from remit_sim.graph.directory import find, get, need, text_of
from remit_sim.graph.kinds import GROUPS, SERVICE_PRINCIPALS, USERS
from remit_sim.graph.pages import bad_request, entity, not_found
from remit_sim.graph.writing import body_of, now_text
from remit_sim.graph_permissions import GRAPH_APP_ID
from remit_sim.tenant import Fields

_LIST = "graph/appRoleAssignments"
_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
_CREATED, _NO_CONTENT = 201, 204


def grant(own_end: str) -> Handler:
    """Return what makes an assignment.

    Args:
        own_end: `principalId` or `resourceId`: which of both the object in the path has to be.
    """

    def handler(call: Call) -> Answer:
        object_id, _ = need(call, SERVICE_PRINCIPALS)
        body = body_of(call, "principalId", "resourceId", "appRoleId")
        if str(body[own_end]).lower() != object_id:
            raise bad_request(f"The `{own_end}` of the body has to be the object that the request names.")
        row = _assignment(call, body)
        call.tenant.put(_LIST, row)
        return entity(call, "appRoleAssignments", row, _CREATED)

    return handler


def take_back(own_end: str) -> Handler:
    """Return what deletes an assignment."""

    def handler(call: Call) -> Answer:
        object_id, _ = need(call, SERVICE_PRINCIPALS)
        key = call.arguments["child"].lower()
        fields = call.tenant.table(_LIST).fields(key)
        if fields is None or str(fields[own_end]).lower() != object_id:
            raise not_found(call.arguments["child"])
        call.tenant.remove(_LIST, key)
        return Answer(_NO_CONTENT)

    return handler


def _assignment(call: Call, body: Fields) -> bytes:
    """Return the row of a new assignment, once everything that it names has been found."""
    resource = get(call.tenant, SERVICE_PRINCIPALS, str(body["resourceId"]))
    principal = find(call.tenant, str(body["principalId"]), (SERVICE_PRINCIPALS, USERS, GROUPS))
    if resource is None or principal is None:
        raise not_found(str(body["resourceId"] if resource is None else body["principalId"]))
    app_role = str(body["appRoleId"]).lower()
    known = {str(role["id"]).lower() for role in msgspec.json.decode(resource).get("appRoles") or ()}
    if app_role != _DEFAULT_ACCESS and app_role not in known:
        raise bad_request("Permission being assigned was not found on application.")
    if microsoft_graph.app_id_of(msgspec.json.decode(resource)) == GRAPH_APP_ID:
        microsoft_graph.ensure_listed(call.tenant)
    kind, row = principal
    name = f"{text_of(row, 'id')}/{text_of(resource, 'id')}/{app_role}".lower()
    key = urlsafe_b64encode(sha256(name.encode()).digest()).decode().rstrip("=")
    if call.tenant.table(_LIST).get(key.lower()) is not None:
        raise bad_request("Permission being assigned already exists on the object.")
    fields = {
        "id": key,
        "deletedDateTime": None,
        "appRoleId": app_role,
        "createdDateTime": now_text(call.tenant),
        "principalDisplayName": text_of(row, "displayName"),
        "principalId": text_of(row, "id"),
        "principalType": {SERVICE_PRINCIPALS: "ServicePrincipal", USERS: "User", GROUPS: "Group"}[kind],
        "resourceDisplayName": text_of(resource, "displayName"),
        "resourceId": text_of(resource, "id"),
    }
    return msgspec.json.encode(fields)
