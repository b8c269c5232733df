"""Names and values in two columns."""

from __future__ import annotations

from remit.cli.layout import fields
from remit.cli.output import console


def test_a_value_of_many_words_is_folded_and_an_id_is_not(capsys) -> None:
    place = "/subscriptions/" + "a" * 80
    fields(console(), [("state", "of the days from one to the other " * 4), ("scope", f"{place} and more")])
    lines = capsys.readouterr().out.splitlines()
    assert [len(line) for line in lines if "/" not in line and len(line) > 80] == []
    assert lines[0].startswith("  state  of the days")
    assert lines[1].startswith("         ")
    assert lines[-1] == f"  scope  {place} and more"
