"""Handlers that look objects up across kinds, and the one row that tells of the tenant.

POST /directoryObjects/getByIds {"ids": [...], "types": ["user"]}
"""

from __future__ import annotations

import msgspec

from remit_sim.call import Answer, Call, Handler
from remit_sim.graph import relations
from remit_sim.graph.directory import find, typed
from remit_sim.graph.kinds import GROUPS, KIND_OF_TYPE, KINDS, Kind
from remit_sim.graph.options import options_of
from remit_sim.graph.pages import bad_request, entity, envelope, not_found, selection
from remit_sim.graph.rows import project
from remit_sim.tenant import Row

LARGEST_LOOK_UP = 1000


def directory_object(call: Call) -> Answer:
    """Give an object of whatever kind by its id."""
    found = find(call.tenant, call.arguments["id"])
    if found is None:
        raise not_found(call.arguments["id"])
    return entity(call, "directoryObjects", typed(*found, options_of(call).select))


def get_by_ids(call: Call) -> Answer:
    """Give the objects of some ids, of some kinds if they are named; ids that nobody has are left out."""
    body = call.json()
    ids = body.get("ids")
    if not isinstance(ids, list) or not ids or len(ids) > LARGEST_LOOK_UP:
        raise bad_request(f"Between 1 and {LARGEST_LOOK_UP} ids are needed.")
    wanted = [f"#microsoft.graph.{name}".lower() for name in body.get("types") or ()]
    kinds = tuple(KIND_OF_TYPE[name] for name in wanted if name in KIND_OF_TYPE) if wanted else KINDS
    if "#microsoft.graph.directoryobject" in wanted:
        kinds = KINDS
    found = [one for object_id in dict.fromkeys(ids) if (one := find(call.tenant, str(object_id), kinds))]
    return envelope(call, "directoryObjects", (typed(kind, row, ()) for kind, row in found))


def member_groups(kinds: tuple[Kind, ...]) -> Handler:
    """Return what tells the ids of all groups that an object is in, nesting followed."""

    def handler(call: Call) -> Answer:
        found = find(call.tenant, call.arguments["id"], kinds)
        if found is None:
            raise not_found(call.arguments["id"])
        security_only = call.json().get("securityEnabledOnly") is True
        groups = [group for kind, group in relations.containers(call, _id(found[1]), nested=True) if kind is GROUPS]
        rows = [row for group in groups if (row := call.tenant.table(GROUPS.list_name).get(group))]
        fields = [msgspec.json.decode(row) for row in rows]
        ids = [one["id"] for one in fields if one.get("securityEnabled") or not security_only]
        return envelope(call, "Collection(Edm.String)", [msgspec.json.encode(one) for one in ids])

    return handler


def organization(call: Call) -> Answer:
    """Give the one row that tells of the tenant itself."""
    domain = {"capabilities": "", "isDefault": True, "isInitial": True, "name": "simulated.example", "type": "Managed"}
    fields = {
        "id": call.tenant.tenant_id,
        "displayName": "Simulated tenant",
        "tenantType": "AAD",
        "verifiedDomains": [domain],
    }
    options = options_of(call)
    row = msgspec.json.encode(fields)
    served = project(row, options.select) if options.select else row
    return envelope(call, "organization" + selection(options), [served])


def _id(row: Row) -> str:
    return str(msgspec.json.decode(row)["id"]).lower()
