"""Role definitions: which may be assigned at a scope, and custom roles that are made, changed and taken away.

    >>> _shown_at("/subscriptions/s/resourceGroups/g", "GUID")
    '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/GUID'

A list gives the built-in roles and the custom ones whose assignable scopes hold the scope; with `atScopeAndBelow()`
also those that may be assigned further down; at `/` all. Inside a subscription Azure writes the subscription into the
id of every role, so the simulator does; everywhere else the bytes of the row are served.
"""

from __future__ import annotations

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import bodies, filters, listing, moments, refusals
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields, Row, SimTenant

_KIND = "Microsoft.Authorization/roleDefinitions"
_PATH = "{scope*}/providers/" + _KIND
_LIST = rbac.DEFINITIONS
_FUNCTIONS = frozenset({"atscopeandbelow", "atscope"})
_VALUES = frozenset({"rolename", "type"})
_BLOCK = ("actions", "notActions", "dataActions", "notDataActions")


def add_routes(routes: Routes) -> None:
    """Add the routes of role definitions."""
    routes.add("GET", _PATH, _list)
    routes.add("GET", _PATH + "/{name}", _get)
    routes.add("PUT", _PATH + "/{name}", _put)
    routes.add("DELETE", _PATH + "/{name}", _delete)


def _list(call: Call) -> Answer:
    scope = call.arguments["scope"]
    asked = filters.of(call, _FUNCTIONS, _VALUES)
    place = places.key(scope)
    tree = places.tree(call.tenant)
    near = set(tree.lineage(place))
    below = {*tree.below(place)} if "atscopeandbelow" in asked.functions else set()
    known = rbac.roles(call.tenant)
    table = call.tenant.table(_LIST)

    def keep(row: Row) -> bool:
        said = known[rbac.role_guid(_ID.decode(row).id)]["properties"]
        if asked.values.get("rolename", "").lower() not in {"", str(said.get("roleName")).lower()}:
            return False
        if asked.values.get("type", "").lower() not in {"", str(said.get("type")).lower()}:
            return False
        scopes = {places.key(at) for at in said.get("assignableScopes") or [places.ROOT]}
        downward = "atscopeandbelow" in asked.functions
        return (
            place == places.ROOT
            or bool(scopes & near)
            or (
                downward
                and any(places.within(at, place) or places.subscription_of(at) in below or at in below for at in scopes)
            )
        )

    return listing.page(call, table, listing.everything(table), listing.MANY, keep=keep, shape=_shape(scope))


def _get(call: Call) -> Answer:
    row = _row(call.tenant, call.arguments["name"])
    if row is None:
        raise refusals.no_role_definition(call.arguments["name"])
    return Answer(body=_shape(call.arguments["scope"])(row))


def _put(call: Call) -> Answer:
    tenant, name, scope = call.tenant, call.arguments["name"], places.plain(call.arguments["scope"])
    if not refusals.is_guid(name):
        raise refusals.bad_id("InvalidRoleDefinitionId", "role definition ID", name)
    said = bodies.properties(call, bodies.RoleDefinition)
    before = rbac.roles(tenant).get(name.lower())
    _check(call, said, name.lower(), before)
    now = moments.text(tenant.clock.now())
    by = (call.caller.object_id or call.caller.client_id) if call.caller else ""
    made = before["properties"] if before else {}
    row = {
        "properties": {
            "roleName": said["roleName"],
            "type": "CustomRole",
            "description": said.get("description") or "",
            "assignableScopes": said["assignableScopes"],
            "permissions": [{part: block.get(part) or [] for part in _BLOCK} for block in said["permissions"]],
            "createdOn": made.get("createdOn") or now,
            "updatedOn": now,
            "createdBy": made.get("createdBy") or by,
            "updatedBy": by,
        },
        "id": before["id"] if before else _shown_at(scope, name),
        "type": _KIND,
        "name": before["name"] if before else name,
    }
    tenant.put(_LIST, msgspec.json.encode(row))
    return Answer.of(row, 201)


def _delete(call: Call) -> Answer:
    tenant, guid = call.tenant, call.arguments["name"].lower()
    role = rbac.roles(tenant).get(guid)
    row = _row(tenant, guid)
    if role is None or row is None:
        return Answer(204)
    if role["properties"].get("type") == "BuiltInRole":
        raise _built_in(guid)
    if tenant.table(rbac.ASSIGNMENTS).where("role", _role_of, guid):
        raise Refusal(
            refusals.CONFLICT,
            "RoleDefinitionHasAssignments",
            "There are existing role assignments referencing role.",
        )
    tenant.remove(_LIST, role["id"])
    return Answer(body=_shape(call.arguments["scope"])(row))


def _check(call: Call, said: Fields, guid: str, before: Fields | None) -> None:
    """Let a custom role be written.

    Raises:
        Refusal: it lacks a part, is built in, bears another's name, or reaches where the caller may not write roles.
    """
    if before is not None and before["properties"].get("type") == "BuiltInRole":
        raise _built_in(guid)
    name, scopes, blocks = said.get("roleName"), said.get("assignableScopes"), said.get("permissions")
    if not (name and scopes and blocks):
        raise refusals.bad_request("roleName, assignableScopes and permissions are required", "InvalidRoleDefinition")
    if places.ROOT in scopes:
        raise refusals.bad_request("a custom role cannot be assignable at `/`", "InvalidRoleDefinitionScope")
    for block in blocks:
        for text in (block.get("actions") or []) + (block.get("notActions") or []):
            if text.count("*") > 1:  # M4, L6
                raise Refusal(
                    refusals.BAD,
                    "InvalidActionOrNotAction",
                    f"'{text}' does not match any of the actions supported by the providers.",
                )
    for other, role in rbac.roles(call.tenant).items():
        if other != guid and str(role["properties"].get("roleName")).lower() == name.lower():
            raise Refusal(
                refusals.CONFLICT,
                "RoleDefinitionWithSameNameExists",
                "A custom role with the same name already exists in this directory. Use a different name.",
            )
    for scope in scopes:  # A5: a linked check on every assignable scope
        _check_linked(call, scope)


def _check_linked(call: Call, scope: str) -> None:
    action = f"{_KIND}/write"
    if call.caller is not None and not rbac.may(call.tenant, call.caller, action, scope):
        raise Refusal(
            403,
            "LinkedAuthorizationFailed",
            f"The client '{call.caller.client_id}' with object id '{call.caller.object_id}' has permission to perform "
            f"action '{action}' on scope '{call.path}'; however, it does not have permission to perform action "
            f"'{action}' on the linked scope(s) '{scope}' or the linked scope(s) are invalid.",
        )


def _built_in(guid: str) -> Refusal:
    return Refusal(
        refusals.BAD, "CannotChangeBuiltInRole", f"The role definition '{guid}' is built in and cannot be changed."
    )


def _row(tenant: SimTenant, guid: str) -> Row | None:
    role = rbac.roles(tenant).get(guid.lower())
    return tenant.table(_LIST).get(role["id"].lower()) if role else None


def _shape(scope: str) -> listing.Shape:
    """Return what shows a role at a scope: with the subscription in its id, or as it is."""
    if not places.subscription_of(places.key(scope)):
        return lambda row: row

    def shape(row: Row) -> Row:
        fields: dict[str, msgspec.Raw] = _RAW.decode(row)
        shown = _shown_at(places.plain(scope), _ID.decode(row).id.rpartition("/")[2])
        fields["id"] = msgspec.Raw(msgspec.json.encode(shown))
        return msgspec.json.encode(fields)

    return shape


def _shown_at(scope: str, name: str) -> str:
    base = "/".join(scope.split("/")[:3]) if places.subscription_of(scope.lower()) else ""
    return f"{base}/providers/{_KIND}/{name}"


def _role_of(fields: Fields) -> str:
    return rbac.role_guid(fields["properties"]["roleDefinitionId"])


class _Identified(msgspec.Struct, gc=False):
    id: str


_ID = msgspec.json.Decoder(_Identified)
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])
