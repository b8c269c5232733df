"""`remit --version` is quick because it leaves the heavy packages alone.

What is asserted is the list of modules, which is the same on every machine; the time stands in docs/benchmarks.md.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

import remit

HEAVY = {"duckdb", "numba", "llvmlite", "numpy", "msgspec", "rich", "asyncio", "hypothesis"}
RUN = """
import sys
sys.argv = ["remit", *sys.argv[1:]]
from remit.cli.main import main
code = 0
try:
    code = main()
except SystemExit as stop:
    code = stop.code or 0
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def start(*arguments: str) -> tuple[str, set[str]]:
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter
    return done.stdout, set(done.stderr.split())


def test_version_says_the_version_of_the_package() -> None:
    assert start("--version")[0] == f"remit {remit.__version__}\n"


@pytest.mark.parametrize("arguments", [("--version",)])
def test_no_heavy_module_is_loaded(arguments) -> None:
    assert HEAVY & start(*arguments)[1] == set()


def test_what_is_looked_for_is_what_a_command_does_load() -> None:
    """Otherwise a renamed package would make the test above pass for ever."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, numpy, duckdb, rich, msgspec; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"numpy", "duckdb", "rich", "msgspec"} <= set(loaded.stdout.split())
