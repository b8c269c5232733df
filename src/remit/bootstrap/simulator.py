"""Starts the simulated Azure as a process of its own, for the demo; Remit itself imports nothing of it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from remit.model.errors import UnavailableError

_NEEDS = ("aiohttp", "jwt", "trustme")
_LINE = re.compile(r"export ([A-Za-z_]+)=(.*)")
_LAST = "REMIT_SIM_PID"
_PATIENCE_S = 10


def is_installed() -> bool:
    """Return whether the extra `sim` is there."""
    return all(find_spec(name) is not None for name in _NEEDS)


@contextmanager
def simulated(tenant: Path, faults: Sequence[str] = ()) -> Iterator[Mapping[str, str]]:
    """Serve a tenant export on loopback; give the environment with which clients reach it.

    Args:
        tenant: folder of the export.
        faults: as `remit-sim serve --fault` takes them.

    Raises:
        UnavailableError: it does not start.
    """
    command = [sys.executable, "-m", "remit_sim", "serve", "--tenant", str(tenant), "--print-env"]
    command += [word for fault in faults for word in ("--fault", fault)]
    with subprocess.Popen(  # noqa: S603 - our own command line
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _environment(process)
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _environment(process: subprocess.Popen[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in process.stdout or ():
        if said := _LINE.match(line):
            found[said[1]] = "".join(shlex.split(said[2]))
        if _LAST in found:
            return found
    lines = (process.stderr.read() if process.stderr else "").strip().splitlines()
    why = next((line for line in reversed(lines) if not line.startswith("hint: ")), "it said nothing")
    raise UnavailableError(f"the simulated Azure did not start: {why.removeprefix('remit-sim: ')}")
