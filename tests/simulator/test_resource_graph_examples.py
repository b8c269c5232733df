"""Answers have the shape of the public examples."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.fakes.queries import SITE, STORE, VAULT, Questions

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
EXAMPLES = DATA / "azure" / "examples" / "resource-graph"
NAMES = ("ResourcesBasicQuery", "ResourcesTenantBasicQuery", "ResourcesMgBasicQuery", "ResourcesFirstPageQuery")

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="no test data: set REMIT_TEST_DATA")


def example(name: str) -> tuple[str, dict]:
    content = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return content["parameters"]["query"]["query"], content["responses"]["200"]["body"]


def kinds(value: object) -> object:
    """The shape of a value: names and kinds; what tags and the like hold is free."""
    return {name: type(part).__name__ for name, part in value.items()} if isinstance(value, dict) else value


@pytest.fixture
def graph():
    questions = Questions()
    for name in ("test1", "test2", "test3", "test4"):
        row = {"id": STORE.replace("lake", name), "name": name, "type": "a/b", "location": "x", "tags": {}}
        questions.tenant.load("arm/resources", json.dumps(row).encode())
    for gone in (SITE, VAULT, STORE):
        questions.tenant.remove("arm/resources", gone.lower())
    return questions


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_has_the_fields_of_the_example(graph, name):
    query, expected = example(name)
    top = {"$top": 3} if "$skipToken" in expected else {}
    answer = graph.ask(query, options=top)
    assert kinds(answer) == kinds(expected)
    assert {json.dumps(kinds(row)) for row in answer["data"]} == {json.dumps(kinds(row)) for row in expected["data"]}


def test_the_groups_of_a_property_have_the_names_of_the_example_but_for_the_count(graph):
    query, expected = example("ResourcesPropertiesQuery")
    vm = {"id": f"{STORE}vm", "name": "vm", "type": "Microsoft.Compute/virtualMachines"}
    system = {"properties": {"storageProfile": {"osDisk": {"osType": "Linux"}}}}
    graph.tenant.load("arm/resources", json.dumps(vm | system).encode())
    row = graph.ask(query)["data"][0]
    # The example calls the number `count`; the service, as Kusto does, `count_`.
    assert [name.removesuffix("_") for name in row] == list(expected["data"][0])
    assert list(row.values()) == ["Linux", 1]
