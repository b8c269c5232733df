"""docs/log-sources.md names the test of every quirk, and no test that is not there; its figures are the tests'."""

from __future__ import annotations

import re
from pathlib import Path

from tests.recorded.test_log_sources import FILES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "log-sources.md").read_text(encoding="utf-8")
SOURCES = ("sign_ins", "entra_audit", "graph_calls", "key_vault", "storage", "cosmos", "kubernetes")


def test_every_quirk_with_a_test_stands_on_the_page_with_the_tests_name():
    tests = "".join(
        (ROOT / "tests" / "unit" / "usage" / "sources" / f"test_{name}.py").read_text(encoding="utf-8")
        for name in SOURCES
    )
    assert sorted(re.findall(r"`(test_quirk_\w+)`", PAGE)) == sorted(re.findall(r"def (test_quirk_\w+)", tests))


def test_the_page_tells_how_many_records_are_compared_with_their_upstream():
    assert f"({sum(FILES.values())} of Elastic" in PAGE
