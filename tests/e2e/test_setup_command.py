"""The commands themselves: what `remit setup azure --apply` prints is what `remit collect` then works with."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from tests.e2e.setup_world import world

from remit.adapters.azure.known_types import KNOWN_TYPES
from remit.cli.running import run

OPERATOR = ("--auth", "secret")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    with world(tmp_path) as where:
        for name, text in where.sim.env().items():
            monkeypatch.setenv(name, text)
        yield where


def test_what_is_printed_collects_and_no_key_is_in_it(here, monkeypatch, capfd) -> None:
    assert run(["setup", "azure", "--apply", *OPERATOR]) == 0
    out, err = capfd.readouterr()
    assert err.splitlines()[0] == "made      application `remit-collector`"
    variables = dict(re.findall(r"^  export (\w+)=(.*)$", out, re.MULTILINE))
    assert set(variables) == {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"}
    key = (here.folder / "remit-collector.pem").read_text().splitlines()
    written = out + err + (here.folder / ".remit" / "setup-remit-collector.json").read_text()
    assert [line for line in key if line in written] == []
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    for name, text in variables.items():
        monkeypatch.setenv(name, shlex.split(text)[0])
    command = shlex.split(next(line for line in out.splitlines() if line.startswith("  remit ")))
    assert run([*command[1:], "--no-progress", "--json"]) == 0
    collected = json.loads(capfd.readouterr().out)
    assert [gap["reason"] for gap in collected["snapshot"]["gaps"]] == [
        f"types beside {len(KNOWN_TYPES)} known ones were not asked for: needs */read"
    ]


@pytest.mark.usefixtures("here")
def test_programs_are_told_the_same(capfd) -> None:
    few = ("--lists", "arm/locks,graph/users")
    assert run(["setup", "azure", "--apply", *OPERATOR, *few, "--json"]) == 0
    first = json.loads(capfd.readouterr().out)
    assert {one["deed"] for one in first["deeds"]} == {"made"}
    assert first["use"]["command"] == ["collect", "--auth", "certificate"]
    assert first["use"]["environment"]["AZURE_CLIENT_ID"] == first["clientId"]
    assert run(["setup", "azure", "--apply", *OPERATOR, *few, "--json"]) == 0
    again = json.loads(capfd.readouterr().out)
    assert {one["deed"] for one in again["deeds"]} == {"wasThere"}
    assert (again["clientId"], again["objectId"]) == (first["clientId"], first["objectId"])
    assert run(["setup", "azure", "--remove", *OPERATOR, "--json"]) == 0
    removed = json.loads(capfd.readouterr().out)
    assert {one["deed"] for one in removed["deeds"]} == {"removed"}
    assert len(removed["deeds"]) == len(first["deeds"])
    assert "clientId" not in removed
    assert run(["setup", "azure", "--remove", *OPERATOR]) == 78
    assert "no setup `remit-collector` is recorded" in capfd.readouterr().err


def test_the_plan_asks_nobody(here, capfd) -> None:
    assert run(["setup", "azure", "--lists", "graph/users", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["tenantId"] == here.sim.tenant_id
    assert here.sim.statistics.requests == 0
