"""The use case of the import: all or nothing, progress, and reading again when lenient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.rows import RowsReader, TickingClock, assignment, entity, role, small_tenant

from remit.adapters.clock import SystemClock
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.model.errors import DuplicateError, PayloadError
from remit.model.role import RoleSource

ROLES = "arm/roleAssignments"


class Recorder:
    """A store that remembers what became of its writers."""

    def __init__(self) -> None:
        self.inner = MemoryStore(TickingClock())
        self.abandoned = 0

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def begin(self):
        writer, abandon = self.inner.begin(), self.inner.begin().abandon

        def count() -> None:
            self.abandoned += 1
            abandon()

        writer.abandon = count
        return writer


class Once(RowsReader):
    """A source that cannot be read a second time, such as a pipe."""

    again = None  # type: ignore[assignment] # hides the ability


def test_the_report_says_what_was_read():
    report = import_tenant(RowsReader(small_tenant()), MemoryStore(TickingClock()), {})
    assert report.rows == report.summary.rows
    assert (report.flags, report.gaps) == (report.summary.flags, report.summary.gaps)
    assert ("graph/users", "used", 1) in report.accounting
    assert report.skipped == ()


def test_progress_grows_to_the_whole():
    seen = []
    import_tenant(RowsReader(small_tenant()), MemoryStore(TickingClock()), {}, progress=lambda *step: seen.append(step))
    *steps, last = seen
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert all(done <= whole == 1_000 for done, whole in steps)
    assert last[0] == last[1]


@pytest.mark.parametrize("bad", [{ROLES: [{"id": ""}]}, {"arm/managementGroups": [entity("a", "a")]}])
def test_a_failed_import_is_abandoned(bad):
    store = Recorder()
    with pytest.raises(PayloadError):
        import_tenant(RowsReader(small_tenant() | bad), store, {})
    assert store.abandoned == 1
    assert store.summaries() == ()


def test_an_interrupted_import_is_abandoned():
    def interrupt(*_):
        raise KeyboardInterrupt

    store = Recorder()
    with pytest.raises(KeyboardInterrupt):
        import_tenant(RowsReader(small_tenant()), store, {}, progress=interrupt)
    assert store.abandoned == 1


CONTRADICTION = {ROLES: [assignment(), assignment(condition="x"), assignment("other")]}


def test_contradicting_rows_are_an_error_of_a_strict_import():
    with pytest.raises(DuplicateError):
        import_tenant(RowsReader(CONTRADICTION), MemoryStore(TickingClock()), {})


def test_a_lenient_import_reads_again_and_leaves_all_of_them_out():
    store = MemoryStore(TickingClock())
    report = import_tenant(RowsReader(CONTRADICTION), store, {}, lenient=True)
    assert [skipped.line for skipped in report.skipped] == [1, 2]
    assert list(store.facts(report.summary.snapshot_id).assignments.name) == ["other"]
    assert any(gap.api == ROLES and gap.reason == "2 rows could not be read" for gap in report.gaps)


def test_what_cannot_be_read_again_is_an_error_even_when_lenient():
    with pytest.raises(DuplicateError):
        import_tenant(Once(CONTRADICTION), MemoryStore(TickingClock()), {}, lenient=True)


def test_a_role_told_in_two_ways_is_not_believed_when_lenient():
    lists = {"arm/roleDefinitions": [role(), role(roleName="x") | {"id": role()["id"].upper()}], ROLES: [assignment()]}
    store = MemoryStore(TickingClock())
    for order in (None, 1):
        report = import_tenant(RowsReader(lists, order=order), store, {}, lenient=True)
        facts = store.facts(report.summary.snapshot_id)
        assert [one.source for one in facts.roles] == [RoleSource.NOT_COLLECTED]
        assert len(report.skipped) == 1


def test_the_clock_tells_the_present_in_utc():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
