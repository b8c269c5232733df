"""`remit ask`: questions in bulk, one JSON object a line, answered in order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import plain_table, show_table
from remit.cli.options import NEWEST, Which, switch
from remit.cli.output import console, write_bytes
from remit.cli.progress import Counter
from remit.model.decision import Outcome
from remit.model.errors import CollectionError

if TYPE_CHECKING:
    from remit.app.asking import Named

_READ_BYTES = 1 << 20


def ask(
    questions: Annotated[str, Parameter(help="File of questions, or - for standard input.", allow_leading_hyphen=True)],
    /,
    *,
    json: Annotated[
        bool,
        switch("Write JSON Lines also to a terminal; elsewhere it always does."),
    ] = False,
    which: Which = NEWEST,
) -> int:
    """Answer questions in bulk."""
    from remit.app.asking import answer_lines
    from remit.wire.v1.answers import encode_answers

    with _opened(questions) as source:
        tenant = which.open_for_many()
        file = "standard input" if questions == "-" else questions
        with Counter("questions answered") as counter:
            answers = answer_lines(tenant, file, _blocks(source, file))
            if json or not sys.stdout.isatty():
                for named in answers:
                    write_bytes(encode_answers(named))
                    sys.stdout.flush()
                    counter.add(len(named))
            else:
                _show(answers)
    return 0


def _opened(questions: str) -> BufferedReader:
    if questions == "-":
        # A copy: leaving the block must not close the process's own standard input.
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        return Path(questions).open("rb")
    except OSError as error:
        raise CollectionError(f"{questions}: cannot be read: {error.strerror}") from error


def _blocks(source: BufferedReader, file: str) -> Iterator[list[bytes]]:
    """Yield the whole lines that are there, as they come, so that an asker at a pipe gets answers line by line."""
    from remit.app.asking import LONGEST_LINE

    rest = b""
    while True:
        try:
            data = source.read1(_READ_BYTES)
        except OSError as error:
            raise CollectionError(f"{file}: cannot be read: {error.strerror}") from error
        if not data:
            break
        head, newline, tail = data.rpartition(b"\n")
        if newline:
            yield (rest + head).split(b"\n")
            rest = tail
        else:
            rest += data
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield [rest]


def _show(answers: Iterator[Named]) -> None:
    """Write a table, for people at a terminal."""
    from rich.text import Text

    from remit.cli.sentences import sentences
    from remit.cli.showing import STYLES

    out = console()
    for named in answers:
        table = plain_table(("id", 1), ("outcome", 0), ("because", 1))
        for name, decision in named:
            first = decision.because[0] if decision.because else None
            settled = decision.outcome is Outcome.ALLOWED
            why = "" if first is None else sentences(first, decision.question.scope.text, {}, settles=settled)[0]
            table.add_row(name, Text(decision.outcome.value, style=STYLES[decision.outcome]), why)
        show_table(out, table, indent=0)
