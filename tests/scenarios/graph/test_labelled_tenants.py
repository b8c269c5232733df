"""Recall on tenants that others designed: each documented path is found hop by hop, none through a closed guard."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

import pytest
from tests.fakes.graph_tenants import open_graph_facts

from remit.bootstrap.edges import edge_catalogue
from remit.graph.answers import Path
from remit.graph.drawing import Drawing
from remit.graph.escalation import build
from remit.graph.nodes import Facet, facet_of
from remit.graph.search import Search
from remit.graph.telling import Teller
from remit.model.interval import parse_instant

DATA = File(os.environ.get("REMIT_TEST_DATA", File(__file__).parents[3].parent / "shared" / "data")) / "tenants"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="REMIT_TEST_DATA holds no labelled tenants")

LABS = ("xmgoat1", "xmgoat2", "entragoat1", "entragoat2", "entragoat3")
AT = "2026-11-01T00:00:00Z"


@dataclass(frozen=True)
class Lab:
    """One tenant, drawn, with its truth."""

    truth: dict[str, Any]
    search: Search
    teller: Teller
    numbers: dict[str, tuple[int, ...]]

    def best(self, source: str, target: str, *, certain: bool) -> Path | None:
        search = self.search.certain if certain else self.search
        sources, targets = self.numbers.get(source.lower(), ()), self.numbers.get(target.lower(), ())
        found = search.best(sources, targets) if sources and targets else ()
        return self.teller.path(found[0]) if found else None

    def direct(self, source: str, target: str, edge: str | None) -> bool:
        """Tell whether one step, with plain holding or membership beside it, leads from one to the other."""
        sources, targets = self.numbers.get(source.lower(), ()), self.numbers.get(target.lower(), ())
        if not sources or not targets:
            return False
        for found in self.search.best(sources, targets, count=20):
            steps = [hop for hop in self.teller.path(found).hops if hop.edge not in PLAIN]
            if len(steps) <= 1 and (edge is None or not steps or edge in {steps[0].edge, *steps[0].also}):
                return True
        return False


PLAIN = {"HAS-ROLE", "MEMBER-OF", "TIER-ZERO", "CONTAINS"}


@cache
def lab(name: str) -> Lab:
    folder = DATA / name
    truth = json.loads((folder / "truth.json").read_text())
    catalogue = edge_catalogue()
    index, facts = open_graph_facts(folder / "export", catalogue)
    graph = build(Drawing(index, facts, catalogue, parse_instant(truth.get("at", AT))))
    teller = Teller(graph)
    numbers: dict[str, tuple[int, ...]] = {}
    for number in range(graph.network.nodes):
        if facet_of(int(graph.network.keys[number])) != Facet.GATE:
            key = teller.ref(number).id.lower()
            numbers[key] = (*numbers.get(key, ()), number)
    return Lab(truth, Search(graph.network), teller, numbers)


def goal_of(goal: dict[str, Any]) -> str:
    return str(goal["scope"]) if goal["kind"] == "action" else f"entraRole:{goal['id']}"


def passes(path: Path, principals: list[str]) -> bool:
    """Tell whether a path passes some principals in their order."""
    waiting = [one.lower() for one in principals]
    for node in (path.hops[0].source, *(hop.target for hop in path.hops)):
        if waiting and node.id.lower() == waiting[0]:
            waiting.pop(0)
    return not waiting


@pytest.mark.parametrize("name", LABS)
def test_the_documented_path_is_found_through_its_principals(name: str) -> None:
    one = lab(name)
    path = one.best(one.truth["start"], goal_of(one.truth["goal"]), certain=True)
    assert path is not None
    assert path.certain
    assert passes(path, one.truth["principals"])
    if "second_start" in one.truth:
        assert one.best(one.truth["second_start"], goal_of(one.truth["second_goal"]), certain=True) is not None


@pytest.mark.parametrize("name", LABS)
def test_every_documented_hop_is_found_with_its_edge(name: str) -> None:
    one = lab(name)
    hops = [*one.truth["path"], *one.truth.get("second_path", [])]
    missing = []
    for place, hop in enumerate(hops):
        edges = {hop["edge"], *hop.get("accept_edges", [])}
        path = one.best(hop["from"], hop["to"], certain=True)
        # EN-02 gives its holder the very permission that the next hop uses: both are one step here.
        merged = hop["edge"] == "EN-02" and place + 1 < len(hops)
        said = {edge for step in (path.hops if path else ()) for edge in (step.edge, *step.also)}
        if not merged and not edges & said:
            missing.append((hop["edge"], hop["from"], hop["to"], sorted(said)))
    assert missing == []


@pytest.mark.parametrize("name", LABS)
def test_what_is_also_true_is_found(name: str) -> None:
    one = lab(name)
    also = one.truth["also_true"]
    assert [hop for hop in also if one.best(hop["from"], hop["to"], certain=True) is None] == []


@pytest.mark.parametrize("name", LABS)
def test_no_path_is_found_that_the_truth_rules_out(name: str) -> None:
    one = lab(name)
    wrong = []
    for hop in one.truth["not_paths"]:
        if hop["kind"] == "path":
            found = one.best(hop["from"], hop["to"], certain=False) is not None
        else:
            found = one.direct(hop["from"], hop["to"], hop.get("edge"))
        if found:
            wrong.append((hop["from"], hop["to"], hop["why"]))
    assert wrong == []
    assert one.truth["not_paths"]


PAIRS = [f"o{number:02}" for number in range(1, 20)]


@pytest.mark.parametrize("pair", PAIRS)
def test_an_open_guard_lets_a_path_through_and_a_closed_one_does_not(pair: str) -> None:
    one = lab("guards_open")
    said = next(entry for entry in one.truth["pairs"] if entry["id"] == pair)
    opened, closed = said["open"], said["closed"]
    path = one.best(opened["from"], opened["to"], certain=True)
    assert path is not None
    edges = {edge for hop in path.hops for edge in (hop.edge, *hop.also)}
    assert opened["edge"] in edges or one.direct(opened["from"], opened["to"], opened["edge"])
    if closed.get("kind") == "edge":
        assert not one.direct(closed["from"], closed["to"], closed.get("edge"))
    else:
        assert one.best(closed["from"], closed["to"], certain=False) is None


def test_every_pair_is_asked_about() -> None:
    assert sorted(entry["id"] for entry in lab("guards_open").truth["pairs"]) == PAIRS


def test_an_eligible_role_is_told_as_one_that_must_be_activated() -> None:
    one = lab("guards_open")
    said = next(entry for entry in one.truth["pairs"] if entry["id"] == "o18")["open"]
    path = one.best(said["from"], said["to"], certain=True)
    assert path is not None
    assert path.eligible
    assert any(getattr(reason, "kind", "") == "activation" for hop in path.hops for reason in hop.because)
