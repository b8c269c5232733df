"""Assignments as they come out of the import: windows, delegations, names, validity."""

from __future__ import annotations

import json

import pytest
from tests.fakes.rows import GROUP, READER, SUB, TEAM, USER, RowsReader, assignment, deny, role, role_id, window

from remit.app.intake import FactsBuilder
from remit.engine.facts import AssignmentFlag, AssignmentKind, DenyFlag
from remit.model.errors import PayloadError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, parse_instant, to_micros
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit.model.snapshot import Gap

ACTIVE = "arm/roleAssignments"
WINDOWS = "arm/roleAssignmentScheduleInstances"
ELIGIBLE = "arm/roleEligibilityScheduleInstances"
DELEGATED = "arm/registrationAssignments"
ROLES = "arm/roleDefinitions"
UAA = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ALWAYS = (ALWAYS_FROM, ALWAYS_UNTIL)
ONE, TWO, THREE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


def facts_of(lists, gaps=(), catalogue=None, **kwargs):
    reader = RowsReader(lists, gaps, **kwargs)
    builder = FactsBuilder()
    for batch in reader.batches():
        builder.add(batch.list_name, batch.file, batch.lines, batch.payloads)
    return builder.finish(reader.meta(), catalogue or {})


def at(text: str) -> int:
    return to_micros(parse_instant(text))


def windows_of(facts):
    table = facts.assignments
    return sorted(
        (name, int(start), int(end)) for name, start, end in zip(table.name, table.start, table.end, strict=True)
    )


def origin(name: str) -> str:
    return assignment(name)["id"]


def flags_of(facts):
    return {flag.kind: flag.count for flag in facts.flags}


class TestWindows:
    """P2, P3, V4."""

    def test_an_assignment_without_a_window_is_permanent(self):
        assert windows_of(facts_of({ACTIVE: [assignment()]})) == [("a1", *ALWAYS)]

    def test_a_window_found_by_its_origin_limits_the_assignment(self):
        row = window("i1", originRoleAssignmentId=origin("a1").upper(), startDateTime=ONE, endDateTime=TWO)
        facts = facts_of({ACTIVE: [assignment(), assignment("a2")], WINDOWS: [row]})
        assert windows_of(facts) == [("a1", at(ONE), at(TWO)), ("a2", *ALWAYS)]

    def test_each_window_is_a_row(self):
        rows = [
            window("i1", originRoleAssignmentId=origin("a1"), endDateTime=ONE),
            window("i2", originRoleAssignmentId=origin("a1"), startDateTime=TWO),
        ]
        facts = facts_of({ACTIVE: [assignment()], WINDOWS: rows})
        assert windows_of(facts) == [("a1", ALWAYS_FROM, at(ONE)), ("a1", at(TWO), ALWAYS_UNTIL)]

    def test_a_window_without_origin_belongs_to_the_same_principal_role_and_scope(self):
        row = window("i1", scope=GROUP.lower(), roleDefinitionId=f"{SUB}{role_id(READER)}", startDateTime=ONE)
        others = [
            assignment("a2", principalId=TEAM),
            assignment("a3", scope=SUB),
            assignment("a4", roleDefinitionId="x"),
        ]
        facts = facts_of({ACTIVE: [assignment(), *others], WINDOWS: [row]})
        assert windows_of(facts) == [
            ("a1", at(ONE), ALWAYS_UNTIL),
            ("a2", *ALWAYS),
            ("a3", *ALWAYS),
            ("a4", *ALWAYS),
        ]

    def test_a_window_of_another_origin_does_not_limit_by_principal_role_and_scope(self):
        row = window("i1", originRoleAssignmentId=origin("gone"), startDateTime=ONE, endDateTime=TWO)
        facts = facts_of({ACTIVE: [assignment()], WINDOWS: [row]})
        assert windows_of(facts) == [("a1", *ALWAYS), ("gone", at(ONE), at(TWO))]

    def test_a_window_alone_is_an_assignment_with_its_own_condition(self):
        row = window("i1", startDateTime=ONE, condition="x", conditionVersion="2.0")
        facts = facts_of({WINDOWS: [row]})
        assert windows_of(facts) == [(row["id"], at(ONE), ALWAYS_UNTIL)]
        assert facts.conditions.text[int(facts.assignments.condition[0])] == "x"

    def test_a_matched_pair_has_the_condition_of_the_assignment(self):
        row = window("i1", originRoleAssignmentId=origin("a1"), condition="other")
        facts = facts_of({ACTIVE: [assignment(condition="own")], WINDOWS: [row]})
        assert list(facts.conditions.text) == ["own"]

    @pytest.mark.parametrize("status", ["Denied", "failed", "CANCELED", "Revoked", "Expired"])
    def test_a_dead_window_is_no_window(self, status):
        row = window("i1", originRoleAssignmentId=origin("a1"), endDateTime=ONE, status=status)
        assert windows_of(facts_of({ACTIVE: [assignment()], WINDOWS: [row]})) == [("a1", *ALWAYS)]
        assert windows_of(facts_of({WINDOWS: [row], ELIGIBLE: [row]})) == []

    def test_eligible_assignments_stand_apart(self):
        facts = facts_of(
            {
                ELIGIBLE: [
                    window("e", startDateTime=ONE),
                    window("f", principalId=TEAM, principalType="ServicePrincipal"),
                ]
            }
        )
        assert set(facts.assignments.kind) == {AssignmentKind.ELIGIBLE}
        assert sorted(facts.assignments.flags) == [0, AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL]
        assert flags_of(facts)["eligibleServicePrincipal"] == 1

    def test_an_eligible_service_principal_is_known_from_the_directory_too(self):
        facts = facts_of({ELIGIBLE: [window("e")], "graph/servicePrincipals": [{"id": USER.upper()}]})
        assert list(facts.assignments.flags) == [AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL]


class TestNames:
    def test_an_id_that_its_scope_explains_is_kept_short(self):
        rows = [assignment("a1"), assignment("r", scope="/"), assignment("x", scope=SUB)]
        assert sorted(facts_of({ACTIVE: rows}).assignments.name) == ["a1", "r", "x"]

    @pytest.mark.parametrize(
        "identity",
        [
            f"{GROUP}/providers/microsoft.authorization/roleassignments/a1",
            f"{GROUP.lower()}/providers/Microsoft.Authorization/roleAssignments/a1",
            f"{SUB}/providers/Microsoft.Authorization/roleAssignments/a1",
            f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/a/b",
            f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/",
        ],
    )
    def test_any_other_id_is_kept_whole(self, identity):
        assert list(facts_of({ACTIVE: [assignment() | {"id": identity}]}).assignments.name) == [identity]

    def test_a_scope_in_two_spellings_keeps_both_ids_true(self):
        loud = assignment("a2", scope=GROUP.upper())
        facts = facts_of({ACTIVE: [assignment("a1"), loud]})
        assert len(set(facts.assignments.scope)) == 1
        chosen = facts.scopes.text[int(facts.assignments.scope[0])]
        assert chosen == min(GROUP, GROUP.upper())
        ids = {
            name if name.startswith("/") else assignment(name, scope=chosen)["id"] for name in facts.assignments.name
        }
        assert ids == {assignment("a1")["id"], loud["id"]}

    def test_the_same_row_in_capitals_is_one_row(self):
        """S2."""
        one = assignment()
        loud = {**one, "id": one["id"].upper()}
        loud["properties"] = {**one["properties"], "scope": one["properties"]["scope"].upper()}
        for rows in ([one, loud], [loud, one]):
            facts = facts_of({ACTIVE: rows})
            assert len(facts.assignments.name) == 1

    def test_the_same_row_twice_is_one_row(self):
        rows = [assignment(), assignment(), assignment(principalId=USER.upper(), principalType="user")]
        assert list(facts_of({ACTIVE: rows}).assignments.name) == ["a1"]

    def test_twins_under_two_names_are_two_rows_in_order_of_name(self):
        rows = [assignment("b"), assignment("c"), assignment("a")]
        assert list(facts_of({ACTIVE: rows}).assignments.name) == ["a", "b", "c"]


class TestRoles:
    """V6, V20, L6, L7."""

    def test_one_guid_under_several_subscriptions_is_one_role(self):
        rows = [
            role(assignableScopes=["/b", "/a"]),
            role(assignableScopes=["/A", "/b"]) | {"id": f"{SUB}{role_id(READER.upper())}"},
        ]
        facts = facts_of({ROLES: rows})
        assert [one.key for one in facts.roles] == [READER]

    def test_a_role_that_was_not_collected_is_named(self):
        facts = facts_of({ROLES: [], ACTIVE: [assignment()]}, catalogue={READER: CATALOGUED})
        assert [(one.key, one.source) for one in facts.roles] == [(READER, RoleSource.NOT_COLLECTED)]
        assert flags_of(facts)["roleNotCollected"] == 1

    @pytest.mark.parametrize("gap", [None, Gap(ROLES, SUB, "403")])
    def test_the_catalogue_fills_in_where_roles_may_be_missing(self, gap):
        lists = {ACTIVE: [assignment()]} if gap is None else {ACTIVE: [assignment()], ROLES: []}
        facts = facts_of(lists, [gap] if gap else [], catalogue={READER: CATALOGUED})
        assert [(one.name, one.source) for one in facts.roles] == [("Reader", RoleSource.CATALOGUE)]
        assert flags_of(facts)["roleFromCatalogue"] == 1

    def test_a_custom_role_that_breaks_a_limit_is_invalid(self):
        facts = facts_of({ROLES: [role(type="CustomRole", permissions=[{"actions": ["a/*/b/*"]}])]})
        assert facts.roles[0].invalid == "`a/*/b/*` has more than one wildcard"
        assert flags_of(facts)["invalidRole"] == 1

    def test_a_custom_role_with_data_actions_is_no_good_at_a_management_group(self):
        custom = role(type="customrole", permissions=[{"actions": ["*/read"]}, {"dataActions": ["x/read"]}])
        group = "/providers/Microsoft.Management/managementGroups/g"
        rows = [
            assignment("a1", scope=group),
            assignment("a2", scope=SUB),
            assignment("a3", scope=group, roleDefinitionId="other"),
        ]
        facts = facts_of({ROLES: [custom], ACTIVE: rows})
        invalid = {
            name
            for name, flags in zip(facts.assignments.name, facts.assignments.flags, strict=True)
            if flags & AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP
        }
        assert invalid == {"a1"}
        assert flags_of(facts)["invalidAssignment"] == 1

    def test_blocks_stay_apart_with_their_conditions(self):
        said = [
            {"actions": ["a/read"], "condition": "c", "conditionVersion": "2.0"},
            {"notActions": ["b"], "dataActions": None},
        ]
        assert facts_of({ROLES: [role(permissions=said)]}).roles[0].blocks == (
            PermissionBlock(actions=("a/read",), condition="c", condition_version="2.0"),
            PermissionBlock(not_actions=("b",)),
        )


CATALOGUED = RoleDefinition(READER, "Reader", False, (PermissionBlock(actions=("*/read",)),), RoleSource.CATALOGUE)


def delegation(*authorizations, eligible=(), scope=SUB, **said):
    inner = {"authorizations": list(authorizations), "eligibleAuthorizations": list(eligible)}
    return {
        "id": f"{scope}/providers/Microsoft.ManagedServices/registrationAssignments/r1",
        "properties": {"registrationDefinition": {"properties": inner}} | said,
    }


def authorized(guid=READER, delegated=None):
    return {"principalId": TEAM, "roleDefinitionId": guid} | (
        {"delegatedRoleDefinitionIds": delegated} if delegated else {}
    )


class TestLighthouse:
    """X1 to X5, V15."""

    def refused(self, facts):
        return [bool(flags & AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED) for flags in facts.assignments.flags]

    def test_every_authorization_is_an_assignment(self):
        facts = facts_of({ROLES: [role()], DELEGATED: [delegation(authorized(), eligible=[authorized()])]})
        assert list(facts.assignments.kind) == [AssignmentKind.LIGHTHOUSE, AssignmentKind.LIGHTHOUSE_ELIGIBLE]
        assert self.refused(facts) == [False, False]
        assert {flags & AssignmentFlag.FOREIGN_PRINCIPAL for flags in facts.assignments.flags} == {8}
        assert set(facts.assignments.name) == {delegation()["id"]}

    @pytest.mark.parametrize(
        ("definition", "refused"),
        [
            (role(), False),
            (role(OWNER, permissions=[{"actions": ["*/read"]}]), True),
            (role(type="CustomRole"), True),
            (role(permissions=[{"dataActions": ["x/read"]}]), True),
            (role(permissions=[{"actions": ["*"]}]), True),
            (role(permissions=[{"actions": ["Microsoft.Authorization/locks/*"]}]), True),
            (
                role(
                    permissions=[
                        {
                            "actions": ["*"],
                            "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
                        }
                    ]
                ),
                False,
            ),
            (role(permissions=[{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/write"]}]), True),
        ],
    )
    def test_only_some_roles_may_be_delegated(self, definition, refused):
        guid = definition["id"].rpartition("/")[2]
        facts = facts_of({ROLES: [definition], DELEGATED: [delegation(authorized(guid))]})
        assert self.refused(facts) == [refused]
        assert ("lighthouseInvalid" in flags_of(facts)) == refused

    def test_a_role_that_was_not_collected_may_be_permitted_but_owner_never_is(self):
        facts = facts_of({DELEGATED: [delegation(authorized("unknown"), authorized(OWNER))]})
        assert dict(
            zip((facts.roles[row].key for row in facts.assignments.role), self.refused(facts), strict=True)
        ) == {
            "unknown": False,
            OWNER: True,
        }

    def test_user_access_administrator_is_narrowed_to_what_it_may_give(self):
        ids = [f"{SUB}{role_id('B24988AC-6180-42A0-AB88-20F7382DD24C')}", READER, READER, "no guid'}"]
        facts = facts_of({DELEGATED: [delegation(authorized(UAA, ids))]})
        (narrowed,) = facts.roles
        assert narrowed.key == f"{UAA}+lighthouse"
        assert narrowed.blocks == (PermissionBlock(actions=("Microsoft.Authorization/roleAssignments/write",)),)
        assert facts.conditions.text[int(facts.assignments.condition[0])] == (
            "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
            f"{{{READER}, b24988ac-6180-42a0-ab88-20f7382dd24c}} AND "
            "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'"
        )
        assert self.refused(facts) == [False]

    def test_user_access_administrator_that_may_give_nothing_is_refused(self):
        assert self.refused(facts_of({DELEGATED: [delegation(authorized(UAA))]})) == [True]

    def test_a_delegation_of_anything_else_than_a_subscription_or_group_is_refused(self):
        group = "/providers/Microsoft.Management/managementGroups/g"
        assert self.refused(facts_of({ROLES: [role()], DELEGATED: [delegation(authorized(), scope=group)]})) == [True]

    @pytest.mark.parametrize(
        ("state", "rows"), [("Succeeded", 1), ("succeeded", 1), (None, 1), ("Deleting", 0), ("", 0)]
    )
    def test_a_delegation_that_is_not_in_place_is_flagged(self, state, rows):
        facts = facts_of({ROLES: [role()], DELEGATED: [delegation(authorized(), provisioningState=state)]})
        assert len(facts.assignments.name) == rows
        assert ("lighthouseInvalid" in flags_of(facts)) == (not rows)

    def test_a_delegation_that_was_not_expanded_is_a_gap(self):
        row = delegation() | {"properties": {"registrationDefinitionId": "/x"}}
        gap = Gap(DELEGATED, SUB, "the registration definition was not expanded")
        assert gap in facts_of({DELEGATED: [row]}).meta.gaps


class TestDenies:
    """N2 to N6, N9."""

    def test_flags_principals_and_exclusions(self):
        everyone = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
        row = deny(
            principals=[everyone, {"id": USER}],
            excludePrincipals=[{"id": TEAM.upper(), "type": "Group"}, everyone],
            doNotApplyToChildScopes=True,
            denyAssignmentEffect="Audit",
            isSystemProtected=True,
        )
        facts = facts_of({"arm/denyAssignments": [row]})
        assert list(facts.denies.flags) == [
            DenyFlag.THIS_SCOPE_ONLY | DenyFlag.AUDIT | DenyFlag.SYSTEM_PROTECTED | DenyFlag.EVERYONE
        ]
        assert [facts.principals.key[row] for row in facts.denies.principal.tolist()] == [USER]
        assert [facts.principals.key[row] for row in facts.denies.excluded.tolist()] == [TEAM]
        assert flags_of(facts)["everyoneExcluded"] == 1
        assert list(facts.denies.identity) == [row["id"]]

    def test_equal_permissions_are_kept_once_and_sorted(self):
        rows = [
            deny("d3", permissions=[{"actions": ["b"]}]),
            deny("d1"),
            deny("d2", permissions=[{"actions": ["b"]}], condition="c"),
            deny("d0", permissions=[{"actions": ["b"]}]),
        ]
        facts = facts_of({"arm/denyAssignments": rows})
        assert list(facts.denies.name) == ["d0", "d1", "d2", "d3"]
        chosen = [facts.deny_permissions[row] for row in facts.denies.permissions]
        assert [(one.blocks[0].actions, one.condition) for one in chosen] == [
            (("b",), None),
            (("*/delete",), None),
            (("b",), "c"),
            (("b",), None),
        ]
        assert len(facts.deny_permissions) == 3
        assert list(facts.denies.principal_offsets) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_a_blank_condition_is_none(blank):
    facts = facts_of({ACTIVE: [assignment(condition=blank)]})
    assert list(facts.assignments.condition) == [-1]
    assert len(facts.conditions.text) == 0


def test_a_guest_group_is_of_another_tenant():
    facts = facts_of({ACTIVE: [assignment(principalType="ForeignGroup")]})
    assert list(facts.assignments.flags) == [AssignmentFlag.FOREIGN_PRINCIPAL]


def test_a_scope_left_out_is_read_from_the_id():
    row = assignment()
    del row["properties"]["scope"]
    facts = facts_of({ACTIVE: [row]})
    assert facts.scopes.text[int(facts.assignments.scope[0])] == GROUP
    assert list(facts.assignments.name) == ["a1"]


def test_an_unknown_list_is_refused():
    with pytest.raises(PayloadError, match=r"^x\.jsonl: `arm/nothing` is no list of a tenant export$"):
        FactsBuilder().add("arm/nothing", "x.jsonl", [1], [b"{}"])


def test_a_strict_builder_gives_the_same_error_for_one_bad_row_among_many():
    rows = [json.dumps(assignment(f"a{number}")).encode() for number in range(5)]
    rows[3] = b'{"id": 3}'
    with pytest.raises(PayloadError, match=r"^f:14: id: must be text, is a number$"):
        FactsBuilder().add(ACTIVE, "f", range(11, 16), rows)
