"""Writes to applications and their service principals, with their secrets, certificates and federated credentials.

    POST /applications {"displayName": "remit"}

New rows have the properties that a collection selects, in its order, then whatever else the request gave.
"""

from __future__ import annotations

import msgspec

from remit_sim import credentials
from remit_sim.call import Answer, Call, Handler
from remit_sim.graph import children, microsoft_graph
from remit_sim.graph.directory import get, need
from remit_sim.graph.key_material import add_password, set_certificates
from remit_sim.graph.kinds import APPLICATIONS, SERVICE_PRINCIPALS, Kind
from remit_sim.graph.pages import bad_request, entity, not_found
from remit_sim.graph.writing import body_of, change, check_ownership, conflict, let_go, new_id, now_text
from remit_sim.graph_permissions import GRAPH_APP_ID
from remit_sim.tenant import Fields, SimTenant

_NO_CONTENT = 204
_CREATED = 201
_FEDERATED = "graph/applicationFederatedIdentityCredentials"
_CHANGEABLE = frozenset({"issuer", "subject", "description", "audiences"})


def create_application(call: Call) -> Answer:
    """Register an application; the caller becomes its owner."""
    body = body_of(call, "displayName")
    tenant = call.tenant
    object_id, app_id = new_id(tenant, "application"), new_id(tenant, "appId")
    body.pop("appId", None)
    asked = body.pop("passwordCredentials", None) or []
    passwords = [_new_password(tenant, app_id, wanted, number) for number, wanted in enumerate(asked)]
    fields: Fields = {
        "id": object_id,
        "appId": app_id,
        "displayName": body["displayName"],
        "createdDateTime": now_text(tenant),
        "signInAudience": "AzureADMyOrg",
        "identifierUris": [],
        "appRoles": [],
        "requiredResourceAccess": [],
        "servicePrincipalLockConfiguration": None,
    }
    fields |= body | {
        "keyCredentials": _certificates(tenant, app_id, body, []),
        "passwordCredentials": [shown for shown, _ in passwords],
    }
    tenant.put(APPLICATIONS.list_name, msgspec.json.encode(fields))
    _own(call, APPLICATIONS, object_id)
    answered = fields | {"passwordCredentials": [told for _, told in passwords]}
    return entity(call, "applications", msgspec.json.encode(answered), _CREATED)


def create_service_principal(call: Call) -> Answer:
    """Give an application of this tenant its service principal."""
    app_id = str(body_of(call, "appId")["appId"]).lower()
    tenant = call.tenant
    rows = tenant.table(SERVICE_PRINCIPALS.list_name).where("graph:app", microsoft_graph.app_id_of, app_id)
    if rows or app_id == GRAPH_APP_ID:
        raise conflict(f"The service principal name {app_id} is already in use.")
    found = tenant.table(APPLICATIONS.list_name).where("graph:app", microsoft_graph.app_id_of, app_id)
    if not found:
        raise bad_request(f"The appId '{app_id}' of the service principal does not reference a valid application.")
    application = msgspec.json.decode(found[0][1])
    check_ownership(call, APPLICATIONS, application["id"].lower())
    fields = {
        "id": new_id(tenant, "servicePrincipal"),
        "appId": application["appId"],
        "displayName": application.get("displayName"),
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "appOwnerOrganizationId": tenant.tenant_id,
        "alternativeNames": [],
        "tags": [],
        "appRoles": application.get("appRoles") or [],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    row = msgspec.json.encode(fields | body_of(call))
    tenant.put(SERVICE_PRINCIPALS.list_name, row)
    _own(call, SERVICE_PRINCIPALS, str(fields["id"]))
    return entity(call, "servicePrincipals", row, _CREATED)


def update(kind: Kind) -> Handler:
    """Return what changes properties of an application or service principal."""

    def handler(call: Call) -> Answer:
        object_id, held = _mine(call, kind)
        body = body_of(call)
        app_id = str(held["appId"])
        if "keyCredentials" in body:
            body["keyCredentials"] = _certificates(call.tenant, app_id, body, held.get("keyCredentials") or [])
        if "passwordCredentials" in body:
            body["passwordCredentials"] = _kept_passwords(call.tenant, app_id, body, held)
        change(call.tenant, kind, object_id, body | {"id": held["id"], "appId": held["appId"]})
        return Answer(_NO_CONTENT)

    return handler


def delete_application(call: Call) -> Answer:
    """Delete an application and its service principal."""
    object_id, held = _mine(call, APPLICATIONS)
    app_id = microsoft_graph.app_id_of(held)
    rows = call.tenant.table(SERVICE_PRINCIPALS.list_name).where("graph:app", microsoft_graph.app_id_of, app_id)
    for _, row in rows:
        let_go(call.tenant, str(msgspec.json.decode(row)["id"]).lower())
    let_go(call.tenant, object_id)
    call.tenant.credentials.pop(app_id, None)
    return Answer(_NO_CONTENT)


def delete_service_principal(call: Call) -> Answer:
    """Delete a service principal; its application stays."""
    object_id, _ = _mine(call, SERVICE_PRINCIPALS)
    let_go(call.tenant, object_id)
    return Answer(_NO_CONTENT)


def create_password(kind: Kind) -> Handler:
    """Return what makes a secret; its text is in this answer only."""

    def handler(call: Call) -> Answer:
        object_id, held = _mine(call, kind)
        wanted = body_of(call).get("passwordCredential") or {}
        entries = held.get("passwordCredentials") or []
        shown, told = _new_password(call.tenant, str(held["appId"]), wanted, len(entries))
        change(call.tenant, kind, object_id, {"passwordCredentials": [*entries, shown]})
        return entity(call, "microsoft.graph.passwordCredential", msgspec.json.encode(told))

    return handler


def remove_password(kind: Kind) -> Handler:
    """Return what takes a secret away."""

    def handler(call: Call) -> Answer:
        object_id, held = _mine(call, kind)
        key_id = str(body_of(call, "keyId")["keyId"]).lower()
        entries = held.get("passwordCredentials") or []
        kept = [entry for entry in entries if str(entry.get("keyId")).lower() != key_id]
        if len(kept) == len(entries):
            raise bad_request(f"No password credential found with keyId '{key_id}'.")
        credentials.forget(call.tenant, str(held["appId"]), key_id)
        change(call.tenant, kind, object_id, {"passwordCredentials": kept})
        return Answer(_NO_CONTENT)

    return handler


def create_federated_credential(call: Call) -> Answer:
    """Let an application trust an outside issuer and subject."""
    object_id, held = _mine(call, APPLICATIONS)
    body = body_of(call, "name", "issuer", "subject", "audiences")
    found = children.rows_of(call.tenant, children.CHILDREN["federatedIdentityCredentials"], object_id)
    others = [msgspec.json.decode(row) for _, row in found.page(0, len(found))]
    if any(other.get("name") == body["name"] for other in others):
        raise conflict(f"FederatedIdentityCredential with name {body['name']} already exists.")
    fields = {
        "id": new_id(call.tenant, "federatedIdentityCredential"),
        "name": body["name"],
        "issuer": body["issuer"],
        "subject": body["subject"],
        "description": body.get("description"),
        "audiences": body["audiences"],
    }
    call.tenant.put(_FEDERATED, msgspec.json.encode({"parentId": held["id"]} | fields))
    context = f"applications('{object_id}')/federatedIdentityCredentials"
    return entity(call, context, msgspec.json.encode(fields), _CREATED)


def update_federated_credential(call: Call) -> Answer:
    """Change whom an application trusts; the name of the credential stays."""
    object_id, _ = _mine(call, APPLICATIONS)
    held = call.tenant.table(_FEDERATED).fields(f"{object_id}/{call.arguments['child'].lower()}")
    if held is None:
        raise not_found(call.arguments["child"])
    changes = {name: value for name, value in body_of(call).items() if name in _CHANGEABLE}
    call.tenant.put(_FEDERATED, msgspec.json.encode(held | changes))
    return Answer(_NO_CONTENT)


def delete_federated_credential(call: Call) -> Answer:
    """Take such a trust away again."""
    object_id, _ = _mine(call, APPLICATIONS)
    if not call.tenant.remove(_FEDERATED, f"{object_id}/{call.arguments['child'].lower()}"):
        raise not_found(call.arguments["child"])
    return Answer(_NO_CONTENT)


def _mine(call: Call, kind: Kind) -> tuple[str, Fields]:
    """Return the id and the fields of the object that the path names, if the caller may write it."""
    object_id, row = need(call, kind)
    check_ownership(call, kind, object_id)
    if kind is SERVICE_PRINCIPALS and object_id == microsoft_graph.made_id(call.tenant):
        raise bad_request("The service principal of Microsoft Graph cannot be changed here.")
    return object_id, msgspec.json.decode(row)


def _new_password(tenant: SimTenant, app_id: str, wanted: Fields, number: int) -> tuple[Fields, Fields]:
    return add_password(tenant, app_id, wanted, new_id(tenant, f"{app_id}/password/{number}"))


def _certificates(tenant: SimTenant, app_id: str, body: Fields, held: list[Fields]) -> list[Fields]:
    wanted = body.get("keyCredentials") or []
    key_ids = [new_id(tenant, f"{app_id}/certificate/{number}") for number in range(len(wanted))]
    return set_certificates(tenant, app_id, wanted, held, key_ids)


def _kept_passwords(tenant: SimTenant, app_id: str, body: Fields, held: Fields) -> list[Fields]:
    """Return the passwords that a change keeps: it can take secrets away, not make them."""
    wanted = {str(entry.get("keyId")).lower() for entry in body["passwordCredentials"] or ()}
    entries = {str(entry.get("keyId")).lower(): entry for entry in held.get("passwordCredentials") or ()}
    if wanted - entries.keys():
        raise bad_request("New password credentials are made with addPassword only.")
    for gone in entries.keys() - wanted:
        credentials.forget(tenant, app_id, gone)
    return [entry for key_id, entry in entries.items() if key_id in wanted]


def _own(call: Call, kind: Kind, object_id: str) -> None:
    """Make the caller the owner of what it has just made, where it is in the directory at all."""
    owner = call.caller.object_id if call.caller else ""
    if owner and get(call.tenant, SERVICE_PRINCIPALS, owner) is not None:
        member = {"@odata.type": SERVICE_PRINCIPALS.odata_type, "id": owner}
        call.tenant.put(kind.pair_list("owners"), msgspec.json.encode({"parentId": object_id, "member": member}))
