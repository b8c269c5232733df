"""One random tenant asked in every form, by the engine and by the reference (D1 to D6, V1 to V22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.engine_world import EngineWorld
from tests.strategies.choices import seeded
from tests.strategies.questions import question
from tests.strategies.roles import CATALOGUE
from tests.strategies.tenants import Tenant, seeded_tenant
from tests.strategies.vocabulary import AT, INSTANTS

from remit.model.decision import Outcome
from remit.model.question import Question
from remit.reference.decide import Reference
from remit.reference.export import Export

QUESTIONS = 100
"""Questions asked of one tenant."""

LISTS_ASKED = 2
"""Times that one tenant is asked for everybody who can do something."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One question to which two forms gave different answers.

    Attributes:
        seed: of the tenant.
        form: `decide`, `batch` or `who_can`.
        question: what was asked.
        at: the instant.
        expected: what the reference says, with what it rests on.
        found: what the engine says, with its reasons.
    """

    seed: str
    form: str
    question: Question
    at: datetime
    expected: str
    found: str


@dataclass(slots=True)
class Tally:
    """What was compared.

    Attributes:
        outcomes: answers of the reference, by outcome.
        batch, lists: answers in codes and lists of principals that were compared besides.
        disagreements: where they differ.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    batch: int = 0
    lists: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def decisions(self) -> int:
        return self.outcomes.total()

    def add(self, other: Tally) -> None:
        self.outcomes += other.outcomes
        self.batch += other.batch
        self.lists += other.lists
        self.disagreements += other.disagreements


def compare_tenant(seed: str, *, most: int = QUESTIONS) -> Tally:
    """Ask the tenant of a seed up to so many questions in every form."""
    tenant = seeded_tenant(seed)
    choose = seeded(f"questions of {seed}")
    world, reference = worlds(tenant.export)
    asked = [(question(choose, tenant), choose.pick(INSTANTS) or AT) for _ in range(most)]
    tally = Tally()
    for one, at in asked:
        expected, found = reference.decide(one, at), world.decide(one, at)
        tally.outcomes[expected.outcome] += 1
        if found.outcome is not expected.outcome:
            tally.disagreements.append(Disagreement(seed, "decide", one, at, repr(expected), repr(found.because)))
    tally.disagreements += _compare_batch(seed, world, [one for one, at in asked])
    tally.batch += len(asked)
    for one, at in asked[:LISTS_ASKED]:
        tally.disagreements += _compare_lists(seed, world, reference, one, at)
        tally.lists += 1
    return tally


def compare_some(seed_and_most: tuple[str, int]) -> Tally:
    """Do the same for a pool of processes, which sends one argument and finds its functions by module."""
    seed, most = seed_and_most
    return compare_tenant(seed, most=most)


def worlds(export: Export) -> tuple[EngineWorld, Reference]:
    """Return both readings of an export, each with the same starter catalogue (V6)."""
    return EngineWorld.of(export, AT, CATALOGUE), Reference(export, CATALOGUE)


def _compare_batch(seed: str, world: EngineWorld, questions: list[Question]) -> Iterator[Disagreement]:
    """Hold the coded form, which never looks at most questions one by one, against single answers."""
    found = world.outcomes(questions, compiled=True)
    for one, outcome in zip(questions, found, strict=True):
        expected = world.decide(one).outcome
        if outcome is not expected:
            yield Disagreement(seed, "batch", one, world.at, repr(expected), repr(outcome))


def _compare_lists(
    seed: str, world: EngineWorld, reference: Reference, one: Question, at: datetime
) -> Iterator[Disagreement]:
    """Hold who_can against asking every principal, without attributes."""
    bare = Question(one.principal_id, one.action, one.plane, one.scope)
    keys = list(world.index.facts.principals.key)
    expected = reference.who_can(one.action, one.plane, one.scope, at, keys)
    found = world.who_can(one.action, one.plane, one.scope, at)
    for outcome, rows in ((Outcome.ALLOWED, found.allowed), (Outcome.UNKNOWN, found.unknown)):
        if expected[outcome] != world.ids(rows):
            shown = repr(sorted(expected[outcome])), repr(sorted(world.ids(rows)))
            yield Disagreement(seed, "who_can", bare, at, *shown)


def disagrees(tenant: Tenant, form: str, one: Question, at: datetime) -> bool:
    """Tell whether a question still gets different answers from a tenant made smaller."""
    world, reference = worlds(tenant.export)
    if form == "batch":
        return world.outcomes([one], compiled=True) != [world.decide(one).outcome]
    if form == "decide":
        return world.decide(one, at).outcome is not reference.decide(one, at).outcome
    return any(_compare_lists("", world, reference, one, at))
