"""What one state of a tenant opens and closes against another, on small tenants that differ in one thing."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from tests.fakes.reviewed_tenant import (
    CONTRIBUTOR,
    DEV,
    DEV_IDENTITY,
    DEV_MACHINE,
    HUB,
    OWNER,
    PROD,
    PROD_GROUP,
    READER,
    Drafted,
    guid,
    reviewed_tenant,
)
from tests.fakes.reviews import review_of

from remit.app.graphing.comparing import DeltaAnswer, compare
from remit.app.graphing.opening import Escalation
from remit.graph.delta.cones import Sureness
from remit.graph.delta.likeness import Likeness
from remit.graph.nodes import NodeKind
from remit.model.errors import InputError

GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
GRAPH = "graph/directoryRoleEligibilityScheduleInstances"


def graph_of(draft: Drafted) -> Escalation:
    return review_of(draft).escalation


@pytest.fixture(scope="module")
def plain() -> Escalation:
    return graph_of(reviewed_tenant())


@pytest.fixture
def changed(plain) -> Callable[..., DeltaAnswer]:
    """Compare the tenant with itself after a change."""

    def call(*changes: Callable[[Drafted], object], to: str = "tier0", most: int = 1000) -> DeltaAnswer:
        draft = reviewed_tenant()
        for change in changes:
            change(draft)
        return compare(plain, graph_of(draft), to, most=most)

    return call


def said(answer: DeltaAnswer) -> set[tuple[str, str, str, str]]:
    return {(one.hop.source.label, one.hop.edge, one.hop.target.label, one.hop.facet) for one in answer.steps.opened}


def global_admin(draft: Drafted, list_name: str = "graph/directoryRoleAssignments", who: str = "ci-prod") -> None:
    draft.add(
        "graph/directoryRoleDefinitions",
        id=GLOBAL_ADMIN,
        templateId=GLOBAL_ADMIN,
        displayName="Global Administrator",
        isBuiltIn=True,
        rolePermissions=[],
    )
    draft.add(
        list_name, id=guid(f"ga {who}"), principalId=guid(who), roleDefinitionId=GLOBAL_ADMIN, directoryScopeId="/"
    )


def custom_role(*actions: str, less: tuple[str, ...] = ()) -> Callable[[Drafted], None]:
    def change(draft: Drafted) -> None:
        block = {"actions": list(actions), "notActions": list(less), "dataActions": [], "notDataActions": []}
        draft.add(
            "arm/roleDefinitions",
            id=f"{DEV}/providers/Microsoft.Authorization/roleDefinitions/{guid('runner')}",
            name=guid("runner"),
            properties={"roleName": "Runner", "type": "CustomRole", "permissions": [block], "assignableScopes": [DEV]},
        )
        draft.assign(guid("maya"), guid("runner"), DEV, "User")

    return change


def deny(draft: Drafted) -> None:
    permissions = {"actions": ["Microsoft.Compute/*"], "notActions": [], "dataActions": [], "notDataActions": []}
    draft.add(
        "arm/denyAssignments",
        id=f"{PROD_GROUP}/providers/Microsoft.Authorization/denyAssignments/{guid('deny')}",
        name=guid("deny"),
        properties={
            "denyAssignmentName": "no machines",
            "scope": PROD_GROUP,
            "permissions": [permissions],
            "principals": [{"id": guid("id-dev"), "type": "ServicePrincipal"}],
            "excludePrincipals": [],
        },
    )


def test_a_tenant_differs_in_nothing_from_itself(plain) -> None:
    answer = compare(plain, graph_of(reviewed_tenant()), "tier0")
    assert not answer.opens
    assert not answer.differs
    assert answer.sources == 0


def test_every_node_is_found_again_in_the_same_graph(plain) -> None:
    same = Likeness(plain.graph, graph_of(reviewed_tenant()).graph)
    assert same.nodes.tolist() == list(range(plain.graph.network.nodes))


def test_every_kind_of_node_that_is_drawn_can_be_found_again(plain) -> None:
    # Nodes of activation are only reserved so far.
    assert set(Likeness(plain.graph, plain.graph).finders) == set(NodeKind) - {NodeKind.ELIGIBLE}


def test_other_rows_under_the_same_ids_are_no_difference_but_themselves(changed) -> None:
    def strangers(draft: Drafted) -> None:
        for number in range(30):
            draft.add("graph/users", id=f"{number:08}-0000-4000-8000-00000000abcd", displayName=f"Stranger {number}")
        draft.resource(f"{PROD}/resourceGroups/a-first")

    answer = changed(strangers)
    assert {(one.hop.edge, one.hop.target.label, one.leads) for one in answer.steps.opened} == {
        ("CONTAINS", "a-first", False)
    }
    assert (answer.steps.closed_count, answer.grants.opened_count, answer.grants.closed_count) == (0, 0, 0)
    assert not answer.opens


def test_an_assignment_opens_its_steps_and_is_told_with_what_it_grants(changed) -> None:
    answer = changed(lambda draft: draft.assign(guid("maya"), OWNER, DEV, "User"))
    assert answer.opens
    assert ("Maya", "VM-01", "vm-1", "code") in said(answer)
    assert {source for source, *_ in said(answer)} == {"Maya"}
    (grant,) = answer.grants.opened
    assert grant.unit.id.startswith(f"{DEV}/providers/Microsoft.Authorization/roleAssignments/")
    assert grant.blocks[0].actions == ("*",)
    assert answer.steps.closed_count == 0


def test_what_one_order_opens_the_other_closes(plain) -> None:
    draft = reviewed_tenant()
    draft.assign(guid("maya"), CONTRIBUTOR, DEV, "User")
    draft.lists["arm/roleAssignments"] = draft.lists["arm/roleAssignments"][1:]
    global_admin(draft)
    other = graph_of(draft)
    there, back = compare(plain, other, "tier0", most=1000), compare(other, plain, "tier0", most=1000)
    assert there.steps.opened_count
    assert there.steps.closed_count
    for one, another in ((there, back), (back, there)):
        assert [step.hop for step in one.steps.opened] == [step.hop for step in another.steps.closed]
        assert [who.path for who in one.reaching.opened] == [who.path for who in another.reaching.closed]
        assert [grant.unit.id for grant in one.grants.opened] == [grant.unit.id for grant in another.grants.closed]
    assert {(step.before, step.after) for step in there.steps.opened} == {
        (step.after, step.before) for step in back.steps.closed
    }


def test_the_same_grant_under_another_name_is_no_difference(changed) -> None:
    def renamed(draft: Drafted) -> None:
        row = draft.lists["arm/roleAssignments"][0]
        row["name"] = guid("again")
        row["id"] = f"{row['id'].rpartition('/')[0]}/{guid('again')}"

    assert not changed(renamed).differs


def test_whoever_newly_reaches_the_target_is_told_with_a_way(changed) -> None:
    answer = changed(global_admin)
    told = {one.ref.label: one for one in answer.reaching.opened}
    assert told["ci-prod"].before == Sureness.NONE
    assert told["ci-prod"].after == Sureness.CERTAIN
    assert [hop.edge for hop in told["Maya"].path.hops] == ["EN-05", "HAS-ROLE", "TIER-ZERO"]
    assert answer.reaching.closed_count == 0
    assert answer.reaching.opened_count == len(told)


def test_of_each_list_as_many_are_told_as_asked_for_and_all_are_counted(changed) -> None:
    whole, few = changed(global_admin), changed(global_admin, most=2)
    assert len(few.reaching.opened) == 2
    assert few.reaching.opened_count == whole.reaching.opened_count > 2
    assert few.steps.opened == whole.steps.opened[:2]


def test_an_eligible_role_that_becomes_active_opens_from_activation_to_certain() -> None:
    eligible, active = reviewed_tenant(), reviewed_tenant()
    global_admin(eligible, GRAPH, "maya")
    global_admin(active, who="maya")
    answer = compare(graph_of(eligible), graph_of(active), "tier0", most=1000)
    found = {one.ref.label: (one.before, one.after) for one in answer.reaching.opened}
    assert found["Maya"] == (Sureness.ELIGIBLE, Sureness.CERTAIN)
    assert answer.reaching.closed_count == 0
    assert [grant.unit.said for grant in answer.grants.closed] == [
        "eligible directory role Global Administrator of Maya"
    ]


def test_a_lock_opens_nothing_and_its_removal_does(plain) -> None:
    draft = reviewed_tenant()
    draft.add(
        "arm/locks",
        id=f"{PROD_GROUP}/providers/Microsoft.Authorization/locks/keep",
        name="keep",
        properties={"level": "ReadOnly"},
    )
    locked = graph_of(draft)
    answer = compare(plain, locked, "tier0", most=1000)
    assert not answer.opens
    assert answer.steps.closed_count
    assert [one.kind for one in answer.guards.closed] == ["lock"]
    back = compare(locked, plain, "tier0", most=1000)
    assert back.opens
    assert [one.scope for one in back.guards.opened] == [PROD_GROUP]
    assert {step.hop.source.label for step in back.steps.opened} >= {"id-dev"}


def test_a_deny_assignment_closes_the_steps_that_it_takes_away(changed) -> None:
    answer = changed(deny)
    closed = {(one.hop.source.label, one.hop.edge) for one in answer.steps.closed}
    assert ("id-dev", "VM-01") in closed
    assert [one.name for one in answer.guards.closed] == ["no machines"]
    assert not answer.opens


def test_a_role_with_more_permissions_is_told_apart_from_its_assignments() -> None:
    first, second = reviewed_tenant(), reviewed_tenant()
    run = "Microsoft.Compute/virtualMachines/runCommand/action"
    custom_role("Microsoft.Compute/virtualMachines/read")(first)
    custom_role("Microsoft.Compute/virtualMachines/read", run)(second)
    before, after = graph_of(first), graph_of(second)
    answer = compare(before, after, "tier0")
    (role,) = answer.roles
    assert (role.name, role.more, role.less, role.assignments) == ("Runner", (f"actions: {run}",), (), 1)
    assert answer.grants.opened_count == 0
    assert answer.opens
    back = compare(after, before, "tier0")
    assert (back.roles[0].less, back.opens) == ((f"actions: {run}",), False)


def test_what_is_no_longer_subtracted_allows_more() -> None:
    first, second = reviewed_tenant(), reviewed_tenant()
    custom_role("Microsoft.Compute/*", less=("Microsoft.Compute/*/action",))(first)
    custom_role("Microsoft.Compute/*")(second)
    (role,) = compare(graph_of(first), graph_of(second), "tier0").roles
    assert role.more == ("notActions: Microsoft.Compute/*/action",)


@pytest.mark.parametrize(("before", "after", "opens"), [("", "C", False), ("C", "", True), ("C", "D", True)])
def test_another_condition_is_no_other_grant_and_narrows_only_where_there_was_none(before, after, opens) -> None:
    texts = {
        letter: f"(@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{letter}')" for letter in ("C", "D")
    }

    def conditioned(letter: str) -> Escalation:
        draft = reviewed_tenant()
        draft.assign(guid("maya"), READER, HUB, "User")
        if letter:
            draft.lists["arm/roleAssignments"][-1]["properties"] |= {
                "condition": texts[letter],
                "conditionVersion": "2.0",
            }
        return graph_of(draft)

    answer = compare(conditioned(before), conditioned(after), "tier0")
    (one,) = answer.conditions
    assert (one.before, one.after) == (texts.get(before, ""), texts.get(after, ""))
    assert (answer.grants.opened_count, answer.grants.closed_count) == (0, 0)
    assert answer.opens is opens


def test_another_audience_of_a_credential_is_the_same_subject(changed) -> None:
    def other_audience(draft: Drafted) -> None:
        draft.lists["graph/applicationFederatedIdentityCredentials"][0]["audiences"] = ["api://other"]

    answer = changed(other_audience)
    assert (answer.grants.opened_count, answer.grants.closed_count) == (0, 0)


def test_an_identity_that_is_taken_off_a_machine_closes_what_followed(changed) -> None:
    def detached(draft: Drafted) -> None:
        machine = next(row for row in draft.lists["arm/resources"] if row["id"] == DEV_MACHINE)
        del machine["identity"]

    answer = changed(detached)
    assert [grant.unit.kind for grant in answer.grants.closed] == ["attachedIdentity"]
    assert ("vm-1", "MI-03", "id-dev") in {
        (one.hop.source.label, one.hop.edge, one.hop.target.label) for one in answer.steps.closed
    }
    assert not answer.opens


def test_a_list_that_is_not_read_any_longer_is_told_and_opens_only_possibly(changed) -> None:
    def unread(draft: Drafted) -> None:
        draft.manifest = copy.deepcopy(draft.manifest)
        draft.manifest["gaps"] = [*draft.manifest["gaps"], {"api": "graph/groupOwners", "scope": "/", "reason": "403"}]

    answer = changed(unread)
    assert [gap.api for gap in answer.unread.opened] == ["graph/groupOwners"]
    assert {one.after for one in answer.steps.opened} <= {Sureness.POSSIBLE}


@pytest.mark.parametrize("side", ["", "#control"])
def test_a_target_that_is_only_in_one_state_counts_as_out_of_reach_in_the_other(changed, side) -> None:
    vault = f"{PROD_GROUP}/providers/Microsoft.KeyVault/vaults/kv-new"
    answer = changed(lambda draft: draft.resource(vault, enableRbacAuthorization=True), to=vault + side)
    assert answer.reaching.opened_count
    assert {one.before for one in answer.reaching.opened} == {Sureness.NONE}
    assert answer.opens


def test_a_target_that_is_in_neither_is_an_error(plain) -> None:
    with pytest.raises(InputError, match="nothing goes by `nobody-knows`"):
        compare(plain, plain, "nobody-knows")


def test_who_was_deleted_and_made_anew_is_another(changed) -> None:
    def anew(draft: Drafted) -> None:
        text = {name: rows for name, rows in draft.lists.items() if name == "graph/applicationOwners"}
        text["graph/applicationOwners"][0]["member"]["id"] = guid("maya the second")
        draft.add("graph/users", id=guid("maya the second"), displayName="Maya", accountEnabled=True)

    answer = changed(anew)
    assert {one.unit.holder.id for one in answer.grants.opened} == {guid("maya the second")}
    assert {one.unit.holder.id for one in answer.grants.closed} == {guid("maya")}
    assert {one.hop.source.id for one in answer.steps.opened} == {guid("maya the second")}


def test_federated_subjects_are_found_again_where_others_stand_before_them(changed) -> None:
    def another(draft: Drafted) -> None:
        draft.trust(DEV_IDENTITY, "a-first", "repo:shop/other:environment:dev")

    answer = changed(another)
    assert {one.hop.source.kind for one in answer.steps.opened} == {"subject"}
    assert answer.steps.closed_count == 0
    assert [one.unit.kind for one in answer.grants.opened] == ["federatedCredential"]
