"""Where output goes: answers to standard output, everything else to standard error.

Colour only on a terminal, and none at all when `NO_COLOR` is set to anything.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from remit.model.errors import AmbiguousPrincipalError, RemitError

if TYPE_CHECKING:
    from msgspec import Struct
    from rich.console import Console

NARROW = 80
"""Columns that every table fits into, and the width where there is no terminal."""


def console(*, stderr: bool = False) -> Console:
    """Return a console for people."""
    from rich.console import Console

    class Plain(Console):
        """A console that leaves a closed pipe to whoever runs the command."""

        def on_broken_pipe(self) -> None:
            """Raise what happened, in the place of an exit code of its own."""
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    return Plain(
        file=stream,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        width=None if stream.isatty() else NARROW,
        highlight=False,
        markup=False,
        emoji=False,
    )


def write_json(document: Struct) -> None:
    """Write one JSON object and a line end."""
    from remit.wire.v1.answers import encode

    write_bytes(encode(document) + b"\n")


def write_bytes(data: bytes) -> None:
    """Write bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def report_error(error: RemitError, *, as_json: bool) -> int:
    """Tell people in a line, and programs in an object; return the exit code."""
    sys.stdout.flush()
    lines = [f"remit: {error.message}"]
    if isinstance(error, AmbiguousPrincipalError):
        lines += [f"  {principal_id}  {kind:<16} {name}" for principal_id, kind, name in error.candidates]
    hint = error.hint()
    if hint:
        lines.append(f"hint: {hint}")
    sys.stderr.write("\n".join(lines) + "\n")
    if as_json:
        from remit.wire.v1.failures import error_document

        write_json(error_document(error))
        sys.stdout.flush()
    return error.exit_code
