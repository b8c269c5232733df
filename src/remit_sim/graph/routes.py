"""The paths of Microsoft Graph that the simulator serves."""

from __future__ import annotations

from remit_sim.call import GRAPH, Handler, Router
from remit_sim.graph import app_roles, children, look_ups, people, reading, registrations
from remit_sim.graph.batch import batch
from remit_sim.graph.delta import DELTA_KINDS, delta
from remit_sim.graph.kinds import (
    APPLICATIONS,
    GROUPS,
    KINDS,
    PAIR_LISTS,
    SERVICE_PRINCIPALS,
    USERS,
    Kind,
)
from remit_sim.graph.permissions import Add, adder

_ROLE_LISTS = {
    "roleDefinitions": "graph/directoryRoleDefinitions",
    "roleAssignments": "graph/directoryRoleAssignments",
    "roleAssignmentScheduleInstances": "graph/directoryRoleAssignmentScheduleInstances",
    "roleEligibilityScheduleInstances": "graph/directoryRoleEligibilityScheduleInstances",
}
_GROUP_PIM = {
    "assignmentScheduleInstances": "graph/groupAssignmentScheduleInstances",
    "eligibilityScheduleInstances": "graph/groupEligibilityScheduleInstances",
}
_CAST = "/{cast}"


def add_routes(router: Router) -> None:
    """Add all routes of Microsoft Graph."""
    add = adder(router)
    for kind in DELTA_KINDS:
        add("GET", f"{kind.path}/delta", delta(kind), f"GET {kind.path}")
    _add_reads(add)
    _add_registrations(add)
    _add_people(add)
    router.add(GRAPH, "POST", "/$batch", batch(router))


def _add_reads(add: Add) -> None:
    for kind in KINDS:
        add("GET", kind.path, reading.collection(kind))
        add("GET", f"{kind.path}/{{id}}", reading.single(kind))
        for relation, _ in kind.pairs:
            _with_casts(add, f"{kind.path}/{{id}}/{relation}", reading.pairs(kind, relation))
    for kind in (APPLICATIONS, SERVICE_PRINCIPALS):
        add("GET", f"{kind.path}(appId='{{app_id}}')", reading.by_app_id(kind), f"GET {kind.path}/{{id}}")
    _with_casts(add, "/groups/{id}/transitiveMembers", reading.transitive_members)
    for kind in (USERS, GROUPS, SERVICE_PRINCIPALS):
        _add_memberships(add, kind)
    for kind in (USERS, SERVICE_PRINCIPALS):
        _with_casts(add, f"{kind.path}/{{id}}/ownedObjects", reading.owned(kind))
    _add_children(add)
    _add_roles(add)
    add("GET", "/directoryObjects/{id}", look_ups.directory_object)
    add("POST", "/directoryObjects/getByIds", look_ups.get_by_ids)
    add("POST", "/directoryObjects/{id}/getMemberGroups", look_ups.member_groups(KINDS))
    add("GET", "/organization", look_ups.organization)


def _with_casts(add: Add, pattern: str, handler: Handler) -> None:
    add("GET", pattern, handler)
    add("GET", pattern + _CAST, handler, f"GET {pattern}")


def _add_memberships(add: Add, kind: Kind) -> None:
    _with_casts(add, f"{kind.path}/{{id}}/memberOf", reading.containers(kind, nested=False))
    _with_casts(add, f"{kind.path}/{{id}}/transitiveMemberOf", reading.containers(kind, nested=True))
    add("POST", f"{kind.path}/{{id}}/getMemberGroups", look_ups.member_groups((kind,)))


def _add_children(add: Add) -> None:
    places = (
        (SERVICE_PRINCIPALS, "appRoleAssignedTo"),
        (SERVICE_PRINCIPALS, "appRoleAssignments"),
        (SERVICE_PRINCIPALS, "oauth2PermissionGrants"),
        (USERS, "appRoleAssignments"),
        (GROUPS, "appRoleAssignments"),
        (APPLICATIONS, "federatedIdentityCredentials"),
    )
    for kind, relation in places:
        add("GET", f"{kind.path}/{{id}}/{relation}", reading.child_rows(kind, relation, children.CHILDREN[relation]))
    grants = reading.child_rows(USERS, "oauth2PermissionGrants", children.GRANTS_TO_USER)
    add("GET", "/users/{id}/oauth2PermissionGrants", grants)
    credentials = "/applications/{id}/federatedIdentityCredentials"
    add("GET", f"{credentials}/{{child}}", reading.federated_credential(APPLICATIONS), f"GET {credentials}/{{id}}")


def _add_roles(add: Add) -> None:
    listed = reading.rows_of_list("graph/oauth2PermissionGrants", "oauth2PermissionGrants")
    add("GET", "/oauth2PermissionGrants", listed)
    one = reading.row_of_list("graph/oauth2PermissionGrants", "oauth2PermissionGrants")
    add("GET", "/oauth2PermissionGrants/{id}", one)
    for name, list_name in _ROLE_LISTS.items():
        context = f"roleManagement/directory/{name}"
        add("GET", f"/{context}", reading.rows_of_list(list_name, context))
        if not name.endswith("Instances"):
            add("GET", f"/{context}/{{id}}", reading.row_of_list(list_name, context))
    for name, list_name in _GROUP_PIM.items():
        context = f"identityGovernance/privilegedAccess/group/{name}"
        filtered = reading.rows_of_list(list_name, context, needs_filter=("groupId", "principalId"))
        add("GET", f"/{context}", filtered)


def _add_registrations(add: Add) -> None:
    add("POST", "/applications", registrations.create_application)
    add("DELETE", "/applications/{id}", registrations.delete_application)
    add("POST", "/servicePrincipals", registrations.create_service_principal)
    add("DELETE", "/servicePrincipals/{id}", registrations.delete_service_principal)
    for kind in (APPLICATIONS, SERVICE_PRINCIPALS):
        add("PATCH", f"{kind.path}/{{id}}", registrations.update(kind))
        add("POST", f"{kind.path}/{{id}}/addPassword", registrations.create_password(kind))
        add("POST", f"{kind.path}/{{id}}/removePassword", registrations.remove_password(kind))
    credentials = "/applications/{id}/federatedIdentityCredentials"
    add("POST", credentials, registrations.create_federated_credential)
    for method, handler in (
        ("PATCH", registrations.update_federated_credential),
        ("DELETE", registrations.delete_federated_credential),
    ):
        add(method, f"{credentials}/{{child}}", handler, f"{method} {credentials}/{{id}}")
    for relation, own_end in (("appRoleAssignedTo", "resourceId"), ("appRoleAssignments", "principalId")):
        pattern = f"/servicePrincipals/{{id}}/{relation}"
        add("POST", pattern, app_roles.grant(own_end))
        add("DELETE", f"{pattern}/{{child}}", app_roles.take_back(own_end), f"DELETE {pattern}/{{id}}")


def _add_people(add: Add) -> None:
    add("POST", "/users", people.create_user)
    add("POST", "/groups", people.create_group)
    for kind in (USERS, GROUPS):
        add("PATCH", f"{kind.path}/{{id}}", people.update(kind))
        add("DELETE", f"{kind.path}/{{id}}", people.delete(kind))
    for kind, relation in PAIR_LISTS.values():
        pattern = f"{kind.path}/{{id}}/{relation}"
        add("POST", f"{pattern}/$ref", people.add_reference(kind, relation), f"POST {pattern}")
        guard = f"DELETE {pattern}/{{id}}"
        add("DELETE", f"{pattern}/{{child}}/$ref", people.remove_reference(kind, relation), guard)
