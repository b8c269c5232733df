"""What joins what should be apart, each way by itself, and what is not reported."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.reviewed_tenant import (
    CONTRIBUTOR,
    DEV,
    DEV_GROUP,
    DEV_IDENTITY,
    DEV_MACHINE,
    HUB,
    HUB_GROUP,
    MACHINE_TYPE,
    OWNER,
    PROD,
    PROD_GROUP,
    PROD_MACHINE,
    READER,
    TENANT,
    Drafted,
    guid,
    places,
    resource,
    reviewed_tenant,
)
from tests.fakes.reviews import review_of, review_of_export

from remit.app.graphing.isolating import IsolationAnswer, find_isolation
from remit.graph.reviews.environments import read_rules
from remit_sim.generate import generate

ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


def found(draft: Drafted, **chosen: Any) -> IsolationAnswer:
    return find_isolation(review_of(draft, **chosen))


def attach(draft: Drafted, machine: str, identity: str, **tags: str) -> None:
    name = identity.rsplit("/", 1)[-1]
    carried = {"type": "UserAssigned", "userAssignedIdentities": {identity: {"principalId": guid(name)}}}
    draft.resource(machine, tags=tags or None, identity=carried)


def test_the_whole_tenant() -> None:
    answer = found(reviewed_tenant())
    assert [(one.identity.label, [hop.edge for hop in one.path.hops]) for one in answer.reaching if one.path] == [
        ("id-dev", ["VM-01"]),
        ("ci-dev", ["VM-01", "MI-03", "VM-01"]),
    ]
    assert [(one.identity.label, one.environments, one.crosses) for one in answer.shared] == [
        ("id-dev", ("production", "development"), True)
    ]
    assert [one.identity.label for one in answer.several] == ["ci-prod"]
    assert answer.several[0].sources == (
        "GitHub shop",
        "GitHub shop/site",
        "holders of a secret",
        "managed identity id-dev",
    )
    assert (answer.placed, answer.identities) == (5, 7)


@pytest.mark.parametrize(("role", "changes"), [(CONTRIBUTOR, True), (READER, False)])
def test_a_role_in_production_is_held_directly(draft, role, changes) -> None:
    draft.application("ci-dev")
    draft.assign(guid("ci-dev"), role, PROD_GROUP)
    (one,) = found(draft).reaching
    assert [(held.role, held.scope.label) for held in one.direct] == [
        ("Contributor" if changes else "Reader", "rg-shop")
    ]
    assert (one.certain, one.changes, one.environment, one.says) == (True, changes, "development", "its name ci-dev")


def test_a_role_above_production_holds_in_it(draft) -> None:
    draft.application("ci-test")
    draft.assign(guid("ci-test"), READER, ROOT)
    (one,) = found(draft).reaching
    assert [held.scope.id for held in one.direct] == [ROOT]


def test_a_role_through_a_group_is_held(draft) -> None:
    draft.application("ci-dev")
    draft.add("graph/groups", id=guid("team"), displayName="Team", securityEnabled=True)
    member = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": guid("ci-dev")}
    draft.add("graph/groupMembers", parentId=guid("team"), member=member)
    draft.assign(guid("team"), READER, PROD, "Group")
    (one,) = found(draft).reaching
    assert one.direct[0].through is not None
    assert one.direct[0].through.label == "Team"


def test_roles_elsewhere_and_identities_of_production_are_not_reported(draft) -> None:
    for name, scope in (("ci-dev", DEV), ("ci-prod", PROD), ("tool", PROD)):
        draft.application(name)
        draft.assign(guid(name), OWNER, scope)
    answer = found(draft)
    assert answer.reaching == ()
    # `tool` says nothing of where it belongs: it is counted, and claimed to be nowhere.
    assert (answer.placed, answer.identities) == (2, 3)


def test_a_disabled_identity_reaches_nothing(draft) -> None:
    draft.application("ci-dev")
    draft.lists["graph/servicePrincipals"][-1]["accountEnabled"] = False
    draft.assign(guid("ci-dev"), OWNER, PROD)
    assert found(draft).reaching == ()


def test_a_deny_assignment_above_makes_a_role_less_than_certain(draft) -> None:
    draft.application("ci-dev")
    draft.assign(guid("ci-dev"), READER, PROD_GROUP)
    blocks = [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}]
    everyone = [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]
    said = {"denyAssignmentName": "d", "permissions": blocks, "scope": PROD, "principals": everyone}
    draft.add(
        "arm/denyAssignments",
        id=f"{PROD}/providers/Microsoft.Authorization/denyAssignments/{guid('d')}",
        name=guid("d"),
        properties={**said, "excludePrincipals": [], "doNotApplyToChildScopes": False, "isSystemProtected": False},
    )
    (one,) = found(draft).reaching
    assert (one.direct[0].below_deny, one.certain) == (True, False)


def test_a_way_over_another_identity_is_told_step_by_step(draft) -> None:
    draft.application("ci-dev")
    draft.managed_identity(DEV_IDENTITY)
    attach(draft, DEV_MACHINE, DEV_IDENTITY)
    draft.resource(resource(PROD_GROUP, "Microsoft.KeyVault/vaults", "kv"), enableRbacAuthorization=True)
    draft.resource(PROD_MACHINE)
    draft.assign(guid("ci-dev"), CONTRIBUTOR, DEV)
    draft.assign(guid("id-dev"), CONTRIBUTOR, PROD)
    answer = found(draft)
    ways = {one.identity.label: one.path for one in answer.reaching}
    assert set(ways) == {"ci-dev", "id-dev"}
    way = ways["ci-dev"]
    assert way is not None
    assert way.certain
    assert way.hops[-1].target.id.lower().startswith(PROD.lower())
    assert way.hops[0].source.label == "ci-dev"
    assert "id-dev" in [hop.source.label for hop in way.hops]


def test_without_the_machine_there_is_no_way_over_it(draft) -> None:
    draft.application("ci-dev")
    draft.managed_identity(resource(HUB_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-x"))
    draft.resource(PROD_MACHINE)
    draft.assign(guid("ci-dev"), READER, DEV)
    draft.assign(guid("id-x"), CONTRIBUTOR, PROD)
    assert found(draft).reaching == ()


def test_an_identity_on_machines_of_two_environments_is_shared(draft) -> None:
    identity = resource(HUB_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "shared")
    draft.managed_identity(identity)
    attach(draft, DEV_MACHINE, identity)
    attach(draft, PROD_MACHINE, identity)
    (one,) = found(draft).shared
    assert (one.environments, one.crosses) == (("production", "development"), True)
    assert {(place.node.label, place.environment, place.itself) for place in one.places} == {
        ("vm-2", "production", False),
        ("vm-1", "development", False),
        ("shared", "", True),
    }


def test_environments_without_production_are_shared_and_do_not_cross(draft) -> None:
    identity = resource(HUB_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "shared")
    draft.managed_identity(identity)
    attach(draft, DEV_MACHINE, identity)
    attach(draft, resource(DEV_GROUP, MACHINE_TYPE, "vm-9"), identity, env="qa")
    (one,) = found(draft).shared
    assert (one.environments, one.crosses) == (("test", "development"), False)


def test_an_identity_of_two_workloads_in_one_environment_is_told_apart(draft) -> None:
    identity = resource(DEV_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "both")
    draft.managed_identity(identity)
    attach(draft, DEV_MACHINE, identity, workload="shop")
    attach(draft, resource(DEV_GROUP, MACHINE_TYPE, "vm-9"), identity, app="billing")
    answer = found(draft)
    assert answer.shared == ()
    (one,) = answer.workloads
    assert one.workloads == ("billing", "shop")


def test_an_identity_of_one_workload_is_not_shared(draft) -> None:
    draft.managed_identity(DEV_IDENTITY)
    attach(draft, DEV_MACHINE, DEV_IDENTITY, workload="Shop")
    attach(draft, resource(DEV_GROUP, MACHINE_TYPE, "vm-9"), DEV_IDENTITY, workload="shop ")
    answer = found(draft)
    assert (answer.shared, answer.workloads, answer.found) == ((), (), False)


def test_one_subject_of_identities_in_two_environments_is_told(draft) -> None:
    for name in ("ci-dev", "ci-prod", "ci-other"):
        draft.application(name)
        draft.trust(name, "main", "repo:shop/site:ref:refs/heads/main")
    (one,) = found(draft).subjects
    assert (one.environments, one.crosses, one.certain) == (("production", "development"), True, True)
    assert sorted(ref.label for ref in one.identities) == ["ci-dev", "ci-other", "ci-prod"]


def test_one_subject_of_one_environment_is_not(draft) -> None:
    for name in ("ci-dev", "ci-dev-2"):
        draft.application(name)
        draft.trust(name, "main", "repo:shop/site:ref:refs/heads/main")
    assert found(draft).subjects == ()


def test_expired_secrets_and_several_branches_of_one_repository_are_one_integration(draft) -> None:
    key = {"keyId": guid("key"), "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-02-01T00:00:00Z"}
    draft.application("ci", passwordCredentials=[key])
    draft.trust("ci", "a", "repo:shop/site:ref:refs/heads/main")
    draft.trust("ci", "b", "repo:shop/site:environment:x")
    assert found(draft).several == ()
    draft.trust("ci", "c", "repo:shop/other:environment:x")
    assert found(draft).several[0].sources == ("GitHub shop/other", "GitHub shop/site")


def test_rules_of_a_file_decide_what_production_is(draft) -> None:
    draft.application("ci-dev")
    draft.assign(guid("ci-dev"), CONTRIBUTOR, HUB)
    assert found(draft).reaching == ()
    rules = read_rules(f'[places]\n"{HUB}" = "production"', "rules.toml")
    (one,) = found(draft, rules=rules).reaching
    assert [held.scope.id for held in one.direct] == [HUB]


def test_a_tenant_with_nothing_in_it_has_nothing_to_mend(draft) -> None:
    answer = found(draft)
    assert (answer.found, answer.identities, answer.unread) == (False, 0, ())


def test_of_a_generated_tenant_exactly_the_planted_ones_are_found(tmp_path) -> None:
    labels = generate(600, 11, tmp_path / "tenant")
    answer = find_isolation(review_of_export(tmp_path / "tenant"))
    assert {one.identity.id for one in answer.reaching} == {one.principal_id for one in labels.dev_reaches_prod}
    assert all(one.certain for one in answer.reaching)
