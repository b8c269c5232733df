"""Runs one command and turns whatever goes wrong into one line on standard error and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from cyclopts import CycloptsError, MissingArgumentError, UnusedCliTokensError

from remit.cli.commands import app
from remit.cli.output import report_error
from remit.model.errors import InputError, InvariantError, RemitError, UnavailableError

INTERRUPTED = 130
BROKEN_PIPE = 141

_ADVICE = {
    errno.ENOENT: "name a file in a folder that exists",
    errno.ENOTDIR: "name a file in a folder that exists",
    errno.EISDIR: "name a file, not a folder",
    errno.EACCES: "name a file that you may use, in a folder that you may write to",
    errno.EROFS: "name a file in a folder that you may write to",
    errno.ENOSPC: "make room, or name a file elsewhere",
}
"""What to do about a file that somebody named and that cannot be used."""


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; never raises."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end the answer.
        getattr(stream, "reconfigure", _nothing)(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        return report_error(UnavailableError(f"cannot write the answer: {error.strerror or error}"), as_json=False)
    return code


def _run(arguments: Sequence[str]) -> int:
    as_json = "--json" in arguments
    try:
        result = app(list(arguments), exit_on_error=False, print_error=False)
    except RemitError as error:
        return report_error(error, as_json=as_json)
    except CycloptsError as error:
        return report_error(_usage(error, arguments), as_json=as_json)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("REMIT_DEBUG"):
            raise
        if isinstance(error, OSError):
            if error.filename is None:
                raise
            place = os.fsdecode(error.filename)
            failed = UnavailableError(f"{place}: {error.strerror or error}", hint=_ADVICE.get(error.errno or 0))
            return report_error(failed, as_json=as_json)
        return report_error(_bug(error), as_json=as_json)
    return int(result or 0)


def _usage(error: CycloptsError, arguments: Sequence[str]) -> InputError:
    """Say in our way what the parser did not understand."""
    command = next((one for one in arguments if not one.startswith("-")), "")
    known = command in {name for name in app if not name.startswith("-")}
    hint = f"see remit {command} --help" if known else "see remit --help"
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        name = error.argument.name
        return InputError(f"{name} needs a value" if name.startswith("-") else f"{name} is missing", hint=hint)
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return InputError(f"`{error.unused_tokens[0]}` is one argument too many", hint=hint)
    words = " ".join(str(error).split()).replace('"', "`").removesuffix(".")
    message, _, advice = words.partition(". ")
    return InputError(message[:1].lower() + message[1:], hint=advice[:1].lower() + advice[1:] or hint)


def _bug(error: Exception) -> InvariantError:
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return InvariantError(
        f"internal error: {words}", hint="please report it with the command; REMIT_DEBUG=1 shows where it happened"
    )


def _nothing(**_: str) -> None:
    """Stand in for `reconfigure` where a stream has none."""
