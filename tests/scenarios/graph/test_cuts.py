"""What is proposed to be taken away is enough, and no more than is needed: tried on the tenants themselves.

The rows are taken out of the export as an administrator would take them away in Azure, and the graph is drawn anew.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.fakes.cutting import lists_of, opened, without

from remit.app.graphing.cutting import CutsAnswer, Wanted, find_cuts
from remit.app.graphing.naming import Named, Naming
from remit.app.graphing.opening import Escalation
from remit.graph.answers import NodeRef
from remit.graph.nodes import NodeKind

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data")) / "tenants"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="REMIT_TEST_DATA holds no labelled tenants")
TENANTS = ("xmgoat1", "xmgoat2", "entragoat1", "entragoat2", "entragoat3", "guards_open")


@cache
def truth(name: str) -> dict:
    return json.loads((DATA / name / "truth.json").read_text("utf-8"))


@cache
def original(name: str) -> Escalation:
    return opened(*lists_of(DATA / name / "export"))


def target(name: str, escalation: Escalation) -> Named:
    """What the truth names as goals, all together."""
    naming, told = Naming(escalation), truth(name)
    if "pairs" in told:
        wanted = [pair["open"]["to"] for pair in told["pairs"]]
    else:
        goal = told["goal"]
        wanted = [goal["scope"] if goal["kind"] == "action" else f"role:{goal['name']}"]
    nodes = np.unique(np.concatenate([naming.find(one).nodes for one in wanted]))
    return Named(NodeRef("goals", "tenant", "goals"), nodes.astype(np.int32))


def reaching(escalation: Escalation, goals: Named) -> set[str]:
    """Who reaches the goals certainly, by object id; no group, and nobody who is a goal."""
    network = escalation.graph.network
    mask = escalation.search.certain.reaching(goals.nodes)
    mask[goals.nodes] = False
    found = [
        np.flatnonzero(mask[first:last]) + first
        for first, last in map(network.of_kind, (NodeKind.PRINCIPAL, NodeKind.OUTSIDE))
    ]
    refs = [escalation.node_ref(int(node)) for node in np.concatenate(found)]
    return {ref.id for ref in refs if ref.kind != "group"}


@cache
def answer(name: str) -> CutsAnswer:
    escalation = original(name)
    return find_cuts(escalation, target(name, escalation), Wanted())


@pytest.mark.parametrize("name", TENANTS)
def test_nobody_reaches_the_goals_once_everything_is_taken_away(name) -> None:
    found = answer(name)
    assert found.removals
    assert found.gap == 0
    assert len(found.stuck) == len(found.left) == 0
    lists, manifest = lists_of(DATA / name / "export")
    after = opened(without(lists, [one.unit for one in found.removals]), manifest)
    assert reaching(after, target(name, after)) == set()
    assert len(found.cut_off) == found.sources == len(reaching(original(name), target(name, original(name))))


@pytest.mark.parametrize("name", TENANTS)
def test_everything_that_is_taken_away_is_needed(name) -> None:
    """All but one are taken away: those reach the goals again whom the answer names."""
    found = answer(name)
    spared, *others = found.removals
    lists, manifest = lists_of(DATA / name / "export")
    after = opened(without(lists, [one.unit for one in others]), manifest)
    again = reaching(after, target(name, after))
    assert again == {ref.id for ref in found.refs(spared.needed)}
    assert again


def test_who_may_stay_keeps_what_it_has() -> None:
    escalation = original("entragoat3")
    goals = Naming(escalation).find("tier0")
    kept = Naming(escalation).find("EntraGoat Administrator S3")
    found = find_cuts(escalation, goals, Wanted(keep=(kept,)))
    assert kept.ref.id not in {one.unit.holder.id for one in found.removals}
    lists, manifest = lists_of(DATA / "entragoat3" / "export")
    after = opened(without(lists, [one.unit for one in found.removals]), manifest)
    assert reaching(after, Naming(after).find("tier0")) == {kept.ref.id}
