"""The command as a process of its own, on the sample tenant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from remit.bootstrap.reader import sample_tenant

Remit = Callable[..., subprocess.CompletedProcess[bytes]]


def environment(**changes: str) -> dict[str, str]:
    """The environment without anything that changes how output looks."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return {**kept, **changes}


@pytest.fixture(scope="session")
def remit() -> Remit:
    def call(*arguments: str, given: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "remit", *arguments],
            input=given,
            capture_output=True,
            check=False,
            timeout=120,
            env=environment(**changes),
        )

    return call


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> None:
    """Let Ctrl-C be heard: a process that ignores it, as in the background, hands that on to those it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def store(remit, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("e2e") / "store"
    done = remit("import", str(sample_tenant()), "--store", str(folder))
    assert done.returncode == 0
    return folder
