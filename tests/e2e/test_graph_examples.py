"""The examples in the helps of the commands about the graph work as they stand, on the sample tenant."""

from __future__ import annotations

import re
import subprocess

import pytest

from remit.cli.running import run

COMMANDS = (
    "paths",
    "reach",
    "exposure",
    "cuts",
    "radius",
    "delta",
    "tiers",
    "ai",
    "isolation",
    "integrations",
    "graph draw",
    "graph export",
)
ANSWERS = {0, 1, 4}
"""Exit codes of answers; above them something went wrong."""

SHELL = "remit() { printf '%s\\0' \"$@\" >> calls; printf '\\n' >> calls; }\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_example_of_a_help_is_answered(command, store, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out.split("Example:\n", 1)[1].split("\n\n", 1)[0]
    # Ids of snapshots are a tenant's own, and shortened where they stand for any.
    lines = [line for line in shown.splitlines() if "…" not in line]
    subprocess.run(["sh", "-euc", SHELL + "\n".join(lines)], check=True, cwd=tmp_path)  # noqa: S603, S607 - our own
    calls = [call.split("\0")[:-1] for call in (tmp_path / "calls").read_text("utf-8").split("\n") if call]
    assert calls
    for call in calls:
        assert run([*call, "--store", str(store)]) in ANSWERS, (call, capsys.readouterr().err)
        assert capsys.readouterr().out
        for option in ("--svg", "--html", "--bloodhound", "--definition"):
            if option in call:
                assert (tmp_path / call[call.index(option) + 1]).stat().st_size
        assert " ".join(call[: len(command.split())]) == command
    assert not [name for name in re.findall(r"remit (\S+)", "\n".join(lines)) if name != command.split()[0]]
