"""How good a set of removals is, in words; and what there was no time to find out."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import msgspec
import numpy as np
import pytest
from rich.console import Console
from tests.fakes.escalations import hand_drawn

from remit.app.graphing.cutting import Wanted, find_cuts
from remit.app.graphing.naming import Naming
from remit.cli import cuts as command


@pytest.fixture(scope="module")
def asked():
    escalation = hand_drawn().escalation
    naming = Naming(escalation)

    def find(**more):
        return find_cuts(escalation, naming.find("tier0"), Wanted(**more))

    return find


def shown(answer, *, everybody: bool = True) -> str:
    out = Console(width=400, record=True, file=StringIO())
    command.show_cuts(out, answer.escalation, answer, everybody=everybody)
    return out.export_text()


def test_what_is_proven_says_so(asked) -> None:
    assert "proven: nothing that weighs less does" in shown(asked())
    assert "proven: no single removal cuts off more" in shown(asked(budget=1))


def test_what_is_not_proven_tells_bound_and_gap(asked) -> None:
    answer = replace(asked(), weight=2.0, value=2.0, bound=1.5, gap=0.25)
    assert "not proven: this weighs 2, nothing less than 1.5 does it; gap 25.0%" in shown(answer)


def test_a_budget_that_is_not_proven_tells_how_many_could_be_cut_off(asked) -> None:
    """Ten are cut off, 90 are left, and no fewer than 60 can be: at most 40."""
    answer = replace(asked(budget=2), cut_off=np.arange(10, dtype=np.int32), value=90.0, bound=60.0, gap=1 / 3)
    assert "not proven: no 2 removals cut off more than 40; gap 33.3%" in shown(answer)


def test_what_was_not_asked_in_time_is_told_and_nothing_is_called_proven(asked) -> None:
    told = shown(replace(asked(), unasked=3, gap=0.0))
    assert "not proven: of 3 steps it was not found out what they rest on" in told
    assert "proven: nothing" not in told


def test_a_removal_that_there_was_no_time_for_says_so_and_is_bare_in_json(asked, capsys) -> None:
    answer = asked()
    first, *rest = answer.removals
    late = replace(answer, removals=(replace(first, alone=None, needed=None), *rest))
    assert shown(late).count("whom it cuts off was not found out in time") == 1
    command._write(late.escalation, late)
    bare, *others = msgspec.json.decode(capsys.readouterr().out)["removals"]
    assert {"alone", "breaks", "cutOff"}.isdisjoint(bare)
    assert all({"alone", "breaks", "cutOff"} <= set(one) for one in others)


@pytest.mark.parametrize(
    ("more", "everybody", "expected"),
    [
        ({}, True, "cut off 2 of 2 who reach it"),
        ({"keep": ("Bob",)}, True, "cuts off 1 of 1 other who reaches it"),
        ({"keep_holders": True}, True, "nobody else reaches it"),
        ({"only": ("Ada",)}, False, "cuts off 1 of 1 named who reaches it"),
        ({"only": ("app",)}, False, "nobody of those named reaches it"),
    ],
)
def test_of_whom_some_are_cut_off(asked, more, everybody, expected) -> None:
    naming = Naming(asked().escalation)
    named = {key: tuple(map(naming.find, value)) if isinstance(value, tuple) else value for key, value in more.items()}
    assert expected in shown(asked(**named), everybody=everybody)
