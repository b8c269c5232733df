"""Many questions at once: coded into arrays, answered in one compiled pass, the hard ones by `decide`.

>>> outcomes(index, questions, at=instant)                                   # doctest: +SKIP
[<Outcome.ALLOWED: 'allowed'>, <Outcome.UNKNOWN: 'unknown'>]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.decide import decide
from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag
from remit.engine.index import TenantIndex
from remit.engine.membership import Codes
from remit.model.decision import Decision, Outcome
from remit.model.interval import to_micros
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.scope import Scope

OUTCOMES = (Outcome.NOT_ALLOWED, Outcome.ALLOWED, Outcome.DENIED, Outcome.UNKNOWN)
"""Outcome of each code of `outcome_codes`."""

_WORTH_COMPILING = 20_000
"""From so many questions on the compiled pass is used; fewer are answered sooner than a compiler starts."""

_SHARE = 16_384
"""Questions that one thread answers before it takes more."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchQuestions:
    """Questions as codes, without attributes.

    Attributes:
        principal: int32 rows of `Principals`.
        action: int32 places in `actions`.
        actions: the distinct (action, plane) pairs.
        scope: int32 rows of `Scopes`: the node itself, or the nearest one above the place asked about.
        exact: True where `scope` is the place itself.
        originals: the questions behind the codes, None where each is exactly what its codes say.
    """

    principal: Codes
    action: Codes
    actions: tuple[tuple[str, Plane], ...]
    scope: Codes
    exact: NDArray[np.bool_]
    originals: Sequence[Question] | None = None

    def question(self, index: TenantIndex, number: int) -> Question:
        """Return one question in full."""
        if self.originals is not None:
            return self.originals[number]
        action, plane = self.actions[int(self.action[number])]
        principal = index.facts.principals.key[int(self.principal[number])]
        return Question(principal, action, plane, Scope.parse(index.facts.scopes.text[int(self.scope[number])]))


def encode(index: TenantIndex, questions: Sequence[Question]) -> BatchQuestions:
    """Turn questions into codes. Cost: about 5 us each."""
    count = len(questions)
    principal = np.fromiter((index.principal_row(one.principal_id) for one in questions), np.int32, count)
    numbers: dict[tuple[str, Plane], int] = {}
    action = np.fromiter(
        (numbers.setdefault((one.action.lower(), one.plane), len(numbers)) for one in questions), np.int32, count
    )
    scope = np.fromiter((index.tree.nearest(one.scope) for one in questions), np.int32, count)
    keys = index.facts.scopes.key
    lengths = np.fromiter((len(one.scope.key.encode("utf-8", "surrogatepass")) for one in questions), np.int64, count)
    exact = (scope >= 0) & (keys.offsets[scope + 1] - keys.offsets[scope] == lengths)
    return BatchQuestions(principal, action, tuple(numbers), scope, exact, questions)


def decide_many(index: TenantIndex, questions: Sequence[TimedQuestion], *, at: datetime) -> Iterator[Decision]:
    """Answer questions with their reasons, in order; `at` stands where a question has no instant of its own."""
    for one in questions:
        yield decide(index, one.question, at=one.at or at)


def outcomes(index: TenantIndex, questions: Sequence[Question], *, at: datetime) -> list[Outcome]:
    """Answer questions without reasons, in order."""
    codes = outcome_codes(index, encode(index, questions), at=at)
    return [OUTCOMES[code] for code in codes.tolist()]


def outcome_codes(
    index: TenantIndex, batch: BatchQuestions, *, at: datetime, compiled: bool | None = None
) -> NDArray[np.uint8]:
    """Answer coded questions; the same answers as `decide`, a code each (see `OUTCOMES`).

    Args:
        index: the snapshot, indexed.
        batch: coded questions.
        at: instant asked about, aware UTC.
        compiled: use the compiled pass or not; None decides by the number of questions.

    Source: as `decide`. Cost: the matrix of actions by roles, then under a microsecond for a plain question.
    """
    from remit.engine import kernels  # noqa: PLC0415 - importing numba takes a quarter of a second

    count = len(batch.principal)
    answer = np.full(count, kernels.ASK_ONE_BY_ONE, dtype=np.uint8)
    fast = kernels.COMPILED and count >= _WORTH_COMPILING if compiled is None else compiled
    if fast and not (index.directory.any_group or index.directory.unread):
        _judge(index, batch, to_micros(at), answer)
    for number in np.flatnonzero(answer == kernels.ASK_ONE_BY_ONE).tolist():
        outcome = decide(index, batch.question(index, number), at=at, beside=False).outcome
        answer[number] = OUTCOMES.index(outcome)
    return answer


def _judge(index: TenantIndex, batch: BatchQuestions, at: int, answer: NDArray[np.uint8]) -> None:
    from remit.engine import kernels  # noqa: PLC0415 - as above

    matches = [index.actions.match(action, plane) for action, plane in batch.actions]
    closure, denies = index.directory.closure, index.facts.denies
    principal, action, scope, exact = kernels.fixed(batch.principal, batch.action, batch.scope, batch.exact)
    tables = kernels.fixed(
        _odd_principals(index),
        _scope_bits(index),
        index.facts.scopes.parent,
        closure.group_offsets,
        closure.group,
        index.by_principal,
        index.held_scope,
        index.facts.assignments.role[index.held],
        _worth(index, at),
        _matrix([one.roles for one in matches], len(index.facts.roles)),
        _matrix([one.denies for one in matches], len(index.facts.deny_permissions)),
        index.deny_by_scope,
        denies.flags,
        denies.permissions,
        denies.principal_offsets,
        denies.principal,
        denies.excluded_offsets,
        denies.excluded,
    )

    def judge(first: int, last: int) -> None:
        part = slice(first, last)
        kernels.judge_many(principal[part], action[part], scope[part], exact[part], answer[part], *tables)

    kernels.in_shares(len(answer), _SHARE, judge)


def _matrix(rows: Sequence[bytes], width: int) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), width)


def _odd_principals(index: TenantIndex) -> NDArray[np.bool_]:
    """Return who needs a closer look: not in the directory, or reaching a membership with a window."""
    odd: NDArray[np.bool_] = (index.facts.principals.flags & PrincipalFlag.LISTED) == 0
    timed = index.directory.timed.member
    odd[timed] = True
    for one in np.unique(timed).tolist():
        odd[index.directory.members(one)] = True
    return odd


def _scope_bits(index: TenantIndex) -> NDArray[np.uint8]:
    from remit.engine import kernels  # noqa: PLC0415 - as above

    bits = np.where(np.diff(index.deny_by_scope) > 0, kernels.HAS_DENY, 0).astype(np.uint8)
    bits[list(index.assignment_gaps)] |= kernels.GRANT_GAP
    bits[list(index.deny_gaps)] |= kernels.DENY_GAP
    return bits


def _worth(index: TenantIndex, at: int) -> NDArray[np.uint8]:
    """Return what each held assignment is worth at an instant, in the order of `held`."""
    from remit.engine import kernels  # noqa: PLC0415 - as above

    table = index.facts.assignments
    bad = AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP | AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
    invalid = np.asarray(index.role_invalid, dtype=np.bool_)
    good = (table.start <= at) & (at < table.end) & ((table.flags & bad) == 0) & ~invalid[table.role]
    plain = (table.kind == AssignmentKind.ACTIVE) & (table.condition < 0)
    counted = good & ((table.kind == AssignmentKind.ACTIVE) | (table.kind == AssignmentKind.LIGHTHOUSE))
    worth = np.where(plain, kernels.SURE, kernels.HARD) * counted
    held: NDArray[np.uint8] = worth.astype(np.uint8)[index.held]
    return held
