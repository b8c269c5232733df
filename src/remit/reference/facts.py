"""One export read into plain objects, and one question put to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.model.question import Question
from remit.reference.assignments import Assignment, active_assignments, eligible_assignments
from remit.reference.conditions_eval import Call, call_of
from remit.reference.denies import Deny, deny_assignments
from remit.reference.directory import Directory
from remit.reference.export import Export, Payload
from remit.reference.groups import Caller, Groups
from remit.reference.places import Chain, Places
from remit.reference.roles import Roles


@dataclass(frozen=True, slots=True)
class Facts:
    """The lists of one export that bear on an outcome, read once; nothing is joined or closed beforehand."""

    export: Export
    places: Places
    directory: Directory
    groups: Groups
    roles: Roles
    assignments: tuple[Assignment, ...]
    eligible: tuple[Assignment, ...]
    denies: tuple[Deny, ...]


def read(export: Export, catalogue: Mapping[str, Payload] | None = None) -> Facts:
    """Read an export; `catalogue` holds roleDefinitions payloads by lower-case GUID (V6)."""
    return Facts(
        export,
        Places(export),
        Directory(export),
        Groups(export),
        Roles(export, catalogue or {}),
        tuple(active_assignments(export)),
        tuple(eligible_assignments(export)),
        tuple(deny_assignments(export)),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that depends on it alone.

    Attributes:
        facts: the export asked.
        question: the question.
        at: the instant.
        caller: who asks, with its groups.
        chain: the scope and what lies above it.
        call: what conditions look at.
    """

    facts: Facts
    question: Question
    at: datetime
    caller: Caller
    chain: Chain
    call: Call


def ask(facts: Facts, question: Question, at: datetime) -> Asked:
    """Gather what one question needs."""
    caller = facts.groups.caller(question.principal_id, at)
    return Asked(facts, question, at, caller, facts.places.chain(question.scope), call_of(question, at))
