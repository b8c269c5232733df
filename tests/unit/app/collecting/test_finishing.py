"""From pages to a snapshot: the same as by an export, the later of two rows, and an earlier snapshot's rows."""

from __future__ import annotations

import json

import pytest
from tests.fakes.rows import GROUP, NOW, TEAM, TENANT, USER, RowsReader, TickingClock, assignment, pair, small_tenant

from remit.adapters.export.reader import ExportReader
from remit.adapters.export.writer import is_free, write_export
from remit.adapters.spool.memory import MemorySpool
from remit.adapters.store.memory import MemoryStore
from remit.app.collecting.finishing import finish
from remit.app.collecting.readers import gaps_that_stand
from remit.app.importing import import_tenant
from remit.model.errors import InvariantError, UnavailableError
from remit.model.snapshot import Gap
from remit.ports.pages import Beginning, Page, Part
from remit.ports.spool import Finished

GAP = Gap("arm/denyAssignments", GROUP, "403 AuthorizationFailed, needs x")


def text(row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


def spool_of(lists, *, gaps=(), supersedes=(), marks=(), collected=None) -> MemorySpool:
    """A finished collection, each list in pages of two rows."""
    spool = MemorySpool()
    names = sorted(lists)
    collected = frozenset(lists) if collected is None else collected
    spool.begin(Beginning(TENANT, "AzureCloud", NOW, collected, [Part(name) for name in names], gaps), {})
    for number, name in enumerate(names):
        rows = [text(row) for row in lists[name]]
        pages = [rows[at : at + 2] for at in range(0, len(rows), 2)] or [[]]
        for at, page in enumerate(pages):
            last = at == len(pages) - 1
            more = {"supersedes": supersedes, "marks": marks} if last and not number else {}
            cursor = "" if last else str(at + 1)
            spool.commit([Finished(Part(name, "", str(at) if at else ""), Page(name, page, cursor, **more))])
    assert not spool.open_parts()
    return spool


def imported(lists, gaps=()):
    return import_tenant(RowsReader(lists, gaps), MemoryStore(TickingClock()), {}).summary


def test_the_snapshot_is_that_of_importing_the_same_rows():
    summary = finish(spool_of(small_tenant(), gaps=[GAP]), MemoryStore(TickingClock()), {}).summary
    assert summary.snapshot_id == imported(small_tenant(), [GAP]).snapshot_id
    assert (summary.source, summary.collected_at) == ("tenantExport", NOW)
    assert GAP in summary.gaps


def test_the_export_gives_the_same_snapshot(tmp_path):
    folder = tmp_path / "deep" / "export"
    summary = finish(
        spool_of(small_tenant(), gaps=[GAP]),
        MemoryStore(TickingClock()),
        {},
        export=lambda reader: write_export(reader, folder),
    ).summary
    again = import_tenant(ExportReader(folder), MemoryStore(TickingClock()), {}).summary
    assert again.snapshot_id == summary.snapshot_id
    assert (folder / "arm" / "roleAssignmentScheduleInstances.jsonl").read_bytes() == b""
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.json*")} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["export"]


def test_of_an_object_that_changed_between_two_pages_the_later_row_stands(tmp_path):
    lists = small_tenant()
    before = lists["arm/roleAssignments"][0]
    after = assignment("a1", description="changed")
    lists["arm/roleAssignments"] = [before, *lists["arm/roleAssignments"][1:], after]
    store = MemoryStore(TickingClock())
    folder = tmp_path / "export"
    report = finish(spool_of(lists), store, {}, export=lambda reader: write_export(reader, folder))
    expected = small_tenant()
    expected["arm/roleAssignments"][0] = after
    assert report.summary.snapshot_id == imported(expected).snapshot_id
    assert report.skipped == ()
    again = import_tenant(ExportReader(folder), MemoryStore(TickingClock()), {}).summary
    assert again.snapshot_id == report.summary.snapshot_id


def test_a_row_that_cannot_be_read_costs_a_gap_and_not_the_collection():
    lists = small_tenant()
    lists["arm/locks"].append({"id": 7})
    lists["arm/roleAssignments"].append(assignment("a1", description="changed"))
    report = finish(spool_of(lists), MemoryStore(TickingClock()), {})
    assert Gap("arm/locks", "/", "1 row could not be read") in report.gaps
    assert [(one.file, one.line) for one in report.skipped] == [("arm/locks.jsonl", 2)]
    assert report.rows["arm/roleAssignments"] == 2


def test_marks_are_kept_for_the_next_incremental_collection():
    store = MemoryStore(TickingClock())
    name = finish(spool_of(small_tenant(), marks=[("graph/users", "here")]), store, {}).summary.snapshot_id
    assert store.marks(name) == {"graph/users": "here"}


def test_what_stands_no_longer_is_not_taken_over():
    store = MemoryStore(TickingClock())
    before = small_tenant()
    before["graph/groupMembers"] = [pair(TEAM, USER), pair("55555555-0000-4000-8000-000000000000", USER)]
    earlier = import_tenant(RowsReader(before), store, {}).summary.snapshot_id
    now = small_tenant()
    changed = {
        "graph/users": [now["graph/users"][0] | {"displayName": "Anna"}],
        "graph/groupMembers": [],
        "arm/locks": [],
        "arm/denyAssignments": now["arm/denyAssignments"][:1],
    }
    gone = [
        ("graph/users", USER),
        ("graph/groupMembers", f"{TEAM}/"),
        ("arm/locks", now["arm/locks"][0]["id"].lower()),
        ("arm/denyAssignments", ""),
    ]
    spool = spool_of(changed, supersedes=gone, collected=frozenset(before))
    summary = finish(spool, store, {}, since=earlier).summary
    expected = small_tenant() | changed
    expected["graph/groupMembers"] = before["graph/groupMembers"][1:]
    assert summary.snapshot_id == imported(expected).snapshot_id


def test_a_row_that_is_read_again_stands_before_the_earlier_one_also_where_nobody_said_so():
    store = MemoryStore(TickingClock())
    earlier = import_tenant(RowsReader(small_tenant()), store, {}).summary.snapshot_id
    changed = {"graph/users": [{"id": USER, "displayName": "Anna"}]}
    summary = finish(spool_of(changed, collected=frozenset(small_tenant())), store, {}, since=earlier).summary
    assert summary.snapshot_id == imported(small_tenant() | changed).snapshot_id


@pytest.mark.parametrize(
    ("gap", "superseded", "stands"),
    [
        (Gap("arm/locks", "/subscriptions/A", "403"), {}, True),
        (Gap("arm/locks", "/subscriptions/A", "403"), {"arm/locks": {"/subscriptions/a/"}}, False),
        (Gap("arm/locks", "/subscriptions/A", "403"), {"arm/locks": {"/subscriptions/b/"}}, True),
        (Gap("arm/locks", "/", "403"), {"arm/locks": {""}}, False),
        (Gap("arm/locks", "/", "403"), {"arm/locks": {"/subscriptions/a/"}}, True),
        (Gap("graph/groupMembers", "/groups/G1", "hidden"), {"graph/groupMembers": {"g1/"}}, False),
        (Gap("graph/groupMembers", "/groups/g1", "hidden"), {"graph/groupMembers": {"g2/"}}, True),
        (Gap("graph/devices", "/", "not collected"), {}, False),
    ],
)
def test_gaps_of_an_earlier_snapshot_stand_until_they_are_filled(gap, superseded, stands):
    collected = {"arm/locks", "graph/groupMembers"}
    assert gaps_that_stand([gap], superseded, collected) == ([gap] if stands else [])


def test_a_collection_that_has_not_begun_cannot_be_finished():
    with pytest.raises(InvariantError):
        finish(MemorySpool(), MemoryStore(TickingClock()), {})


def test_an_export_is_written_once_and_never_over_anything_else(tmp_path):
    folder = tmp_path / "export"
    spool = spool_of(small_tenant())

    def write():
        finish(spool, MemoryStore(TickingClock()), {}, export=lambda reader: write_export(reader, folder))

    folder.mkdir()
    assert is_free(folder)
    write()
    assert not is_free(folder)
    # A process that was stopped right after it had written the export comes here again.
    write()
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(UnavailableError, match="is not empty"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
