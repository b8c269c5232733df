"""What is read of users, groups, administrative units, owners and Entra roles."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.graph_tenants import graph_facts_of_lists, principals

from remit.engine.index import TenantIndex
from remit.graph.facts import DirectoryScope, GraphFacts, GroupFlag, OwnedKind, RoleBasis, UserFlag
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, parse_instant, to_micros

GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
DYNAMIC = "DynamicMembership"
FROM, UNTIL = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
WINDOW = (to_micros(parse_instant(FROM)), to_micros(parse_instant(UNTIL)))
ALWAYS = (ALWAYS_FROM, ALWAYS_UNTIL)


def read(**lists: Any) -> tuple[TenantIndex, GraphFacts]:
    return graph_facts_of_lists({name.replace("_", "/", 1): rows for name, rows in lists.items()})


def pair(parent: str, member: str, kind: str = "user") -> dict[str, Any]:
    return {"parentId": parent, "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": member}}


USERS = [
    ("a member", {"userType": "Member"}, 0),
    ("a guest", {"userType": "guest"}, UserFlag.GUEST),
    ("a synchronised user", {"onPremisesSyncEnabled": True}, UserFlag.SYNCED),
    ("a restricted user", {"isManagementRestricted": True}, UserFlag.RESTRICTED),
    ("a user who says nonsense", {"userType": ["Guest"], "onPremisesSyncEnabled": "yes"}, 0),
]


@pytest.mark.parametrize(("said", "flags"), [case[1:] for case in USERS], ids=[case[0] for case in USERS])
def test_users_have_flags(said: dict[str, Any], flags: int) -> None:
    _, facts = read(graph_users=[{"id": "Ann"} | said])
    assert facts.users.flags.tolist() == [flags]


GROUPS = [
    ("a security group", {"securityEnabled": True, "isAssignableToRole": None}, GroupFlag.SECURITY),
    ("a role-assignable group", {"isAssignableToRole": True}, GroupFlag.ROLE_ASSIGNABLE),
    ("a group that does not say whether it is assignable", {}, GroupFlag.ASSIGNABLE_NOT_READ),
    ("one that says it wrongly", {"isAssignableToRole": "no"}, GroupFlag.ASSIGNABLE_NOT_READ),
    ("a Microsoft 365 group", {"groupTypes": ["Unified"], "isAssignableToRole": False}, GroupFlag.UNIFIED),
    ("a synchronised group", {"onPremisesSyncEnabled": True, "isAssignableToRole": None}, GroupFlag.SYNCED),
    ("a restricted group", {"isManagementRestricted": True, "isAssignableToRole": None}, GroupFlag.RESTRICTED),
]


@pytest.mark.parametrize(("said", "flags"), [case[1:] for case in GROUPS], ids=[case[0] for case in GROUPS])
def test_groups_have_flags(said: dict[str, Any], flags: int) -> None:
    _, facts = read(graph_groups=[{"id": "Team"} | said])
    assert facts.groups.flags.tolist() == [flags]


def test_only_dynamic_groups_have_a_rule() -> None:
    index, facts = read(
        graph_groups=[
            {
                "id": "b",
                "groupTypes": [DYNAMIC],
                "membershipRule": 'user.department -eq "IT"',
                "isAssignableToRole": None,
            },
            {"id": "a", "groupTypes": [], "membershipRule": "left over", "isAssignableToRole": None},
        ]
    )
    assert principals(index, facts.groups.principal) == ["a", "b"]
    assert facts.groups.flags.tolist() == [0, GroupFlag.DYNAMIC]
    assert list(facts.groups.rule) == ["", 'user.department -eq "IT"']


def test_members_of_a_restricted_unit_are_restricted() -> None:
    index, facts = read(
        graph_administrativeUnits=[
            {"id": "U2", "displayName": "Board", "isMemberManagementRestricted": True},
            {"id": "u1", "displayName": "All", "isMemberManagementRestricted": None},
        ],
        graph_administrativeUnitMembers=[
            pair("u2", "ANN"),
            pair("u1", "bob"),
            pair("U2", "team", "group"),
            pair("u3", "bob"),
        ],
        graph_users=[{"id": "ann"}, {"id": "bob"}],
        graph_groups=[{"id": "team", "isAssignableToRole": None}],
    )
    units = facts.administrative_units
    assert list(zip(units.key, units.display_name, units.restricted.tolist(), strict=True)) == [
        ("u1", "All", False),
        ("u2", "Board", True),
    ]
    assert units.unit.tolist() == [0, 1, 1]
    assert principals(index, units.member) == ["bob", "ann", "team"]
    assert facts.users.flags.tolist() == [UserFlag.RESTRICTED, 0]
    assert facts.groups.flags.tolist() == [GroupFlag.RESTRICTED]


def owners(index: TenantIndex, facts: GraphFacts) -> list[tuple[Any, ...]]:
    table = facts.owners
    owned = [
        facts.applications.key[row] if kind == OwnedKind.APPLICATION else principals(index, [row])[0]
        for kind, row in zip(table.kind.tolist(), table.owned.tolist(), strict=True)
    ]
    windows = zip(table.start.tolist(), table.end.tolist(), strict=True)
    names = principals(index, table.owner)
    return list(zip(table.kind.tolist(), owned, names, windows, table.eligible.tolist(), strict=True))


def test_owners_of_applications_service_principals_and_groups_are_read() -> None:
    index, facts = read(
        graph_users=[{"id": "ann"}],
        graph_applications=[{"id": "APP", "appId": "x"}],
        graph_servicePrincipals=[{"id": "sp", "appId": "x"}],
        graph_groups=[{"id": "team"}],
        graph_applicationOwners=[pair("app", "Ann"), pair("gone", "ann")],
        graph_servicePrincipalOwners=[pair("SP", "ann")],
        graph_groupOwners=[pair("team", "ann"), pair("team", "sp", "servicePrincipal")],
    )
    assert owners(index, facts) == [
        (OwnedKind.APPLICATION, "app", "ann", ALWAYS, False),
        (OwnedKind.SERVICE_PRINCIPAL, "sp", "ann", ALWAYS, False),
        (OwnedKind.GROUP, "team", "ann", ALWAYS, False),
        (OwnedKind.GROUP, "team", "sp", ALWAYS, False),
    ]


def test_an_owner_with_a_window_owns_only_inside_it() -> None:
    window = {"groupId": "Team", "principalId": "Ann", "startDateTime": FROM, "endDateTime": UNTIL}
    index, facts = read(
        graph_users=[{"id": "ann"}, {"id": "bob"}],
        graph_groups=[{"id": "team"}],
        graph_groupOwners=[pair("team", "ann"), pair("team", "bob")],
        graph_groupAssignmentScheduleInstances=[
            window | {"id": "1", "accessId": "owner"},
            window | {"id": "2", "accessId": "member", "principalId": "bob"},
        ],
        graph_groupEligibilityScheduleInstances=[
            window | {"id": "3", "accessId": "Owner", "principalId": "bob", "endDateTime": None}
        ],
    )
    assert owners(index, facts) == [
        (OwnedKind.GROUP, "team", "ann", WINDOW, False),
        (OwnedKind.GROUP, "team", "bob", ALWAYS, False),
        (OwnedKind.GROUP, "team", "bob", (WINDOW[0], ALWAYS_UNTIL), True),
    ]


def definition(key: str, **said: Any) -> dict[str, Any]:
    return {"id": key, "displayName": f"Role {key}", "isBuiltIn": False} | said


def allowed(*actions: str, condition: str | None = None) -> dict[str, Any]:
    return {"allowedResourceActions": list(actions), "condition": condition}


def held(principal: str, role: str, scope: str | None = "/", **said: Any) -> dict[str, Any]:
    row = {"principalId": principal, "roleDefinitionId": role, "directoryScopeId": scope, "appScopeId": None} | said
    return {"id": "-".join(str(value) for value in row.values())} | row


def test_directory_roles_have_the_actions_that_hold_without_a_condition() -> None:
    _, facts = read(
        graph_directoryRoleDefinitions=[
            definition("C2", rolePermissions=[allowed("microsoft.directory/Users/create"), allowed("a/b"), 7]),
            definition("c1", isBuiltIn=True, templateId=GLOBAL_ADMIN.upper(), rolePermissions=[allowed("x")]),
            definition("c3", rolePermissions=[allowed("own/only", condition="$SubjectIsOwner"), allowed("b")]),
            definition("c4", templateId="T4", rolePermissions=None),
        ]
    )
    roles = [(role.key, role.name, role.is_custom, role.actions) for role in facts.directory_roles]
    assert roles == [
        (GLOBAL_ADMIN, "Role c1", False, ("x",)),
        ("c2", "Role C2", True, ("a/b", "microsoft.directory/users/create")),
        ("c3", "Role c3", True, ("b",)),
        ("c4", "Role c4", True, ()),
    ]


def assignments(index: TenantIndex, facts: GraphFacts) -> list[tuple[Any, ...]]:
    table = facts.directory_assignments
    return [
        (
            principals(index, [int(table.principal[row])])[0],
            facts.directory_roles[int(table.role[row])].key,
            int(table.scope_kind[row]),
            int(table.scope[row]),
            (int(table.start[row]), int(table.end[row])),
            bool(table.eligible[row]),
        )
        for row in range(len(table.role))
    ]


def test_assignments_of_directory_roles_hold_at_their_scope() -> None:
    index, facts = read(
        graph_users=[{"id": "ann"}],
        graph_applications=[{"id": "app", "appId": "x"}],
        graph_servicePrincipals=[{"id": "sp", "appId": "x"}],
        graph_administrativeUnits=[{"id": "unit"}],
        graph_directoryRoleDefinitions=[definition("r")],
        graph_directoryRoleAssignments=[
            held("ann", "R"),
            held("ann", "r", "/administrativeUnits/UNIT"),
            held("ann", "r", "/administrativeUnits/gone"),
            held("ann", "r", "/App"),
            held("ann", "r", "/sp"),
            held("ann", "r", "/a/b"),
            held("ann", "r", None, appScopeId="/catalog"),
        ],
    )
    found = [(kind, scope) for _, _, kind, scope, _, _ in assignments(index, facts)]
    assert found == [
        (DirectoryScope.TENANT, -1),
        (DirectoryScope.ADMINISTRATIVE_UNIT, 0),
        (DirectoryScope.PRINCIPAL, index.principal_row("sp")),
        (DirectoryScope.APPLICATION, 0),
        (DirectoryScope.UNKNOWN, -1),
    ]


def test_an_assignment_with_windows_holds_only_inside_them() -> None:
    window = {"startDateTime": FROM, "endDateTime": UNTIL, "memberType": "Direct"}
    index, facts = read(
        graph_users=[{"id": "ann"}, {"id": "bob"}],
        graph_directoryRoleDefinitions=[definition("r")],
        graph_directoryRoleAssignments=[held("ann", "r"), held("bob", "r")],
        graph_directoryRoleAssignmentScheduleInstances=[held("ann", "r", **window)],
        graph_directoryRoleEligibilityScheduleInstances=[held("bob", "r", **window | {"endDateTime": "never"})],
    )
    assert assignments(index, facts) == [
        ("ann", "r", DirectoryScope.TENANT, -1, WINDOW, False),
        ("bob", "r", DirectoryScope.TENANT, -1, ALWAYS, False),
        ("bob", "r", DirectoryScope.TENANT, -1, (WINDOW[0], ALWAYS_UNTIL), True),
    ]


@pytest.mark.parametrize(("members_read", "count"), [(True, 0), (False, 1)])
def test_what_comes_through_a_group_is_taken_from_the_group_where_members_were_read(
    *, members_read: bool, count: int
) -> None:
    lists: dict[str, Any] = {"graph_groupMembers": []} if members_read else {}
    index, facts = read(
        graph_users=[{"id": "ann"}],
        graph_directoryRoleAssignmentScheduleInstances=[held("ann", "r", memberType="Group")],
        **lists,
    )
    assert len(assignments(index, facts)) == count


UNDEFINED = [
    ("no list", {}),
    ("a list without it", {"graph_directoryRoleDefinitions": [definition("other", rolePermissions=[])]}),
    (
        "a list that does not say what it allows",
        {"graph_directoryRoleDefinitions": [definition(GLOBAL_ADMIN, displayName=None, isBuiltIn=True)]},
    ),
    (
        "a list that does not even say that it is built in",
        {"graph_directoryRoleDefinitions": [{"id": GLOBAL_ADMIN.upper()}]},
    ),
]


@pytest.mark.parametrize("lists", [case[1] for case in UNDEFINED], ids=[case[0] for case in UNDEFINED])
def test_a_built_in_role_that_no_list_defines_is_known_by_its_id(lists: dict[str, Any]) -> None:
    index, facts = read(
        graph_users=[{"id": "ann"}], graph_directoryRoleAssignments=[held("ann", GLOBAL_ADMIN.upper())], **lists
    )
    role = next(role for role in facts.directory_roles if role.key == GLOBAL_ADMIN)
    assert (role.basis, role.name, role.is_custom) == (RoleBasis.KNOWN, "Global Administrator", False)
    assert "microsoft.directory/roleassignments/allproperties/alltasks" in role.actions
    assert assignments(index, facts) == [("ann", GLOBAL_ADMIN, DirectoryScope.TENANT, -1, ALWAYS, False)]


def test_a_role_that_nothing_tells_of_is_not_known() -> None:
    _, facts = read(
        graph_directoryRoleDefinitions=[
            # A custom role may be given the template id of a built-in one, and is another role all the same.
            definition("c1", templateId=GLOBAL_ADMIN),
            definition("c2", rolePermissions=[]),
        ],
        graph_directoryRoleAssignments=[held("ann", "gone"), held("ann", "c1"), held("ann", "c2")],
    )
    assert [(role.key, role.name, role.is_custom, role.actions, role.basis) for role in facts.directory_roles] == [
        ("c1", "Role c1", True, (), RoleBasis.UNKNOWN),
        ("c2", "Role c2", True, (), RoleBasis.DEFINED),
        ("gone", "gone", False, (), RoleBasis.UNKNOWN),
    ]


DIRECTORY = ("graph_users", "graph_groups", "graph_servicePrincipals")


@pytest.mark.parametrize("absent", [(), DIRECTORY, *((name,) for name in DIRECTORY)])
def test_who_holds_a_role_is_gone_only_where_every_list_was_read(absent: tuple[str, ...]) -> None:
    lists = {name: [] for name in DIRECTORY if name not in absent}
    index, facts = read(
        graph_directoryRoleDefinitions=[definition("r")],
        graph_directoryRoleAssignments=[held("ann", "r")],
        graph_directoryRoleEligibilityScheduleInstances=[held("bob", "r")],
        **lists,
    )
    assert [row[0] for row in assignments(index, facts)] == (["ann", "bob"] if absent else [])


@pytest.mark.parametrize(
    ("kind", "own"), [("User", DIRECTORY[0]), ("Group", DIRECTORY[1]), ("ServicePrincipal", DIRECTORY[2])]
)
@pytest.mark.parametrize("absent", DIRECTORY)
def test_who_holds_a_permission_is_gone_where_the_list_of_its_kind_was_read(kind: str, own: str, absent: str) -> None:
    granted = {"id": "1", "principalId": "Ann", "principalType": kind, "resourceId": "api", "appRoleId": "x"}
    lists = {name: [] for name in DIRECTORY if name != absent}
    index, facts = read(graph_appRoleAssignments=[granted], **lists)
    table = facts.app_role_grants
    assert principals(index, table.principal) == (["ann"] if absent == own else [])
    assert principals(index, table.api) == ([["", "api"][absent == "graph_servicePrincipals"]] if absent == own else [])


@pytest.mark.parametrize("name", DIRECTORY)
def test_who_holds_a_role_is_not_gone_where_a_list_was_not_read_in_full(name: str) -> None:
    gap = {"gaps": [{"api": name.replace("_", "/"), "scope": "/", "reason": "403"}]}
    kind = {"graph_users": "User", "graph_groups": "Group", "graph_servicePrincipals": "ServicePrincipal"}[name]
    granted = {"id": "1", "principalId": "ann", "principalType": kind, "resourceId": "api", "appRoleId": "x"}
    lists: dict[str, Any] = {
        **{one.replace("_", "/"): [] for one in DIRECTORY},
        "graph/directoryRoleAssignments": [held("bob", "r")],
        "graph/appRoleAssignments": [granted],
    }
    index, facts = graph_facts_of_lists(lists, gap)
    assert principals(index, facts.app_role_grants.principal) == ["ann"]
    assert [row[0] for row in assignments(index, facts)] == ["bob"]


def test_who_is_of_another_tenant_is_not_gone() -> None:
    scope = "/subscriptions/22222222-0000-4000-8000-000000000000"
    reader = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    far = {"principalId": "far", "principalType": "ForeignGroup", "roleDefinitionId": reader, "scope": scope}
    index, facts = read(
        **{name: [] for name in DIRECTORY},
        arm_roleAssignments=[{"id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/1", "properties": far}],
        graph_directoryRoleAssignments=[held("far", "r")],
    )
    assert [row[0] for row in assignments(index, facts)] == ["far"]


def test_who_another_list_of_graph_names_is_not_gone() -> None:
    index, facts = read(
        graph_users=[],
        graph_groups=[],
        graph_servicePrincipals=[],
        graph_groupMembers=[pair("team", "ann")],
        graph_directoryRoleAssignments=[held("ann", "r")],
    )
    assert [row[0] for row in assignments(index, facts)] == ["ann"]
