"""Writes to users and groups, and to who belongs to what.

POST /groups/{id}/members/$ref {"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{id}"}
"""

from __future__ import annotations

import msgspec

from remit_sim.call import Answer, Call, Handler
from remit_sim.graph.directory import find, need
from remit_sim.graph.kinds import APPLICATIONS, GROUPS, SERVICE_PRINCIPALS, USERS, Kind
from remit_sim.graph.pages import bad_request, entity, not_found
from remit_sim.graph.writing import body_of, change, check_ownership, conflict, let_go, new_id, now_text
from remit_sim.tenant import Fields

_CREATED, _NO_CONTENT = 201, 204
_BINDS = {"members@odata.bind": "members", "owners@odata.bind": "owners"}


def create_group(call: Call) -> Answer:
    """Make a group, with the members and owners that the request binds."""
    body = body_of(call, "displayName", "mailEnabled", "mailNickname", "securityEnabled")
    bound = {relation: [str(one) for one in body.pop(name, ())] for name, relation in _BINDS.items()}
    fields: Fields = {
        "id": new_id(call.tenant, "group"),
        "displayName": None,
        "securityEnabled": None,
        "mailEnabled": None,
        "groupTypes": [],
        "isAssignableToRole": None,
        "membershipRule": None,
        "onPremisesSyncEnabled": None,
        "visibility": None,
        "createdDateTime": now_text(call.tenant),
    }
    fields |= body
    pairs = [(relation, _pair(call, fields["id"], link)) for relation, links in bound.items() for link in links]
    row = msgspec.json.encode(fields)
    call.tenant.put(GROUPS.list_name, row)
    for relation, pair in pairs:
        call.tenant.put(GROUPS.pair_list(relation), pair)
    return entity(call, "groups", row, _CREATED)


def create_user(call: Call) -> Answer:
    """Make a user; the password of the request is thrown away: nobody signs in as a user here."""
    body = body_of(call, "displayName", "mailNickname", "userPrincipalName", "passwordProfile", "accountEnabled")
    del body["passwordProfile"]
    if find(call.tenant, str(body["userPrincipalName"]), (USERS,)):
        raise conflict("Another object with the same value for property userPrincipalName already exists.")
    fields = {
        "id": new_id(call.tenant, "user"),
        "displayName": None,
        "userPrincipalName": None,
        "userType": "Member",
        "accountEnabled": None,
        "onPremisesSyncEnabled": None,
        "createdDateTime": now_text(call.tenant),
    }
    row = msgspec.json.encode(fields | body)
    call.tenant.put(USERS.list_name, row)
    return entity(call, "users", row, _CREATED)


def update(kind: Kind) -> Handler:
    """Return what changes properties of a user or group."""

    def handler(call: Call) -> Answer:
        object_id, row = need(call, kind)
        changes = {name: value for name, value in body_of(call).items() if name != "passwordProfile"}
        change(call.tenant, kind, object_id, {"id": msgspec.json.decode(row)["id"]} | changes)
        return Answer(_NO_CONTENT)

    return handler


def delete(kind: Kind) -> Handler:
    """Return what deletes a user or group."""

    def handler(call: Call) -> Answer:
        let_go(call.tenant, need(call, kind)[0])
        return Answer(_NO_CONTENT)

    return handler


def add_reference(kind: Kind, relation: str) -> Handler:
    """Return what adds a member or owner."""

    def handler(call: Call) -> Answer:
        parent, row = _writable(call, kind)
        pair = _pair(call, msgspec.json.decode(row)["id"], str(body_of(call, "@odata.id")["@odata.id"]))
        key = f"{parent}/{msgspec.json.decode(pair)['member']['id']}".lower()
        if call.tenant.table(kind.pair_list(relation)).get(key) is not None:
            message = "One or more added object references already exist for the following modified properties: "
            raise bad_request(f"{message}'{relation}'.")
        call.tenant.put(kind.pair_list(relation), pair)
        return Answer(_NO_CONTENT)

    return handler


def remove_reference(kind: Kind, relation: str) -> Handler:
    """Return what takes a member or owner away."""

    def handler(call: Call) -> Answer:
        parent, _ = _writable(call, kind)
        if not call.tenant.remove(kind.pair_list(relation), f"{parent}/{call.arguments['child'].lower()}"):
            raise not_found(call.arguments["child"])
        return Answer(_NO_CONTENT)

    return handler


def _writable(call: Call, kind: Kind) -> tuple[str, bytes]:
    object_id, row = need(call, kind)
    if kind in (APPLICATIONS, SERVICE_PRINCIPALS):
        check_ownership(call, kind, object_id)
    return object_id, row


def _pair(call: Call, parent: str, link: str) -> bytes:
    """Return the pair of a parent and the object that a link names."""
    object_id = link.rstrip("/").rpartition("/")[2]
    found = find(call.tenant, object_id)
    if found is None:
        raise not_found(object_id)
    kind, row = found
    member = {"@odata.type": kind.odata_type, "id": msgspec.json.decode(row)["id"]}
    return msgspec.json.encode({"parentId": parent, "member": member})
