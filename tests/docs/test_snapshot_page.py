"""`docs/snapshot.md` describes every table and every column that a snapshot holds."""

from __future__ import annotations

import re

import pytest
from tests.docs.tree import ROOT

from remit.adapters.store.tables import SCHEMA

PAGE = ROOT / "docs" / "snapshot.md"


def section(table: str) -> str:
    """What stands under the heading that names the table."""
    for part in re.split(r"^(?=#{2,4} )", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if f"`{table}`" in part.split("\n", 1)[0]:
            return part
    return ""


@pytest.mark.parametrize("table", SCHEMA)
def test_every_column_of_a_table_is_described(table) -> None:
    text = section(table)
    assert text, f"no heading names `{table}`"
    assert [column for column in SCHEMA[table] if f"`{column}`" not in text] == []
