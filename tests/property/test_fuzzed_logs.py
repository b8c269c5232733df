"""Records that were changed at random are normalised or set aside; `python -m tests.fuzz_logs N` reads more of them."""

import pytest
from tests.fuzz_logs.__main__ import main
from tests.fuzz_logs.checking import Tally, check_file
from tests.fuzz_logs.seeds import made_up

from remit.model.usage import Normalised
from remit.usage.records import understand


def test_every_seed_of_ours_is_read():
    assert all(isinstance(understand(record, b""), Normalised) for record in made_up())


def test_nothing_is_raised_and_the_totals_add_up():
    total = Tally()
    for number in range(60):
        total.add(check_file(f"test:{number}"))
    assert total.failures == []
    assert total.mutated == 3000
    assert 500 < total.normalised < total.read
    assert len(total.reasons) > 8


@pytest.mark.parametrize("wrong", ["reader", "frame"])
def test_a_mistake_is_found(monkeypatch, wrong, capsys):
    if wrong == "reader":
        monkeypatch.setattr("remit.usage.records.recognise", lambda *_: 1 / 0)
    else:
        monkeypatch.setattr("tests.fuzz_logs.checking.frame", lambda *_, **__: 1 / 0)
    tally = Tally()
    for number in range(3):
        tally.add(check_file(f"test:{number}"))
    assert tally.failures
    assert not capsys.readouterr().out


def test_the_command_says_what_it_read(capsys):
    assert main(["100", "--processes", "1"]) == 0
    assert "0 failures" in capsys.readouterr().out
