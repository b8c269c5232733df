"""The laws of the gap score, over random grants, use and logs of the sample tenant's tree."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.usage_reading import LAST_DAY, FakeReading, covered, used
from tests.fakes.usage_world import PLACES, VAULTS, world

from remit.app.using.measuring import Measure, Pairs
from remit.app.using.tenant_usage import TenantUsage
from remit.model.usage import LogKind

LOGS = [covered(LogKind.ACTIVITY, place) for place in PLACES] + [covered(LogKind.KEY_VAULT, one) for one in VAULTS]


@cache
def usage(chosen: frozenset[int]) -> TenantUsage:
    return TenantUsage(world(), FakeReading(covers=[log for number, log in enumerate(LOGS) if number in chosen]))


def _choices() -> tuple[int, int]:
    index = world().index
    return len(index.facts.scopes.key), len(index.facts.roles)


SCOPES, ROLES = _choices()
logs = st.frozensets(st.integers(0, len(LOGS) - 1), min_size=1)
grants = st.dictionaries(
    st.integers(0, SCOPES - 1), st.frozensets(st.integers(0, ROLES - 1), min_size=1, max_size=3), max_size=5
)
touches = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, SCOPES - 1)), max_size=6)


def measured(chosen: frozenset[int], pairs: Pairs, hits: list[tuple[int, int]]) -> Measure:
    one = usage(chosen)
    names, texts = one.operations.names, one.index.facts.scopes.text
    rows = [used("p", names[number % len(names)], texts[scope], day=LAST_DAY) for number, scope in hits]
    return one.measurer.measure(pairs, one.measurer.touched(rows))


def joined(one: Pairs, other: Pairs) -> dict[int, frozenset[int]]:
    return {scope: one.get(scope, frozenset()) | other.get(scope, frozenset()) for scope in {*one, *other}}


@settings(max_examples=60, deadline=None)
@given(logs, grants, grants, touches)
def test_granting_more_never_lowers_it(chosen, pairs, more, hits) -> None:
    before, after = measured(chosen, pairs, hits), measured(chosen, joined(pairs, more), hits)
    assert after.value >= before.value
    assert after.score >= before.score


@settings(max_examples=60, deadline=None)
@given(logs, grants, touches, touches)
def test_using_more_never_raises_it(chosen, pairs, hits, more) -> None:
    before, after = measured(chosen, pairs, hits), measured(chosen, pairs, hits + more)
    assert after.value <= before.value
    assert after.score <= before.score


@settings(max_examples=40, deadline=None)
@given(logs, grants, touches, st.randoms(use_true_random=False))
def test_order_has_no_part_in_it(chosen, pairs, hits, chance: random.Random) -> None:
    shuffled, mixed = list(hits), list(pairs.items())
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    assert measured(chosen, pairs, hits) == measured(chosen, dict(mixed), shuffled)


@settings(max_examples=40, deadline=None)
@given(logs, grants, touches)
def test_counts_add_up_and_the_score_is_0_where_nothing_is_unused(chosen, pairs, hits) -> None:
    found = measured(chosen, pairs, hits)
    assert found.granted == found.used + found.unused + found.not_observable
    assert min(found.used, found.unused, found.not_observable, found.value) >= 0
    assert 0 <= found.score < 100
    if not found.unused:
        assert found.score == 0


def test_without_any_log_the_score_is_0() -> None:
    one = TenantUsage(world(), FakeReading())
    pairs = {0: frozenset(range(ROLES))}
    found = one.measurer.measure(pairs, one.measurer.touched([]))
    assert (found.unused, found.score) == (0, 0.0)
    assert found.granted > 0
