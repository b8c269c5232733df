"""The laws of style.md section 8, held by the engine and by the reference alike, on random tenants.

A law speaks about two tenants that differ in one thing, and about every question asked of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import pytest
from tests.fakes.engine_world import EngineWorld
from tests.strategies.changes import respelt, with_less_read, with_one_more
from tests.strategies.choices import Choices, seeded
from tests.strategies.questions import question
from tests.strategies.tenants import Tenant, tenant
from tests.strategies.vocabulary import AT, INSTANTS

from remit.model.decision import Granted, Outcome
from remit.model.question import Question
from remit.reference.decide import Reference
from remit.reference.export import Export

_TENANTS = 60
_QUESTIONS = 30

ALLOWED, DENIED, UNKNOWN, NOT_ALLOWED = Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN, Outcome.NOT_ALLOWED

Steps = Mapping[Outcome, set[Outcome]]
"""Which answers may follow which, when the tenant changes as the law says."""

SAME: Steps = {one: {one} for one in Outcome}
ONE_MORE_DENY: Steps = {
    ALLOWED: {ALLOWED, UNKNOWN, DENIED},
    UNKNOWN: {UNKNOWN, DENIED},
    NOT_ALLOWED: {NOT_ALLOWED, DENIED},
    DENIED: {DENIED},
}
ONE_MORE_GRANT: Steps = {
    ALLOWED: {ALLOWED},
    UNKNOWN: {UNKNOWN, ALLOWED},
    NOT_ALLOWED: {NOT_ALLOWED, UNKNOWN, ALLOWED},
    DENIED: {DENIED},
}
GAPS_FILLED: Steps = {
    ALLOWED: {ALLOWED},
    UNKNOWN: set(Outcome),
    NOT_ALLOWED: {NOT_ALLOWED, DENIED},
    DENIED: {DENIED},
}


class Answering(Protocol):
    """An export that answers."""

    def decide(self, question: Question, at: datetime) -> Answer:
        """Answer one question."""


class Answer(Protocol):
    """Anything with an outcome."""

    @property
    def outcome(self) -> Outcome:
        """Return the answer itself."""


_READINGS: Mapping[str, Callable[[Export], Answering]] = {
    "engine": lambda export: EngineWorld.of(export, AT),
    "reference": Reference,
}


@pytest.fixture(params=sorted(_READINGS))
def reading(request: pytest.FixtureRequest) -> Callable[[Export], Answering]:
    return _READINGS[request.param]


def keep(
    reading: Callable[[Export], Answering],
    law: str,
    before: Callable[[Choices, Tenant], Export],
    after: Callable[[Choices, Tenant], Export],
    steps: Steps,
    *,
    concerns: Callable[[Tenant, Question], bool] = lambda _tenant, _question: True,
) -> None:
    """Ask the same of two tenants that differ as the law says; every answer must be a step that it allows."""
    met = set()
    for seed in range(_TENANTS):
        choose = seeded(f"{law} {seed}")
        made = tenant(choose)
        first, second = reading(before(choose, made)), reading(after(choose, made))
        for _ in range(_QUESTIONS):
            asked, at = question(choose, made), choose.pick(INSTANTS) or AT
            if not concerns(made, asked):
                continue
            was, became = first.decide(asked, at).outcome, second.decide(asked, at).outcome
            assert became in steps[was], (seed, asked, at)
            met.add(was)
    assert met == set(Outcome)  # the law was put to the test from every answer


def unchanged(_choose: Choices, made: Tenant) -> Export:
    return made.export


def test_a_deny_never_widens(reading: Callable[[Export], Answering]):
    """N1, D2: one more deny assignment takes away, or raises a doubt, and does nothing else."""
    keep(reading, "deny", unchanged, lambda c, t: with_one_more(c, t, "arm/denyAssignments"), ONE_MORE_DENY)


def test_one_more_grant_never_narrows(reading: Callable[[Export], Answering]):
    """D3: assignments add up."""
    keep(reading, "grant", unchanged, lambda c, t: with_one_more(c, t, "arm/roleAssignments"), ONE_MORE_GRANT)


def test_order_and_letter_case_never_matter(reading: Callable[[Export], Answering]):
    """M1, S2, G4: the same facts in any order and spelling give the same answers."""
    keep(reading, "case", unchanged, lambda c, t: respelt(c, t.export), SAME)


def test_letter_case_of_the_question_never_matters(reading: Callable[[Export], Answering]):
    """M1, G4: the principal and the action asked about compare without case."""
    for seed in range(_TENANTS):
        choose = seeded(f"question {seed}")
        made = tenant(choose)
        world = reading(made.export)
        for _ in range(_QUESTIONS):
            one = question(choose, made)
            other = Question(
                one.principal_id.swapcase(),
                one.action.swapcase(),
                one.plane,
                one.scope,
                one.attributes,
                one.attributes_complete,
                one.sub_operation,
            )
            assert world.decide(one, AT).outcome is world.decide(other, AT).outcome


def test_filling_a_gap_never_flips_a_settled_answer(reading: Callable[[Export], Answering]):
    """V1, V3: what a reader with less access could settle, one with more access settles the same.

    A no may become `denied`. Two kinds of callers are left out, as docs/divergences.md says: those that the whole
    directory does not list (V5), and objects of this tenant that a Lighthouse authorization names (V3).
    """
    keep(reading, "gap", with_less_read, unchanged, GAPS_FILLED, concerns=_is_settled_by_law)


def _is_settled_by_law(made: Tenant, asked: Question) -> bool:
    caller = asked.principal_id.lower()
    lists = made.export.lists
    objects = ("graph/users", "graph/groups", "graph/servicePrincipals", "graph/devices")
    listed = {row["id"].lower() for api in objects for row in lists.get(api, ())}
    definitions = [
        row["properties"]["registrationDefinition"]["properties"]
        for row in lists.get("arm/registrationAssignments", ())
    ]
    managing = {one["principalId"].lower() for made in definitions for one in made["authorizations"]}
    return caller in listed and caller not in managing


def test_nothing_is_allowed_without_a_grant():
    """D2, D5: every `allowed` names an assignment that grants; take the named ones away and it is allowed no more."""
    checked = 0
    for seed in range(_TENANTS):
        choose = seeded(f"without {seed}")
        made = tenant(choose)
        world = EngineWorld.of(made.export, AT)
        for _ in range(_QUESTIONS):
            asked = question(choose, made)
            decision = world.decide(asked)
            if decision.outcome is not ALLOWED:
                continue
            named = {one.assignment.assignment_id.lower() for one in decision.because if isinstance(one, Granted)}
            assert named
            without = EngineWorld.of(_without(made.export, named), AT)
            assert without.decide(asked).outcome is not ALLOWED
            checked += 1
    assert checked > _TENANTS


def _without(export: Export, gone: set[str]) -> Export:
    """Return the export without some assignments, whatever PIM says of the same principal, role and scope included."""
    arm = {api: rows for api, rows in export.lists.items() if api.startswith("arm/")}
    named = {_joined(row) for rows in arm.values() for row in rows if _ids(row) & gone} - {None}
    kept = {
        api: [row for row in rows if not _ids(row) & gone and _joined(row) not in named] for api, rows in arm.items()
    }
    return Export({**export.lists, **kept}, export.manifest)


def _ids(row: Mapping[str, Any]) -> set[str]:
    """Return what an assignment, or an instance of one, goes by."""
    origin = (row.get("properties") or {}).get("originRoleAssignmentId")
    return {str(one).lower() for one in (row.get("id"), origin) if one}


def _joined(row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what joins an assignment and its instances without naming each other (V4)."""
    fields = row.get("properties") or {}
    if "principalId" not in fields:
        return None
    role = fields["roleDefinitionId"].rsplit("/", 1)[1]
    return fields["principalId"].lower(), role.lower(), fields["scope"].lower()
