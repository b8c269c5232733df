"""Marks: blobs that nobody wrote to are left out, and nothing else."""

import pytest

from remit.app.following.marks import SKEW, Marks
from remit.bootstrap.logs import open_usage
from remit.ports.log_source import LogUnit

HOUR = 3600 * 1_000_000
NOW = 1_800_000_000_000_000


@pytest.fixture
def usage(tmp_path):
    return open_usage(tmp_path / "store")


def blob(name, modified, source="blobs:https://a/c"):
    return LogUnit(name, "blob", name, source=source, modified=modified)


def ingested(usage, *units):
    marks = Marks(usage)
    left = marks.left_out(units)
    marks.keep()
    return [unit.name for unit in left]


def test_the_first_time_all_are_read_then_those_that_are_new_or_were_written_to(usage):
    old, young = blob("old", NOW - HOUR), blob("young", NOW)
    assert ingested(usage, old, young) == ["old", "young"]
    assert ingested(usage, old, blob("young", NOW + HOUR), blob("new", NOW + HOUR)) == ["young", "new"]


def test_what_clocks_may_differ_by_is_read_again(usage):
    edge, over = blob("edge", NOW - SKEW), blob("over", NOW - SKEW - 1)
    ingested(usage, blob("newest", NOW))
    assert ingested(usage, edge, over, blob("newest", NOW)) == ["edge", "newest"]


def test_a_mark_is_one_of_its_container_and_prefix(usage):
    ingested(usage, blob("a", NOW))
    other = blob("b", NOW - HOUR, source="blobs:https://a/c/prefix")
    assert ingested(usage, other) == ["b"]


def test_a_mark_that_is_not_kept_leaves_nothing_out(usage):
    Marks(usage).left_out([blob("a", NOW)])
    assert ingested(usage, blob("a", NOW - HOUR)) == ["a"]


def test_files_are_never_left_out_and_open_no_store(usage, tmp_path):
    file = LogUnit("f", "file", "f")
    assert ingested(usage, file) == ingested(usage, file) == ["f"]
    assert not (tmp_path / "store").exists()


def test_files_beside_blobs_are_never_left_out(usage):
    file = LogUnit("f", "file", "f")
    ingested(usage, blob("a", NOW))
    assert ingested(usage, file, blob("a", NOW - HOUR), blob("b", NOW)) == ["f", "b"]
