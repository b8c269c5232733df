"""What queries of Resource Graph give: operators, tables, columns, refusals."""

from __future__ import annotations

import json

import pytest
from tests.fakes.queries import (
    DATA,
    ONE,
    OPS,
    READER,
    ROOT,
    SITE,
    STORE,
    TENANT,
    TWO,
    VAULT,
    WEB,
    Questions,
    assignment,
)


@pytest.fixture
def graph():
    return Questions()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("name == 'shop'", ["shop"]),
        ("name == 'SHOP'", []),
        ("name =~ 'SHOP'", ["shop"]),
        ("name != 'shop'", ["keys", "lake"]),
        ("name !~ 'SHOP'", ["keys", "lake"]),
        ("name in ('shop', 'LAKE')", ["shop"]),
        ("name in~ ('shop', 'LAKE')", ["lake", "shop"]),
        ("name !in ('shop', 'LAKE')", ["keys", "lake"]),
        ("name !in~ ('shop', 'LAKE')", ["keys"]),
        ("properties.cores in (2, 3) or properties.state in ('running')", ["lake", "shop"]),
        ("properties.state in~ ('RUNNING') and properties.on !in (false)", ["lake", "shop"]),
        ("properties.on in (1)", []),
        ("id contains 'RESOURCEGROUPS/web'", ["keys", "shop"]),
        ("id contains_cs 'RESOURCEGROUPS'", []),
        ("id !contains 'WEB'", ["lake"]),
        ("name startswith 'SH'", ["shop"]),
        ("name startswith_cs 'SH'", []),
        ("name !startswith 'sh'", ["keys", "lake"]),
        ("id endswith 'KEYS'", ["keys"]),
        ("id has 'web'", ["keys", "shop"]),
        ("type has 'key'", []),
        ("type has 'keyvault'", ["keys"]),
        ("type has 'vaults'", ["keys"]),
        ("isempty(kind)", ["keys", "lake"]),
        ("isnotempty(kind)", ["shop"]),
        ("isnull(tags)", ["keys", "lake"]),
        ("isnotnull(tags)", ["shop"]),
        ("kind != 'app'", ["keys", "lake"]),
        ("not(name == 'shop') and name != 'lake' or kind == 'app'", ["keys", "shop"]),
        ("name == 'keys' and (kind == 'app' or location == 'northeurope')", ["keys"]),
        ("name == 'shop' or name == 'keys' and kind == 'app'", ["shop"]),
        ("properties.cores > 2", ["keys"]),
        ("properties.cores >= 2", ["keys", "shop"]),
        ("properties.cores < 2.5", ["shop"]),
        ("properties.cores <= 1", []),
        ("properties.on == true", ["shop"]),
        ("properties.on == 1", []),
        ("properties.on", ["shop"]),
        ("properties['state'] =~ 'running'", ["lake", "shop"]),
        ("properties.hosts[0] == 'a'", ["shop"]),
        ("properties.hosts[-1] == 'b'", ["shop"]),
        ("properties.hosts[7] == 'b'", []),
        ("properties.nothing.at.all == 'b'", []),
        ("properties.nothing == properties.missing", []),
        ("properties.cores < 'a'", []),
        ("todatetime(properties.since) < now()", ["shop"]),
        ("todatetime(properties.since) > ago(2d)", []),
        ("todatetime(properties.since) > ago(60h)", ["shop"]),
        ("todatetime(properties.since) == datetime(2026-10-30T00:00:00.123456Z)", ["shop"]),
        ("todatetime(properties.since) >= datetime('2026-10-30')", ["shop"]),
        ("toint(properties.cores) == 10", ["keys"]),
        ("toint('12') == 12 and tolong(' -3 ') == -3 and toint(true) == 1", ["keys", "lake", "shop"]),
        ("isnotnull(toint(name)) or isnotnull(toint('--3')) or isnotnull(toint(properties.hosts))", []),
        ("isnotnull(toint('1234567890123456789'))", []),
        ("todatetime(now()) == now() and ago(999999d) < now()", ["keys", "lake", "shop"]),
        ("isnull(todatetime(properties.cores))", ["keys", "lake", "shop"]),
        ("tostring(now()) == '2026-11-01T09:00:00.000Z' and tostring(1d) startswith '1 day'", ["keys", "lake", "shop"]),
        ("tostring(properties.cores) == '10'", ["keys"]),
        ("strcat(name, '-', location) == 'lake-uksouth'", ["lake"]),
        ("toupper(name) == 'LAKE' // a remark", ["lake"]),
        ('name == "la\\u006be"', ["lake"]),
        ("name == @'lake'", ["lake"]),
        ("['name'] == 'lake'", ["lake"]),
        (f"subscriptionId == '{TWO}'", ["lake"]),
        ("resourceGroup == 'web'", ["keys", "shop"]),
        (f"tenantId == '{TENANT}'", ["keys", "lake", "shop"]),
    ],
)
def test_a_condition_keeps(graph, condition, expected):
    assert graph.names(f"resources | where {condition} | project name") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("project name | order by name asc", [("keys",), ("lake",), ("shop",)]),
        ("project name | order by name", [("shop",), ("lake",), ("keys",)]),
        ("sort by kind desc, name asc | project name", [("shop",), ("keys",), ("lake",)]),
        ("order by kind asc, name desc | project name", [("lake",), ("keys",), ("shop",)]),
        (
            "extend n = toint(properties.cores) | order by n asc nulls last | project name, n",
            [("shop", 2), ("keys", 10), ("lake", None)],
        ),
        (
            "extend n = toint(properties.cores) | order by n desc nulls first | project n",
            [(None,), (10,), (2,)],
        ),
        ("extend n = toint(properties.cores) | order by n desc | project n", [(10,), (2,), (None,)]),
        ("extend n = toint(properties.cores) | order by n asc | project n", [(None,), (2,), (10,)]),
        ("top 1 by name asc | project name", [("keys",)]),
        ("order by name asc | take 2 | project name", [("keys",), ("lake",)]),
        ("order by name asc | limit 0", []),
        ("count", [(3,)]),
        ("where name == '' | count", [(0,)]),
        (
            "summarize count() by location | order by location asc",
            [("northeurope", 1), ("uksouth", 1), ("westeurope", 1)],
        ),
        ("summarize n = count() by kind | order by n desc", [("", 2), ("app", 1)]),
        ("summarize count()", [(3,)]),
        ("where name == '' | summarize count() by kind", []),
        ("distinct resourceGroup | order by resourceGroup asc", [("data",), ("web",)]),
        ("project a = name, type | project-away type | where a == 'lake'", [("lake",)]),
        ("where name == 'shop' | extend name = toupper(name) | project name", [("SHOP",)]),
        ("where name == 'shop' | project todatetime(properties.since)", [("2026-10-30T00:00:00.123Z",)]),
        ("where name == 'shop' | project id, properties.hosts, zones", [(SITE, ["a", "b"], None)]),
    ],
)
def test_operators_give(graph, query, expected):
    assert graph.rows(f"Resources | {query}") == expected


def test_columns_are_named_as_kusto_names_them(graph):
    query = "resources | where name == 'shop' | project tostring(properties.state), tags.env, x = 1, tolower(name)"
    assert graph.ask(query)["data"] == [{"properties_state": "Running", "tags_env": "prod", "x": 1, "Column4": "shop"}]
    assert list(graph.ask("resources | count")["data"][0]) == ["Count"]
    assert list(graph.ask("resources | summarize count() by name")["data"][0]) == ["name", "count_"]


def test_values_of_the_export_are_given_byte_for_byte_in_the_order_of_project(graph):
    query = "resources | where name == 'shop' | project tags, id, zones, properties"
    expected = (
        '"data":[{"tags":{"env": "prod" , "b":"\\u00e9"},"id":"' + SITE + '","zones":null,'
        '"properties":{"state": "Running", "cores":2,"hosts":["a","b"],'
        '"since":"2026-10-30T00:00:00.1234567Z","on":true}}]'
    )
    assert expected.encode() in graph.post({"query": query}).body


def test_without_project_all_columns_are_there(graph):
    row = graph.ask("resources | where name == 'keys'")["data"][0]
    assert list(row) == [
        *("id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy"),
        *("sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation"),
    ]
    assert {name: row[name] for name in ("type", "resourceGroup", "subscriptionId", "kind")} == {
        "type": "microsoft.keyvault/vaults",
        "resourceGroup": "web",
        "subscriptionId": ONE,
        "kind": None,
    }


def test_containers_tell_what_lies_above_them(graph):
    rows = graph.ask("resourcecontainers | project id, name, type, properties | order by id asc")["data"]
    assert [row["id"] for row in rows] == sorted(
        [ROOT, OPS, f"/subscriptions/{ONE}", WEB, f"/subscriptions/{TWO}", DATA]
    )
    by_id = {row["id"]: row for row in rows}
    root = {"displayName": "Tenant Root Group", "name": TENANT}
    assert by_id[OPS] == {
        "id": OPS,
        "name": "Ops",
        "type": "microsoft.management/managementgroups",
        "properties": {
            "displayName": "Operations",
            "tenantId": TENANT,
            "details": {"parent": {"id": ROOT, **root}, "managementGroupAncestorsChain": [root]},
        },
    }
    assert by_id[ROOT]["properties"]["details"] == {"managementGroupAncestorsChain": []}
    assert by_id[f"/subscriptions/{TWO}"] == {
        "id": f"/subscriptions/{TWO}",
        "name": "two",
        "type": "microsoft.resources/subscriptions",
        "properties": {
            "state": "Enabled",
            "managementGroupAncestorsChain": [{"displayName": "Operations", "name": "Ops"}, root],
        },
    }
    assert by_id[WEB]["type"] == "microsoft.resources/subscriptions/resourcegroups"


def test_the_nearest_container_is_spelled_as_the_row_names_its_parent(graph):
    place = f"/subscriptions/{TWO}"
    row = json.loads(graph.tenant.table("arm/managementGroups").get(place))
    row["properties"]["parent"]["id"] = OPS.replace("Ops", "OPS")
    graph.tenant.put("arm/managementGroups", json.dumps(row).encode())
    query = f"resourcecontainers | where id == '{place}' | project properties.managementGroupAncestorsChain"
    ((chain,),) = graph.rows(query)
    assert chain[0] == {"displayName": "Operations", "name": "OPS"}
    assert chain[1]["name"] == TENANT


def test_each_list_stands_in_its_table(graph):
    graph.tenant.load("arm/roleAssignments", assignment(WEB, "r1"))
    lighthouse = f"/subscriptions/{ONE}/providers/Microsoft.ManagedServices/registrationAssignments/l1"
    graph.tenant.load(
        "arm/registrationAssignments", json.dumps({"id": lighthouse, "name": "l1", "properties": {}}).encode()
    )
    policy = f"{WEB}/providers/Microsoft.Authorization/policyAssignments/p1"
    graph.tenant.load("arm/policyAssignments", json.dumps({"id": policy, "name": "p1", "properties": {}}).encode())
    assert graph.names("AuthorizationResources") == [READER[-36:], "r1"]
    assert graph.names("authorizationresources | where type == 'microsoft.authorization/roleassignments'") == ["r1"]
    assert graph.names("managedservicesresources") == ["l1"]
    assert graph.names("policyresources") == ["p1"]


@pytest.mark.parametrize(
    ("query", "code", "token", "column"),
    [
        ("resources | parse id with *", "InvalidQueryLanguage", "parse", 12),
        ("resources | join x", "InvalidQueryLanguage", "join", 12),
        ("resources | where colour == 'red'", "InvalidQueryLanguage", "colour", 18),
        ("resources | where properties > ago(1d)", "InvalidQueryLanguage", ">", 29),
        ("resources | where properties.a == now()", "InvalidQueryLanguage", "==", 31),
        ("resources | where name < 1", "InvalidQueryLanguage", "<", 23),
        ("resources | where 1 contains 'a'", "InvalidQueryLanguage", "contains", 20),
        ("resources | where name in (kind)", "InvalidQueryLanguage", "in", 23),
        ("resources | where name in (1)", "InvalidQueryLanguage", "1", 27),
        ("resources | where name", "InvalidQueryLanguage", "name", 18),
        ("resources | where name.first == ''", "InvalidQueryLanguage", ".", 22),
        ("resources | extend x = split(id, '/')", "InvalidQueryLanguage", "split", 23),
        ("resources | extend x = tolower()", "InvalidQueryLanguage", "tolower", 23),
        ("resources | extend x = tolower(1)", "InvalidQueryLanguage", "tolower", 23),
        ("resources | order by properties", "InvalidQueryLanguage", "properties", 21),
        ("resources | distinct tags.a", "InvalidQueryLanguage", "tags", 21),
        ("resources | summarize sum(x)", "InvalidQueryLanguage", "sum", 22),
        ("resources | summarize name = count() by name", "InvalidQueryLanguage", "name", 40),
        ("resources | project id, id", "InvalidQueryLanguage", "id", 24),
        ("resources | project-away colour", "InvalidQueryLanguage", "colour", 25),
        ("resources | project id | where name == ''", "InvalidQueryLanguage", "name", 31),
        ("resources | order by name | take 0 | where nothing == ''", "InvalidQueryLanguage", "nothing", 43),
        ("nothing | count", "InvalidQueryLanguage", "nothing", 0),
        ("", "ParserFailure", "", 0),
        ("resources |", "ParserFailure", "", 11),
        ("resources project id", "ParserFailure", "project", 10),
        ("resources | where", "ParserFailure", "", 17),
        ("resources | where name == 'a", "ParserFailure", "'", 26),
        ("resources | where name == 'a\\q'", "ParserFailure", "'a\\q'", 26),
        ("resources | where name == '\\ud800'", "ParserFailure", "'\\ud800'", 26),
        ("resources | where (name == 'a'", "ParserFailure", "", 30),
        ("resources | where name == 'a' == 'b'", "ParserFailure", "==", 30),
        ("resources | take -1", "ParserFailure", "-1", 17),
        ("resources | take 1.5", "ParserFailure", "1.5", 17),
        ("resources | take 12345678901234567890", "ParserFailure", "12345678901234567890", 17),
        ("resources | where now() > datetime(soon)", "ParserFailure", "datetime(soon)", 26),
        ("resources | where now() > ago(99999999999d)", "ParserFailure", "99999999999d", 30),
        ("resources | project tolower(id) = 1", "ParserFailure", "tolower", 20),
        ("resources | where properties[x] == 1", "ParserFailure", "x", 29),
        ("resources | order by name nulls maybe", "ParserFailure", "maybe", 32),
    ],
)
def test_what_is_not_understood_is_named(graph, query, code, token, column):
    answer = graph.post({"query": query})
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"], error["details"][0]["code"]) == (400, "BadRequest", "InvalidQuery")
    detail = error["details"][1]
    assert (detail["code"], detail["token"], detail["characterPositionInLine"]) == (code, token, column)


def test_a_place_is_counted_in_its_own_line(graph):
    detail = json.loads(graph.post({"query": "resources\n| where name == ''\n| where x == ''"}).body)["error"][
        "details"
    ][1]
    assert (detail["line"], detail["characterPositionInLine"]) == (3, 8)


def test_conditions_of_conditions_must_be_conditions(graph):
    detail = json.loads(graph.post({"query": "resources | where name == '' and (kind or true)"}).body)["error"][
        "details"
    ][1]
    assert detail["message"] == "a condition is wanted, not a value of kind string"


def test_a_query_may_nest_forty_levels_and_no_more(graph):
    deep = "resources | where " + "(" * 39 + "name == 'lake'" + ")" * 39 + " | project name"
    assert graph.rows(deep) == [("lake",)]
    assert graph.post({"query": deep.replace("name == 'lake'", "(name == 'lake')")}).status == 400
    assert graph.post({"query": "resources | where " + "(" * 5000}).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {"query": "resources", "facets": []},
        {"query": "resources", "options": {"$top": 0}},
        {"query": "resources", "options": {"$top": 1001}},
        {"query": "resources", "options": {"$skip": -1}},
        {"query": "resources", "options": {"resultFormat": "csv"}},
        {"query": "resources", "options": {"authorizationScopeFilter": "Everywhere"}},
        {"query": 1},
        {},
        b"\xff",
        b"",
        {"query": "resources", "subscriptions": [ONE], "managementGroups": ["Ops"]},
        {"query": "resources", "managementGroups": [str(number) for number in range(11)]},
    ],
)
def test_a_request_that_is_not_understood_is_refused(graph, body):
    answer = graph.post(body)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"], error["details"][0]["code"]) == (400, "BadRequest", "InvalidRequest")


def test_versions_before_2021_are_refused_and_callers_are_needed(graph):
    assert graph.post({"query": "resources"}, version="2019-04-01").status == 400
    assert graph.post({"query": "resources"}, version="2024-04-01").status == 200
    assert graph.post({"query": "resources"}, caller=None).status == 401


def test_a_table_has_columns_with_kinds_and_rows_of_cells(graph):
    query = "resources | where name == 'shop' | project name, tags, n = toint(properties.cores), at = now(), d = 1d"
    assert graph.ask(query, options={"resultFormat": "table"})["data"] == {
        "columns": [
            {"name": "name", "type": "string"},
            {"name": "tags", "type": "object"},
            {"name": "n", "type": "integer"},
            {"name": "at", "type": "datetime"},
            {"name": "d", "type": "object"},
        ],
        "rows": [["shop", {"env": "prod", "b": "é"}, 2, "2026-11-01T09:00:00.000Z", "1 day, 0:00:00"]],
    }


def test_the_quota_stands_in_the_headers(graph):
    headers = graph.post({"query": "resources"}).headers
    assert headers["x-ms-user-quota-remaining"] == "14"
    assert headers["x-ms-user-quota-resets-after"] == "00:00:05"


def test_ids_are_what_the_export_says(graph):
    assert sorted(graph.rows("resources | project id")) == sorted([(SITE,), (VAULT,), (STORE,)])
