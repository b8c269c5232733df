"""Waiting for another process that writes to the usage of a store."""

from __future__ import annotations

import pytest

from remit.adapters.usage_store.memory import MemoryUsage
from remit.app.holding import Patience, held
from remit.app.ingesting.ingest import Pace, ingest
from remit.model.errors import BusyError, UnavailableError


class Passing:
    """Time that passes when somebody sleeps; after some of it another writer lets go."""

    def __init__(self, writing, ends_at: float) -> None:
        self.seconds = 0.0
        self._writing = writing
        self._ends_at = ends_at

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if self.seconds >= self._ends_at:
            self._writing.close()

    def patience(self, most_s: float, **more) -> Patience:
        return Patience(most_s, sleep=self.sleep, now=lambda: self.seconds, **more)


def test_another_writer_is_waited_for_and_that_is_told_once() -> None:
    store, told = MemoryUsage(), []
    passing = Passing(store.writing(), 3.0)
    held(store, 0, passing.patience(30.0, tell=told.append)).close()
    assert 3.0 <= passing.seconds < 4.0
    assert [line.endswith("; waiting") for line in told] == [True]


def test_waiting_has_an_end() -> None:
    store = MemoryUsage()
    passing = Passing(store.writing(), 100.0)
    with pytest.raises(BusyError):
        held(store, 0, passing.patience(10.0))
    assert 10.0 <= passing.seconds < 11.0


def test_nobody_waits_who_is_to_end() -> None:
    store = MemoryUsage()
    passing = Passing(store.writing(), 100.0)
    with pytest.raises(BusyError):
        held(store, 0, passing.patience(10.0, end=lambda: True))
    assert passing.seconds == 0


def test_a_store_that_cannot_be_written_is_not_waited_for() -> None:
    class Broken(MemoryUsage):
        def writing(self, keep_raw: int = 0):
            raise UnavailableError(f"no space left to keep {keep_raw} days")

    passing = Passing(MemoryUsage().writing(), 0.0)
    with pytest.raises(UnavailableError, match="no space left"):
        held(Broken(), 0, passing.patience(10.0))
    assert passing.seconds == 0


def test_an_ingest_waits_for_a_follower_that_commits() -> None:
    store = MemoryUsage()
    passing = Passing(store.writing(), 2.0)
    done = ingest([], store, lambda: None, pace=Pace(), patience=passing.patience(30.0))  # type: ignore[arg-type,return-value]
    assert done.totals.read == 0
    assert 2.0 <= passing.seconds < 3.0
