"""The calls to Microsoft Graph v1.0."""

from __future__ import annotations

from remit.adapters.azure.endpoint import (
    GRAPH,
    LANE_GRAPH,
    LANE_GRAPH_ITEMS,
    LANE_PIM_GROUPS,
    Endpoint,
    Need,
    Over,
    Shape,
)

PAGE_SIZE, EXPANDED_PAGE_SIZE = 999, 100
MOST_EXPANDED = 20
"""Graph expands at most so many objects of a relation, without a word about the others."""

_APPLICATION, _GROUP, _UNIT = "Application.Read.All", "GroupMember.Read.All", "AdministrativeUnit.Read.All"
_DIRECTORY = "RoleManagement.Read.Directory"
_PRINCIPAL = frozenset({"id", "displayName", "userPrincipalName", "appId", "accountEnabled"})
_ONLY_KEPT = frozenset({"id"})


def _objects(
    key: str,
    path: str,
    need: Need,
    select: str,
    *,
    more: tuple[Need, ...] = (),
    opens: tuple[str, ...] = (),
    used: frozenset[str] = _PRINCIPAL,
) -> Endpoint:
    names = tuple(select.split())
    return Endpoint(
        key=key,
        list_name=key,
        api=GRAPH,
        place=f"/v1.0{path}?$select={','.join(names)}&$top={PAGE_SIZE}",
        needs=(need, *more),
        lane=LANE_GRAPH,
        page_size=PAGE_SIZE,
        select=names,
        used=used.intersection(names),
        opens=opens,
    )


def _whole(key: str, path: str, need: Need) -> Endpoint:
    """Return the call for a list whose objects are read with all their fields."""
    return Endpoint(
        key=key,
        list_name=key,
        api=GRAPH,
        place=f"/v1.0{path}?$top={PAGE_SIZE}",
        needs=(need,),
        lane=LANE_GRAPH,
        page_size=PAGE_SIZE,
    )


def _related(key: str, path: str, relation: str, need: Need, opens: tuple[str, ...]) -> Endpoint:
    """Return the call that reads a relation of many objects at once."""
    pairs = relation in {"members", "owners"}
    expanded = f"{relation}($select=id)" if pairs else relation
    return Endpoint(
        key=key,
        list_name=key,
        api=GRAPH,
        place=f"/v1.0{path}?$select=id&$expand={expanded}&$top={EXPANDED_PAGE_SIZE}",
        needs=(need,),
        lane=LANE_GRAPH,
        page_size=EXPANDED_PAGE_SIZE,
        relation=relation,
        shape=Shape.EXPANDED_PAIRS if pairs else Shape.EXPANDED_ROWS,
        opens=opens,
    )


def _items(key: str, place: str, over: Over, need: Need, shape: Shape = Shape.PLAIN) -> Endpoint:
    """Return a call for one object, made with others in a batch."""
    return Endpoint(
        key=key,
        list_name="/".join(key.split("/")[:2]),
        api=GRAPH,
        place=f"/v1.0{place}",
        needs=(need,),
        lane=LANE_PIM_GROUPS if over is Over.PIM_GROUP else LANE_GRAPH_ITEMS,
        over=over,
        page_size=PAGE_SIZE,
        shape=shape,
    )


_MEMBERS = Need(_GROUP, "groups, their members and owners: who holds a role through a group")
_HIDDEN = Need("Member.Read.Hidden", "members of groups and administrative units whose membership is hidden")
_APPLICATIONS = Need(_APPLICATION, "applications and service principals, their owners, credentials and app roles")
_UNITS = Need(_UNIT, "administrative units and their members")
_PIM_ACTIVE = Need(
    "PrivilegedAssignmentSchedule.Read.AzureADGroup", "which memberships and ownerships of groups are windows of PIM"
)
_PIM_ELIGIBLE = Need(
    "PrivilegedEligibilitySchedule.Read.AzureADGroup", "which memberships and ownerships of groups can be activated"
)
_PIM = "/identityGovernance/privilegedAccess/group"
_FULL = f"?$select=id&$top={PAGE_SIZE}"
_SERVICE_PRINCIPALS = f"microsoft.graph.servicePrincipal{_FULL}&$count=true"
"""A cast is an advanced query: it has to count, and `batch` sends the header for it."""

_SINGLE = (
    _items("graph/groupMembers/group", f"/groups/{{target}}/members{_FULL}", Over.GROUP, _MEMBERS, Shape.OTHER_PAIRS),
    _items(
        "graph/groupMembers/servicePrincipals",
        f"/groups/{{target}}/members/{_SERVICE_PRINCIPALS}",
        Over.GROUP,
        _MEMBERS,
        Shape.SERVICE_PRINCIPAL_PAIRS,
    ),
    _items("graph/groupOwners/group", f"/groups/{{target}}/owners{_FULL}", Over.GROUP, _MEMBERS, Shape.OTHER_PAIRS),
    _items(
        "graph/groupOwners/servicePrincipals",
        f"/groups/{{target}}/owners/{_SERVICE_PRINCIPALS}",
        Over.GROUP,
        _MEMBERS,
        Shape.SERVICE_PRINCIPAL_PAIRS,
    ),
    _items(
        "graph/applicationOwners/application",
        f"/applications/{{target}}/owners{_FULL}",
        Over.BIG_APPLICATION,
        _APPLICATIONS,
        Shape.PAIRS,
    ),
    _items(
        "graph/servicePrincipalOwners/servicePrincipal",
        f"/servicePrincipals/{{target}}/owners{_FULL}",
        Over.SERVICE_PRINCIPAL,
        _APPLICATIONS,
        Shape.PAIRS,
    ),
    _items(
        "graph/appRoleAssignments/servicePrincipal",
        f"/servicePrincipals/{{target}}/appRoleAssignedTo?$top={PAGE_SIZE}",
        Over.SERVICE_PRINCIPAL,
        _APPLICATIONS,
    ),
    _items(
        "graph/administrativeUnitMembers/administrativeUnit",
        f"/directory/administrativeUnits/{{target}}/members{_FULL}",
        Over.ADMINISTRATIVE_UNIT,
        _UNITS,
        Shape.PAIRS,
    ),
    _items(
        "graph/applicationFederatedIdentityCredentials/application",
        "/applications/{target}/federatedIdentityCredentials",
        Over.APPLICATION,
        _APPLICATIONS,
        Shape.CHILD,
    ),
    _items(
        "graph/groupAssignmentScheduleInstances/group",
        f"{_PIM}/assignmentScheduleInstances?$filter=groupId eq '{{target}}'",
        Over.PIM_GROUP,
        _PIM_ACTIVE,
    ),
    _items(
        "graph/groupEligibilityScheduleInstances/group",
        f"{_PIM}/eligibilityScheduleInstances?$filter=groupId eq '{{target}}'",
        Over.PIM_GROUP,
        _PIM_ELIGIBLE,
    ),
)


def _keys(over: Over) -> tuple[str, ...]:
    return tuple(one.key for one in _SINGLE if one.over is over)


GRAPH_ENDPOINTS = (
    _objects(
        "graph/users",
        "/users",
        Need("User.Read.All", "users: names, and whether they are enabled"),
        "id displayName userPrincipalName userType accountEnabled onPremisesSyncEnabled createdDateTime",
    ),
    _objects(
        "graph/groups",
        "/groups",
        _MEMBERS,
        "id displayName securityEnabled mailEnabled groupTypes isAssignableToRole membershipRule onPremisesSyncEnabled"
        " visibility createdDateTime",
        more=(_HIDDEN,),
        opens=_keys(Over.PIM_GROUP),
    ),
    _objects(
        "graph/servicePrincipals",
        "/servicePrincipals",
        _APPLICATIONS,
        "id appId displayName servicePrincipalType accountEnabled appOwnerOrganizationId alternativeNames tags appRoles"
        " keyCredentials passwordCredentials",
    ),
    _objects(
        "graph/applications",
        "/applications",
        _APPLICATIONS,
        "id appId displayName createdDateTime signInAudience identifierUris appRoles requiredResourceAccess"
        " servicePrincipalLockConfiguration keyCredentials passwordCredentials",
        opens=_keys(Over.APPLICATION),
        used=_ONLY_KEPT,
    ),
    _objects(
        "graph/devices",
        "/devices",
        Need("Device.Read.All", "devices: names, and whether they are enabled"),
        "id deviceId displayName accountEnabled trustType isCompliant isManaged",
    ),
    _objects(
        "graph/administrativeUnits",
        "/directory/administrativeUnits",
        _UNITS,
        "id displayName visibility isMemberManagementRestricted membershipType membershipRule",
        more=(_HIDDEN,),
        opens=_keys(Over.ADMINISTRATIVE_UNIT),
        used=_ONLY_KEPT,
    ),
    _related(
        "graph/groupMembers",
        "/groups",
        "members",
        _MEMBERS,
        ("graph/groupMembers/group", "graph/groupMembers/servicePrincipals"),
    ),
    _related(
        "graph/groupOwners",
        "/groups",
        "owners",
        _MEMBERS,
        ("graph/groupOwners/group", "graph/groupOwners/servicePrincipals"),
    ),
    _related(
        "graph/applicationOwners", "/applications", "owners", _APPLICATIONS, ("graph/applicationOwners/application",)
    ),
    _related(
        "graph/servicePrincipalOwners",
        "/servicePrincipals",
        "owners",
        _APPLICATIONS,
        ("graph/servicePrincipalOwners/servicePrincipal",),
    ),
    _related(
        "graph/appRoleAssignments",
        "/servicePrincipals",
        "appRoleAssignedTo",
        _APPLICATIONS,
        ("graph/appRoleAssignments/servicePrincipal",),
    ),
    _whole(
        "graph/oauth2PermissionGrants",
        "/oauth2PermissionGrants",
        Need("DelegatedPermissionGrant.Read.All", "what applications may do for users"),
    ),
    _whole(
        "graph/directoryRoleDefinitions",
        "/roleManagement/directory/roleDefinitions",
        Need(_DIRECTORY, "Entra roles and who holds them"),
    ),
    _whole(
        "graph/directoryRoleAssignments",
        "/roleManagement/directory/roleAssignments",
        Need(_DIRECTORY, "Entra roles and who holds them"),
    ),
    _whole(
        "graph/directoryRoleAssignmentScheduleInstances",
        "/roleManagement/directory/roleAssignmentScheduleInstances",
        Need("RoleAssignmentSchedule.Read.Directory", "which Entra role assignments are windows of PIM", _DIRECTORY),
    ),
    _whole(
        "graph/directoryRoleEligibilityScheduleInstances",
        "/roleManagement/directory/roleEligibilityScheduleInstances",
        Need("RoleEligibilitySchedule.Read.Directory", "which Entra roles can be activated, and by whom", _DIRECTORY),
    ),
    *_SINGLE,
)
