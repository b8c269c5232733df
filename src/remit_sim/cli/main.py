"""The `remit-sim` command: its entry point.

Exit codes are those of `remit`: 0 done, 64 wrong usage, 65 bad data, 70 a bug, 74 a file that cannot be read or
written, 78 a setting, 130 interrupted. What goes wrong is one line on standard error.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from remit import __version__

if TYPE_CHECKING:
    from cyclopts import CycloptsError

    from remit.model.errors import RemitError

INTERRUPTED = 130


def main() -> int:
    """Run the command that the arguments name; return its exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"remit-sim {__version__}\n")
        return 0
    try:
        return run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code; only Ctrl-C is raised."""
    from cyclopts import CycloptsError

    from remit.model.errors import InvariantError, RemitError, UnavailableError

    try:
        from remit_sim.cli.commands import app

        return int(app(arguments, exit_on_error=False, print_error=False) or 0)
    except RemitError as error:
        return _report(error)
    except CycloptsError as error:
        return _report(_usage(error))
    except ModuleNotFoundError as error:
        from remit.model.errors import SettingsError

        return _report(SettingsError(f"the package `{error.name}` is missing", hint="pip install 'remit[sim]'"))
    except OSError as error:
        place = os.fsdecode(error.filename) if error.filename else "output"
        return _report(UnavailableError(f"{place}: {error.strerror or error}"))
    except Exception as error:
        if os.environ.get("REMIT_DEBUG"):
            raise
        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return _report(InvariantError(f"internal error: {words}", hint="REMIT_DEBUG=1 shows where it happened"))


def _usage(error: CycloptsError) -> RemitError:
    from remit.model.errors import InputError

    words = " ".join(str(error).split()).replace('"', "`").removesuffix(".")
    return InputError(words[:1].lower() + words[1:], hint="see remit-sim --help")


def _report(error: RemitError) -> int:
    hint = error.hint()
    sys.stderr.write(f"remit-sim: {error.message}\n" + (f"hint: {hint}\n" if hint else ""))
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
