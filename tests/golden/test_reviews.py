"""What `remit integrations` and `remit isolation` show of a small tenant, word for word."""

from __future__ import annotations

import re

import pytest
from tests.fakes.progress import without_progress
from tests.fakes.reviewed_tenant import reviewed_tenant

from remit.cli.running import run

CASES = {
    "integrations": (("integrations",), 0),
    "isolation": (("isolation",), 1),
    "isolation-explain": (("isolation", "--explain"), 1),
    "help-integrations": (("integrations", "--help"), 0),
    "help-isolation": (("isolation", "--help"), 0),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("golden-reviews")
    return ["--tenant", str(reviewed_tenant().export(folder / "export")), "--store", str(folder / "store")]


@pytest.mark.parametrize("name", CASES)
def test_the_reviews_show_what_they_showed(golden, capfd, monkeypatch, asked, name) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    arguments, code = CASES[name]
    assert run([*arguments, *([] if "--help" in arguments else asked)]) == code
    out, err = capfd.readouterr()
    # The snapshot's id is a digest of its bytes, and tells nothing here.
    out = re.sub(r"snapshot [0-9a-f]{12}", "snapshot 0123456789ab", out)
    golden(f"reviews/{name}.txt", re.sub(r" +$", "", out, flags=re.MULTILINE))
    assert re.sub(r"^remit: (?:drawing|keeping) .*\n", "", without_progress(err), flags=re.MULTILINE) == ""
    assert [line for line in out.splitlines() if len(line) > 80 and max(map(len, line.split())) <= 40] == []
