"""What `remit ai` and `remit tiers` show of a small tenant, word for word."""

from __future__ import annotations

import re

import pytest
from tests.fakes.ai_tenant import ai_tenant
from tests.fakes.progress import without_progress

from remit.cli.running import run

CASES = {
    "ai": (("ai",), 1),
    "ai-full": (("ai", "--full"), 1),
    "help-ai": (("ai", "--help"), 0),
    "tiers": (("tiers", "--roles"), 0),
    "tiers-one": (("tiers", "Maya"), 0),
    "help-tiers": (("tiers", "--help"), 0),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("golden-ai")
    return ["--tenant", str(ai_tenant().export(folder / "export")), "--store", str(folder / "store")]


@pytest.mark.parametrize("name", CASES)
def test_both_show_what_they_showed(golden, capfd, monkeypatch, asked, name) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    arguments, code = CASES[name]
    assert run([*arguments, *([] if "--help" in arguments else asked)]) == code
    out, err = capfd.readouterr()
    # The snapshot's id is a digest of its bytes, and tells nothing here.
    out = re.sub(r"snapshot [0-9a-f]{12}", "snapshot 0123456789ab", out)
    golden(f"reviews/{name}.txt", re.sub(r" +$", "", out, flags=re.MULTILINE))
    assert without_progress(err) == ""
    assert [line for line in out.splitlines() if len(line) > 80 and max(map(len, line.split())) <= 40] == []
