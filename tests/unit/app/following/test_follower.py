"""The follower: when it commits, what it does when the stream fails, the store is busy, or another follows."""

from __future__ import annotations

import threading
import time

import pytest
from tests.e2e.follow_world import activity, as_message, metric
from tests.fakes.streams import MemoryStream

from remit.app.following.follower import Follower, Rules
from remit.bootstrap.logs import open_usage, read_usage
from remit.model.errors import InterruptedAnswerError, UnavailableError
from remit.ports.usage_store import UsageTotals


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def follow(stream, store, *, rules=Rules(), **more):  # noqa: B008 - frozen
    return Follower(stream, open_usage(store), rules=rules, **more).run()


def offsets(store, name="memory:test"):
    with open_usage(store).writing() as writing:
        return dict(writing.offsets(name))


def stream_of(*messages, part="0", **more):
    return MemoryStream({part: list(messages)}, **more)


def test_what_is_read_is_committed_with_its_offsets_and_rolled_up(store):
    done = follow(stream_of(as_message(activity(1), activity(2)), as_message(metric(3))), store)
    assert done.totals == UsageTotals(3, 2, 1, 0)
    assert (done.waiting, done.lag.messages) == (0, 0)
    assert offsets(store) == {"0": "2"}
    assert sum(row.operations for _, rows in read_usage(store).used_by_all() for row in rows) == 2


def test_the_next_one_goes_on_where_the_last_one_ended(store):
    stream = stream_of(as_message(activity(1)))
    follow(stream, store)
    stream.parts["0"].append(as_message(activity(2)))
    assert follow(stream, store).totals == UsageTotals(1, 1, 0, 0)
    assert follow(stream, store).totals.read == 0


def test_a_record_in_two_messages_counts_once(store):
    assert follow(stream_of(*[as_message(activity(1))] * 3), store).totals == UsageTotals(3, 1, 0, 2)


def test_a_record_set_aside_says_which_stream_and_which_offset_it_came_from(store):
    follow(stream_of(as_message(activity(1)), b"\x00\xff"), store)
    (one,) = follow(stream_of(as_message(activity(1)), b"\x00\xff", b"\xff"), store).reasons
    assert (one.name, one.line) == ("memory:test/0 from 2", 1)


def test_what_was_read_before_the_stream_failed_is_committed(store):
    stream = stream_of(*[as_message(activity(number)) for number in range(5)])
    stream.fails = (3, InterruptedAnswerError("it", "broke"))
    with pytest.raises(InterruptedAnswerError):
        follow(stream, store)
    assert offsets(store) == {"0": "3"}
    assert read_usage(store).totals().read == 3


def test_a_number_of_records_is_committed_at_once(store):
    committed = []
    stream = stream_of(*[as_message(activity(number)) for number in range(5)], once=False)

    def end():
        committed.append(read_usage(store).totals().read)
        return len(committed) == 5

    follow(stream, store, rules=Rules(commit_records=2), end=end)
    assert committed == [0, 2, 2, 4, 4]
    assert read_usage(store).totals().read == 5


def test_offsets_alone_are_committed_when_it_has_been_quiet(store):
    stream = stream_of(b"", b"", once=False)
    stream.idle = lambda: time.sleep(0.02)
    until = time.monotonic() + 0.5
    follow(stream, store, rules=Rules(quiet_s=0.1), end=lambda: time.monotonic() > until)
    assert offsets(store) == {"0": "2"}
    assert read_usage(store).totals().read == 0


def test_settling_comes_round_while_it_goes_on(store):
    stream = stream_of(as_message(activity(1)), once=False)
    seen = []

    def end():
        seen.append(len(list(read_usage(store).used_by_all())))
        return seen[-1] == 1 or len(seen) > 200

    follow(stream, store, rules=Rules(commit_s=0, settle_s=0), end=end)
    assert seen[-1] == 1


def test_another_follower_of_the_same_stream_is_refused(store):
    stream = stream_of(as_message(activity(1)), as_message(activity(2)), once=False)
    stream.idle = lambda: follow(stream_of(as_message(activity(1))), store)
    with pytest.raises(UnavailableError, match="another process follows"):
        follow(stream, store, rules=Rules(commit_s=0.1))
    assert read_usage(store).totals() == UsageTotals(1, 1, 0, 0)


def test_a_store_that_another_writes_to_is_waited_for(store):
    told = []
    held = open_usage(store).writing()
    release = threading.Timer(0.5, held.close)
    release.start()
    done = follow(stream_of(as_message(activity(1))), store, tell=told.append)
    release.join()
    assert done.totals.read == 1
    assert len(told) == 1
    assert told[0].endswith("; waiting")


def test_it_does_not_wait_for_ever_nor_longer_than_it_shall_run(store):
    with open_usage(store).writing():
        with pytest.raises(UnavailableError):
            follow(stream_of(), store, rules=Rules(busy_s=0.3))
        with pytest.raises(UnavailableError):
            follow(stream_of(), store, end=lambda: True)


def test_records_are_kept_as_they_were_read_where_that_is_wished(store):
    text = as_message(activity(1))
    follow(stream_of(text), store, rules=Rules(keep_raw=30))
    assert [one.record for one in read_usage(store).raw()] == [text]


def test_whoever_watches_sees_how_far_it_is(store):
    seen = []
    follow(stream_of(as_message(activity(1))), store, watcher=seen.append)
    assert seen[-1].waiting + seen[-1].totals.read == 1
    assert seen[-1].rate > 0
