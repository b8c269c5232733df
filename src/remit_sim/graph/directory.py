"""Directory objects by id, of whatever kind.

    found = find(tenant, "11111111-0000-0000-0000-000000000000")

Keys of lists are lower case, ids in requests are not.
"""

from __future__ import annotations

import msgspec

from remit_sim.call import Call
from remit_sim.graph import microsoft_graph
from remit_sim.graph.kinds import KINDS, SERVICE_PRINCIPALS, USERS, Kind
from remit_sim.graph.pages import not_found
from remit_sim.graph.rows import raw_fields
from remit_sim.tenant import Fields, Row, SimTenant


def get(tenant: SimTenant, kind: Kind, object_id: str) -> Row | None:
    """Return an object of one kind by its id (a user also by its user principal name), None where there is none."""
    key = object_id.lower()
    row = tenant.table(kind.list_name).get(key)
    if row is None and kind is USERS and "@" in key:
        named = tenant.table(kind.list_name).where("graph:upn", _user_principal_name, key.casefold())
        return named[0][1] if named else None
    if row is None and kind is SERVICE_PRINCIPALS and key == microsoft_graph.made_id(tenant):
        return microsoft_graph.find(tenant)
    return row


def find(tenant: SimTenant, object_id: str, kinds: tuple[Kind, ...] = KINDS) -> tuple[Kind, Row] | None:
    """Return an object of any of some kinds by its id, with its kind."""
    for kind in kinds:
        if (row := get(tenant, kind, object_id)) is not None:
            return kind, row
    return None


def need(call: Call, kind: Kind, name: str = "id") -> tuple[str, Row]:
    """Return the object that the path of a request names: its lower-case id and its row.

    Raises:
        Refusal: there is none.
    """
    row = get(call.tenant, kind, call.arguments[name])
    if row is None:
        raise not_found(call.arguments[name])
    return str(msgspec.json.decode(row)["id"]).lower(), row


def typed(kind: Kind, row: Row, select: tuple[str, ...]) -> Row:
    """Return an object as it stands where kinds mix: `@odata.type` first, then what is selected."""
    fields = raw_fields(row)
    fields.pop("@odata.type", None)
    kept = {name: value for name, value in fields.items() if not select or name in select}
    return msgspec.json.encode({"@odata.type": msgspec.Raw(msgspec.json.encode(kind.odata_type))} | kept)


def text_of(row: Row | None, name: str) -> str | None:
    """Return a text of a row, None where it has none."""
    value = None if row is None else msgspec.json.decode(row).get(name)
    return value if isinstance(value, str) else None


def _user_principal_name(fields: Fields) -> str:
    return str(fields.get("userPrincipalName") or "").casefold()
