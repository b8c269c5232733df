"""Drawing a graph says how far it is: the long step advances by classes, and in a class by places that are listed."""

from __future__ import annotations

from itertools import groupby

from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.drawing import Drawing
from remit.graph.escalation import build
from remit.graph.holding.classes import SCOPE

STEPS = ["the directory", "federated credentials", "roles and resources", "the graph as a whole"]
TENANT = {
    "users": ["ann"],
    "subscriptions": {"sub1": "root"},
    "roles": {"runner": [{"actions": ["Microsoft.Compute/virtualMachines/runCommand/action"]}]},
    "assignments": ["ann runner sub1"],
    "denies": [
        {"as": place, "at": f"sub1/{place}", "deny": [{"actions": ["Microsoft.Compute/*"]}], "to": ["ann"]}
        for place in ("app", "shop")
    ],
    "resources": {"sub1/app": {}, "sub1/app/vm/one": {}, "sub1/shop": {}, "sub1/shop/vm/two": {}},
}


def test_the_long_step_advances_to_its_whole() -> None:
    drawing = DrawnTenant(TENANT).graph.drawing
    told: list[tuple[str, int, int | None]] = []
    again = Drawing(drawing.index, drawing.facts, drawing.catalogue, drawing.at)
    graph = build(again, lambda *step: told.append(step))
    assert [step for step, _ in groupby(told, key=lambda one: one[0])] == STEPS
    parts = [done for step, done, _ in told if step == "roles and resources"]
    about = sum(held.type != SCOPE for held in graph.classes)
    assert {whole for step, _, whole in told if step == "roles and resources"} == {100 * (about + 1)}
    assert parts == sorted(parts)
    assert set(range(0, 100 * (about + 1) + 1, 100)) <= set(parts)
    assert any(done % 100 for done in parts), "classes of machines tell each place below a deny assignment"
