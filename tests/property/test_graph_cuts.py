"""Cuts against trying every set of units."""

from __future__ import annotations

from itertools import combinations
from math import inf
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies.networks import network_of

from remit.graph import cut_bounds, cut_effects, cuts
from remit.graph.cut_part import Part
from remit.graph.cuts import cut
from remit.graph.network import EdgeFlag, Network
from remit.graph.nodes import NodeKind
from remit.graph.search import Search

PRICES = (1.0, 1.0, 1.0, 2.0, 3.0, 0.5, inf)
SEEDS = st.integers(0, 2**32)


class Looks:
    """Time that is over after it was looked at so often."""

    def __init__(self, most: int) -> None:
        self.rest = most

    def __call__(self) -> float:
        self.rest -= 1
        return 60.0 if self.rest >= 0 else 0.0


Unit = tuple[str, int]


class Literally:
    """What sets of units do, edge by edge."""

    def __init__(self, search: Search, sources: list[int], targets: list[int]) -> None:
        network = search.network
        self.sources, self.targets = sources, targets
        self.edges = [
            (int(network.source[edge]), int(network.target[edge]), self.unit(network, edge))
            for edge in range(network.edges)
            if not network.flags[edge] & search.without
        ]

    @staticmethod
    def unit(network: Network, edge: int) -> Unit | None:
        table, evidence = network.labels[network.label[edge]].table, int(network.evidence[edge])
        return (table, evidence) if table and evidence >= 0 else None

    def left(self, taken: set[Unit]) -> set[int]:
        reaching, before = set(self.targets), 0
        while len(reaching) > before:
            before = len(reaching)
            reaching |= {source for source, target, unit in self.edges if target in reaching and unit not in taken}
        return reaching & set(self.sources)


def drawn_case(seed):
    """A network that leads somewhere more often than not; sources, targets, and prices by unit."""
    dice = Random(seed)
    count = dice.randint(3, 8)
    kinds = sorted(dice.choice((NodeKind.PRINCIPAL, NodeKind.RESOURCE, NodeKind.HELD)) for _ in range(count))
    edges = [
        (*dice.sample(range(count), 2), 1, dice.choice((0, 0, 0, 1)), dice.choice((0, 1, 1, 2, 2)), dice.randint(-1, 3))
        for _ in range(dice.randint(count, 3 * count))
    ]
    search = Search(network_of(kinds, edges), dice.choice((0, EdgeFlag.POSSIBLE)))
    sources, targets = dice.sample(range(count), dice.randint(1, count - 1)), dice.sample(range(count), 1)
    literally = Literally(search, sources, targets)
    units = sorted({unit for *_, unit in literally.edges if unit})
    return search, literally, {unit: dice.choice(PRICES) for unit in units}


def asked(search, literally, prices, **options):
    def pricing(units):
        pairs = zip(units.table.tolist(), units.evidence.tolist(), strict=True)
        return np.asarray([prices[units.tables[table], evidence] for table, evidence in pairs], dtype=float)

    return cut(search, literally.sources, literally.targets, pricing=pricing, **options)


@pytest.mark.parametrize("rows_at_once", [cuts._ROWS_AT_ONCE, 0])
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_cut_is_as_cheap_as_the_cheapest_of_all_sets(rows_at_once, seed):
    search, literally, prices = drawn_case(seed)
    free = [unit for unit, price in prices.items() if price < inf]
    stuck = literally.left(set(free))
    sets = (set(some) for count in range(len(free) + 1) for some in combinations(free, count))
    cheapest = min(sum(prices[unit] for unit in some) for some in sets if literally.left(some) == stuck)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "_ROWS_AT_ONCE", rows_at_once)
        found = asked(search, literally, prices)
    taken = {(unit.table, unit.evidence) for unit in found.units}
    assert (found.value, found.bound, found.gap) == (pytest.approx(cheapest), pytest.approx(cheapest), 0)
    assert found.price == pytest.approx(sum(prices[unit] for unit in taken))
    assert set(found.stuck.tolist()) == set(found.left.tolist()) == literally.left(taken) == stuck


@pytest.mark.parametrize("rows_at_once", [cuts._ROWS_AT_ONCE, 0])
@given(seed=SEEDS, budget=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_budget_keeps_as_many_away_as_the_best_of_all_sets(rows_at_once, seed, budget):
    search, literally, prices = drawn_case(seed)
    free = [unit for unit, price in prices.items() if price < inf]
    stuck = literally.left(set(free))
    sets = (set(some) for count in range(min(budget, len(free)) + 1) for some in combinations(free, count))
    fewest = min(len(literally.left(some) - stuck) for some in sets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "_ROWS_AT_ONCE", rows_at_once)
        found = asked(search, literally, prices, budget=budget)
    assert (found.value, found.bound, found.gap) == (fewest, fewest, 0)
    assert len(found.units) <= budget
    assert len(set(found.left.tolist()) - stuck) == fewest


@pytest.mark.parametrize("at_once", [cut_effects.AT_ONCE, 1, 2])
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_each_unit_says_whom_it_keeps_away(at_once, seed):
    search, literally, prices = drawn_case(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cut_effects, "AT_ONCE", at_once)
        found = asked(search, literally, prices)
    here, taken = literally.left(set()), {(unit.table, unit.evidence) for unit in found.units}
    assert set(found.cut_off.tolist()) == here - literally.left(taken)
    for unit in found.units:
        name = (unit.table, unit.evidence)
        assert set(unit.alone.tolist()) == here - literally.left({name})
        assert set(unit.needed.tolist()) == literally.left(taken - {name}) - literally.left(taken)
        assert len(unit.needed)


@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_without_time_for_the_solver_a_cut_still_cuts_and_its_bound_holds(seed):
    search, literally, prices = drawn_case(seed)
    quick, best = asked(search, literally, prices, left=lambda: 0.0), asked(search, literally, prices)
    assert set(quick.left.tolist()) == set(best.left.tolist())
    assert quick.bound <= best.value + 1e-9 <= quick.value + 2e-9


@pytest.mark.parametrize("rows_at_once", [cuts._ROWS_AT_ONCE, 0])
@given(seed=SEEDS, budget=st.none() | st.integers(0, 3), looks=st.integers(0, 12))
@settings(max_examples=80, deadline=None)
def test_whenever_time_is_over_the_best_lies_between_bound_and_value(rows_at_once, seed, budget, looks):
    search, literally, prices = drawn_case(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "_ROWS_AT_ONCE", rows_at_once)
        hasty = asked(search, literally, prices, budget=budget, left=Looks(looks))
    best = asked(search, literally, prices, budget=budget)
    assert hasty.bound <= best.value + 1e-9 <= hasty.value + 2e-9
    taken = {(unit.table, unit.evidence) for unit in hasty.units}
    assert set(hasty.left.tolist()) == literally.left(taken)
    if budget is None:
        assert set(hasty.left.tolist()) == set(best.left.tolist())
    else:
        assert len(taken) <= budget


@given(seed=SEEDS, budget=st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_bounds_without_the_solver_are_never_above_the_best(seed, budget):
    search, literally, prices = drawn_case(seed)

    def pricing(units):
        pairs = zip(units.table.tolist(), units.evidence.tolist(), strict=True)
        return np.asarray([prices[units.tables[table], evidence] for table, evidence in pairs], dtype=float)

    ends = [np.unique(np.asarray(some, dtype=np.int32)) for some in (literally.sources, literally.targets)]
    part = Part.between(search, *ends, pricing)
    sources = np.setdiff1d(part.sources, part.stuck()).astype(np.int32)
    assert cut_bounds.cheapest(part, sources, cuts.unhurried) <= asked(search, literally, prices).value + 1e-9
    fewest = cut_bounds.fewest_left(part, sources, budget, cuts.unhurried)
    assert fewest <= asked(search, literally, prices, budget=budget).value
