"""One question, one answer, in the order of V1.

>>> from remit.model.question import Plane
>>> from remit.model.scope import Scope
>>> nothing = Export({}, {"collectedAt": "2026-11-01T00:00:00Z"})
>>> decide(nothing, Question("p", "A.B/c/read", Plane.CONTROL, Scope.parse("/subscriptions/s")), None).outcome
<Outcome.UNKNOWN: 'unknown'>
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.model.decision import Outcome
from remit.model.errors import QuestionError
from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.reference.directory import principal_ids
from remit.reference.export import Export, Payload, instant
from remit.reference.facts import Asked, Facts, ask, read
from remit.reference.grants import gaps_that_may_grant, grant_truth
from remit.reference.taking import deny_truth, gaps_that_may_deny


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """What the literal reading says.

    Attributes:
        outcome: allowed, not_allowed, denied or unknown.
        clauses: what it rests on.
        notes: the assignments, denies and gaps behind it, one line each.
    """

    outcome: Outcome
    clauses: tuple[str, ...]
    notes: tuple[str, ...]


def decide(
    export: Export, question: Question, at: datetime | None, catalogue: Mapping[str, Payload] | None = None
) -> ReferenceAnswer:
    """Answer one question from raw payloads.

    Args:
        export: what was collected.
        question: what is asked.
        at: the instant; None for the time of collection.
        catalogue: roleDefinitions payloads by lower-case GUID, for roles nobody collected (V6).

    Raises:
        QuestionError: no instant is given and the export does not say when it was collected.
    """
    return Reference(export, catalogue).decide(question, at)


def who_can(
    export: Export, action: str, plane: Plane, scope: Scope, at: datetime | None
) -> dict[Outcome, frozenset[str]]:
    """Ask the same of every object id that the export mentions; no attributes are given."""
    return Reference(export).who_can(action, plane, scope, at)


class Reference:
    """One export, read once and asked often; every question still walks all assignments and denies."""

    def __init__(self, export: Export, catalogue: Mapping[str, Payload] | None = None) -> None:
        """Read the lists."""
        self.facts: Facts = read(export, catalogue)

    def decide(self, question: Question, at: datetime | None = None) -> ReferenceAnswer:
        """Answer one question; see `decide`."""
        when = instant(self.facts.export, at)
        if when is None:
            raise QuestionError("at", "no instant is given and the export does not say when it was collected")
        return answer(ask(self.facts, question, when))

    def who_can(
        self,
        action: str,
        plane: Plane,
        scope: Scope,
        at: datetime | None = None,
        principals: Iterable[str] | None = None,
    ) -> dict[Outcome, frozenset[str]]:
        """Ask the same of many principals, by default of every object id that the export mentions."""
        asked = sorted(principal_ids(self.facts.export) if principals is None else principals)
        found = {one: self.decide(Question(one, action, plane, scope), at).outcome for one in asked}
        return {outcome: frozenset(one for one, said in found.items() if said is outcome) for outcome in Outcome}


def answer(asked: Asked) -> ReferenceAnswer:
    """V1, in its order: certain deny, certain grant, possible grant, nothing."""
    denies = [(deny_truth(deny, asked), deny.deny_id) for deny in asked.facts.denies]
    certain_denies = [name for truth, name in denies if truth is True]
    if certain_denies:
        return ReferenceAnswer(Outcome.DENIED, ("D2", "N1"), tuple(certain_denies))
    grants = [(grant_truth(one, asked), one.assignment_id) for one in asked.facts.assignments]
    certain = [name for truth, name in grants if truth is True]
    possible = [name for truth, name in grants if truth is None] + gap_lines(gaps_that_may_grant(asked))
    doubts = [name for truth, name in denies if truth is None] + gap_lines(gaps_that_may_deny(asked))
    if certain and not doubts:
        return ReferenceAnswer(Outcome.ALLOWED, ("D2",), tuple(certain))
    if certain:
        return ReferenceAnswer(Outcome.UNKNOWN, ("V1", "N5"), (*certain, *doubts))
    if possible:
        return ReferenceAnswer(Outcome.UNKNOWN, ("V1", "C22"), tuple(possible))
    return ReferenceAnswer(Outcome.NOT_ALLOWED, ("D2",), ())


def gap_lines(gaps: list[tuple[str, str]]) -> list[str]:
    """Return gaps as notes."""
    return [f"gap {api} at {place}" for api, place in gaps]
