"""Cuts on generated tenants: once everything proposed is taken away and the graph is drawn anew, nobody gets there."""

from __future__ import annotations

import numpy as np
import pytest
from tests.fakes.cutting import lists_of, opened, without

from remit.app.graphing.cutting import Wanted, find_cuts
from remit.app.graphing.naming import Named, Naming
from remit.app.graphing.opening import Escalation
from remit.graph.answers import NodeRef
from remit.graph.nodes import NodeKind
from remit_sim.generate import generate

SIZE = 200


def goals(escalation: Escalation, names: list[str]) -> Named:
    naming = Naming(escalation)
    nodes = np.unique(np.concatenate([naming.find(name).nodes for name in names])).astype(np.int32)
    return Named(NodeRef("goals", "tenant", "goals"), nodes)


def reaching(escalation: Escalation, target: Named) -> set[str]:
    network = escalation.graph.network
    mask = escalation.search.certain.reaching(target.nodes)
    mask[target.nodes] = False
    ranges = [np.arange(*network.of_kind(kind)) for kind in (NodeKind.PRINCIPAL, NodeKind.OUTSIDE)]
    refs = [escalation.node_ref(int(node)) for some in ranges for node in some[mask[some]]]
    return {ref.id for ref in refs if ref.kind != "group"}


@pytest.mark.parametrize("seed", [2, 3])
def test_nobody_gets_there_once_everything_is_taken_away(seed, tmp_path) -> None:
    generate(SIZE, seed, tmp_path / "tenant")
    lists, manifest = lists_of(tmp_path / "tenant")
    vaults = [row["id"] for row in lists["arm/resources"] if row["type"].lower() == "microsoft.keyvault/vaults"][:3]
    names = ["tier0", *vaults]
    before = opened(lists, manifest)
    target = goals(before, names)
    found = find_cuts(before, target, Wanted())
    assert len(found.cut_off) == found.sources == len(reaching(before, target)) > 0
    assert (len(found.stuck), found.gap) == (0, 0)
    after = opened(without(lists, [one.unit for one in found.removals]), manifest)
    assert reaching(after, goals(after, names)) == set()
