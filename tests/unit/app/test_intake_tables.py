"""Principals, memberships, scopes, resources and the rest as they come out of the import."""

from __future__ import annotations

import pytest
from tests.fakes.rows import (
    GROUP,
    READER,
    SUB,
    TEAM,
    TENANT,
    USER,
    RowsReader,
    assignment,
    deny,
    differences,
    entity,
    pair,
    role,
    small_tenant,
)

from remit.app.intake import FactsBuilder, scopes
from remit.engine.facts import (
    UNPLACED,
    ClassicAdministrator,
    LockLevel,
    PolicyEffect,
    PrincipalFlag,
    PrincipalKind,
    ScopeFlag,
    Setting,
)
from remit.model.errors import PayloadError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, parse_instant, to_micros
from remit.model.snapshot import Gap
from remit.wire.azure.lists import LISTS

MG = "/providers/Microsoft.Management/managementGroups/"
GROUPS = "arm/managementGroups"
RESOURCES = "arm/resources"
ONE, TWO = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def facts_of(lists, gaps=(), **kwargs):
    reader = RowsReader(lists, gaps, **kwargs)
    builder = FactsBuilder()
    for batch in reader.batches():
        builder.add(batch.list_name, batch.file, batch.lines, batch.payloads)
    return builder.finish(reader.meta(), {})


def at(text: str) -> int:
    return to_micros(parse_instant(text))


def flags_of(facts):
    return {flag.kind: (flag.count, flag.examples) for flag in facts.flags}


def principal(facts, key):
    row = list(facts.principals.key).index(key)
    return facts.principals.kind[row], facts.principals.flags[row], facts.principals.display_name[row]


def tree(facts):
    """From key to key of the parent."""
    keys = list(facts.scopes.key)
    return {
        key: keys[parent] if parent >= 0 else parent
        for key, parent in zip(keys, facts.scopes.parent.tolist(), strict=True)
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_lists_and_rows_has_no_meaning(seed):
    assert differences(facts_of(small_tenant()), facts_of(small_tenant(), order=seed)) == []


def test_lists_that_were_not_collected_are_gaps():
    facts = facts_of({"graph/users": []}, [Gap("arm/locks", "/", "403"), Gap("arm/locks", SUB, "404")])
    gaps = {(gap.api, gap.scope): gap.reason for gap in facts.meta.gaps}
    assert gaps == {(name, "/"): "not collected" for name in LISTS if name != "graph/users"} | {
        ("arm/locks", "/"): "403",
        ("arm/locks", SUB): "404",
    }
    assert list(facts.meta.gaps) == sorted(facts.meta.gaps)


class TestPrincipals:
    def test_a_directory_list_says_who_somebody_is(self):
        facts = facts_of(
            {
                "graph/servicePrincipals": [
                    {"id": USER.upper(), "displayName": "App", "appId": "AA-BB", "accountEnabled": False}
                ]
            }
        )
        assert principal(facts, USER) == (
            PrincipalKind.SERVICE_PRINCIPAL,
            PrincipalFlag.LISTED | PrincipalFlag.DISABLED,
            "App",
        )
        assert list(facts.principals.app_id) == ["aa-bb"]

    def test_the_surest_word_about_a_kind_wins(self):
        lists = {
            "arm/roleAssignments": [
                assignment("a", principalId=TEAM, principalType="User"),
                assignment("b", principalType="Group"),
                assignment("c", principalId="third", principalType="Device"),
            ],
            "graph/groupMembers": [pair("parent", TEAM, "group")],
            "graph/users": [{"id": USER}],
        }
        facts = facts_of(lists)
        assert principal(facts, USER)[0] == PrincipalKind.USER
        assert principal(facts, TEAM)[0] == PrincipalKind.GROUP
        assert principal(facts, "parent")[0] == PrincipalKind.GROUP
        assert principal(facts, "third")[0] == PrincipalKind.DEVICE

    def test_where_two_words_are_as_sure_the_one_that_can_hold_members_wins(self):
        facts = facts_of(
            {"arm/roleAssignments": [assignment("a", principalType="User"), assignment("b", principalType="Group")]}
        )
        assert principal(facts, USER)[0] == PrincipalKind.GROUP

    def test_everybody_in_a_pair_exists(self):
        for name in (
            "groupMembers",
            "groupOwners",
            "applicationOwners",
            "servicePrincipalOwners",
            "administrativeUnitMembers",
        ):
            facts = facts_of({f"graph/{name}": [pair("p", "m")], "arm/roleAssignments": [assignment()]})
            assert {key: principal(facts, key)[1] for key in ("p", "m", USER)} == {"p": 1, "m": 1, USER: 0}, name

    def test_somebody_in_two_lists_keeps_one_description(self):
        lists = {"graph/users": [{"id": USER, "displayName": "b"}], "graph/devices": [{"id": USER, "displayName": "c"}]}
        assert (
            principal(facts_of(lists), USER)
            == principal(facts_of(lists, order=1), USER)
            == (PrincipalKind.DEVICE, 1, "c")
        )

    def test_an_assignment_of_somebody_who_is_gone_is_flagged(self):
        lists = {
            "graph/users": [{"id": USER}],
            "graph/groups": [],
            "graph/servicePrincipals": [],
            "arm/roleAssignments": [
                assignment(),
                assignment("b", principalId="gone"),
                assignment("c", principalId="gone2"),
                assignment("d", principalId="far", principalType="ForeignGroup"),
            ],
        }
        assert flags_of(facts_of(lists))["assignmentOfUnknownPrincipal"] == (2, ("gone", "gone2"))
        for hidden in ("graph/users", "graph/groups", "graph/servicePrincipals"):
            assert "assignmentOfUnknownPrincipal" not in flags_of(facts_of(lists, [Gap(hidden, "/", "403")]))

    @pytest.mark.parametrize(
        "name",
        [
            "directoryRoleAssignments",
            "directoryRoleAssignmentScheduleInstances",
            "directoryRoleEligibilityScheduleInstances",
        ],
    )
    def test_who_holds_an_entra_role_is_known_and_not_listed(self, name):
        held = {"id": "1", "principalId": USER.upper(), "roleDefinitionId": "r"}
        assert principal(facts_of({f"graph/{name}": [held]}), USER) == (PrincipalKind.UNKNOWN, 0, "")
        listed = facts_of({f"graph/{name}": [held], "graph/users": [{"id": USER, "displayName": "Ann"}]})
        assert principal(listed, USER) == (PrincipalKind.USER, PrincipalFlag.LISTED, "Ann")

    def test_who_holds_a_permission_and_its_api_are_known_and_not_listed(self):
        granted = [
            {"id": "1", "principalId": USER, "principalType": "ServicePrincipal", "resourceId": "API"},
            {"id": "2", "principalId": TEAM, "principalType": "Group", "resourceId": None},
            {"id": "3", "principalId": "third"},
        ]
        facts = facts_of({"graph/appRoleAssignments": granted})
        assert list(facts.principals.key) == [USER, TEAM, "api", "third"]
        assert facts.principals.flags.tolist() == [0, 0, 0, 0]
        assert facts.principals.kind.tolist() == [
            PrincipalKind.SERVICE_PRINCIPAL,
            PrincipalKind.GROUP,
            PrincipalKind.SERVICE_PRINCIPAL,
            PrincipalKind.UNKNOWN,
        ]

    def test_a_member_that_no_list_has_is_flagged(self):
        lists = {
            "graph/users": [{"id": USER}],
            "graph/groups": [{"id": TEAM}],
            "graph/servicePrincipals": [],
            "graph/groupMembers": [pair(TEAM, USER), pair(TEAM, "gone"), pair(TEAM, "phone", "device")],
        }
        assert flags_of(facts_of(lists))["memberNotListed"] == (1, ("gone",))
        assert flags_of(facts_of(lists | {"graph/devices": []}))["memberNotListed"] == (2, ("gone", "phone"))


class TestEntraRoles:
    DEFINITIONS = "graph/directoryRoleDefinitions"
    HELD = {  # noqa: RUF012 - read only
        "graph/directoryRoleAssignments": [
            {"id": str(number), "principalId": USER, "roleDefinitionId": role}
            for number, role in enumerate(("One", "two", "template", "stray", "silent", "silent"))
        ],
        "graph/directoryRoleEligibilityScheduleInstances": [
            {"id": "e", "principalId": USER, "roleDefinitionId": "Eligible"}
        ],
    }
    DEFINED = [  # noqa: RUF012 - read only
        {"id": "one", "rolePermissions": []},
        {"id": "Two", "rolePermissions": [{"allowedResourceActions": ["a"]}], "templateId": None},
        {"id": "three", "rolePermissions": [], "templateId": "Template", "isBuiltIn": True},
        {"id": "four", "rolePermissions": [], "templateId": "stray", "isBuiltIn": False},
        {"id": "silent", "rolePermissions": None},
    ]

    def gaps(self, lists, *gaps):
        return [gap.scope for gap in facts_of(lists, gaps).meta.gaps if gap.api == self.DEFINITIONS]

    def test_a_role_that_is_held_and_not_defined_is_a_gap(self):
        place = "/roleManagement/directory/roleDefinitions/"
        assert self.gaps(self.HELD | {self.DEFINITIONS: self.DEFINED}) == [
            f"{place}eligible",
            f"{place}silent",
            f"{place}stray",
        ]

    def test_where_the_list_was_not_read_in_full_its_own_gap_tells_enough(self):
        assert self.gaps(self.HELD) == ["/"]
        assert self.gaps(self.HELD | {self.DEFINITIONS: []}, Gap(self.DEFINITIONS, "/", "403")) == ["/"]


class TestMemberships:
    def rows(self, table, facts):
        keys = list(facts.principals.key)
        return [
            (keys[parent], keys[member], int(start), int(end))
            for parent, member, start, end in zip(table.parent, table.member, table.start, table.end, strict=True)
        ]

    def instance(self, number, access="member", **said):
        return {"id": f"i{number}", "groupId": TEAM.upper(), "principalId": USER, "accessId": access} | said

    def test_a_pair_counts_always_and_once(self):
        facts = facts_of({"graph/groupMembers": [pair(TEAM, USER), pair(TEAM.upper(), USER.upper())]})
        assert self.rows(facts.memberships, facts) == [(TEAM, USER, ALWAYS_FROM, ALWAYS_UNTIL)]

    def test_a_pair_with_windows_counts_only_inside_them(self):
        windows = [self.instance(1, startDateTime=ONE, endDateTime=TWO), self.instance(2, "Member", startDateTime=TWO)]
        lists = {
            "graph/groupMembers": [pair(TEAM, USER), pair(TEAM, "other")],
            "graph/groupAssignmentScheduleInstances": windows,
        }
        facts = facts_of(lists)
        assert self.rows(facts.memberships, facts) == [
            (TEAM, USER, at(ONE), at(TWO)),
            (TEAM, USER, at(TWO), ALWAYS_UNTIL),
            (TEAM, "other", ALWAYS_FROM, ALWAYS_UNTIL),
        ]

    def test_a_window_alone_is_a_membership_of_a_group(self):
        facts = facts_of({"graph/groupAssignmentScheduleInstances": [self.instance(1)]})
        assert self.rows(facts.memberships, facts) == [(TEAM, USER, ALWAYS_FROM, ALWAYS_UNTIL)]
        assert principal(facts, TEAM)[:2] == (PrincipalKind.GROUP, 0)

    def test_eligible_memberships_stand_apart(self):
        facts = facts_of({"graph/groupEligibilityScheduleInstances": [self.instance(1, endDateTime=ONE)]})
        assert self.rows(facts.memberships, facts) == []
        assert self.rows(facts.eligible_memberships, facts) == [(TEAM, USER, ALWAYS_FROM, at(ONE))]

    def test_an_owner_is_no_member(self):
        lists = {
            "graph/groupOwners": [pair(TEAM, USER)],
            "graph/groupAssignmentScheduleInstances": [self.instance(1, "owner")],
            "graph/groupEligibilityScheduleInstances": [self.instance(1, "Owner")],
        }
        facts = facts_of(lists)
        assert self.rows(facts.memberships, facts) == self.rows(facts.eligible_memberships, facts) == []


class TestScopes:
    def test_everything_hangs_where_it_belongs(self):
        name = SUB.rpartition("/")[2]
        vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v/secrets/s"
        lists = {
            GROUPS: [entity(TENANT, None), entity("A", TENANT), entity(name.upper(), "a", "/subscriptions/")],
            "arm/roleAssignments": [
                assignment(scope=vault),
                assignment("b", scope="/providers/Microsoft.Billing/accounts/x"),
            ],
        }
        low = GROUP.lower()
        assert tree(facts_of(lists)) == {
            "/": -1,
            f"{MG.lower()}{TENANT}": "/",
            f"{MG.lower()}a": f"{MG.lower()}{TENANT}",
            SUB: f"{MG.lower()}a",
            low: SUB,
            f"{low}/providers/microsoft.keyvault/vaults/v": low,
            f"{low}/providers/microsoft.keyvault/vaults/v/secrets/s": f"{low}/providers/microsoft.keyvault/vaults/v",
            "/providers/microsoft.billing/accounts/x": "/",
        }

    def test_what_nobody_placed_is_unplaced_and_flagged(self):
        lists = {"arm/subscriptions": [{"id": SUB}], "arm/roleAssignments": [assignment(scope=f"{MG}lost")]}
        facts = facts_of(lists)
        assert tree(facts) == {"/": -1, f"{MG.lower()}lost": UNPLACED, SUB: UNPLACED}
        assert flags_of(facts)["unplacedSubscription"] == (1, (SUB,))

    def test_a_parent_that_is_not_listed_is_unplaced_itself(self):
        facts = facts_of({GROUPS: [entity("a", "b")]})
        assert tree(facts) == {"/": -1, f"{MG.lower()}a": f"{MG.lower()}b", f"{MG.lower()}b": UNPLACED}
        assert list(facts.scopes.flags) == [0, ScopeFlag.LISTED, 0]

    def test_the_group_named_like_the_tenant_is_the_root_group_even_if_not_listed(self):
        assert tree(facts_of({GROUPS: [entity("a", TENANT.upper())]}))[f"{MG.lower()}{TENANT}"] == "/"

    @pytest.mark.parametrize("said", [{}, {"properties": {}}, {"properties": {"parent": {}}}])
    def test_a_parent_that_is_not_told_is_not_the_top(self, said):
        assert tree(facts_of({GROUPS: [{"id": f"{MG}a"} | said]}))[f"{MG.lower()}a"] == UNPLACED

    @pytest.mark.parametrize("parent", [None, {"id": None}])
    def test_a_parent_of_null_is_the_top_for_a_management_group_only(self, parent):
        rows = [{"id": f"{MG}a", "properties": {"parent": parent}}, {"id": SUB, "properties": {"parent": parent}}]
        assert tree(facts_of({GROUPS: rows})) == {"/": -1, f"{MG.lower()}a": "/", SUB: UNPLACED}

    def test_the_first_spelling_in_order_is_kept(self):
        loud = GROUP.replace("resourceGroups", "RESOURCEGROUPS")
        facts = facts_of(
            {"arm/roleAssignments": [assignment(), assignment("b", scope=loud), assignment("c", scope=GROUP.lower())]}
        )
        assert facts.scopes.text[list(facts.scopes.key).index(GROUP.lower())] == loud

    def test_letters_beyond_ascii_are_lowered_in_the_key(self):
        place = f"{SUB}/resourceGroups/GRÖSSE-Ω"
        facts = facts_of({"arm/roleAssignments": [assignment(scope=place), assignment("b", scope=place.lower())]})
        assert list(facts.scopes.key)[-1] == place.lower()
        assert list(facts.scopes.text)[-1] == place

    @pytest.mark.parametrize("order", [None, 1, 2])
    def test_spellings_may_differ_in_bytes(self, order):
        """The Kelvin sign is a k in lower case, but takes three bytes."""
        rows = [assignment(scope=f"{SUB}/resourceGroups/\u212a"), assignment("b", scope=f"{SUB}/resourceGroups/k")]
        facts = facts_of({"arm/roleAssignments": rows, "arm/resources": [{"id": GROUP}]}, order=order)
        assert list(facts.scopes.text) == ["/", SUB, GROUP, f"{SUB}/resourceGroups/k"]
        assert list(facts.scopes.key) == ["/", SUB, GROUP.lower(), f"{SUB}/resourcegroups/k"]
        assert sorted(facts.assignments.name) == [rows[0]["id"], "b"]

    def test_scopes_whose_hashes_clash_stay_apart(self, monkeypatch):
        expected = facts_of(small_tenant())
        monkeypatch.setattr(scopes, "hash", lambda _: 7, raising=False)
        assert differences(facts_of(small_tenant()), expected) == []

    def test_a_gap_is_a_node_so_that_it_can_touch_an_answer(self):
        gaps = [
            Gap("arm/denyAssignments", GROUP, "403"),
            Gap("graph/groupMembers", f"/groups/{TEAM}", "403"),
            Gap("arm/locks", "nonsense", "?"),
        ]
        assert list(facts_of({}, gaps).scopes.key) == ["/", SUB, GROUP.lower()]

    def test_two_parents_of_one_group_are_an_error(self):
        with pytest.raises(PayloadError, match=r"has another parent in arm/managementGroups\.jsonl:1$"):
            facts_of({GROUPS: [entity("a", "b"), entity("A", "c")]})


class TestResources:
    VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/"
    SQL = f"{GROUP}/providers/Microsoft.Sql/servers/s"

    def counts(self, facts):
        names = list(facts.resources.type_name)
        keys = list(facts.scopes.key)
        return {
            (keys[scope], names[kind]): count
            for scope, kind, count in zip(
                facts.resources.scope, facts.resources.type, facts.resources.count.tolist(), strict=True
            )
        }

    def vm(self, name, **said):
        return {"id": f"{self.VM}{name}", "type": "Microsoft.Compute/virtualMachines"} | said

    def test_resources_are_counted_where_they_stand(self):
        rows = [
            self.vm("a"),
            self.vm("b"),
            self.vm("C") | {"id": f"{self.VM}C".upper()},
            {"id": GROUP, "type": "Microsoft.Resources/resourceGroups"},
        ]
        facts = facts_of({RESOURCES: rows})
        assert list(facts.scopes.key) == ["/", SUB, GROUP.lower()]
        assert self.counts(facts) == {
            (GROUP.lower(), "microsoft.compute/virtualmachines"): 3,
            (GROUP.lower(), "microsoft.resources/resourcegroups"): 1,
        }
        assert list(facts.scopes.flags) == [0, 0, ScopeFlag.LISTED]

    def test_a_resource_listed_twice_counts_once(self):
        assert self.counts(facts_of({RESOURCES: [self.vm("a"), self.vm("A"), self.vm("a")]})) == {
            (GROUP.lower(), "microsoft.compute/virtualmachines"): 1
        }

    def test_a_resource_that_is_named_is_a_node_of_its_own(self):
        facts = facts_of(
            {RESOURCES: [self.vm("a"), self.vm("b")], "arm/roleAssignments": [assignment(scope=f"{self.VM}A")]}
        )
        node = f"{self.VM}a".lower()
        assert self.counts(facts) == {
            (GROUP.lower(), "microsoft.compute/virtualmachines"): 1,
            (node, "microsoft.compute/virtualmachines"): 1,
        }
        assert facts.scopes.flags[list(facts.scopes.key).index(node)] == ScopeFlag.LISTED

    def test_a_child_counts_at_its_nearest_node(self):
        child = {"id": f"{self.SQL}/databases/d/rules/r", "type": "Microsoft.Sql/servers/databases/rules"}
        at_server = facts_of({RESOURCES: [child], "arm/roleAssignments": [assignment(scope=self.SQL)]})
        assert self.counts(at_server) == {(self.SQL.lower(), "microsoft.sql/servers/databases/rules"): 1}
        both = [assignment(scope=self.SQL), assignment("b", scope=f"{self.SQL}/databases/D")]
        at_database = facts_of({RESOURCES: [child], "arm/roleAssignments": both})
        assert set(self.counts(at_database)) == {
            (f"{self.SQL}/databases/d".lower(), "microsoft.sql/servers/databases/rules")
        }

    @pytest.mark.parametrize(
        ("identity", "kind"),
        [
            (f"{GROUP}/providers/Microsoft.Sql/servers/s/databases/d", "microsoft.sql/servers/databases"),
            (f"{GROUP}/providers/A.B/c/d/providers/E.F/g/h", "e.f/g"),
            (GROUP, "microsoft.resources/resourcegroups"),
            (SUB, "microsoft.resources/subscriptions"),
            (f"{MG}x", "microsoft.management/managementgroups"),
            (f"{SUB}/providers/A.B/c/d", "a.b/c"),
        ],
    )
    def test_a_type_left_out_is_read_from_the_id(self, identity, kind):
        assert list(facts_of({RESOURCES: [{"id": identity}]}).resources.type_name) == [kind]

    @pytest.mark.parametrize(
        "identity",
        [
            "/",
            "x",
            f"{GROUP}/providers/a/b/*",
            f"{GROUP}/providers/a/b",
            f"{GROUP}/providers//b/c",
            f"{GROUP}/providers/a/b/c ",
            f"{GROUP}/providers/a/ b/c",
            f"{GROUP} /providers/a/b/c",
            "/subscriptions/s/resourceGroups/g/things/a/b/c",
        ],
    )
    def test_an_id_that_is_no_place_is_an_error(self, identity):
        with pytest.raises(PayloadError, match=r"^arm/resources\.jsonl:1: id: "):
            facts_of({RESOURCES: [{"id": identity, "type": "a/b"}]})


def settings_of(kind, properties):
    facts = facts_of({RESOURCES: [{"id": f"{GROUP}/providers/{kind}/x", "type": kind, **properties}]})
    return dict(zip(facts.settings.setting.tolist(), facts.settings.value.tolist(), strict=True))


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("Microsoft.KeyVault/vaults", {"enableRbacAuthorization": True}, {Setting.VAULT_RBAC: 1}),
        ("Microsoft.KeyVault/vaults", {"enableRbacAuthorization": None}, {Setting.VAULT_RBAC: 2}),
        ("microsoft.keyvault/VAULTS", {}, {Setting.VAULT_RBAC: 2}),
        (
            "Microsoft.Storage/storageAccounts",
            {"allowSharedKeyAccess": False, "isHnsEnabled": True},
            {Setting.STORAGE_SHARED_KEY: 0, Setting.STORAGE_HIERARCHICAL: 1},
        ),
        (
            "Microsoft.ContainerRegistry/registries",
            {"roleAssignmentMode": "AbacRepositoryPermissions", "adminUserEnabled": True},
            {Setting.REGISTRY_ABAC: 1, Setting.LOCAL_AUTH_DISABLED: 0},
        ),
        (
            "Microsoft.ContainerRegistry/registries",
            {"roleAssignmentMode": "LegacyRegistryPermissions"},
            {Setting.REGISTRY_ABAC: 0, Setting.LOCAL_AUTH_DISABLED: 2},
        ),
        (
            "Microsoft.ContainerService/managedClusters",
            {"disableLocalAccounts": True, "aadProfile": {"enableAzureRBAC": False}},
            {Setting.AKS_LOCAL_ACCOUNTS_DISABLED: 1, Setting.AKS_ENTRA: 1, Setting.AKS_AZURE_RBAC: 0},
        ),
        (
            "Microsoft.ContainerService/managedClusters",
            {"aadProfile": None},
            {Setting.AKS_LOCAL_ACCOUNTS_DISABLED: 2, Setting.AKS_ENTRA: 0, Setting.AKS_AZURE_RBAC: 2},
        ),
        ("Microsoft.ServiceBus/namespaces", {"disableLocalAuth": True}, {Setting.LOCAL_AUTH_DISABLED: 1}),
        ("Microsoft.Cache/Redis", {"disableAccessKeyAuthentication": False}, {Setting.LOCAL_AUTH_DISABLED: 0}),
        ("Microsoft.Batch/batchAccounts", {"allowedAuthenticationModes": ["AAD"]}, {Setting.LOCAL_AUTH_DISABLED: 1}),
        (
            "Microsoft.Batch/batchAccounts",
            {"allowedAuthenticationModes": ["AAD", "SharedKey"]},
            {Setting.LOCAL_AUTH_DISABLED: 0},
        ),
        ("Microsoft.Compute/virtualMachines", {"disableLocalAuth": True}, {}),
    ],
)
def test_settings_that_act_beside_rbac(kind, said, expected):
    assert settings_of(kind, {"properties": said}) == expected


@pytest.mark.parametrize("listed", [{}, {"properties": None}])
def test_a_resource_listed_without_properties_has_no_settings(listed):
    assert settings_of("Microsoft.KeyVault/vaults", listed) == {}


def test_a_database_of_redis_enterprise_says_it_its_own_way():
    identity = f"{GROUP}/providers/Microsoft.Cache/redisEnterprise/r/databases/default"
    row = {
        "id": identity,
        "type": "Microsoft.Cache/redisEnterprise/databases",
        "properties": {"accessKeysAuthentication": "Disabled"},
    }
    facts = facts_of({RESOURCES: [row]})
    assert facts.settings.value.tolist() == [1]
    assert facts.scopes.text[int(facts.settings.scope[0])] == identity


def extension(kind, name="x", scope=GROUP, **properties):
    return {"id": f"{scope}/providers/Microsoft.Authorization/{kind}/{name}", "properties": properties}


def test_locks_with_their_levels():
    rows = [
        extension("locks", "b", level="readonly"),
        extension("locks", "a", level="CanNotDelete"),
        extension("locks", "n", level="NotSpecified"),
        extension("locks", "s", SUB, level="ReadOnly"),
    ]
    facts = facts_of({"arm/locks": [*rows, rows[0]]})
    assert [identity.rpartition("/")[2] for identity in facts.locks.identity] == ["s", "a", "b"]
    assert list(facts.locks.level) == [LockLevel.READ_ONLY, LockLevel.CAN_NOT_DELETE, LockLevel.READ_ONLY]


@pytest.mark.parametrize(
    ("said", "effect"),
    [
        ({}, PolicyEffect.UNKNOWN),
        ({"parameters": {"effect": {"value": "DenyAction"}}}, PolicyEffect.DENY_ACTION),
        ({"parameters": {"Effect": {"value": "audit"}}}, PolicyEffect.OTHER),
        ({"parameters": {"effect": {"value": 3}, "x": None}}, PolicyEffect.UNKNOWN),
        ({"parameters": {"effect": None}}, PolicyEffect.UNKNOWN),
        (
            {"policyDefinitionId": "/providers/x/policyDefinitions/78460A36-508a-49a4-b2b2-2f5ec564f4bb"},
            PolicyEffect.DENY_ACTION,
        ),
        (
            {
                "policyDefinitionId": "/providers/x/policyDefinitions/78460A36-508a-49a4-b2b2-2f5ec564f4bb",
                "parameters": {"effect": {"value": "Disabled"}},
            },
            PolicyEffect.OTHER,
        ),
        (
            {"enforcementMode": "DoNotEnforce", "parameters": {"effect": {"value": "denyAction"}}},
            PolicyEffect.OTHER,
        ),
        ({"policyDefinitionId": "/providers/x/y", "scope": SUB}, PolicyEffect.UNKNOWN),
    ],
)
def test_policies_with_the_effect_they_tell(said, effect):
    facts = facts_of({"arm/policyAssignments": [extension("policyAssignments", **said)]})
    assert list(facts.policies.effect) == [effect]
    assert facts.scopes.text[int(facts.policies.scope[0])] == said.get("scope", GROUP)


def test_operations_are_one_for_each_name_and_plane():
    """D7."""
    lists = {
        "arm/providerOperations": [
            {
                "id": "/p/x",
                "operations": [{"name": "X/b/read"}, {"name": "x/B/read", "isDataAction": False}],
                "resourceTypes": [
                    {"operations": [{"name": "X/a/read", "isDataAction": True}, {"name": "X/a/read"}]},
                    {"operations": None},
                ],
            }
        ]
    }
    operations = facts_of(lists).operations
    assert list(zip(operations.name, operations.data.tolist(), strict=True)) == [
        ("X/a/read", 0),
        ("X/a/read", 1),
        ("X/b/read", 0),
    ]


def test_classic_administrators_are_flagged():
    """E5."""
    row = extension("classicAdministrators", "c", SUB, emailAddress="a@b.example", role="CoAdministrator")
    facts = facts_of({"arm/classicAdministrators": [row, row]})
    assert facts.classic_administrators == (ClassicAdministrator("a@b.example", "CoAdministrator", SUB),)
    assert flags_of(facts)["classicAdministrator"] == (1, ("a@b.example",))


def test_every_table_that_names_a_scope_names_the_same_tree():
    lists = {
        "arm/roleDefinitions": [role()],
        "arm/roleAssignments": [assignment()],
        "arm/denyAssignments": [deny()],
        "arm/locks": [extension("locks", level="ReadOnly")],
    }
    facts = facts_of(lists)
    keys = list(facts.scopes.key)
    for table in (facts.assignments, facts.denies, facts.locks):
        assert [keys[row] for row in table.scope] == [GROUP.lower()]
    assert [facts.roles[row].key for row in facts.assignments.role] == [READER]
