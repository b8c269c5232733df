"""Planes that principals reach: by themselves, over groups and paths, possibly, after activation, and by overrides."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.fakes.ai_tenant import role
from tests.fakes.reviewed_tenant import (
    GRAPH_APP,
    OWNER,
    PROD,
    PROD_GROUP,
    PROD_MACHINE,
    READER,
    Drafted,
    guid,
    places,
    resource,
    reviewed_tenant,
)
from tests.fakes.reviews import review_of

from remit.app.graphing.naming import Naming
from remit.app.graphing.tiering import TierAnswer, Tiering
from remit.bootstrap.edges import edge_catalogue
from remit.bootstrap.tiers import tier_rules
from remit.graph.tiers import Tier, read_tier_rules

OPERATOR = guid("operator")
RULING = [
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
    "Microsoft.Blueprint/blueprintAssignments/*",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
]
"""What Contributor leaves out."""


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    role(drafted, OPERATOR, "Operator", ["Microsoft.Compute/virtualMachines/*"], [])
    for name in ("maya", "olu"):
        drafted.add("graph/users", id=guid(name), displayName=name.title(), userPrincipalName=f"{name}@shop.example")
    return drafted


def tiering(draft: Drafted, overrides: str = "") -> Tiering:
    rules = read_tier_rules(overrides, edge_catalogue(), "mine.toml").before(tier_rules())
    return Tiering(review_of(draft).escalation, rules)


def asked(draft: Drafted, name: str, overrides: str = "") -> TierAnswer:
    found = tiering(draft, overrides)
    return found.of(Naming(found.escalation).find(name))


@pytest.mark.parametrize(
    ("role_id", "tier"), [(OWNER, Tier.CONTROL), (OPERATOR, Tier.MANAGEMENT), (READER, Tier.WORKLOAD)]
)
def test_a_role_of_ones_own_counts_without_a_path(draft, role_id, tier) -> None:
    draft.assign(guid("maya"), role_id, PROD_GROUP, "User")
    answer = asked(draft, "Maya")
    assert (answer.tier, answer.own) == (tier, tier)
    assert answer.shown is not None
    assert (answer.shown.path, answer.shown.certain, answer.higher) == (None, True, None)
    assert answer.shown.because[0].detail.endswith("at rg-shop")


def test_nothing_held_is_no_plane(draft) -> None:
    answer = asked(draft, "Maya")
    assert (answer.tier, answer.shown, answer.higher) == (Tier.NONE, None, None)


def test_the_path_leads_over_a_machine_to_who_holds_more(draft) -> None:
    identity = resource(PROD_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-rule")
    draft.managed_identity(identity)
    carried = {"type": "UserAssigned", "userAssignedIdentities": {identity: {"principalId": guid("id-rule")}}}
    draft.resource(PROD_MACHINE, identity=carried)
    draft.assign(guid("maya"), OPERATOR, PROD_GROUP, "User")
    draft.assign(guid("id-rule"), OWNER, PROD)
    answer = asked(draft, "Maya")
    assert (answer.tier, answer.own) == (Tier.CONTROL, Tier.MANAGEMENT)
    assert answer.shown is not None
    assert answer.shown.path is not None
    assert [hop.edge for hop in answer.shown.path.hops] == ["VM-01", "MI-03"]
    assert answer.shown.because[0].detail == "holds Owner at Shop Prod"


def test_a_deny_assignment_above_leaves_it_possible(draft) -> None:
    draft.assign(guid("maya"), OPERATOR, PROD_GROUP, "User")
    blocks = [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}]
    said = {
        "denyAssignmentName": "d",
        "permissions": blocks,
        "scope": PROD,
        "principals": [{"id": guid("maya"), "type": "User"}],
    }
    draft.add(
        "arm/denyAssignments",
        id=f"{PROD}/providers/Microsoft.Authorization/denyAssignments/{guid('d')}",
        name=guid("d"),
        properties={**said, "excludePrincipals": [], "doNotApplyToChildScopes": False, "isSystemProtected": False},
    )
    answer = asked(draft, "Maya")
    assert answer.tier is Tier.NONE
    assert answer.higher is not None
    assert (answer.higher.tier, answer.higher.certain) == (Tier.MANAGEMENT, False)


def test_a_permission_of_graph_counts_and_one_of_another_api_is_a_workloads(draft) -> None:
    rule, other = guid("permission"), guid("other-permission")
    graph = draft.service_principal(
        "Microsoft Graph", appId=GRAPH_APP, appRoles=[{"id": rule, "value": "RoleManagement.ReadWrite.Directory"}]
    )
    api = draft.application("api")
    for name, to, given in (("ruler", graph, rule), ("caller", api, other)):
        draft.application(name)
        draft.add(
            "graph/appRoleAssignments", id=guid(f"{name}-g"), principalId=guid(name), resourceId=to, appRoleId=given
        )
    found = {name: asked(draft, name) for name in ("ruler", "caller")}
    assert (found["ruler"].tier, found["ruler"].own) == (Tier.CONTROL, Tier.CONTROL)
    assert found["caller"].tier is Tier.WORKLOAD


@pytest.mark.parametrize(
    ("overrides", "tier"),
    [
        ("", Tier.MANAGEMENT),
        ('[roles]\nOperator = "control"', Tier.CONTROL),
        (f'[roles]\n"{OPERATOR}" = "control"', Tier.CONTROL),
        (f'[principals]\n"{guid("maya")}" = "control"', Tier.CONTROL),
        (f'[places]\n"{PROD}" = "control"', Tier.CONTROL),
        (f'[places]\n"{PROD_MACHINE}" = "control"', Tier.CONTROL),
        (f'[places]\n"{resource(PROD_GROUP, "Microsoft.Sql/servers", "none")}" = "workload"', Tier.MANAGEMENT),
    ],
    ids=["none", "role", "role-id", "principal", "subscription", "machine", "elsewhere"],
)
def test_a_file_of_ones_own_settles_roles_principals_and_places(draft, overrides, tier) -> None:
    draft.resource(PROD_MACHINE)
    draft.assign(guid("maya"), OPERATOR, PROD_GROUP, "User")
    assert asked(draft, "Maya", overrides).tier is tier


def test_readers_of_a_settled_place_are_not_raised(draft) -> None:
    draft.assign(guid("maya"), READER, PROD_GROUP, "User")
    assert asked(draft, "Maya", f'[places]\n"{PROD}" = "control"').tier is Tier.WORKLOAD


def eligible(draft: Drafted, name: str, role_id: str, scope: str) -> None:
    """Let somebody activate a role."""
    kind, said = "Microsoft.Authorization/roleEligibilityScheduleInstances", guid(f"eligible {name} {role_id}")
    given = f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}"
    properties = {"principalId": guid(name), "principalType": "User", "roleDefinitionId": given, "scope": scope}
    draft.add(
        "arm/roleEligibilityScheduleInstances",
        id=f"{scope}/providers/{kind}/{said}",
        name=said,
        type=kind,
        properties={**properties, "memberType": "Direct", "startDateTime": "2026-01-01T00:00:00Z"},
    )


def ranked(draft: Drafted, name: str) -> tuple[Tier, int, bool]:
    """Return plane, steps and whether it has to be activated, from the list of everybody."""
    everybody = tiering(draft).everybody()
    shown = everybody.shown(range(len(everybody.nodes)))
    return next((one.tier, one.hops, one.eligible) for one in shown if one.ref.id == guid(name))


def test_what_has_to_be_activated_first_is_told_for_one_and_for_everybody(draft) -> None:
    eligible(draft, "maya", OWNER, PROD_GROUP)
    draft.assign(guid("maya"), READER, PROD_GROUP, "User")
    answer = asked(draft, "Maya")
    assert answer.shown is not None
    assert (answer.tier, answer.shown.eligible) == (Tier.CONTROL, True)
    assert ranked(draft, "maya") == (Tier.CONTROL, 0, True)


def test_a_longer_way_without_activation_goes_before_a_shorter_one_with_it(draft) -> None:
    draft.add("graph/groups", id=guid("owners"), displayName="Owners", securityEnabled=True)
    member = {"@odata.type": "#microsoft.graph.user", "id": guid("maya")}
    draft.add("graph/groupMembers", parentId=guid("owners"), member=member)
    eligible(draft, "maya", OWNER, PROD_GROUP)
    draft.assign(guid("owners"), OWNER, PROD_GROUP, "Group")
    answer = asked(draft, "Maya")
    assert answer.shown is not None
    assert answer.shown.path is not None
    assert (answer.shown.eligible, [hop.edge for hop in answer.shown.path.hops]) == (False, ["MEMBER-OF"])
    assert ranked(draft, "maya") == (Tier.CONTROL, 1, False)


def test_a_disabled_account_reaches_no_plane_by_what_it_holds(draft) -> None:
    draft.lists["graph/users"][0]["accountEnabled"] = False
    draft.assign(guid("maya"), OWNER, PROD_GROUP, "User")
    answer = asked(draft, "Maya")
    assert (answer.tier, answer.own, answer.shown, answer.higher) == (Tier.NONE, Tier.NONE, None, None)


def test_an_account_that_was_not_read_reaches_a_plane_only_possibly(draft) -> None:
    draft.lists["graph/users"] = []
    draft.manifest["gaps"] = [{"api": "graph/users", "scope": "/", "reason": "403 Forbidden"}]
    draft.assign(guid("maya"), OWNER, PROD_GROUP, "User")
    answer = asked(draft, guid("maya"))
    assert (answer.tier, answer.own, answer.shown) == (Tier.NONE, Tier.NONE, None)
    assert answer.higher is not None
    assert (answer.higher.tier, answer.higher.certain) == (Tier.CONTROL, False)
    assert answer.higher.because[0].detail.endswith("its account was not read and may be disabled, or gone")


def test_what_a_file_names_and_nothing_goes_by_is_told(draft) -> None:
    draft.resource(PROD_MACHINE)
    elsewhere = "/subscriptions/11111111-0000-4000-8000-000000000001"
    text = f"""
    [roles]
    operator = "control"
    "{OWNER}" = "control"
    Oprator = "control"
    [directory-roles]
    "Nobodys Role" = "control"
    [principals]
    "{guid("maya").upper()}" = "control"
    "{guid("nobody")}" = "control"
    [places]
    "/" = "control"
    "{PROD}" = "control"
    "{PROD_MACHINE}" = "control"
    "{elsewhere}" = "control"
    """
    assert tiering(draft, text).unmatched == (
        "no role of Azure goes by `oprator`",
        "no directory role goes by `nobodys role`",
        f"no principal has the id `{guid('nobody')}`",
        f"no place is `{elsewhere}`",
    )
    assert tiering(draft).unmatched == ()


def test_one_and_everybody_agree_on_a_whole_tenant() -> None:
    found = tiering(reviewed_tenant())
    everybody = found.everybody()
    naming = Naming(found.escalation)
    ranked = list(everybody.shown(range(len(everybody.nodes))))
    assert ranked
    assert [(one.ref.label, one.tier) for one in ranked] == [
        (one.ref.label, found.of(naming.find(one.ref.id)).tier) for one in ranked
    ]
    assert [one.tier for one in ranked] == sorted(one.tier for one in ranked)
    assert everybody.counts == Counter((one.tier, one.ref.kind) for one in ranked)
    assert {"servicePrincipal", "managedIdentity"} <= {kind for _, kind in everybody.counts}


def test_roles_are_told_with_their_planes(draft) -> None:
    told = {(one.kind, one.name): one.tier for one in tiering(draft).roles()}
    assert told["azureRole", "Owner"] is Tier.CONTROL
    assert told["azureRole", "Operator"] is Tier.MANAGEMENT
    assert told["azureRole", "Reader"] is Tier.WORKLOAD


@pytest.mark.parametrize(
    ("actions", "less", "tier"),
    [
        (["*"], [], Tier.CONTROL),
        (["*"], RULING, Tier.MANAGEMENT),
        (["*/read", "Microsoft.Authorization/*"], [], Tier.CONTROL),
        (["*/read", "Microsoft.Authorization/*"], ["Microsoft.Authorization/*"], Tier.WORKLOAD),
        (["Microsoft.Authorization/unheard/*"], [], Tier.CONTROL),
        (["Microsoft.Authorization/unheard/*"], ["*/write", "*/delete"], Tier.MANAGEMENT),
        (["Microsoft.Unheard/things/*"], [], Tier.MANAGEMENT),
        (["Microsoft.Unheard/things/*"], ["*/write", "*/delete", "*/action"], Tier.WORKLOAD),
        (["Microsoft.Unheard/things/*"], ["Microsoft.Unheard/*"], Tier.NONE),
        (["Microsoft.Unheard/things/write"], ["Microsoft.Unheard/*"], Tier.NONE),
        (["Microsoft.Unheard/*/read"], [], Tier.WORKLOAD),
    ],
)
def test_a_snapshot_without_operations_does_not_lower_a_role(draft, actions, less, tier) -> None:
    role(draft, guid("judged"), "Judged", actions, [], notActions=less)
    found = tiering(draft)
    assert not any(found.escalation.tenant.index.catalogue.names)
    assert {one.name: one.tier for one in found.roles()}["Judged"] is tier


@pytest.mark.parametrize(
    ("overrides", "tiers"),
    [
        ("", (Tier.NONE, Tier.CONTROL)),
        (f'[directory-roles]\n"{guid("role")}" = "workload"', (Tier.WORKLOAD, Tier.WORKLOAD)),
    ],
    ids=["none", "settled"],
)
def test_a_directory_role_that_nobody_knows_may_be_control(draft, overrides, tiers) -> None:
    administrator = "62e90394-69f5-4237-9190-012177145e10"
    draft.lists.setdefault("graph/directoryRoleDefinitions", [])
    for number, given in enumerate((guid("role"), administrator)):
        held = {"id": f"held {number}", "principalId": guid("maya"), "roleDefinitionId": given, "directoryScopeId": "/"}
        draft.add("graph/directoryRoleAssignments", **held)
    told = {
        one.id: (one.tier, one.possible) for one in tiering(draft, overrides).roles() if one.kind == "directoryRole"
    }
    assert told == {guid("role"): tiers, administrator: (Tier.CONTROL, Tier.CONTROL)}
