"""What every snapshot store promises."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.fakes.rows import GROUP, RowsReader, TickingClock, assignment, differences, small_tenant

from remit.adapters.store.duckdb import DuckStore
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.app.intake import FactsBuilder
from remit.model.errors import DuplicateError, NotFoundError
from remit.model.snapshot import Gap


def take(store, lists=None, **kwargs):
    return import_tenant(RowsReader(small_tenant() if lists is None else lists, **kwargs), store, {}).summary


def facts_of(lists, **kwargs):
    reader = RowsReader(lists, **kwargs)
    builder = FactsBuilder()
    for batch in reader.batches():
        builder.add(batch.list_name, batch.file, batch.lines, batch.payloads)
    return builder.finish(reader.meta(), {})


class SnapshotStoreContract:
    """Subclass it and provide `store`."""

    def test_facts_read_back_equal(self, store):
        summary = take(store)
        assert differences(store.facts(summary.snapshot_id), facts_of(small_tenant())) == []

    def test_an_empty_tenant_reads_back_equal(self, store):
        summary = take(store, {})
        assert differences(store.facts(summary.snapshot_id), facts_of({})) == []
        assert summary.rows == {}

    def test_the_summary_says_what_was_kept(self, store):
        gap = Gap("arm/denyAssignments", GROUP, "403")
        summary = take(store, gaps=[gap])
        assert store.summaries() == (summary,)
        assert summary.rows["arm/resources"] == 3
        assert summary.rows["arm/roleAssignmentScheduleInstances"] == 0
        assert gap in summary.gaps
        assert {"classicAdministrator"} == {flag.kind for flag in summary.flags}

    def test_order_of_lists_and_rows_does_not_change_the_id(self, store):
        assert len({take(store, order=seed).snapshot_id for seed in (None, 1, 2, 3)}) == 1

    def test_other_content_has_another_id(self, store):
        changed = small_tenant()
        changed["arm/subscriptions"][0]["unknown"] = {"kept": [1, 2.5]}
        assert take(store).snapshot_id != take(store, changed).snapshot_id

    def test_a_gap_is_part_of_the_id(self, store):
        assert take(store).snapshot_id != take(store, gaps=[Gap("graph/users", "/", "403")]).snapshot_id

    def test_letter_case_of_ids_does_not_hide_a_payload(self, store):
        summary = take(store)
        row = assignment()
        for key in (row["id"], row["id"].lower(), row["id"].upper()):
            assert json.loads(store.payload(summary.snapshot_id, "arm/roleAssignments", key)) == row

    def test_a_payload_keeps_its_bytes(self, store):
        writer = store.begin()
        payload = b'{ "id":"X/\xc3\xa9" ,"n": 1e2, "u": "\\u00e9" }'
        writer.add("arm/deploymentStacks", "f", [1], ["x/é"], [payload])
        summary = writer.commit(facts_of({}))
        assert store.payload(summary.snapshot_id, "arm/deploymentStacks", "X/É") == payload

    def test_a_payload_that_is_not_there_is_none(self, store):
        summary = take(store)
        assert store.payload(summary.snapshot_id, "arm/roleAssignments", "/nobody") is None
        assert store.payload(summary.snapshot_id, "graph/devices", "/nobody") is None

    def test_all_payloads_of_a_list_come_back_by_key(self, store):
        writer = store.begin()
        rows = {f"/{number:05}": b'{"id":"/%05d","u":"\xc3\xa9"}' % number for number in range(2_500)}
        shuffled = sorted(rows, key=lambda key: key[::-1])
        writer.add("arm/locks", "f", list(range(1, 2_501)), shuffled, [rows[key] for key in shuffled])
        name = writer.commit(facts_of({})).snapshot_id
        assert list(store.payloads(name, "arm/locks")) == list(rows.values())
        assert list(store.payloads(name, "graph/users")) == []

    def test_marks_stand_beside_the_snapshot_and_not_in_its_id(self, store):
        name = take(store).snapshot_id
        assert store.marks(name) == {}
        store.keep_marks(name, {"graph/users": "https://x.example/delta?é", "a": ""})
        assert store.marks(name) == {"a": "", "graph/users": "https://x.example/delta?é"}
        store.keep_marks(name, {"b": "1"})
        assert take(store).snapshot_id == name
        assert store.marks(name) == {"b": "1"}
        assert store.marks(take(store, {}).snapshot_id) == {}

    def test_the_same_row_twice_is_kept_once(self, store):
        twice = small_tenant()
        twice["arm/roleAssignments"].append(dict(reversed(assignment().items())))
        summary = take(store, twice)
        assert summary.rows["arm/roleAssignments"] == 2
        assert differences(store.facts(summary.snapshot_id), facts_of(small_tenant())) == []

    def test_which_of_two_equal_rows_is_kept_does_not_depend_on_their_order(self, store):
        twice = small_tenant()
        twice["arm/roleAssignments"].append(dict(reversed(assignment().items())))
        assert len({take(store, twice, order=seed).snapshot_id for seed in range(4)}) == 1

    def test_one_id_with_different_content_is_refused(self, store):
        bad = small_tenant()
        bad["arm/locks"].append(bad["arm/locks"][0] | {"name": "other"})
        bad["arm/resources"].append(bad["arm/resources"][0] | {"location": "x"})
        before = store.summaries()
        with pytest.raises(DuplicateError) as caught:
            take(store, bad)
        key = bad["arm/locks"][0]["id"].lower()
        assert caught.value.message == f"arm/locks.jsonl:2: id: `{key}` stands with other content in arm/locks.jsonl:1"
        assert {name for name, _ in caught.value.rows} == {"arm/locks", "arm/resources"}
        assert store.summaries() == before

    def test_what_was_abandoned_is_not_there(self, store):
        kept = take(store)
        writer = store.begin()
        writer.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
        writer.abandon()
        writer.abandon()
        assert store.summaries() == (kept,)

    def test_nothing_is_seen_before_the_commit(self, store):
        writer = store.begin()
        writer.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
        assert store.summaries() == ()
        summary = writer.commit(facts_of({}))
        assert [one.snapshot_id for one in store.summaries()] == [summary.snapshot_id]

    def test_two_snapshots_can_be_made_at_once(self, store):
        one, other = store.begin(), store.begin()
        one.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
        other.add("arm/locks", "f", [1], ["/y"], [b'{"id": "/y"}'])
        first, second = one.commit(facts_of({})), other.commit(facts_of({}))
        assert first.snapshot_id != second.snapshot_id
        assert store.payload(first.snapshot_id, "arm/locks", "/x") == b'{"id": "/x"}'
        assert store.payload(second.snapshot_id, "arm/locks", "/x") is None

    def test_importing_again_makes_a_snapshot_the_newest(self, store):
        first = take(store)
        second = take(store, {})
        assert store.resolve(None) == second.snapshot_id
        again = take(store)
        assert again.snapshot_id == first.snapshot_id
        assert again.imported_at > second.imported_at
        assert [one.snapshot_id for one in store.summaries()] == [second.snapshot_id, first.snapshot_id]
        assert store.resolve(None) == first.snapshot_id

    def test_an_id_may_be_given_by_its_start(self, store):
        name = take(store).snapshot_id
        assert store.resolve(name[:6]) == store.resolve(name.upper()) == name

    @pytest.mark.parametrize("asked", ["", "0", "../..", "zzzzzzzz", "é" * 70, None])
    def test_what_is_no_snapshot_is_not_found(self, store, asked):
        with pytest.raises(NotFoundError):
            store.resolve(asked)

    @pytest.mark.parametrize("asked", ["", "..", "f" * 64, "a/b"])
    def test_every_question_about_no_snapshot_is_not_found(self, store, asked):
        take(store)
        for ask in (
            lambda: store.facts(asked),
            lambda: store.payload(asked, "arm/locks", "/x"),
            lambda: list(store.payloads(asked, "arm/locks")),
            lambda: store.marks(asked),
            lambda: store.keep_marks(asked, {}),
            lambda: store.load_index(asked, "1"),
            lambda: store.save_index(asked, "1", {}, {}),
            lambda: store.remember("source", asked),
        ):
            with pytest.raises(NotFoundError):
                ask()

    def test_an_index_reads_back_under_its_version_only(self, store):
        name = take(store).snapshot_id
        arrays = {
            "a.b": np.arange(6, dtype=np.int32).reshape(2, 3),
            "empty": np.zeros(0, dtype=np.int64),
            "bits": np.array([True, False]),
            "odd": np.arange(3, dtype=np.uint8),
        }
        assert store.load_index(name, "1") is None
        store.save_index(name, "1", arrays, {"count": 3, "name": "é"})
        store.save_index(name, "1", arrays, {"count": 3, "name": "é"})
        found = store.load_index(name, "1")
        assert found is not None
        assert found[1] == {"count": 3, "name": "é"}
        assert set(found[0]) == set(arrays)
        for key, array in arrays.items():
            assert found[0][key].dtype == array.dtype
            assert found[0][key].shape == array.shape
            assert (found[0][key] == array).all()
        assert store.load_index(name, "2") is None

    def test_a_source_is_known_again(self, store):
        name = take(store).snapshot_id
        assert store.recall("path:1") is None
        store.remember("path:1", name)
        assert store.recall("path:1") == name
        other = take(store, {}).snapshot_id
        store.remember("path:1", other)
        assert store.recall("path:1") == other


class TestMemoryStore(SnapshotStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore(TickingClock())


class TestDuckStore(SnapshotStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return DuckStore(tmp_path / "it's a store", TickingClock())


def test_both_stores_call_the_same_content_the_same(tmp_path):
    stores = (MemoryStore(TickingClock()), DuckStore(tmp_path, TickingClock()))
    one, other = (take(store) for store in stores)
    assert one == other
