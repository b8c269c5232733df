"""Every declared kind of edge, every way and every target of it: when it is drawn, and what keeps it from being drawn.

What is expected is read literally from the declarations (`tests.fakes.edge_reading`), so that the drawing in bulk, the
engine and the reading have to agree; what a scenario is about is asserted besides, wherever no second way is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from tests.fakes.edge_cases import SCOPE, EdgeCase, base_cases, closed, declared, rules_of, standing, unsure
from tests.fakes.edge_reading import MAYBE, NO, YES, Held, reads_way
from tests.fakes.edge_worlds import EdgeWorld

from remit.bootstrap.edges import edge_catalogue
from remit.graph.kinds import EdgeCatalogue, EdgeKind, GuardRule
from remit.graph.network import EdgeFlag

CATALOGUE = edge_catalogue()
KINDS = declared(CATALOGUE)
IDS = [kind.id for kind in KINDS]
DATA = "data:"

each_kind = pytest.mark.parametrize("kind", KINDS, ids=IDS)


def bases(kind: EdgeKind, catalogue: EdgeCatalogue = CATALOGUE) -> list[EdgeCase]:
    return list(base_cases(catalogue, kind))


# What roles say ------------------------------------------------------------------------------------------------------


def wildcards(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        whole = tuple(dict.fromkeys(need.split("/")[0] + "/*" for need in case.way.needs))
        yield case.but("the whole provider", here=Held(whole))
        yield case.but("a star for one segment", here=Held(tuple(map(starred, case.way.needs))))
        yield case.but("a star for no segment", here=Held(tuple(map(stretched, case.way.needs))))
        if all(not need.startswith(DATA) for need in case.way.needs):
            yield case.but("everything", here=Held(("*",)))


def starred(need: str) -> str:
    before, _, last = need.rpartition("/")
    return f"{before.rpartition('/')[0]}/*/{last}"


def stretched(need: str) -> str:
    before, _, last = need.rpartition("/")
    return f"{before}/*/{last}"


def removals(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        for need in case.way.needs:
            shouted = need if need.startswith(DATA) else need.upper()
            yield case.but(f"without {need}", here=Held(tuple(one for one in case.way.needs if one != need)))
            yield case.but(f"notActions {need}", here=Held(case.way.needs, (shouted,)))
            yield case.but(f"on the other plane {need}", here=Held(on_the_other_plane(case.way.needs, need)))
        for need in case.way.anywhere:
            left = tuple(one for one in case.way.anywhere if one != need)
            yield case.but(f"without {need} elsewhere", elsewhere=Held(left))


def on_the_other_plane(needs: tuple[str, ...], changed: str) -> tuple[str, ...]:
    other = changed.removeprefix(DATA) if changed.startswith(DATA) else DATA + changed
    return tuple(other if need == changed else need for need in needs)


def almost_everything(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        for need in case.way.needs:
            star = "data:*" if need.startswith(DATA) else "*"
            yield case.but(f"everything but {need}", here=Held((*case.way.needs, star), (need,)))


def strangers(kind: EdgeKind) -> Iterator[EdgeCase]:
    """Yield cases in which the way of one target is held at another target of the kind."""
    for case in bases(kind):
        for target in kind.targets:
            if target not in kind.targets_of(case.way):
                yield case.but(f"held at {target}", target=target, row={"properties": {}})


# What stands beside roles --------------------------------------------------------------------------------------------


def guarded(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        for rule in rules_of(CATALOGUE, case.way, case.target):
            where = rule.property or rule.top
            if rule.closed is not None or rule.open is not None:
                row = deepcopy(dict(case.row))
                closed(rule, row)
                yield case.but(f"closed by {where}", row=row)


def undecided(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        rules = rules_of(CATALOGUE, case.way, case.target)
        if any(rule.property and not rule.child for rule in rules):
            row = {key: value for key, value in case.row.items() if key != "properties"}
            yield case.but("properties not read", row=row)
        for rule in rules:
            if rule.unsure is not None and rule.top:
                row = deepcopy(dict(case.row))
                unsure(rule, row)
                yield case.but(f"{rule.top} leaves it open", row=row)
            elif rule.unsure is not None and "." not in rule.property:
                properties = dict(case.row["properties"]) | {rule.property: rule.unsure}
                yield case.but(f"{rule.property} leaves it open", row=dict(case.row) | {"properties": properties})


def denied(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        for need in case.way.needs:
            yield case.but(f"denied {need}", denied=(need,))
        yield case.but("denied to others", denied=case.way.needs, spared=True)


def locked(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        yield case.but("a ReadOnly lock", locked=True)
        if case.target != SCOPE:
            own = Held((*case.way.needs, "Microsoft.Authorization/locks/delete"))
            yield case.but("a ReadOnly lock that it may delete", here=own, locked=True)


def later(kind: EdgeKind) -> Iterator[EdgeCase]:
    for case in bases(kind):
        yield case.but("eligible", eligible=True)


class Built:
    """Cases by kind, in one tenant."""

    def __init__(self, *makers) -> None:  # type: ignore[no-untyped-def]  # functions from a kind to cases
        self.cases = {kind.id: [case for maker in makers for case in maker(kind)] for kind in KINDS}
        self.world = EdgeWorld(CATALOGUE, [case for cases in self.cases.values() for case in cases])

    def of(self, kind: EdgeKind) -> list[EdgeCase]:
        return self.cases[kind.id]

    def has_other_way(self, case: EdgeCase) -> bool:
        """Tell whether a literal reading finds another way to the same side of the target."""
        return self.world.expected(case) != NO


@pytest.fixture(scope="module")
def plain() -> Built:
    return Built(bases)


@pytest.fixture(scope="module")
def starry() -> Built:
    return Built(wildcards)


@pytest.fixture(scope="module")
def taken_away() -> Built:
    return Built(removals, almost_everything)


@pytest.fixture(scope="module")
def misplaced() -> Built:
    return Built(strangers)


@pytest.fixture(scope="module")
def with_settings() -> Built:
    return Built(guarded, undecided)


@pytest.fixture(scope="module")
def below_denies() -> Built:
    return Built(denied)


@pytest.fixture(scope="module")
def below_locks() -> Built:
    return Built(locked)


@pytest.fixture(scope="module")
def eligible() -> Built:
    return Built(later)


@each_kind
def test_a_custom_role_with_exactly_what_is_needed_gives_the_edge(kind, plain):
    assert plain.world.wrong(plain.of(kind)) == []
    for case in plain.of(kind):
        assert plain.world.found(case) >= (YES if case.way.certain else MAYBE), str(case)


@each_kind
def test_the_hop_names_its_kind_its_permission_and_the_assignment(kind, plain):
    for case in plain.of(kind):
        hop = plain.world.told(case)
        same_needs = {
            other.id
            for other in KINDS
            for way in other.way
            if set(way.needs) <= set(case.way.needs) and case.target in other.targets_of(way)
        }
        assert hop.edge in same_needs, str(case)
        assert hop.permission, str(case)
        said = [getattr(reason, "source", "") or getattr(reason, "assignment", "") for reason in hop.because]
        assert plain.world.assignment_of(case).lower() in str(hop.because).lower(), f"{case}: {said}"


@each_kind
def test_wildcards_give_the_edge_as_far_as_they_cover_what_is_needed(kind, starry):
    assert starry.world.wrong(starry.of(kind)) == []
    for case in starry.of(kind):
        assert starry.world.found(case) != NO, str(case)


@each_kind
def test_one_needed_permission_less_is_no_edge(kind, taken_away):
    assert taken_away.world.wrong(taken_away.of(kind)) == []
    for case in taken_away.of(kind):
        if not taken_away.has_other_way(case):
            assert taken_away.world.found(case) == NO, str(case)


@each_kind
def test_a_way_is_about_its_own_targets_alone(kind, misplaced):
    assert misplaced.world.wrong(misplaced.of(kind)) == []


@each_kind
def test_a_setting_that_stops_the_edge_closes_it_and_one_not_read_leaves_it_possible(kind, with_settings):
    assert with_settings.world.wrong(with_settings.of(kind)) == []
    for case in with_settings.of(kind):
        assert reads_way(CATALOGUE, standing(case), case.way) != YES, str(case)


@each_kind
def test_a_deny_assignment_closes_the_edge_but_for_those_it_leaves_out(kind, below_denies):
    assert below_denies.world.wrong(below_denies.of(kind)) == []


@each_kind
def test_a_read_only_lock_closes_what_is_no_read_and_no_data_action(kind, below_locks):
    assert below_locks.world.wrong(below_locks.of(kind)) == []


@each_kind
def test_an_eligible_assignment_gives_the_edge_only_after_activation(kind, eligible):
    for case in eligible.of(kind):
        assert eligible.world.flags(case) & EdgeFlag.ELIGIBLE, str(case)


def test_every_guard_and_every_way_has_its_scenarios(plain, with_settings):
    drawn = {(case.kind.id, case.way) for cases in plain.cases.values() for case in cases}
    assert drawn == {(kind.id, way) for kind in KINDS for way in kind.way if way.needs}
    closing = {
        (case.kind.id, name)
        for cases in with_settings.cases.values()
        for case in cases
        for name in case.way.guards
        if reads_way(CATALOGUE, standing(case), case.way) == NO
    }
    guarding = {(kind.id, name) for kind in KINDS for way in kind.way if way.needs for name in way.guards}
    undecidable = {guard.name for guard in CATALOGUE.guards if all(never_closes(rule) for rule in guard.rule)}
    assert {one for one in guarding if one[1] not in undecidable} <= closing


def never_closes(rule: GuardRule) -> bool:
    return rule.closed is None and rule.open is None
