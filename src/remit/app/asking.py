"""Questions in bulk: lines in, answers out, in the same order and in bounded memory.

A line is checked when its turn comes. At the first bad one the answers before it have been given, and the error names
the file, the line and the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from remit.app.answering import Tenant
from remit.model.decision import Decision
from remit.model.errors import AmbiguousPrincipalError, PayloadError, QuestionError, UnknownPrincipalError
from remit.model.question import Question, TimedQuestion
from remit.wire.v1.questions import decode_question

BATCH = 4_096
"""Questions decided together: enough to make the work per batch small, few enough to hold."""

LONGEST_LINE = 1 << 20
"""Bytes of one question; conditions are at most 8 KB, so a longer line is not a question."""

Named = list[tuple[str, Decision]]


def answer_lines(tenant: Tenant, file: str, blocks: Iterable[Sequence[bytes]]) -> Iterator[Named]:
    """Yield the answers to blocks of lines, batch by batch.

    Args:
        tenant: whom to ask.
        file: name for errors.
        blocks: lines without their ends, in order; a block is answered before the next is read.

    Raises:
        PayloadError: a line is no question, or names a principal nobody or several go by.
    """
    number = 0
    for block in blocks:
        for start in range(0, len(block), BATCH):
            asked: list[TimedQuestion] = []
            bad: PayloadError | None = None
            for line in block[start : start + BATCH]:
                number += 1
                if not line.strip():
                    continue
                try:
                    asked.append(_question(tenant, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line))
                except QuestionError as error:
                    bad = PayloadError(file, number, error.field, error.why, hint=error.hint())
                    break
                except (AmbiguousPrincipalError, UnknownPrincipalError) as error:
                    bad = PayloadError(file, number, "principal", error.message, hint=error.hint())
                    break
            if asked:
                decisions = tenant.ask(asked)
                yield [(one.name, decision) for one, decision in zip(asked, decisions, strict=True)]
            if bad is not None:
                raise bad


def _question(tenant: Tenant, line: bytes) -> TimedQuestion:
    if len(line) > LONGEST_LINE:
        raise QuestionError("", f"the line is longer than {LONGEST_LINE} bytes")
    asked = decode_question(line)
    question = Question(
        tenant.principals.find(asked.principal),
        asked.action,
        asked.plane,
        asked.scope,
        asked.attributes,
        asked.attributes_complete,
        asked.sub_operation,
    )
    return TimedQuestion(asked.name, question, asked.at)
