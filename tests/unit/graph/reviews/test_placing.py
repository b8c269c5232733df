"""Where things belong: tags, names, what is above; identities, workloads, owners."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.fakes.reviewed_tenant import (
    CLUSTER,
    CLUSTER_ISSUER,
    DEV,
    DEV_GROUP,
    DEV_IDENTITY,
    DEV_MACHINE,
    ENTRA,
    HUB,
    HUB_GROUP,
    MACHINE_TYPE,
    POD_IDENTITY,
    PROD,
    PROD_GROUP,
    PROD_MACHINE,
    Drafted,
    guid,
    places,
    resource,
)

from remit.bootstrap.edges import edge_catalogue
from remit.graph.federation.trusts import trusts_of
from remit.graph.reviews.environments import DEFAULT_RULES, EnvironmentRules
from remit.graph.reviews.placing import Placing


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


def placed(draft: Drafted, rules: EnvironmentRules = DEFAULT_RULES) -> Placing:
    index, facts = graph_facts_of_lists(draft.lists, draft.manifest, edge_catalogue())
    return Placing(index, facts, rules, trusts_of(facts, index.facts.meta.tenant_id))


def of_scope(placing: Placing, text: str) -> str:
    return placing.rules.name(int(placing.scopes[placing.index.tree.row(text.lower())]))


def row_of(placing: Placing, scope: str) -> int:
    table, index = placing.facts.resources, placing.index
    texts = [f"{index.scope_text(int(table.scope[row]))}{table.suffix[row]}".lower() for row in range(table.count)]
    return texts.index(scope.lower())


def of_resource(placing: Placing, scope: str) -> str:
    return placing.rules.name(placing.of_resource(row_of(placing, scope)))


def of_principal(placing: Placing, name: str) -> tuple[str, str]:
    number, says = placing.of_principal(placing.index.principal_row(guid(name)))
    return placing.rules.name(number), says


def tagged(draft: Drafted, scope: str, **tags: Any) -> None:
    row = next(row for row in draft.lists["arm/resources"] if row["id"] == scope)
    row["tags"] = tags


def test_groups_take_the_environment_of_what_is_above_them(draft) -> None:
    placing = placed(draft)
    assert [of_scope(placing, one) for one in (PROD_GROUP, DEV_GROUP, HUB_GROUP, PROD, HUB, "/")] == [
        "production",
        "development",
        "",
        "production",
        "",
        "",
    ]


def test_the_nearest_speaks_and_a_tag_before_a_name(draft) -> None:
    other = f"{DEV}/resourceGroups/rg-prod-copy"
    draft.resource(other)
    third = f"{DEV}/resourceGroups/rg-prod-test"
    draft.resource(third, tags={"Environment": "qa", "env": "prod"})
    placing = placed(draft)
    assert of_scope(placing, other) == "production"
    assert of_scope(placing, third) == "test"


def test_a_tag_that_speaks_of_nothing_leaves_the_word_to_the_next(draft) -> None:
    tagged(draft, HUB_GROUP, environment="blue", stage="production")
    assert of_scope(placed(draft), HUB_GROUP) == "production"


def test_a_place_settled_by_hand_is_before_all(draft) -> None:
    tagged(draft, PROD_GROUP, env="prod")
    rules = EnvironmentRules(
        DEFAULT_RULES.environments,
        DEFAULT_RULES.tags,
        DEFAULT_RULES.workload_tags,
        {PROD_GROUP.lower(): 2, HUB: 0, f"{HUB}/resourcegroups/not-there": 1},
    )
    placing = placed(draft, rules)
    assert of_scope(placing, PROD_GROUP) == "test"
    assert of_scope(placing, HUB_GROUP) == "production"


def test_a_resource_has_its_tag_then_its_group_and_its_name_last(draft) -> None:
    draft.resource(DEV_MACHINE, tags={"env": "prod"})
    named, loose = resource(PROD_GROUP, MACHINE_TYPE, "vm-test"), resource(HUB_GROUP, MACHINE_TYPE, "vm-test")
    for one in (named, loose, resource(HUB_GROUP, MACHINE_TYPE, "vm")):
        draft.resource(one)
    placing = placed(draft)
    assert [
        of_resource(placing, one) for one in (DEV_MACHINE, named, loose, resource(HUB_GROUP, MACHINE_TYPE, "vm"))
    ] == ["production", "production", "test", ""]


def test_a_managed_identity_belongs_where_its_resource_is_whatever_it_is_called(draft) -> None:
    draft.managed_identity(resource(PROD_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-test"))
    draft.service_principal("vm-x-prod", servicePrincipalType="ManagedIdentity")
    draft.resource(DEV_MACHINE, identity={"type": "SystemAssigned", "principalId": guid("vm-x-prod")})
    placing = placed(draft)
    assert of_principal(placing, "id-test") == ("production", "where its resource id-test is")
    assert of_principal(placing, "vm-x-prod") == ("development", "where its resource vm-1 is")


def test_an_application_belongs_where_its_name_says_else_where_its_subjects_agree(draft) -> None:
    for name in ("deploy-prod", "one", "two", "three"):
        draft.application(name)
    draft.trust("deploy-prod", "a", "repo:shop/site:environment:dev")
    draft.trust("one", "a", "repo:shop/site:environment:dev")
    draft.trust("one", "b", "repo:shop/dev-tools:ref:refs/heads/main")
    draft.trust("two", "a", "repo:shop/site:environment:dev")
    draft.trust("two", "b", "repo:shop/site:environment:prod")
    placing = placed(draft)
    assert [of_principal(placing, name) for name in ("deploy-prod", "one", "two", "three")] == [
        ("production", "its name deploy-prod"),
        ("development", "every subject that it trusts"),
        ("", ""),
        ("", ""),
    ]


def test_a_service_account_belongs_where_its_cluster_is(draft) -> None:
    draft.resource(CLUSTER, oidcIssuerProfile={"issuerURL": CLUSTER_ISSUER})
    draft.managed_identity(POD_IDENTITY)
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api-prod", url=CLUSTER_ISSUER)
    placing = placed(draft)
    assert placing.rules.name(placing.of_trust(0)) == "development"
    assert placing.source_of(placing.trusts[0]) == "Kubernetes aks-1 shop"


def test_a_workload_is_a_tag_or_the_resource_group(draft) -> None:
    for scope, tags in ((DEV_MACHINE, {"app": "x", "Workload": " Shop "}), (PROD_MACHINE, None)):
        draft.resource(scope, tags=tags, identity={"type": "SystemAssigned", "principalId": guid("vm")})
    draft.service_principal("vm", servicePrincipalType="ManagedIdentity")
    placing = placed(draft)
    assert placing.workload_of(row_of(placing, DEV_MACHINE)) == "shop"
    assert placing.workload_of(row_of(placing, PROD_MACHINE)).lower() == PROD_GROUP.lower()


def test_an_owner_is_told_by_the_nearest_tag(draft) -> None:
    tagged(draft, DEV_GROUP, team="payments", owner="mia@shop.example")
    draft.resource(DEV_MACHINE)
    draft.resource(DEV_IDENTITY, tags={"contact": "ops"}, principalId=guid("id-dev"))
    draft.resource(PROD_MACHINE)
    placing = placed(draft)
    assert [placing.owner_of(row_of(placing, one)) for one in (DEV_MACHINE, DEV_IDENTITY, PROD_MACHINE)] == [
        "mia@shop.example",
        "ops",
        "",
    ]


def test_a_tenant_without_resources_has_places_all_the_same(draft) -> None:
    placing = placed(draft)
    assert placing.carriers(0) == []
    assert len(placing.resources) == 0


def test_a_workload_tag_that_stands_later_does_not_win_over_an_earlier_one(draft) -> None:
    machine = {"type": "SystemAssigned", "principalId": guid("vm")}
    draft.service_principal("vm", servicePrincipalType="ManagedIdentity")
    draft.resource(DEV_MACHINE, tags={"workload": "a", "project": "b", "owner": "c"}, identity=machine)
    placing = placed(draft)
    assert placing.workload_of(row_of(placing, DEV_MACHINE)) == "a"


@pytest.mark.parametrize(
    ("url", "subject", "expected"),
    [
        ("https://issuer.example", "who", "https://issuer.example who"),
        ("https://accounts.google.com", "1234", "https://accounts.google.com 1234"),
        (ENTRA, guid("not-here"), f"managed identity {guid('not-here')}"),
        ("https://elsewhere.example", "system:serviceaccount:shop:api", "Kubernetes https://elsewhere.example shop"),
        ("https://spire.example", "spiffe://shop.example/api", "SPIFFE shop.example"),
    ],
)
def test_a_source_is_called_by_what_is_known_of_it(draft, url, subject, expected) -> None:
    draft.application("ci")
    draft.trust("ci", "one", subject, url=url)
    placing = placed(draft)
    assert placing.source_of(placing.trusts[0]) == expected
