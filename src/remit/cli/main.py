"""The `remit` command: its entry point.

Exit codes: 0 done, or allowed; 1 not allowed or denied, no path, or something found; 3 unknown; 4 only possible; 64
wrong usage; 65 bad data; 70 a bug; 74 the store or the output cannot be read or written; 77 the credential is refused;
78 a setting; 130 interrupted.

`remit --version` must answer at once: nothing is imported before it has been ruled out.
"""

from __future__ import annotations

import sys

from remit import __version__


def main() -> int:
    """Run the command that the arguments name; return its exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"remit {__version__}\n")
        return 0
    try:
        from remit.cli.running import run

        return run(arguments)
    except KeyboardInterrupt:
        # `run` ends quietly by itself; this is Ctrl-C while modules are still being loaded.
        return 130


if __name__ == "__main__":
    sys.exit(main())
