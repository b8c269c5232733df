"""The change tables: what was edited, when, and for how long it is known."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.fakes.queries import ADA, DATA, ONE, OPS, ROOT, SITE, STORE, VAULT, WEB, Questions, assignment

COLUMNS = (
    "project target = properties.targetResourceId, kind = properties.changeType, "
    "at = properties.changeAttributes.timestamp"
)


@pytest.fixture
def graph():
    questions = Questions()
    row = json.loads(questions.tenant.table("arm/resources").get(SITE.lower()))
    questions.clock.advance(timedelta(hours=1))
    questions.tenant.put("arm/resources", json.dumps(row | {"kind": "functionapp"}).encode())
    questions.clock.advance(timedelta(hours=1))
    new = {"id": f"{DATA}/providers/Microsoft.Web/sites/new", "type": "Microsoft.Web/sites", "name": "new"}
    questions.tenant.put("arm/resources", json.dumps(new).encode())
    questions.tenant.remove("arm/resources", VAULT.lower())
    questions.tenant.put("arm/roleAssignments", assignment(WEB, "r1"))
    return questions


def test_edits_of_resources_are_changes_of_their_targets(graph):
    assert graph.rows(f"resourcechanges | {COLUMNS}") == [
        (SITE, "Update", "2026-11-01T10:00:00.000Z"),
        (f"{DATA}/providers/Microsoft.Web/sites/new", "Create", "2026-11-01T11:00:00.000Z"),
        (VAULT, "Delete", "2026-11-01T11:00:00.000Z"),
    ]


def test_changes_are_found_by_time_and_kind(graph):
    since = "todatetime(properties.changeAttributes.timestamp) > datetime(2026-11-01T10:30:00Z)"
    query = (
        f"resourcechanges | where {since} and properties.changeType == 'Delete' | project properties.targetResourceId"
    )
    assert graph.rows(query) == [(VAULT,)]


def test_a_change_is_an_extension_of_its_target(graph):
    row = graph.ask("resourcechanges | take 1 | project id, type, subscriptionId, resourceGroup, properties")["data"][0]
    assert row["id"].startswith(f"{SITE}/providers/Microsoft.Resources/changes/")
    assert (row["type"], row["subscriptionId"], row["resourceGroup"]) == ("microsoft.resources/changes", ONE, "web")
    assert row["properties"]["targetResourceType"] == "microsoft.web/sites"
    assert row["properties"]["changes"] == {}


def test_changes_of_containers_stand_in_a_table_of_their_own(graph):
    subscription = json.loads(graph.tenant.table("arm/managementGroups").get(f"/subscriptions/{ONE}"))
    subscription["properties"]["parent"]["id"] = ROOT
    graph.tenant.put("arm/managementGroups", json.dumps(subscription).encode())
    graph.tenant.remove("arm/resources", WEB.lower())
    graph.tenant.remove("arm/managementGroups", OPS.lower())
    query = "resourcecontainerchanges | project properties.targetResourceType, properties.changeType"
    assert graph.rows(query) == [
        ("microsoft.resources/subscriptions", "Update"),
        ("microsoft.resources/subscriptions/resourcegroups", "Delete"),
        ("microsoft.management/managementgroups", "Delete"),
    ]
    assert len(graph.rows("resourcechanges")) == 3


def test_changes_are_forgotten_after_fourteen_days(graph):
    graph.clock.advance(timedelta(days=13, hours=23))
    assert len(graph.rows("resourcechanges")) == 3
    graph.clock.advance(timedelta(hours=1))
    assert len(graph.rows("resourcechanges")) == 2
    graph.clock.advance(timedelta(seconds=1))
    assert graph.rows("resourcechanges") == []


def test_a_change_is_seen_by_who_may_read_its_target(graph):
    assert [row[0] for row in graph.rows(f"resourcechanges | {COLUMNS}", ADA)] == [SITE, VAULT]
    assert STORE not in str(graph.rows("resourcechanges"))
