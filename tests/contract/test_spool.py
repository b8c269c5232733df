"""What every spool promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.adapters.spool.folder import FolderSpool
from remit.adapters.spool.memory import MemorySpool
from remit.model.errors import InvariantError, UnavailableError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.pages import Beginning, Page, Part
from remit.ports.spool import Finished

NOW = datetime(2026, 11, 1, tzinfo=UTC)
USERS, GROUPS, MEMBERS = Part("graph/users"), Part("graph/groups"), Part("graph/groupMembers", "g1")
SILENT = Gap("arm/resources", "/", "silent")
BEGINNING = Beginning("t1", "AzureCloud", NOW, frozenset({"graph/users", "graph/groups"}), (USERS, GROUPS), (SILENT,))
META = SnapshotMeta("t1", NOW, "AzureCloud", "tenantExport", frozenset(BEGINNING.collected), ())


def row(name: str) -> bytes:
    return json.dumps({"id": name, "é": "ü"}, ensure_ascii=False).encode()


def page(part: Part, *names: str, cursor: str = "", opens=(), **more) -> Finished:
    return Finished(part, Page(part.endpoint, [row(name) for name in names], cursor, opens, **more))


def at(part: Part, cursor: str) -> Part:
    return Part(part.endpoint, part.target, cursor)


def rows_of(spool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for batch in spool.reader(META).batches():
        names = found.setdefault(batch.list_name, [])
        assert batch.file == f"{batch.list_name}.jsonl"
        assert list(batch.lines) == list(range(len(names) + 1, len(names) + 1 + len(batch.payloads)))
        names += [json.loads(payload)["id"] for payload in batch.payloads]
    return found


class SpoolContract:
    """Subclass it and provide `make`; `again` gives what a later process finds."""

    @pytest.fixture
    def spool(self, make):
        spool = make()
        spool.begin(BEGINNING, {"lists": "all"})
        return spool

    def again(self, spool):
        return spool

    def test_a_new_one_holds_nothing(self, make):
        spool = make()
        assert spool.beginning() is None
        assert (spool.settings(), list(spool.open_parts()), list(spool.gaps())) == ({}, [], [])
        assert (spool.rows(), spool.marks(), spool.superseded()) == ({}, {}, {})

    def test_what_it_began_with_stays(self, spool):
        spool = self.again(spool)
        assert spool.beginning() == BEGINNING
        assert spool.settings() == {"lists": "all"}
        assert list(spool.open_parts()) == [USERS, GROUPS]

    def test_a_page_gives_the_next_one_and_what_it_opens(self, spool):
        opened = spool.commit([page(GROUPS, "g1", cursor="c1", opens=[MEMBERS])])
        assert set(opened) == {at(GROUPS, "c1"), MEMBERS}
        assert set(self.again(spool).open_parts()) == {USERS, at(GROUPS, "c1"), MEMBERS}

    def test_rows_come_back_in_order_of_their_pages(self, spool):
        spool.commit([page(USERS, "a", "b", cursor="c1"), page(GROUPS, "g1")])
        spool.commit([page(at(USERS, "c1"), "c")])
        spool = self.again(spool)
        assert list(spool.open_parts()) == []
        assert spool.rows() == {"graph/groups": 1, "graph/users": 3}
        assert rows_of(spool) == {"graph/groups": ["g1"], "graph/users": ["a", "b", "c"]}

    def test_a_reader_says_what_the_collection_says(self, spool):
        spool.commit([page(USERS, "a"), page(GROUPS)])
        reader = spool.reader(META)
        assert reader.meta() == META
        assert list(reader.accounting()) == [("graph/groups", "used", 0), ("graph/users", "used", 1)]
        assert list(reader.skipped()) == []

    def test_an_unfinished_collection_has_no_reader(self, spool):
        spool.commit([page(USERS, "a")])
        with pytest.raises(InvariantError):
            spool.reader(META)

    def test_a_page_is_kept_once(self, spool):
        first = page(USERS, "a", cursor="c1")
        assert list(spool.commit([first, first])) == [at(USERS, "c1")]
        assert list(spool.commit([first])) == []
        assert list(spool.commit([page(at(USERS, "c1"), "b"), page(GROUPS)])) == []
        assert list(spool.commit([page(at(USERS, "c1"), "b")])) == []
        assert rows_of(self.again(spool)) == {"graph/users": ["a", "b"]}

    def test_a_page_of_a_part_that_nobody_opened_is_dropped(self, spool):
        assert list(spool.commit([page(MEMBERS, "m", gaps=[Gap("graph/users", "/", "x")], opens=[Part("z")])])) == []
        assert spool.rows() == {}
        assert list(self.again(spool).gaps()) == [SILENT]

    def test_a_part_that_two_pages_open_is_read_once(self, spool):
        spool.commit([page(GROUPS, "g1", cursor="c1", opens=[MEMBERS])])
        spool.commit([page(MEMBERS, "m")])
        assert list(spool.commit([page(at(GROUPS, "c1"), opens=[MEMBERS, MEMBERS]), page(USERS)])) == []
        assert rows_of(self.again(spool)) == {"graph/groups": ["g1"], "graph/groupMembers": ["m"]}

    def test_gaps_marks_and_keys_that_stand_no_longer(self, spool):
        gap, other = Gap("arm/locks", "/subscriptions/s", "403"), Gap("arm/locks", "/subscriptions/r", "403")
        spool.commit([page(USERS, gaps=[gap, other], marks=[("m", "1")], supersedes=[("graph/users", "u1")])])
        spool.commit([page(GROUPS, gaps=[gap], marks=[("n", "é")], supersedes=[("graph/groups", "g/")])])
        spool = self.again(spool)
        assert list(spool.gaps()) == [other, gap, SILENT]
        assert spool.marks() == {"m": "1", "n": "é"}
        assert {name: set(keys) for name, keys in spool.superseded().items()} == {
            "graph/users": {"u1"},
            "graph/groups": {"g/"},
        }

    def test_a_part_that_was_given_up_leaves_its_gap(self, spool):
        gap = Gap("graph/users", "/", "403")
        spool.commit([page(USERS, "a", cursor="c1"), page(GROUPS)])
        spool.commit([Finished(at(USERS, "c1"), Page("", gaps=[gap]))])
        spool = self.again(spool)
        assert list(spool.gaps()) == [SILENT, gap]
        assert rows_of(spool) == {"graph/users": ["a"]}

    def test_a_restarted_part_forgets_its_pages_and_all_that_came_of_them(self, spool):
        child, grandchild = MEMBERS, Part("graph/users", "extra")
        spool.commit([page(USERS, "a")])
        spool.commit([page(GROUPS, "g1", cursor="c1", opens=[child], gaps=[Gap("graph/groups", "/", "x")])])
        spool.commit([page(child, "m1", cursor="c2", opens=[grandchild], marks=[("m", "1")])])
        spool.commit([page(grandchild, "e1")])
        assert list(spool.restart(at(GROUPS, "c1"))) == [at(child, "c2")]
        spool = self.again(spool)
        assert list(spool.open_parts()) == [GROUPS]
        assert (spool.rows(), list(spool.gaps()), spool.marks()) == ({"graph/users": 1}, [SILENT], {})
        assert list(spool.commit([page(at(child, "c2"), "late")])) == []
        assert list(spool.commit([page(GROUPS, "g2", opens=[child])])) == [child]
        spool = self.again(spool)
        spool.commit([page(child, "m2")])
        assert rows_of(self.again(spool)) == {
            "graph/users": ["a"],
            "graph/groups": ["g2"],
            "graph/groupMembers": ["m2"],
        }

    def test_a_part_that_something_else_leads_to_outlives_a_restart(self, spool):
        spool.commit([page(USERS, "a", cursor="c1", opens=[MEMBERS])])
        spool.commit([page(MEMBERS, "m1", cursor="c2")])
        spool.commit([page(GROUPS, "g1", opens=[MEMBERS])])
        assert list(spool.restart(at(USERS, "c1"))) == []
        spool = self.again(spool)
        assert set(spool.open_parts()) == {USERS, at(MEMBERS, "c2")}
        spool.commit([page(at(MEMBERS, "c2"), "m2"), page(USERS, "b", opens=[MEMBERS])])
        assert rows_of(self.again(spool)) == {
            "graph/users": ["b"],
            "graph/groups": ["g1"],
            "graph/groupMembers": ["m1", "m2"],
        }

    def test_a_row_with_a_line_break_is_refused(self, spool):
        with pytest.raises(InvariantError):
            spool.commit([Finished(USERS, Page("graph/users", [b'{"id":\n"a"}']))])

    def test_what_was_removed_is_gone(self, spool, make):
        spool.commit([page(USERS, "a")])
        spool.remove()
        assert make().beginning() is None


class TestMemorySpool(SpoolContract):
    @pytest.fixture
    def make(self):
        return MemorySpool


class TestFolderSpool(SpoolContract):
    @pytest.fixture
    def make(self, tmp_path):
        return lambda: FolderSpool(tmp_path / "store" / "collecting")

    def again(self, spool):
        spool.let_go()
        return FolderSpool(spool._root)

    def test_only_the_owner_can_read_it(self, spool):
        spool.commit([page(USERS, "a")])
        modes = {path.name: path.stat().st_mode & 0o777 for path in [spool._root, *spool._root.rglob("*")]}
        assert modes == {
            "collecting": 0o700,
            "graph": 0o700,
            "journal.jsonl": 0o600,
            "lock": 0o600,
            "users.jsonl": 0o600,
        }

    def test_two_collections_do_not_share_a_folder(self, spool, make):
        with pytest.raises(UnavailableError, match="another collection is at work"):
            make()
        spool.let_go()
        make().let_go()

    def test_a_folder_that_cannot_be_written_is_said_to_be_so(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(UnavailableError, match="cannot be used"):
            FolderSpool(tmp_path / "file" / "x")

    def test_after_a_write_that_failed_only_opening_it_again_goes_on(self, spool, monkeypatch):
        spool.commit([page(USERS, "a", cursor="c1")])
        with monkeypatch.context() as patch:
            patch.setattr("remit.adapters.spool.list_files.os.write", _full_disk)
            with pytest.raises(UnavailableError, match="No space left"):
                spool.commit([page(at(USERS, "c1"), "b")])
        with pytest.raises(UnavailableError, match="before"):
            spool.commit([page(at(USERS, "c1"), "b")])
        spool = self.again(spool)
        assert at(USERS, "c1") in spool.open_parts()


def _full_disk(handle: int, text: bytes) -> int:
    del handle, text
    raise OSError(28, "No space left on device")


PARTS = [Part("graph/users"), Part("graph/groups"), Part("arm/locks", "s1"), Part("arm/locks", "s2"), Part("x")]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_spools_do_the_same(tmp_path_factory, data):
    """Whatever is asked of them, in whatever order, and however often the folder is opened again."""
    folder = tmp_path_factory.mktemp("spool")
    memory, kept = MemorySpool(), FolderSpool(folder)
    for spool in (memory, kept):
        spool.begin(Beginning("t", "AzureCloud", NOW, frozenset({"graph/users"}), PARTS[:2]), {})
    for step in range(data.draw(st.integers(0, 12))):
        asked = [
            Part(part.endpoint, part.target, data.draw(st.sampled_from(["", "a", "b"])))
            for part in data.draw(st.lists(st.sampled_from(PARTS), max_size=3))
        ]
        if data.draw(st.integers(0, 4)) == 0 and asked:
            assert set(memory.restart(asked[0])) == set(kept.restart(asked[0]))
        else:
            finished = [
                page(
                    part,
                    *(f"{step}.{place}.{n}" for n in range(data.draw(st.integers(0, 2)))),
                    cursor=data.draw(st.sampled_from(["", "a", "b"])),
                    opens=data.draw(st.lists(st.sampled_from(PARTS), max_size=2)),
                    gaps=[Gap("graph/users", f"/{step}", "x")] if data.draw(st.booleans()) else [],
                )
                for place, part in enumerate(asked)
            ]
            assert list(memory.commit(finished)) == list(kept.commit(finished))
        if data.draw(st.booleans()):
            kept.let_go()
            kept = FolderSpool(folder)
        assert set(memory.open_parts()) == set(kept.open_parts())
        assert (memory.rows(), memory.gaps()) == (kept.rows(), kept.gaps())
    for spool in (memory, kept):
        while waiting := spool.open_parts():
            spool.commit([Finished(part, Page("")) for part in waiting])
    assert rows_of(memory) == rows_of(kept)
    kept.let_go()
