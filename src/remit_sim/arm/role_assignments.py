"""Role assignments that are made and taken away, with Azure's checks.

    >>> definition_id("/subscriptions/s/resourceGroups/g", "GUID")
    '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/GUID'

Checked: the name is a GUID, the role definition and the principal exist, the role may be assigned at the scope, the
same assignment is not there yet under another name (409 RoleAssignmentExists), and an update leaves principal, role
and scope alone. What is read inside a subscription names the role as a role definition is named there: clients compare
both ids as texts. Everything else of a row is served with its bytes.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import bodies, directory, extensions, listing, moments, refusals, windows
from remit_sim.arm.extensions import ROLE_ASSIGNMENTS
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields, Row, SimTenant

_PATH = "{scope*}/providers/Microsoft.Authorization/roleAssignments"
_LIST = ROLE_ASSIGNMENTS.list_name
_ROLE = re.compile(
    rb'("roleDefinitionId"\s*:\s*")/providers/Microsoft\.Authorization/roleDefinitions/([^"/]*")', re.IGNORECASE
)


def add_routes(routes: Routes) -> None:
    """Add the routes of role assignments."""
    routes.add("GET", _PATH, extensions.list_of(ROLE_ASSIGNMENTS, _shape), checked=False)
    routes.add("GET", _PATH + "/{name}", extensions.item_of(ROLE_ASSIGNMENTS, _shape))
    routes.add("PUT", _PATH + "/{name}", _put)
    routes.add("DELETE", _PATH + "/{name}", _delete)


def assign(tenant: SimTenant, scope: str, name: str, said: Fields, by: str) -> Fields:
    """Make the row of a role assignment and put it into the tenant.

    Args:
        tenant: gets it.
        scope: as Azure writes it back.
        name: its GUID.
        said: properties of the request, `principalType` known.
        by: object id of who does it.
    """
    now = moments.text(tenant.clock.now())
    row = {
        "properties": {
            "roleDefinitionId": definition_id(scope, rbac.role_guid(said["roleDefinitionId"])),
            "principalId": said["principalId"].lower(),
            "principalType": said["principalType"],
            "scope": scope,
            "condition": said.get("condition"),
            "conditionVersion": said.get("conditionVersion"),
            "createdOn": now,
            "updatedOn": now,
            "createdBy": by,
            "updatedBy": by,
            "delegatedManagedIdentityResourceId": said.get("delegatedManagedIdentityResourceId"),
            "description": said.get("description"),
        },
        "id": f"{'' if scope == places.ROOT else scope}/providers/{ROLE_ASSIGNMENTS.kind}/{name}",
        "type": ROLE_ASSIGNMENTS.kind,
        "name": name,
    }
    tenant.put(_LIST, msgspec.json.encode(row))
    return row


def same(tenant: SimTenant, scope: str, said: Fields) -> Fields | None:
    """Return the role assignment of the same principal, role and scope, None where there is none."""
    place, role = places.key(scope), rbac.role_guid(said["roleDefinitionId"])
    for _, row in tenant.table(_LIST).where("principal", rbac.principal_of, said["principalId"].lower()):
        found: Fields = msgspec.json.decode(row)
        there = rbac.role_guid(found["properties"]["roleDefinitionId"]) == role
        if there and places.scope_of_row(found) == place:
            return found
    return None


def require_role(tenant: SimTenant, scope: str, role_definition_id: Any) -> Fields:  # noqa: ANN401 - from a body
    """Return the role definition that a request names.

    Raises:
        Refusal: there is none, or it may not be assigned at the scope.
    """
    guid = rbac.role_guid(str(role_definition_id or ""))
    role = rbac.roles(tenant).get(guid)
    if role is None:
        raise refusals.no_role_definition(guid, refusals.BAD)
    lineage = set(places.tree(tenant).lineage(places.key(scope)))
    if not any(places.key(at) in lineage for at in role["properties"].get("assignableScopes") or [places.ROOT]):
        raise Refusal(
            refusals.BAD,
            "RoleAssignmentScopeNotAssignableToRoleDefinition",
            f"The scope '{scope}' is not assignable to the role definition '{guid}'.",
        )
    return role


def require_principal(tenant: SimTenant, said: Fields) -> directory.Principal:
    """Return the principal that a request names.

    Raises:
        Refusal: it is no GUID, is not in the directory, or is of another kind than the request says.
    """
    principal_id = said.get("principalId")
    if not refusals.is_guid(principal_id):
        raise refusals.bad_id("InvalidPrincipalId", "principal ID", str(principal_id))
    principal = directory.find(tenant, str(principal_id))
    if principal is None:
        raise Refusal(
            refusals.BAD,
            "PrincipalNotFound",
            f"Principal {str(principal_id).replace('-', '')} does not exist in the directory {tenant.tenant_id}. "
            "Check that you have the correct principal ID. If you are creating this principal and then immediately "
            "assigning a role, this error might be related to a replication delay.",
        )
    wanted = said.get("principalType")
    if wanted and wanted.lower() != principal.kind.lower():
        raise Refusal(
            refusals.BAD,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{str(principal_id).replace('-', '')}' has type '{principal.kind}', "
            f"which is different from specified PrincipalType '{wanted}'.",
        )
    return principal


def _put(call: Call) -> Answer:
    name, scope, tenant = call.arguments["name"], places.plain(call.arguments["scope"]), call.tenant
    if not refusals.is_guid(name):
        raise refusals.bad_id("InvalidRoleAssignmentId", "role assignment ID", name)
    said = bodies.properties(call, bodies.RoleAssignment)
    if not said.get("roleDefinitionId"):
        raise refusals.bad_request("the role definition ID is missing", "InvalidCreateRoleAssignmentRequest")
    require_role(tenant, scope, said["roleDefinitionId"])
    principal = require_principal(tenant, said)
    before = tenant.table(_LIST).fields(extensions.id_of(call, ROLE_ASSIGNMENTS).lower())
    if before is not None:
        return _update(tenant, before, said, _who(call))
    twin = same(tenant, scope, said)
    if twin is not None:
        raise exists(twin)
    return Answer.of(assign(tenant, scope, name, said | {"principalType": principal.kind}, _who(call)), 201)


def exists(twin: Fields) -> Refusal:
    """Return what making a role assignment that is there already gets."""
    short = rbac.role_guid(twin["id"]).replace("-", "")
    return Refusal(
        refusals.CONFLICT,
        "RoleAssignmentExists",
        f"The role assignment already exists. The ID of the existing role assignment is {short}.",
    )


def _update(tenant: SimTenant, row: Fields, said: Fields, by: str) -> Answer:
    kept = row["properties"]
    moved = rbac.role_guid(said["roleDefinitionId"]) != rbac.role_guid(kept["roleDefinitionId"])
    if moved or said["principalId"].lower() != kept["principalId"].lower():
        raise Refusal(
            refusals.BAD,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )
    changed = {name: said.get(name) for name in ("condition", "conditionVersion", "description")}
    if any(kept.get(name) != value for name, value in changed.items()):
        kept |= changed | {"updatedOn": moments.text(tenant.clock.now()), "updatedBy": by}
        tenant.put(_LIST, msgspec.json.encode(row))
    return Answer.of(row)


def _delete(call: Call) -> Answer:
    key = extensions.id_of(call, ROLE_ASSIGNMENTS).lower()
    row = call.tenant.table(_LIST).get(key)
    if row is None:
        return Answer(204)
    call.tenant.remove(_LIST, key)
    windows.forget(call.tenant, key)
    return Answer(body=row)


def definition_id(scope: str, guid: str) -> str:
    """Return the id of a role definition as role assignments at a scope name it."""
    base = "/".join(scope.split("/")[:3]) if places.subscription_of(scope.lower()) else ""
    return f"{base}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def _shape(call: Call) -> listing.Shape:
    """Return what shows a role assignment: inside a subscription, with it in the id of the role."""
    scope = places.plain(call.arguments["scope"])
    if not places.subscription_of(places.key(scope)):
        return lambda row: row
    base = definition_id(scope, "").encode()

    def shape(row: Row) -> Row:
        return _ROLE.sub(lambda found: found[1] + base + found[2], row, count=1)

    return shape


def _who(call: Call) -> str:
    return (call.caller.object_id or call.caller.client_id) if call.caller else ""
