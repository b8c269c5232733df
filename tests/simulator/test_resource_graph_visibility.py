"""Which rows a caller sees, and which scopes a query is about."""

from __future__ import annotations

import json

import pytest
from tests.fakes.queries import ADA, DATA, ONE, OPS, ROOT, SITE, TENANT, TWO, WEB, Questions, assignment

READER_GUID = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ASSIGNMENTS = "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"
SOMEBODY = "bbbbbbbb-0000-0000-0000-00000000000b"


@pytest.fixture
def graph():
    return Questions()


@pytest.mark.parametrize(
    ("scope", "resources", "containers"),
    [
        ("/", ["keys", "lake", "shop"], [TENANT, "Ops", "Web", "data", "one", "two"]),
        (ROOT, ["keys", "lake", "shop"], [TENANT, "Ops", "Web", "data", "one", "two"]),
        (OPS, ["keys", "lake", "shop"], ["Ops", "Web", "data", "one", "two"]),
        (f"/subscriptions/{ONE}", ["keys", "shop"], ["Web", "one"]),
        (WEB, ["keys", "shop"], ["Web"]),
        (SITE, ["shop"], []),
        (DATA, ["lake"], ["data"]),
    ],
)
def test_a_reader_sees_what_lies_at_and_below_its_scope(graph, scope, resources, containers):
    graph.tenant.load("arm/roleAssignments", assignment(scope, "r1"))
    assert graph.names("resources", ADA) == resources
    assert graph.names("resourcecontainers", ADA) == sorted(containers)
    assert graph.names(ASSIGNMENTS, ADA, authorizationScopeFilter="AtScopeAboveAndBelow") == ["r1"]
    assert READER_GUID in graph.names("authorizationresources", ADA)


def test_nobody_sees_nothing_and_is_told_nothing(graph):
    for table in ("resources", "resourcecontainers", "authorizationresources", "policyresources", "resourcechanges"):
        assert graph.ask(table, ADA) == {
            "totalRecords": 0,
            "count": 0,
            "resultTruncated": "false",
            "facets": [],
            "data": [],
        }


def test_an_action_that_is_missing_hides_exactly_its_rows(graph):
    definition = {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{READER_GUID}",
        "name": READER_GUID,
        "properties": {
            "roleName": "Narrow",
            "permissions": [
                {
                    "actions": ["*/read"],
                    "notActions": ["Microsoft.KeyVault/*", "Microsoft.Authorization/roleDefinitions/read"],
                }
            ],
        },
    }
    graph.tenant.put("arm/roleDefinitions", json.dumps(definition).encode())
    graph.tenant.load("arm/roleAssignments", assignment(OPS, "r1"))
    assert graph.names("resources", ADA) == ["lake", "shop"]
    assert graph.names("authorizationresources", ADA) == ["r1"]


def test_groups_count_for_their_members(graph):
    group = "cccccccc-0000-0000-0000-00000000000c"
    graph.tenant.load("arm/roleAssignments", assignment(WEB, "r1", group))
    assert graph.names("resources", ADA) == []
    member = {"parentId": group, "member": {"@odata.type": "#microsoft.graph.servicePrincipal", "id": ADA.object_id}}
    graph.tenant.put("graph/groupMembers", json.dumps(member).encode())
    assert graph.names("resources", ADA) == ["keys", "shop"]


@pytest.fixture
def assigned(graph):
    scopes = {
        "r-root": "/",
        "r-top": ROOT,
        "r-ops": OPS,
        "r-one": f"/subscriptions/{ONE}",
        "r-web": WEB,
        "r-data": DATA,
    }
    for name, scope in scopes.items():
        graph.tenant.load("arm/roleAssignments", assignment(scope, name, SOMEBODY))
    return graph


@pytest.mark.parametrize(
    ("asked", "scope_filter", "expected"),
    [
        ({}, None, ["r-data", "r-one", "r-ops", "r-top", "r-web"]),
        ({}, "AtScopeAndBelow", ["r-data", "r-one", "r-ops", "r-top", "r-web"]),
        ({}, "AtScopeAboveAndBelow", ["r-data", "r-one", "r-ops", "r-root", "r-top", "r-web"]),
        ({}, "AtScopeAndAbove", ["r-root", "r-top"]),
        ({}, "AtScopeExact", ["r-top"]),
        ({"subscriptions": [ONE.upper()]}, None, ["r-one", "r-web"]),
        ({"subscriptions": [ONE]}, "AtScopeExact", ["r-one"]),
        ({"subscriptions": [ONE]}, "AtScopeAndAbove", ["r-one", "r-ops", "r-root", "r-top"]),
        ({"subscriptions": [ONE]}, "AtScopeAboveAndBelow", ["r-one", "r-ops", "r-root", "r-top", "r-web"]),
        ({"subscriptions": [TWO]}, "AtScopeAndBelow", ["r-data"]),
        ({"managementGroups": ["OPS"]}, None, ["r-data", "r-one", "r-ops", "r-web"]),
        ({"managementGroups": ["Ops"]}, "AtScopeAndAbove", ["r-ops", "r-root", "r-top"]),
        ({"managementGroups": ["Ops"]}, "AtScopeExact", ["r-ops"]),
    ],
)
def test_the_scope_filter_says_which_role_assignments_count(assigned, asked, scope_filter, expected):
    options = {"authorizationScopeFilter": scope_filter} if scope_filter else {}
    answer = assigned.ask(ASSIGNMENTS, options=options, **asked)
    assert sorted(row["name"] for row in answer["data"]) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subscriptions": [ONE]}, ["keys", "shop"]),
        ({"subscriptions": [ONE, TWO, "unknown"]}, ["keys", "lake", "shop"]),
        ({"subscriptions": []}, ["keys", "lake", "shop"]),
        ({"managementGroups": [TENANT]}, ["keys", "lake", "shop"]),
    ],
)
def test_resources_are_asked_of_subscriptions_or_management_groups(graph, asked, expected):
    assert sorted(row["name"] for row in graph.ask("resources", **asked)["data"]) == expected


def test_containers_of_a_management_group_are_those_at_and_below_it(graph):
    names = [row["name"] for row in graph.ask("resourcecontainers", managementGroups=["Ops"])["data"]]
    assert sorted(names) == ["Ops", "Web", "data", "one", "two"]


def test_subscriptions_that_nobody_knows_are_refused(graph):
    answer = graph.post({"query": "resources", "subscriptions": ["unknown"]})
    detail = json.loads(answer.body)["error"]["details"][0]
    assert (answer.status, detail["code"]) == (400, "NoValidSubscriptionsInQueryRequest")
