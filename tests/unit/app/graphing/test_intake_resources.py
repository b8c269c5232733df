"""Which resources are kept, where they stand, who they run as, and what else they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.fakes.graph_tenants import (
    APP,
    MANIFEST,
    NO_CATALOGUE,
    SUB,
    TENANT,
    catalogue_of,
    graph_facts_of,
    graph_facts_of_lists,
    principals,
    resource,
    resource_ids,
    scope_texts,
)
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.store.memory import MemoryStore
from remit.app.graphing.intake import read_graph_facts
from remit.engine.index import TenantIndex
from remit.graph.facts import THROUGH_APPLICATION, GraphFacts, GuardState, IdentityLink, VaultRight
from remit.graph.kinds import GuardRule

SITES, CACHES = "Microsoft.Web/sites", "Microsoft.Cache/redis"
VAULTS, IDENTITIES = "Microsoft.KeyVault/vaults", "Microsoft.ManagedIdentity/userAssignedIdentities"
CLUSTERS = "Microsoft.ContainerService/managedClusters"
GROUP = {"id": APP, "type": "Microsoft.Resources/resourceGroups"}


def read(
    *resources: dict[str, Any], targets: tuple[str, ...] = (SITES,), **lists: Any
) -> tuple[TenantIndex, GraphFacts]:
    people = [{"id": one} for one in ("mi-a", "mi-b", "ann")]
    found = {"arm/resources": [GROUP, *resources], "graph/servicePrincipals": people}
    found |= {name.replace("_", "/", 1): rows for name, rows in lists.items()}
    return graph_facts_of_lists(found, catalogue=catalogue_of(*targets))


def links(index: TenantIndex, facts: GraphFacts) -> list[tuple[str, str, int]]:
    table = facts.identities
    ids = [one.rpartition("/")[2] for one in resource_ids(index, facts, table.resource)]
    return list(zip(ids, principals(index, table.principal), table.link.tolist(), strict=True))


def test_targets_of_edges_and_carriers_of_identities_are_kept() -> None:
    index, facts = read(
        resource(SITES, "Shop"),
        resource("Microsoft.Network/publicIPAddresses", "ip"),
        resource("Microsoft.Maps/accounts", "find", identity={"type": "SystemAssigned", "principalId": "mi-a"}),
        resource("Microsoft.Maps/accounts", "none", identity={"type": "None"}),
        resource(IDENTITIES, "id", properties={"principalId": "mi-b"}),
        resource(VAULTS, "Safe"),
        resource("Microsoft.Search/searchServices", "reviewed"),
    )
    assert [one.removeprefix(APP) for one in resource_ids(index, facts, range(facts.resources.count))] == [
        "/providers/Microsoft.KeyVault/vaults/Safe",
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id",
        "/providers/Microsoft.Maps/accounts/find",
        "/providers/Microsoft.Search/searchServices/reviewed",
        "/providers/Microsoft.Web/sites/Shop",
    ]
    assert [facts.resources.type_name[row] for row in facts.resources.type] == [
        "microsoft.keyvault/vaults",
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.maps/accounts",
        "microsoft.search/searchservices",
        "microsoft.web/sites",
    ]


def test_a_resource_stands_in_its_group_and_only_nodes_of_the_tree_have_a_row_of_their_own() -> None:
    lock = {
        "id": f"{APP}/providers/{SITES}/b/providers/Microsoft.Authorization/locks/l",
        "properties": {"level": "ReadOnly"},
    }
    child = resource("Microsoft.Web/sites/slots", "x") | {"id": f"{APP}/providers/{SITES}/b/slots/x"}
    index, facts = read(
        resource(SITES, "a"),
        resource(SITES, "b"),
        child,
        resource(SITES, "c", group=SUB),
        targets=(SITES, "Microsoft.Web/sites/slots"),
        arm_locks=[lock],
    )
    table = facts.resources
    assert scope_texts(index, table.scope) == [SUB, APP, APP, APP]
    assert list(table.suffix) == [
        "/providers/Microsoft.Web/sites/c",
        "/providers/Microsoft.Web/sites/a",
        "/providers/Microsoft.Web/sites/b",
        "/providers/Microsoft.Web/sites/b/slots/x",
    ]
    assert scope_texts(index, table.own) == ["", "", f"{APP}/providers/{SITES}/b", ""]


def test_resources_of_groups_whose_names_begin_alike_are_sorted_by_group() -> None:
    groups = [f"{APP}-1", APP, f"{APP}0"]
    index, facts = read(*(resource(SITES, name, group=group) for group in groups for name in ("z", "A", "b")))
    table = facts.resources
    expected = sorted(
        (index.tree.row(group.lower()), f"/providers/{SITES}/{name}") for group in groups for name in ("A", "b", "z")
    )
    assert expected == list(zip(table.scope.tolist(), table.suffix, strict=True))


def test_ids_with_a_final_slash_are_sorted_without_it() -> None:
    slashed = {"id": f"{APP}/providers/{SITES}/a/", "type": SITES}
    _, facts = read(slashed, resource(SITES, "a-b"), resource(SITES, "a0"))
    assert [one.rpartition("/")[2] for one in facts.resources.suffix] == ["a", "a-b", "a0"]


def test_what_stands_at_the_root_does_not_hide_management_groups() -> None:
    group = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
    place = "providers/Microsoft.Web/sites"
    index, facts = read(
        {"id": f"/{place}/top", "type": SITES},
        {"id": f"{group}/{place}/in-group", "type": SITES},
        {"id": "/providers/Microsoft.Aaa/sites/first", "type": SITES},
        arm_managementGroups=[{"id": group, "properties": {"displayName": "Top", "parent": {"id": None}}}],
    )
    assert list(zip(scope_texts(index, facts.resources.scope), facts.resources.suffix, strict=True)) == [
        ("/", "/providers/Microsoft.Aaa/sites/first"),
        ("/", f"/{place}/top"),
        (group, f"/{place}/in-group"),
    ]


def test_policy_assignments_with_an_identity_are_resources_between_the_others() -> None:
    group = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
    place = "providers/Microsoft.Authorization/policyAssignments"

    def policy(scope: str, name: str, **said: Any) -> dict[str, Any]:
        return {"id": f"{scope}/{place}/{name}", "properties": {"scope": scope}} | said

    system = {"identity": {"type": "SystemAssigned", "principalId": "mi-a"}}
    index, facts = read(
        resource(SITES, "shop"),
        resource(CACHES, "z"),
        targets=(SITES, "Microsoft.Authorization/policyAssignments", "Microsoft.AAA/first"),
        arm_policyAssignments=[policy(APP, "B", **system), policy(APP, "none"), policy(group, "top", **system)],
        arm_managementGroups=[{"id": group, "properties": {"displayName": "Top", "parent": {"id": None}}}],
    )
    assert list(facts.resources.suffix) == [f"/{place}/top", f"/{place}/B", "/providers/Microsoft.Web/sites/shop"]
    assert scope_texts(index, facts.resources.scope) == [group, APP, APP]
    assert links(index, facts) == [("top", "mi-a", IdentityLink.SYSTEM), ("B", "mi-a", IdentityLink.SYSTEM)]


def test_the_type_of_a_resource_that_does_not_say_it_stands_in_its_id() -> None:
    _, facts = read({"id": f"{APP}/providers/Microsoft.Web/sites/a/slots/b"}, targets=("Microsoft.Web/sites/slots",))
    assert list(facts.resources.type_name) == ["microsoft.web/sites/slots"]


def test_letter_case_of_ids_does_not_matter() -> None:
    index, facts = read(
        {"id": f"{APP.upper()}/PROVIDERS/MICROSOFT.WEB/SITES/SHOP/", "type": "MICROSOFT.WEB/SITES", "kind": "App"},
        resource(IDENTITIES.lower(), "Id", properties={"principalId": "MI-B"}),
    )
    assert scope_texts(index, facts.resources.scope) == [APP.upper(), APP.upper()]
    assert list(facts.resources.suffix)[1] == "/PROVIDERS/MICROSOFT.WEB/SITES/SHOP"
    assert links(index, facts) == [("Id", "mi-b", IdentityLink.ITSELF)]
    assert [facts.resources.kind_name[row] for row in facts.resources.kind] == ["", "App"]


def test_user_assigned_identities_are_found_by_their_id_where_the_resource_does_not_say_whom() -> None:
    identity = f"{APP}/providers/{IDENTITIES}/Id"
    index, facts = read(
        resource(SITES, "said", identity={"userAssignedIdentities": {identity: {"principalId": "mi-a"}}}),
        resource(SITES, "shop", identity={"type": "UserAssigned", "userAssignedIdentities": {identity.upper(): {}}}),
        resource(SITES, "null", identity={"type": "UserAssigned", "userAssignedIdentities": {identity: None}}),
        resource(SITES, "gone", identity={"type": "UserAssigned", "userAssignedIdentities": {f"{identity}x": {}}}),
        resource(IDENTITIES, "Id", properties={"principalId": "mi-b"}),
    )
    assert links(index, facts) == [
        ("Id", "mi-b", IdentityLink.ITSELF),
        ("null", "mi-b", IdentityLink.USER_ASSIGNED),
        ("said", "mi-a", IdentityLink.USER_ASSIGNED),
        ("shop", "mi-b", IdentityLink.USER_ASSIGNED),
    ]


@pytest.mark.parametrize(
    ("said", "linked"),
    [
        ({}, True),
        ({"identity": {"type": "SystemAssigned"}}, True),
        ({"identity": {"type": "SystemAssigned, UserAssigned", "principalId": None}}, True),
        ({"identity": None}, False),
        ({"identity": {"type": "None"}}, False),
        ({"identity": {"type": "UserAssigned"}}, False),
        ({"identity": {"type": "SystemAssigned", "principalId": "gone"}}, False),
    ],
)
def test_a_service_principal_says_its_resource_only_where_the_resource_does_not(said: Any, *, linked: bool) -> None:
    host = f"{APP}/providers/Microsoft.Odd/things/T"
    service = {"id": "mi-a", "servicePrincipalType": "ManagedIdentity", "alternativeNames": ["isExplicit=False", host]}
    index, facts = read(resource("Microsoft.Odd/things", "t", **said), graph_servicePrincipals=[service])
    assert links(index, facts) == ([("t", "mi-a", IdentityLink.SYSTEM)] if linked else [])


def test_identities_of_principals_that_nothing_else_names_are_left_out() -> None:
    index, facts = read(resource(SITES, "shop", identity={"type": "SystemAssigned", "principalId": "unheard of"}))
    assert facts.resources.count == 1
    assert links(index, facts) == []


def test_access_policies_of_a_vault_become_rights() -> None:
    def policy(who: str, **permissions: list[str]) -> dict[str, Any]:
        return {"tenantId": TENANT, "objectId": who, "permissions": permissions}

    index, facts = read(
        resource(
            VAULTS,
            "safe",
            properties={
                "tenantId": TENANT.upper(),
                "accessPolicies": [
                    policy("mi-b", secrets=["all"]) | {"tenantId": "another tenant"},
                    policy("ann", secrets=["Get", "list"], keys=["Sign", "get"]),
                    policy("ann", certificates=["import"]),
                    policy("MI-A", secrets=["all"], certificates=["GET"], keys=["create"]),
                    policy("mi-b", secrets=["list"], keys=["encrypt", "verify", "wrapKey"]),
                    policy("only named here", secrets=["get"]),
                    policy("mi-b", secrets=["get"]) | {"applicationId": "an-app"},
                    policy("ann", secrets=["get"]) | {"applicationId": "an-app"},
                    {"objectId": "mi-b", "permissions": {"secrets": "get"}},
                    {"objectId": "mi-b"},
                    7,
                ],
            },
        ),
        resource(VAULTS, "empty", properties=None),
    )
    table = facts.vault_policies
    assert resource_ids(index, facts, table.resource) == [f"{APP}/providers/{VAULTS}/safe"] * 5
    assert sorted(zip(principals(index, table.principal), table.rights.tolist(), strict=True)) == [
        ("ann", VaultRight.SECRET_GET | VaultRight.KEY_USE | VaultRight.CERTIFICATE_SET),
        ("ann", VaultRight.SECRET_GET | THROUGH_APPLICATION),
        ("mi-a", VaultRight.SECRET_GET | VaultRight.SECRET_SET | VaultRight.CERTIFICATE_GET | VaultRight.KEY_MANAGE),
        ("mi-b", VaultRight.SECRET_GET | THROUGH_APPLICATION),
        ("only named here", VaultRight.SECRET_GET),
    ]


def test_whom_an_access_policy_names_is_gone_where_the_directory_was_read_without_it() -> None:
    policies = [{"tenantId": TENANT, "objectId": "left", "permissions": {"secrets": ["get"]}}]
    vault = resource(VAULTS, "safe", properties={"accessPolicies": policies})
    for absent, count in (((), 0), (("graph_users",), 1)):
        lists = {name: [] for name in ("graph_users", "graph_groups", "graph_servicePrincipals") if name not in absent}
        _, facts = read(vault, **lists)
        assert len(facts.vault_policies.principal) == count


def test_a_cluster_tells_its_node_group_its_issuer_and_the_identities_of_its_nodes() -> None:
    nodes = f"{SUB}/resourceGroups/MC_app"
    identity = f"{nodes}/providers/{IDENTITIES}/agentpool"
    index, facts = read(
        resource(
            CLUSTERS,
            "big",
            identity={"type": "SystemAssigned", "principalId": "ann"},
            properties={
                "nodeResourceGroup": "mc_App",
                "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example/1/"},
                "identityProfile": {
                    "kubeletidentity": {"objectId": "mi-a"},
                    "other": {"resourceId": identity},
                    "x": None,
                },
            },
        ),
        resource(CLUSTERS, "plain", properties={"nodeResourceGroup": "elsewhere"}),
        resource(
            "Microsoft.Kubernetes/connectedClusters",
            "arc",
            properties={"oidcIssuerProfile": {"issuerUrl": "https://a/"}},
        ),
        resource(IDENTITIES, "agentpool", group=nodes, properties={"principalId": "mi-b"}),
        {"id": nodes, "type": "Microsoft.Resources/resourceGroups"},
    )
    table = facts.clusters
    assert [one.rpartition("/")[2] for one in resource_ids(index, facts, table.resource)] == ["big", "plain", "arc"]
    assert scope_texts(index, table.node_group) == [nodes, "", ""]
    assert list(table.issuer) == ["https://oidc.example/1/", "", "https://a/"]
    assert links(index, facts) == [
        ("big", "ann", IdentityLink.SYSTEM),
        ("big", "mi-a", IdentityLink.NODES),
        ("big", "mi-b", IdentityLink.NODES),
        ("agentpool", "mi-b", IdentityLink.ITSELF),
    ]


def test_guards_that_are_not_open_are_listed_by_resource() -> None:
    guards = {
        "keys": [GuardRule(types=(CACHES,), property="disableAccessKeyAuthentication", closed=True)],
        "identity": [GuardRule(types=(CACHES,), top="sku.name", closed="Free")],
    }
    lists = {
        "arm/resources": [
            resource(CACHES, "a", properties={"disableAccessKeyAuthentication": True}, sku={"name": "Free"}),
            resource(CACHES, "b", properties={"disableAccessKeyAuthentication": False}),
            resource(CACHES, "c", properties=None),
            resource(SITES, "d", properties={"disableAccessKeyAuthentication": True}),
        ]
    }
    _, facts = graph_facts_of_lists(lists, catalogue=catalogue_of(CACHES, SITES, guards=guards))
    table = facts.guards
    assert table.name == ("keys", "identity")
    assert list(zip(table.resource.tolist(), table.guard.tolist(), table.state.tolist(), strict=True)) == [
        (0, 0, GuardState.CLOSED),
        (0, 1, GuardState.CLOSED),
        (2, 0, GuardState.UNKNOWN),
    ]


def test_telling_tags_of_resources_groups_and_subscriptions_are_kept() -> None:
    index, facts = read(
        resource(SITES, "a", tags={"Env": "prod", "colour": "red", "Cost-Center": "7", "owner": 3}),
        resource(SITES, "b", tags=None),
        resource(SITES, "c", tags={"Env": "prod", "colour": "blue", "Cost-Center": "7"}),
        resource("Microsoft.Odd/things", "d", tags={"env": "dev"}),
        resource(SITES, "e", tags="env=prod"),
        {
            "id": f"{SUB}/resourceGroups/Two",
            "type": "Microsoft.Resources/resourceGroups",
            "tags": {"ENVIRONMENT": "Test"},
        },
        arm_subscriptions=[
            {"id": SUB, "subscriptionId": SUB[15:], "displayName": "One", "tags": {"env": "dev", "App": "shop"}}
        ],
    )
    table = facts.tags
    where = [one.rpartition("/")[2] for one in resource_ids(index, facts, table.resource)]
    scopes = [one.rpartition("/")[2] for one in scope_texts(index, table.scope)]
    said = [(table.text[int(key)], table.text[int(value)]) for key, value in zip(table.key, table.value, strict=True)]
    assert list(zip(where, scopes, said, strict=True)) == [
        ("", SUB[15:], ("app", "shop")),
        ("", SUB[15:], ("env", "dev")),
        ("", "Two", ("environment", "Test")),
        ("a", "", ("cost-center", "7")),
        ("a", "", ("env", "prod")),
        ("c", "", ("cost-center", "7")),
        ("c", "", ("env", "prod")),
    ]


def test_subscriptions_in_the_list_of_resources_are_scopes() -> None:
    index, facts = read(
        {"id": SUB, "type": "Microsoft.Resources/subscriptions", "tags": {"env": "prod"}},
        arm_subscriptions=[{"id": SUB, "subscriptionId": SUB[15:], "displayName": "One", "tags": {"env": "prod"}}],
    )
    assert facts.resources.count == 0
    assert scope_texts(index, facts.tags.scope) == [SUB]


def test_reading_tells_how_far_it_is_and_when_it_is_done() -> None:
    store = MemoryStore(FixedClock())
    many = [{"id": f"u{number}"} for number in range(30_000)]
    graph_facts_of(PayloadReader({"graph/users": many, "graph/groups": [{"id": "g"}]}, MANIFEST), NO_CATALOGUE, store)
    snapshot_id = store.resolve(None)
    told: list[tuple[int, int | None]] = []
    index = TenantIndex.build(store.facts(snapshot_id))
    read_graph_facts(store, snapshot_id, index, NO_CATALOGUE, lambda done, whole: told.append((done, whole)))
    assert told == [(25_000, 30_001), (30_001, 30_001)]


def test_an_empty_tenant_gives_empty_tables() -> None:
    _, facts = graph_facts_of_lists({})
    assert facts.resources.count == 0
    assert facts.tags.key.dtype == np.int32
    assert facts.activation_rules.approver_offsets.tolist() == [0]
