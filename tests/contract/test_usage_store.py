"""What every store of usage promises."""

from __future__ import annotations

import random
from dataclasses import replace
from hashlib import sha256

import pytest
from tests.fakes.log_records import (
    NOT_UNDERSTOOD,
    activity,
    graph_call,
    guid,
    micros,
    role_write,
    secret_get,
)

from remit.adapters.clock import SystemClock
from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.usage_store.folder import FolderUsage
from remit.adapters.usage_store.memory import MemoryUsage
from remit.model.errors import BusyError, InvariantError
from remit.model.usage import ChangeKind, LogKind, ObservedOutcome, ObservedPlane
from remit.ports.usage_store import UnitPlace, UsageTotals
from remit.usage.batches import Batch, BatchMaker
from remit.usage.columns import no_rows

DAY = 24


def batch_of(records) -> Batch:
    maker = BatchMaker()
    maker.add_lines(1, list(records))
    return maker.take()


def put(writing, records, *, file=0, name="a.jsonl", number=0, raw=False) -> None:
    intake = writing.intake(number)
    place = UnitPlace(file, name)
    intake.add(place, batch_of(records), records if raw else ())
    intake.done(place, len(records))
    writing.take(intake.finish())


def ingest(store, *files, attribution=None, keep_raw=0) -> UsageTotals:
    """Read some files, each a list of records, in one run."""
    with store.writing(keep_raw) as writing:
        for number, records in enumerate(files):
            put(writing, records, file=number, name=f"{number}.jsonl", number=number, raw=bool(keep_raw))
        added = writing.commit()
        writing.settle(attribution)
    return added.totals


def told(store) -> tuple:
    """Everything that a reading tells, but for the records set aside in their order."""
    reading = store.reading()
    return (
        list(reading.used_by_all()),
        reading.coverage(),
        list(reading.changes()),
        reading.disagreements(),
        sorted(reading.operations(ObservedPlane.DATA), key=repr),
    )


class Grants:
    """Says of every operation that some assignments grant it."""

    def __init__(self, *ids: str, instants=(), known=True) -> None:
        self._ids = ids
        self._instants = instants
        self._known = known
        self.asked = []

    def instants(self):
        return self._instants

    def granting(self, questions):
        self.asked += questions
        return [self._ids if self._known else None for _ in questions]


class UsageStoreContract:
    """Subclass it and provide `store`."""

    def test_a_store_that_was_never_written_is_empty(self, store) -> None:
        reading = store.reading()
        assert reading.totals() == UsageTotals(0, 0, 0, 0)
        assert (reading.used_by([guid(1)]), list(reading.used_by_all()), reading.used_through(guid(1))) == ([], [], [])
        assert (reading.coverage(), list(reading.changes()), reading.disagreements()) == ((), [], ())
        assert (reading.reasons(), list(reading.set_aside()), list(reading.raw())) == ((), [], [])
        assert list(reading.operations(ObservedPlane.CONTROL)) == []

    def test_an_operation_comes_back_with_all_that_is_told_of_it(self, store) -> None:
        assert ingest(store, [activity(10, assignment=7)]) == UsageTotals(1, 1, 0, 0)
        (row,) = store.reading().used_by([guid(1).upper()])
        assert (row.principal_id, row.app_id, row.plane) == (guid(1), guid(900), ObservedPlane.CONTROL)
        assert row.action == "Microsoft.Compute/virtualMachines/write"
        assert row.scope.endswith("/resourceGroups/rg")
        assert (row.assignment_id, row.through_id, row.computed) == (guid(7), guid(1), False)
        assert (row.outcome, row.operations) == (ObservedOutcome.SUCCEEDED, 1)
        assert (row.first_seen, row.last_seen) == (micros(10), micros(10))
        assert store.reading().used_through(guid(7)) == [row]

    def test_the_rows_of_one_operation_count_once(self, store) -> None:
        rows = [activity(10, result="Start"), activity(10.1, result="Accept"), activity(10.5, assignment=7)]
        assert ingest(store, rows).normalised == 3
        (row,) = store.reading().used_by([guid(1)])
        assert (row.operations, row.outcome, row.first_seen) == (1, ObservedOutcome.SUCCEEDED, micros(10))
        assert row.assignment_id == guid(7)

    def test_rows_of_one_operation_on_two_days_count_once_on_the_first(self, store) -> None:
        ingest(store, [activity(23.5, result="Start"), activity(24.5)])
        (row,) = store.reading().used_by([guid(1)])
        assert (row.operations, row.first_seen, row.last_seen) == (1, micros(23.5), micros(23.5))
        assert store.reading().used_by([guid(1)], micros(24)) == []

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_the_end_of_an_operation_may_come_long_after_its_beginning_or_before_it(self, store, order) -> None:
        halves = [[activity(23.5, result="Start")], [activity(24.5)]]
        for place in order:
            ingest(store, halves[place], [graph_call(40 * DAY)])
        (row,) = [one for one in store.reading().used_by([guid(1)]) if one.plane is ObservedPlane.CONTROL]
        assert (row.operations, row.outcome, row.first_seen) == (1, ObservedOutcome.SUCCEEDED, micros(23.5))

    def test_what_was_read_before_is_a_duplicate_and_changes_nothing(self, store) -> None:
        records = [activity(1), secret_get(2), graph_call(3), NOT_UNDERSTOOD, role_write(4)]
        assert ingest(store, records) == UsageTotals(5, 4, 1, 0)
        before = told(store)
        assert ingest(store, records) == UsageTotals(5, 0, 0, 5)
        assert ingest(store, records, records) == UsageTotals(10, 0, 0, 10)
        assert told(store) == before
        assert store.reading().totals() == UsageTotals(20, 4, 1, 15)
        assert [one.records for one in store.reading().reasons()] == [1]

    def test_the_first_of_equal_records_in_one_run_counts(self, store) -> None:
        with store.writing() as writing:
            put(writing, [NOT_UNDERSTOOD, activity(1)], file=1, name="second", number=0)
            put(writing, [activity(1), b"", NOT_UNDERSTOOD, NOT_UNDERSTOOD], file=0, name="first", number=1)
            added = writing.commit()
        assert added.totals == UsageTotals(5, 1, 1, 3)
        assert added.logs == {LogKind.ACTIVITY: (1, 1)}
        (found,) = store.reading().set_aside()
        assert (found.name, found.line, found.record) == ("first", 3, NOT_UNDERSTOOD)

    def test_lines_of_a_range_count_from_the_beginning_of_the_file(self, store) -> None:
        with store.writing() as writing:
            for number, (start, records) in enumerate([(0, [activity(1), activity(2)]), (100, [NOT_UNDERSTOOD])]):
                intake = writing.intake(number)
                place = UnitPlace(0, "large.jsonl", start)
                intake.add(place, batch_of(records))
                intake.done(place, len(records))
                writing.take(intake.finish())
                if not number:
                    writing.commit()
            (reason,) = writing.commit().reasons
        assert (reason.name, reason.line) == ("large.jsonl", 3)
        assert [one.line for one in store.reading().set_aside(reason.reason)] == [3]

    def test_reasons_are_counted_the_most_frequent_first(self, store) -> None:
        ingest(store, [b"no json", NOT_UNDERSTOOD, b'{"another": 1}', b'{"third": 1}'])
        first, second = store.reading().reasons()
        assert (first.records, first.name, first.line) == (3, "0.jsonl", 2)
        assert (second.records, second.line) == (1, 1)
        assert [one.line for one in store.reading().set_aside(first.reason)] == [2, 3, 4]
        assert list(store.reading().set_aside("never met")) == []

    def test_days_are_taken_together_and_since_counts_a_day_whole(self, store) -> None:
        ingest(store, [graph_call(hours, request=round(hours)) for hours in (1, 2, 26, 50)])
        (row,) = store.reading().used_by([guid(1)])
        assert (row.operations, row.first_seen, row.last_seen) == (4, micros(1), micros(50))
        (row,) = store.reading().used_by([guid(1)], since=micros(47))
        assert (row.operations, row.first_seen) == (2, micros(26))
        assert store.reading().used_by([guid(1)], since=micros(100)) == []
        assert store.reading().used_by([]) == []

    def test_refused_calls_stand_apart(self, store) -> None:
        ingest(store, [secret_get(1, status=403), secret_get(2, correlation=2)])
        found = {row.outcome: row.operations for row in store.reading().used_by([guid(1)])}
        assert found == {ObservedOutcome.REFUSED: 1, ObservedOutcome.SUCCEEDED: 1}
        (done,) = store.reading().operations(ObservedPlane.DATA)
        assert (done.first_seen, done.last_seen) == (micros(2), micros(2))
        assert list(store.reading().operations(ObservedPlane.DATA, since=micros(30))) == []

    def test_everybody_is_told_by_id(self, store) -> None:
        ingest(store, [graph_call(1, caller=caller, request=caller) for caller in (3, 1, 2)])
        assert [name for name, _ in store.reading().used_by_all()] == [guid(1), guid(2), guid(3)]
        assert dict(store.reading().used_by_all())[guid(2)] == store.reading().used_by([guid(2)])
        assert len(store.reading().used_by([guid(3), guid(1)])) == 2

    def test_coverage_says_which_days_had_records_of_which_log_where(self, store) -> None:
        ingest(store, [activity(1), activity(2, correlation=2), secret_get(50)])
        ingest(store, [activity(30, correlation=3)])
        first, second = store.reading().coverage()
        day = micros(0) // (86_400 * 10**6)
        assert (first.log, first.records, first.days) == (LogKind.ACTIVITY, 3, (day, day + 1))
        assert (first.first, first.last) == (micros(1), micros(30))
        assert (second.log, second.days) == (LogKind.KEY_VAULT, (day + 2,))
        assert second.place.endswith("/vaults/kv")

    def test_changes_come_once_the_earliest_first(self, store) -> None:
        later, earlier = role_write(5), role_write(3, assignment=71, correlation=61)
        ingest(store, [later, later, earlier])
        ingest(store, [earlier])
        assert [one.kind for one in store.reading().changes()] == [ChangeKind.ASSIGNMENT_WRITTEN] * 2
        assert [one.object_id for one in store.reading().changes()] == [guid(71), guid(70)]
        assert [one.time for one in store.reading().changes(since=micros(4))] == [micros(5)]
        assert [one.time for one in store.reading().changes(until=micros(5))] == [micros(3)]

    def test_what_no_log_tells_of_is_attributed(self, store) -> None:
        grants = Grants(guid(41), guid(42))
        ingest(store, [secret_get(1), graph_call(2), secret_get(3, status=403, correlation=3)], attribution=grants)
        found = {(row.plane, row.outcome): row for row in store.reading().used_by([guid(1)])}
        granted = found[ObservedPlane.DATA, ObservedOutcome.SUCCEEDED]
        assert (granted.assignment_id, granted.computed) == (guid(41), True)
        assert found[ObservedPlane.DATA, ObservedOutcome.REFUSED].assignment_id == ""
        assert found[ObservedPlane.DIRECTORY, ObservedOutcome.SUCCEEDED].assignment_id == ""
        assert {one.plane for one in grants.asked} == {ObservedPlane.DATA}
        assert store.reading().used_through(guid(41)) == [granted]

    def test_a_log_that_names_another_grant_than_the_engine_is_a_disagreement(self, store) -> None:
        records = [activity(1, assignment=7), activity(2, correlation=2, assignment=7)]
        ingest(store, records, attribution=Grants(guid(41)))
        (found,) = store.reading().disagreements()
        assert (found.logged_assignment_id, found.computed_assignment_ids) == (guid(7), (guid(41),))
        assert (found.principal_id, found.at) == (guid(1), micros(1))
        assert [row.assignment_id for row in store.reading().used_by([guid(1)])] == [guid(7)]

    @pytest.mark.parametrize("grants", [Grants(guid(7)), Grants(known=False), None])
    def test_no_disagreement_where_both_agree_or_nothing_is_known(self, store, grants) -> None:
        ingest(store, [activity(1, assignment=7)], attribution=grants)
        assert store.reading().disagreements() == ()

    def test_offsets_are_kept_with_the_records_that_they_reach(self, store) -> None:
        with store.writing() as writing:
            assert writing.offsets("hub") == {}
            put(writing, [activity(1)])
            writing.commit("hub", {"0": "5", "1": "7"})
            writing.commit("hub", {"1": "8"})
            writing.commit("other", {"0": "1"})
        with store.writing() as writing:
            assert writing.offsets("hub") == {"0": "5", "1": "8"}
        assert store.reading().totals().read == 1

    def test_what_was_not_committed_is_forgotten(self, store) -> None:
        with store.writing() as writing:
            put(writing, [activity(1)])
        assert store.reading().totals() == UsageTotals(0, 0, 0, 0)
        assert ingest(store, [activity(1)]).normalised == 1

    def test_one_writes_at_a_time(self, store) -> None:
        with store.writing() as writing, pytest.raises(BusyError):
            store.writing()
        writing.close()
        store.writing().close()

    def test_a_reading_does_not_see_later_commits(self, store) -> None:
        ingest(store, [graph_call(1)])
        reading = store.reading()
        before = list(reading.used_by_all())
        ingest(store, [graph_call(2, request=2)], [activity(3)])
        assert list(reading.used_by_all()) == before
        assert reading.totals().read == 1
        assert store.reading().totals().read == 3

    def test_raw_records_are_kept_as_long_as_they_are_wanted(self, store) -> None:
        early, late = graph_call(1), activity(9 * DAY)
        ingest(store, [early, late, NOT_UNDERSTOOD], [early], keep_raw=10)
        assert [one.record for one in store.reading().raw()] == [early, late]
        assert next(iter(store.reading().raw())).digest == sha256(early).hexdigest()
        day = micros(0) // (86_400 * 10**6)
        assert [one.record for one in store.reading().raw(day + 9)] == [late]
        ingest(store, [graph_call(12 * DAY, request=12)])
        assert [one.record for one in store.reading().raw()] == [late]

    def test_a_key_of_two_texts_is_refused_and_nothing_is_kept(self, store) -> None:
        ingest(store, [activity(1)])
        honest = batch_of([activity(2, correlation=2)])
        (key,) = [key for key, text in honest.texts.items() if text == guid(1)]
        with store.writing() as writing:
            intake = writing.intake(0)
            intake.add(UnitPlace(0, "forged"), replace(honest, texts={**honest.texts, key: "somebody else"}))
            writing.take(intake.finish())
            with pytest.raises(InvariantError, match="have the same key"):
                writing.commit()
        assert store.reading().totals().read == 1

    def test_the_spelling_that_people_read_is_kept_whichever_came_first(self, store) -> None:
        ingest(store, [secret_get(1)])
        spelt = secret_get(2, correlation=2).replace(b"SUBSCRIPTIONS", b"subscriptions").replace(b"VAULTS", b"Vaults")
        ingest(store, [spelt])
        (row,) = store.reading().used_by([guid(1)])
        assert "/subscriptions/" in row.scope
        assert row.operations == 2

    def test_a_batch_of_nothing_is_no_fault(self, store) -> None:
        with store.writing() as writing:
            intake = writing.intake(0)
            intake.add(UnitPlace(0, "empty"), Batch(0, no_rows()))
            writing.take(intake.finish())
            assert writing.commit().totals == UsageTotals(0, 0, 0, 0)
            writing.settle(None)

    def test_times_that_nobody_can_mean_are_no_fault(self, store) -> None:
        strange = [graph_call(1, request=number).replace(b"2026-03-01", day) for number, day in enumerate(DAYS)]
        total = ingest(store, strange)
        assert total.read == len(strange)
        assert sum(row.operations for row in store.reading().used_by([guid(1)])) == total.normalised
        assert ingest(store, [graph_call(1, request=77)]).normalised == 1
        assert sum(row.operations for row in store.reading().used_by([guid(1)])) == total.normalised + 1

    @pytest.mark.parametrize("seed", range(4))
    def test_the_order_of_files_makes_no_difference(self, store, seed) -> None:
        dice = random.Random(seed)
        records = a_month(dice)
        expected = MemoryUsage()
        ingest(expected, records)
        cut = [[], [], [], []]
        for record in records:
            for place in dice.sample(range(4), dice.choice([1, 1, 2])):
                cut[place].append(record)
        dice.shuffle(cut)
        for records in cut:
            dice.shuffle(records)
        ingest(store, cut[0])
        ingest(store, cut[1], cut[2])
        ingest(store, cut[3], attribution=None)
        assert told(store) == told(expected)
        assert store.reading().totals().normalised == expected.reading().totals().normalised
        assert store.reading().totals().set_aside == expected.reading().totals().set_aside


DAYS = (b"0001-01-01", b"1969-12-31", b"1970-01-01", b"9999-12-31", b"2026-03-01", b"2031-01-01")


def a_month(dice: random.Random) -> list[bytes]:
    """Operations of one to three rows, often around midnight, and calls, over thirty days."""
    found = [NOT_UNDERSTOOD, b"[1", role_write(30), role_write(200, assignment=71, correlation=61)]
    for number in range(60):
        hours = dice.uniform(0, 30 * DAY) if dice.random() < 0.5 else dice.randrange(1, 30) * DAY - 0.2
        caller, assignment = dice.randrange(1, 4), dice.choice([None, 7, 8])
        kind = dice.choice(["activity", "activity", "graph", "vault"])
        if kind == "graph":
            found.append(graph_call(hours, caller=caller, request=number))
        elif kind == "vault":
            found.append(secret_get(hours, caller=caller, correlation=number, status=dice.choice([200, 403])))
        else:
            results = dice.choice([["Start", "Success"], ["Start", "Accept", "Success"], ["Failure"], ["Start"]])
            found += [
                activity(hours + 0.3 * step, caller=caller, correlation=number, result=result, assignment=assignment)
                for step, result in enumerate(results)
            ]
    return found


class TestMemoryUsage(UsageStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryUsage()


class TestFolderUsage(UsageStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return FolderUsage(tmp_path / "usage", lambda spill: DuckEngine(spill, threads=1), SystemClock())
