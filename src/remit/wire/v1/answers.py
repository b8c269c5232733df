"""Answers as JSON: the lines of `remit ask`, the document of `remit can`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from remit.model.decision import Decision
from remit.model.history import TenantState
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.wire.v1.history import StateDocument, state_document
from remit.wire.v1.reasons import GuardDocument, ReasonDocument, guard_document, reason_document


class AnswerDocument(Struct, frozen=True, rename="camel"):
    """One line that `remit ask` writes."""

    id: str
    outcome: str
    because: tuple[ReasonDocument, ...]
    guards: tuple[GuardDocument, ...]
    at: str


class CanDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit can --json` writes.

    Attributes:
        names: display names of the principals that the reasons mention, by object id.
        state: what the answer rests on where it is more than one snapshot.
    """

    principal_id: str
    principal_kind: str
    action: str
    plane: str
    scope: str
    at: str
    snapshot_id: str
    outcome: str
    because: tuple[ReasonDocument, ...]
    guards: tuple[GuardDocument, ...]
    display_name: str = ""
    user_principal_name: str = ""
    names: Mapping[str, str] = {}
    state: StateDocument | None = None


def answer_document(name: str, decision: Decision) -> AnswerDocument:
    """Return the line that answers the question called `name`."""
    return AnswerDocument(
        name,
        decision.outcome.value,
        tuple(reason_document(reason) for reason in decision.because),
        tuple(guard_document(guard) for guard in decision.guards),
        format_instant(decision.at),
    )


def can_document(
    principal: PrincipalName,
    decision: Decision,
    snapshot_id: str,
    names: Mapping[str, str],
    state: TenantState | None = None,
) -> CanDocument:
    """Return the document of one decision."""
    question = decision.question
    return CanDocument(
        principal.principal_id,
        principal.kind,
        question.action,
        question.plane.word,
        question.scope.text,
        format_instant(decision.at),
        snapshot_id,
        decision.outcome.value,
        tuple(reason_document(reason) for reason in decision.because),
        tuple(guard_document(guard) for guard in decision.guards),
        principal.display_name,
        principal.user_principal_name,
        dict(sorted(names.items())),
        state_document(state),
    )


_ENCODER = msgspec.json.Encoder()


def encode(document: Struct) -> bytes:
    """Return a document as one line of JSON, without the line end."""
    return _ENCODER.encode(document)


def encode_answers(named: list[tuple[str, Decision]]) -> bytes:
    """Return JSON Lines for some answers, in order."""
    return _ENCODER.encode_lines([answer_document(name, decision) for name, decision in named])
