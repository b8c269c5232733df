"""docs/simulator.md knows every option, every fault, every edit and every variable."""

from __future__ import annotations

import re

import msgspec
import pytest
from tests.docs.commands import options
from tests.docs.tree import ROOT

from remit_sim.cli.commands import app
from remit_sim.control import verbs
from remit_sim.embedded import Simulator
from remit_sim.export_files import load_tenant
from remit_sim.faults.settings import FAULTS

PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "src" / "remit" / "sample" / "tenant"
EDITS = {edit.__struct_config__.tag: edit for edit in verbs.Edit.__args__}


def rows() -> dict[str, str]:
    """The rows of all tables by each name in their first cell."""
    found = re.findall(r"^\| (`.+?) \| (.+) \|$", PAGE, re.MULTILINE)
    return {name: rest for cell, rest in found for name in re.findall(r"`([^`]+)`", cell)}


def test_every_option_of_serve_is_explained() -> None:
    told = {name.split()[0].split("=")[0] for name in rows() if name.startswith("--")}
    assert told == {name for name in options(app["serve"]) if name.startswith("--")} - {"--help", "--version"}


def test_every_fault_is_explained() -> None:
    told = {name.split("=")[0] for name in rows() if "=" in name and not name.startswith(("--", "AZURE"))}
    assert told == set(FAULTS)


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_explained_with_its_fields(name) -> None:
    told = set(re.findall(r"`([a-z_]+)`", rows()[name].split(" | ")[0]))
    fields = {field.name for field in msgspec.structs.fields(EDITS[name])}
    assert fields <= told
    if name not in {"set-fault", "clear-faults"}:  # one row for both
        assert told == fields


def test_every_variable_is_explained() -> None:
    with Simulator(load_tenant(SAMPLE)) as sim:
        told = {name.split("=")[0] for name in rows() if re.match(r"[A-Z_]+(=|$)", name)}
        assert told == {*(name for name in sim.env() if name.isupper()), "NO_PROXY", "REMIT_SIM_PID"}
