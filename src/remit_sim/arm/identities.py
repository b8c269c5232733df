"""Federated credentials of user-assigned identities; the identities themselves are resources like others.

>>> _CHILD
'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials'
"""

from __future__ import annotations

import msgspec

from remit_sim import places
from remit_sim.arm import bodies, listing, refusals
from remit_sim.arm.cascade import CREDENTIALS, parent_of_credential
from remit_sim.arm.made import IDENTITY_KIND
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields

_CHILD = f"{IDENTITY_KIND}/federatedIdentityCredentials"
_PATH = "{scope*}/providers/" + IDENTITY_KIND + "/{identity}/federatedIdentityCredentials"
_MOST = 20
"""Credentials of one identity."""


def add_routes(routes: Routes) -> None:
    """Add the routes of federated credentials."""
    routes.add("GET", _PATH, _list)
    routes.add("GET", _PATH + "/{name}", _get)
    routes.add("PUT", _PATH + "/{name}", _put)
    routes.add("DELETE", _PATH + "/{name}", _delete)


def _identity_id(call: Call) -> str:
    return f"{places.plain(call.arguments['scope'])}/providers/{IDENTITY_KIND}/{call.arguments['identity']}"


def _key(call: Call) -> str:
    return f"{_identity_id(call)}/federatedIdentityCredentials/{call.arguments['name']}".lower()


def _require_identity(call: Call) -> str:
    found = _identity_id(call)
    if call.tenant.table("arm/resources").get(found.lower()) is None:
        raise refusals.no_resource(found)
    return found


def _list(call: Call) -> Answer:
    identity = _require_identity(call)
    table = call.tenant.table(CREDENTIALS)
    runs = [table.slots("parent", parent_of_credential, identity.lower())]
    top = call.query.get("$top", "")
    size = min(int(top), listing.FEW) if top.isdigit() and int(top) else listing.FEW
    return listing.page(call, table, runs, size)


def _get(call: Call) -> Answer:
    row = call.tenant.table(CREDENTIALS).get(_key(call))
    if row is None:
        _require_identity(call)
        raise refusals.no_resource(f"{_identity_id(call)}/federatedIdentityCredentials/{call.arguments['name']}")
    return Answer(body=row)


def _put(call: Call) -> Answer:
    identity = _require_identity(call)
    said = bodies.properties(call, bodies.Trust)
    if not all(said.get(name) for name in ("issuer", "subject", "audiences")):
        raise refusals.bad_request("issuer, subject and audiences are required", "BadRequest")
    if len(said["audiences"]) != 1:
        raise refusals.bad_request("exactly one audience is required", "BadRequest")
    key = _key(call)
    table = call.tenant.table(CREDENTIALS)
    others = [
        fields
        for _, row in table.where("parent", parent_of_credential, identity.lower())
        if (fields := _fields(row))["id"].lower() != key
    ]
    if len(others) >= _MOST:
        raise refusals.bad_request(f"an identity has at most {_MOST} federated credentials", "BadRequest")
    if any(_subject(other["properties"]) == _subject(said) for other in others):
        raise Refusal(
            refusals.CONFLICT,
            "Conflict",
            "There is already a Federated Identity Credential resource with the same issuer and subject.",
        )
    row = {
        "id": f"{identity}/federatedIdentityCredentials/{call.arguments['name']}",
        "name": call.arguments["name"],
        "properties": {"issuer": said["issuer"], "subject": said["subject"], "audiences": said["audiences"]},
        "type": _CHILD,
    }
    new = table.get(key) is None
    call.tenant.put(CREDENTIALS, msgspec.json.encode(row))
    return Answer.of(row, 201 if new else 200)


def _delete(call: Call) -> Answer:
    return Answer(200 if call.tenant.remove(CREDENTIALS, _key(call)) else 204)


def _fields(row: bytes) -> Fields:
    fields: Fields = msgspec.json.decode(row)
    return fields


def _subject(said: Fields) -> tuple[str, str]:
    return said["issuer"], said["subject"]
