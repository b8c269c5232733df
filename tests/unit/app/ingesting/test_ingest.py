"""Giving out work, and taking back what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.fakes.log_records import NOT_UNDERSTOOD, activity, graph_call

from remit.adapters.usage_store.memory import MemoryIntake, MemoryUsage
from remit.app.ingesting.ingest import Pace, ingest
from remit.app.ingesting.pool import in_order
from remit.app.ingesting.showing import shown
from remit.app.ingesting.working import Task
from remit.model.errors import InterruptedAnswerError, PayloadError, UnavailableError
from remit.ports.log_source import LogUnit
from remit.ports.usage_store import UsageTotals
from remit.usage.batches import BatchMaker

FILES = {
    "a": activity(1) + b"\n" + NOT_UNDERSTOOD + b"\n",
    "b": graph_call(2) + b"\n",
    "c": b"",
    "d": activity(1) + b"\n" + activity(3, correlation=3) + b"\n" + b"x\n",
}


class HeldFiles:
    """Files in memory; `cut` ends too early, `down` is of a service that does not answer."""

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        if unit.place == "down":
            raise InterruptedAnswerError("down", "does not answer")
        data = FILES["a" if unit.place == "cut" else unit.place]
        yield data[unit.start : unit.end]
        if unit.place == "cut":
            raise PayloadError("cut", 0, "", "is cut short")


class HeldTools:
    def opener(self, _: LogUnit) -> HeldFiles:
        return HeldFiles()

    def take_maker(self, *, digests: bool) -> BatchMaker:
        return BatchMaker(digests=digests)

    def give_back(self, maker: BatchMaker, *, digests: bool) -> None:
        assert not digests
        assert maker.take().read == 0, "what was taken stays in no maker"

    def intake(self, *_: object) -> MemoryIntake:
        return MemoryIntake()


def leave(*_: object) -> HeldTools:
    os._exit(9)


def unit(place: str, **more) -> LogUnit:
    return LogUnit(place, "held", place, size=len(FILES.get(place, b"")), **more)


def run(*units: LogUnit, pace=None, watcher=lambda _: None):
    store = MemoryUsage()
    done = ingest(units, store, HeldTools, pace=pace or Pace(), watcher=watcher)
    return store, done


def test_totals_reasons_and_logs_of_all_commits_are_added_up() -> None:
    steps = []
    store, done = run(*map(unit, "abcd"), pace=Pace(commit_records=1, task_bytes=1), watcher=steps.append)
    assert done.totals == UsageTotals(6, 3, 2, 1) == store.reading().totals()
    assert {log.word: counts for log, counts in done.logs.items()} == {"activityLog": (2, 1), "microsoftGraph": (1, 0)}
    assert sorted((one.name, one.line, one.records) for one in done.reasons) == [("a", 2, 1), ("d", 3, 1)]
    assert (done.files, done.size) == (4, sum(map(len, FILES.values())))
    assert [one.step for one in steps][-1] == "settling"
    assert steps[-1].records == 6
    assert (steps[-1].files, steps[-1].whole_files) == (4, 4)


def test_nothing_to_read_is_no_fault() -> None:
    assert run()[1].totals == UsageTotals(0, 0, 0, 0)


def test_a_file_that_cannot_be_read_to_its_end_costs_one_record() -> None:
    store, done = run(unit("cut"), unit("b"))
    assert done.totals == UsageTotals(4, 2, 2, 0)
    (found,) = store.reading().set_aside("is cut short")
    assert (found.name, found.line) == ("cut", 3)


def test_a_service_that_does_not_answer_ends_it() -> None:
    with pytest.raises(InterruptedAnswerError):
        run(unit("a"), unit("down"))


def test_ranges_of_one_file_share_its_number_and_its_lines() -> None:
    data, first = FILES["d"], FILES["d"].index(b"\n") + 1
    ranges = [unit("d", end=first), unit("d", start=first, end=len(data))]
    store, done = run(*ranges, pace=Pace(task_bytes=1))
    assert (done.files, done.totals.read) == (1, 3)
    assert [one.line for one in store.reading().set_aside()] == [3]
    told = list(shown(ranges, HeldTools().opener))
    assert [one.line for one in told] == [1, 2, 3]
    assert [one.status for one in told] == ["normalised", "normalised", "set_aside"]


def test_a_file_that_is_named_twice_is_shown_twice_and_marked() -> None:
    told = list(shown([unit("b"), unit("b"), unit("cut")], HeldTools().opener))
    assert [(one.line, one.status) for one in told[:2]] == [(1, "normalised"), (1, "duplicate")]
    assert (told[-1].line, told[-1].reason) == (3, "is cut short")


def test_workers_give_back_in_order() -> None:
    tasks = [Task(number, ((number, unit(place)),), "") for number, place in enumerate("abcdabcd")]
    found = list(in_order(iter(tasks), HeldTools, 2))
    assert [task for task, _ in found] == tasks
    assert [taken.read for _, taken in found] == [2, 1, 0, 3] * 2


def test_a_worker_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(UnavailableError, match="ended from outside"):
        list(in_order([Task(0, ((0, unit("a")),), "")], leave, 2))
