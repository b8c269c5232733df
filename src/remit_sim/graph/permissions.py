"""Which Microsoft Graph application permissions allow which call.

    >>> allowed(frozenset({"Directory.Read.All"}), "GET /users")
    True
    >>> allowed(frozenset({"AppRoleAssignment.ReadWrite.All"}), "POST /servicePrincipals/{id}/appRoleAssignedTo")
    False

Facts from Microsoft's own table of endpoints and permissions, held to the permissions that the simulator knows. Any
one entry of an endpoint is enough; `A + B` needs both. Three rules are ours: what may write may read, and what may read
may read the basics; the delta query of a list needs what the list needs; and DelegatedPermissionGrant.Read.All, which
Microsoft's table does not name yet, reads delegated grants.
"""

from __future__ import annotations

from typing import Protocol

from remit_sim.call import Answer, Call, Handler, Refusal, Router

_USERS = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All")
_GROUPS = ("GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All")
_MEMBERS = (*_GROUPS, "GroupMember.ReadWrite.All")
_MEMBER_OF = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
_APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All")
_DEVICES = ("Device.Read.All", "Directory.Read.All")
_UNITS = ("AdministrativeUnit.Read.All", "Directory.Read.All")
_DIRECTORY = ("Directory.Read.All",)
_GRANTS = ("DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All")
_ROLES = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All")
_SCHEDULES = ("RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory")
_ANY_MEMBER = (
    "Application.Read.All",
    "Device.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "GroupMember.Read.All",
    "User.Read.All",
)
_WRITE_APPLICATIONS = ("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
_WRITE_SECRETS = (*_WRITE_APPLICATIONS, "Directory.ReadWrite.All")
_WRITE_OWNERS = (
    "Application.ReadWrite.OwnedBy + Directory.Read.All",
    "Application.ReadWrite.All + Directory.Read.All",
    "Directory.ReadWrite.All",
)
_GRANT_APP_ROLE = (
    "AppRoleAssignment.ReadWrite.All + Application.Read.All",
    "AppRoleAssignment.ReadWrite.All + Directory.Read.All",
)
_TAKE_APP_ROLE = ("AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All")
_WRITE_GROUPS = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
_WRITE_MEMBERS = ("GroupMember.ReadWrite.All", *_WRITE_GROUPS)
_WRITE_USERS = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_WRITE_UNITS = ("AdministrativeUnit.ReadWrite.All",)

NEEDS: dict[str, tuple[str, ...]] = {
    "GET /users": _USERS,
    "GET /users/{id}": _USERS,
    "GET /users/{id}/memberOf": _MEMBER_OF,
    "GET /users/{id}/transitiveMemberOf": (*_MEMBER_OF, "User.Read.All"),
    "GET /users/{id}/ownedObjects": _USERS,
    "GET /users/{id}/appRoleAssignments": ("AppRoleAssignment.ReadWrite.All", "Directory.Read.All"),
    "GET /users/{id}/oauth2PermissionGrants": _GRANTS,
    "POST /users/{id}/getMemberGroups": _ANY_MEMBER,
    "POST /users": _WRITE_USERS,
    "PATCH /users/{id}": _WRITE_USERS,
    "DELETE /users/{id}": ("User.ReadWrite.All",),
    "GET /groups": _GROUPS,
    "GET /groups/{id}": _GROUPS,
    "GET /groups/{id}/members": _MEMBERS,
    "GET /groups/{id}/transitiveMembers": _MEMBERS,
    "GET /groups/{id}/owners": _MEMBERS,
    "GET /groups/{id}/memberOf": _MEMBER_OF,
    "GET /groups/{id}/transitiveMemberOf": _MEMBER_OF,
    "GET /groups/{id}/appRoleAssignments": ("AppRoleAssignment.ReadWrite.All", "Directory.Read.All"),
    "POST /groups/{id}/getMemberGroups": _ANY_MEMBER,
    "POST /groups": _WRITE_GROUPS,
    "PATCH /groups/{id}": _WRITE_GROUPS,
    "DELETE /groups/{id}": ("Group.ReadWrite.All",),
    "POST /groups/{id}/members": _WRITE_MEMBERS,
    "DELETE /groups/{id}/members/{id}": _WRITE_MEMBERS,
    "POST /groups/{id}/owners": _WRITE_GROUPS,
    "DELETE /groups/{id}/owners/{id}": _WRITE_GROUPS,
    "GET /servicePrincipals": _APPLICATIONS,
    "GET /servicePrincipals/{id}": _APPLICATIONS,
    "GET /servicePrincipals/{id}/owners": _APPLICATIONS,
    "GET /servicePrincipals/{id}/ownedObjects": _APPLICATIONS,
    "GET /servicePrincipals/{id}/memberOf": _APPLICATIONS,
    "GET /servicePrincipals/{id}/transitiveMemberOf": ("Application.Read.All", "Directory.Read.All"),
    "GET /servicePrincipals/{id}/appRoleAssignedTo": _APPLICATIONS,
    "GET /servicePrincipals/{id}/appRoleAssignments": _APPLICATIONS,
    "GET /servicePrincipals/{id}/oauth2PermissionGrants": _GRANTS,
    "POST /servicePrincipals/{id}/getMemberGroups": _ANY_MEMBER,
    "POST /servicePrincipals": _WRITE_SECRETS,
    "PATCH /servicePrincipals/{id}": _WRITE_SECRETS,
    "DELETE /servicePrincipals/{id}": _WRITE_SECRETS,
    "POST /servicePrincipals/{id}/addPassword": _WRITE_SECRETS,
    "POST /servicePrincipals/{id}/removePassword": _WRITE_SECRETS,
    "POST /servicePrincipals/{id}/owners": _WRITE_OWNERS,
    "DELETE /servicePrincipals/{id}/owners/{id}": _WRITE_SECRETS,
    "POST /servicePrincipals/{id}/appRoleAssignedTo": _GRANT_APP_ROLE,
    "POST /servicePrincipals/{id}/appRoleAssignments": _GRANT_APP_ROLE,
    "DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}": _TAKE_APP_ROLE,
    "DELETE /servicePrincipals/{id}/appRoleAssignments/{id}": _TAKE_APP_ROLE,
    "GET /applications": _APPLICATIONS,
    "GET /applications/{id}": _APPLICATIONS,
    "GET /applications/{id}/owners": _APPLICATIONS,
    "GET /applications/{id}/federatedIdentityCredentials": ("Application.Read.All", "Application.ReadWrite.OwnedBy"),
    "GET /applications/{id}/federatedIdentityCredentials/{id}": _WRITE_APPLICATIONS,
    "POST /applications": _WRITE_APPLICATIONS,
    "PATCH /applications/{id}": _WRITE_APPLICATIONS,
    "DELETE /applications/{id}": _WRITE_APPLICATIONS,
    "POST /applications/{id}/addPassword": _WRITE_SECRETS,
    "POST /applications/{id}/removePassword": _WRITE_SECRETS,
    "POST /applications/{id}/owners": _WRITE_OWNERS,
    "DELETE /applications/{id}/owners/{id}": _WRITE_SECRETS,
    "POST /applications/{id}/federatedIdentityCredentials": _WRITE_APPLICATIONS,
    "PATCH /applications/{id}/federatedIdentityCredentials/{id}": _WRITE_APPLICATIONS,
    "DELETE /applications/{id}/federatedIdentityCredentials/{id}": _WRITE_APPLICATIONS,
    "GET /devices": _DEVICES,
    "GET /devices/{id}": _DEVICES,
    "GET /directory/administrativeUnits": _UNITS,
    "GET /directory/administrativeUnits/{id}": _UNITS,
    "GET /directory/administrativeUnits/{id}/members": _UNITS,
    "POST /directory/administrativeUnits/{id}/members": (*_WRITE_UNITS, *_WRITE_GROUPS),
    "DELETE /directory/administrativeUnits/{id}/members/{id}": _WRITE_UNITS,
    "GET /directoryObjects/{id}": _DIRECTORY,
    "POST /directoryObjects/getByIds": _DIRECTORY,
    "POST /directoryObjects/{id}/getMemberGroups": _ANY_MEMBER,
    "GET /oauth2PermissionGrants": _GRANTS,
    "GET /oauth2PermissionGrants/{id}": _GRANTS,
    "GET /organization": ("Organization.Read.All", "Directory.Read.All", "User.Read.All"),
    "GET /roleManagement/directory/roleDefinitions": (*_ROLES, "RoleManagement.Read.All"),
    "GET /roleManagement/directory/roleDefinitions/{id}": (*_ROLES, "RoleManagement.Read.All"),
    "GET /roleManagement/directory/roleAssignments": _ROLES,
    "GET /roleManagement/directory/roleAssignments/{id}": _ROLES,
    "GET /roleManagement/directory/roleAssignmentScheduleInstances": (
        "RoleAssignmentSchedule.Read.Directory",
        *_SCHEDULES,
    ),
    "GET /roleManagement/directory/roleEligibilityScheduleInstances": (
        "RoleEligibilitySchedule.Read.Directory",
        *_SCHEDULES,
    ),
    "GET /identityGovernance/privilegedAccess/group/assignmentScheduleInstances": (
        "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    ),
    "GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": (
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    ),
}
"""What allows an endpoint, the least first. A delta query needs what its list needs; `$ref` and casts are not named."""

HIDDEN_MEMBERS = "Member.Read.Hidden"
"""What members of a group or administrative unit of hidden membership need besides."""

_INCLUDED = {
    "Directory.ReadWrite.All": ("Directory.Read.All",),
    "User.ReadWrite.All": ("User.Read.All",),
    "Group.ReadWrite.All": ("Group.Read.All",),
    "GroupMember.ReadWrite.All": ("GroupMember.Read.All",),
    "Application.ReadWrite.All": ("Application.Read.All",),
    "Device.ReadWrite.All": ("Device.Read.All",),
    "AdministrativeUnit.ReadWrite.All": ("AdministrativeUnit.Read.All",),
    "DelegatedPermissionGrant.ReadWrite.All": ("DelegatedPermissionGrant.Read.All",),
    "Group.Read.All": ("Group.ReadBasic.All",),
    "GroupMember.Read.All": ("GroupMember.ReadBasic.All",),
}


def held(roles: frozenset[str]) -> frozenset[str]:
    """Return permissions together with the smaller ones that they include."""
    return roles.union(*(_INCLUDED.get(role, ()) for role in roles))


def allowed(roles: frozenset[str], endpoint: str) -> bool:
    """Return whether permissions allow an endpoint.

    Raises:
        KeyError: the table has no such endpoint.
    """
    having = held(roles)
    return any(having.issuperset(entry.split(" + ")) for entry in NEEDS[endpoint])


def has(call: Call, permission: str) -> bool:
    """Return whether the caller holds one permission, itself or included in another."""
    return call.caller is not None and (call.caller.operator or permission in held(call.caller.roles))


def check(call: Call, endpoint: str) -> None:
    """Let pass only who may use an endpoint.

    Raises:
        Refusal: nobody has signed in, or what the caller holds does not allow it.
    """
    if call.caller is None:
        raise Refusal(401, "InvalidAuthenticationToken", "Access token is empty.")
    if not call.caller.operator and not allowed(call.caller.roles, endpoint):
        raise denied()


def denied() -> Refusal:
    """Return Graph's 403."""
    return Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


class Add(Protocol):
    """Adds a route of Graph that is guarded by an endpoint of the table."""

    def __call__(self, method: str, pattern: str, handler: Handler, endpoint: str = "") -> None:
        """Add a route.

        Args:
            method: upper case.
            pattern: path, as a `Router` takes it.
            handler: what answers.
            endpoint: what guards it, where that is not `METHOD pattern`.

        Raises:
            KeyError: the table has no such endpoint.
        """
        ...


def adder(router: Router) -> Add:
    """Return what adds guarded routes to a router."""

    def add(method: str, pattern: str, handler: Handler, endpoint: str = "") -> None:
        named = endpoint or f"{method} {pattern}"
        if named not in NEEDS:
            raise KeyError(named)

        def guarded(call: Call) -> Answer:
            check(call, named)
            return handler(call)

        router.add("graph", method, pattern, guarded)

    return add
