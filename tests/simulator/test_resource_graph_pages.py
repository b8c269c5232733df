"""Pages of Resource Graph: tokens, skipping, and what edits between two pages do."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain

import pytest
from tests.fakes.queries import ADA, DATA, WEB, Questions, assignment

from remit_sim.resource_graph.results import KEPT

QUERY = "resources | where type == 'a/b' | project id, name | order by id asc"


def machine(number: int) -> bytes:
    return json.dumps({"id": f"{DATA}/providers/A/B/{number:05}", "name": f"{number:05}", "type": "A/B"}).encode()


@pytest.fixture
def graph():
    questions = Questions()
    for number in range(2500, 0, -1):
        questions.tenant.load("arm/resources", machine(number))
    return questions


def pages(graph: Questions, query: str, caller=ADA, between=lambda: None, **options) -> list[list[str]]:
    found, token = [], ""
    while True:
        answer = graph.ask(query, caller, {**options, **({"$skipToken": token} if token else {})})
        found.append([row["name"] for row in answer["data"]])
        assert answer["count"] == len(found[-1])
        token = answer.get("$skipToken", "")
        if not token:
            return found
        between()


@pytest.fixture
def reader(graph):
    graph.tenant.load("arm/roleAssignments", assignment(DATA, "r1"))
    return graph


def test_all_pages_together_are_the_result_in_order(reader):
    found = pages(reader, QUERY)
    assert [len(page) for page in found] == [1000, 1000, 500]
    assert [*chain(*found)] == [f"{number:05}" for number in range(1, 2501)]


def test_top_sets_the_page_and_skip_where_the_first_one_starts(reader):
    found = pages(reader, QUERY, **{"$top": 900, "$skip": 1000})
    assert [len(page) for page in found] == [900, 600]
    assert found[0][0] == "01001"
    assert reader.ask(QUERY, options={"$top": 1})["totalRecords"] == 2500
    assert reader.ask(QUERY, options={"$skip": 5000})["data"] == []


def test_a_full_last_page_has_no_token(reader):
    assert [len(page) for page in pages(reader, QUERY, **{"$top": 500})] == [500] * 5


def test_take_limits_the_result_and_not_the_page(reader):
    found = pages(reader, QUERY + " | take 1500")
    assert [len(page) for page in found] == [1000, 500]


def test_without_ids_there_are_no_further_pages_but_a_warning(reader):
    answer = reader.ask(QUERY + " | project name")
    assert (answer["count"], answer["totalRecords"], answer["resultTruncated"]) == (1000, 2500, "true")
    assert "$skipToken" not in answer


def test_edits_between_pages_neither_lose_nor_repeat_a_row(reader):
    numbers = iter(range(1, 2500, 7))

    def edit() -> None:
        reader.tenant.remove("arm/resources", f"{DATA}/providers/A/B/{next(numbers):05}")
        reader.tenant.put("arm/resources", machine(5000 + next(numbers)))
        reader.clock.advance(timedelta(minutes=1))

    assert [*chain(*pages(reader, QUERY, between=edit))] == [f"{number:05}" for number in range(1, 2501)]
    later = [*chain(*pages(reader, QUERY))]
    assert len(later) == 2500
    assert "00001" not in later
    assert "05008" in later


def test_the_same_page_has_the_same_token(reader):
    tokens = {reader.ask(QUERY, ADA)["$skipToken"] for _ in range(2)}
    assert len(tokens) == 1
    assert tokens == {reader.ask(QUERY)["$skipToken"]}


def test_a_token_is_good_for_its_own_query_only(reader):
    token = reader.ask(QUERY)["$skipToken"]
    for body in ({"query": QUERY + " "}, {"query": QUERY, "wrong": "1"}):
        answer = reader.post({"query": body["query"], "options": {"$skipToken": body.get("wrong", token)}})
        assert (answer.status, json.loads(answer.body)["error"]["code"]) == (400, "InvalidSkipToken")


def test_a_token_expires_with_the_state_that_it_goes_on_from(reader):
    token = reader.ask(QUERY)["$skipToken"]
    for number in range(KEPT):
        reader.ask(f"resources | take {number}")
    assert reader.ask(QUERY, options={"$skipToken": token})["count"] == 1000  # nothing was edited: worked out again
    reader.tenant.put("arm/resources", machine(9000))
    assert reader.ask(QUERY, options={"$skipToken": token})["count"] == 1000  # kept
    for number in range(KEPT):
        reader.ask(f"resources | take {number}")
    answer = reader.post({"query": QUERY, "options": {"$skipToken": token}})
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (400, "InvalidSkipToken")


def test_what_one_caller_may_see_is_not_shown_to_another(graph):
    assert graph.ask(QUERY)["totalRecords"] == 2500
    assert graph.ask(QUERY, ADA)["totalRecords"] == 0


def test_what_a_caller_sees_follows_its_roles(reader):
    assert reader.ask(QUERY)["totalRecords"] == 2500
    reader.tenant.remove("arm/roleAssignments", f"{DATA}/providers/Microsoft.Authorization/roleAssignments/r1".lower())
    assert reader.ask(QUERY, ADA)["totalRecords"] == 0
    reader.tenant.put("arm/roleAssignments", assignment(WEB, "r2"))
    assert reader.ask(QUERY, ADA)["totalRecords"] == 0
    reader.tenant.put("arm/roleAssignments", assignment(DATA, "r3"))
    assert reader.ask(QUERY, ADA)["totalRecords"] == 2500
