"""Driving a collection, in virtual time: throttling, failures, restarts, ends and beginnings."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.pages import NOW, Branch, FakeSource, Faults, forbidden, interrupted, numbered, unexpected
from tests.fakes.virtual_time import run_at_once

from remit.adapters.spool.memory import MemorySpool
from remit.adapters.waiter import LoopWaiter
from remit.app.collecting.driver import Driver, Pace
from remit.model.errors import CredentialError, InterruptedAnswerError, SettingsError, ThrottledError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.pages import Part

META = SnapshotMeta("t", NOW, "AzureCloud", "tenantExport", frozenset(), ())
USERS, GROUPS = Part("graph/users"), Part("graph/groups")


def source_of(branches, roots=(USERS,), **more) -> FakeSource:
    return FakeSource(LoopWaiter(), branches, roots, **more)


def collect(source, spool=None, watcher=None, stalled=None, **pace):
    """Drive a collection to its end; return the spool and the seconds that it took."""
    kept = MemorySpool() if spool is None else spool
    more = {} if watcher is None else {"watcher": watcher}
    if stalled is not None:
        more["stalled"] = stalled

    async def run():
        await Driver(source, kept, source.waiter, pace=Pace(**pace), **more).run({"a": "b"})

    _, seconds = run_at_once(run())
    return kept, seconds


def rows_of(spool) -> Counter[bytes]:
    return Counter(payload for batch in spool.reader(META).batches() for payload in batch.payloads)


def all_rows(branches) -> Counter[bytes]:
    return Counter(row for branch in branches.values() for rows, _ in branch.pages for row in rows)


def flat(endpoint: str, number: int) -> tuple[dict, list[Part]]:
    """Many parts of one page each."""
    parts = [Part(endpoint, f"o{place}") for place in range(number)]
    return {(endpoint, part.target): Branch([([b'{"id":"%s"}' % part.target.encode()], [])]) for part in parts}, parts


def test_every_page_of_every_part_is_kept():
    child = Part("graph/groupMembers", "g1")
    branches = {
        ("graph/users", ""): numbered("u", 5),
        ("graph/groups", ""): Branch([([b'{"id":"g1"}'], [child]), ([b'{"id":"g2"}'], [child])]),
        ("graph/groupMembers", "g1"): numbered("m", 3),
    }
    spool, _ = collect(source_of(branches, (USERS, GROUPS)))
    assert rows_of(spool) == all_rows(branches)
    assert spool.settings() == {"a": "b"}
    assert spool.beginning().tenant_id == "11111111-0000-4000-8000-000000000000"


def test_an_empty_tenant_is_collected_at_once():
    spool, seconds = collect(source_of({}, ()))
    assert (rows_of(spool), seconds) == (Counter(), 0.0)


def test_calls_run_side_by_side_up_to_the_bound_of_a_lane():
    branches, parts = flat("graph/users", 300)
    source = source_of(branches, parts, latency_s=1.0)
    spool, seconds = collect(source)
    assert rows_of(spool) == all_rows(branches)
    assert source.most_running == {"graph": 16}
    # 4, 8, 16, 16, ... at a time.
    assert seconds == pytest.approx(2 + 288 / 16)


def test_lanes_do_not_wait_for_each_other():
    graph, parts = flat("graph/users", 40)
    arm, others = flat("arm/locks", 40)
    source = source_of(graph | arm, [*parts, *others], lanes={"arm/locks": "arm"}, latency_s=1.0)
    _, seconds = collect(source)
    assert source.most_running == {"graph": 16, "arm": 16}
    assert seconds == pytest.approx(2 + 2)


def test_parts_that_can_be_read_together_are():
    branches, parts = flat("graph/groupMembers", 45)
    alone, others = flat("graph/users", 3)
    source = source_of(branches | alone, [*parts, *others], together={"graph/groupMembers": 20})
    spool, _ = collect(source)
    assert rows_of(spool) == all_rows(branches | alone)
    assert source.calls() == [("graph/groupMembers", 3), ("graph/users", 3)]


def test_a_throttled_part_waits_exactly_as_long_as_told_and_holds_no_slot():
    branches, parts = flat("graph/users", 30)
    source = source_of(branches, parts, latency_s=1.0)
    source.always[parts[0].endpoint, parts[0].target] = lambda: (
        ThrottledError("x", 100) if len(source.asked) <= 4 else ThrottledError("x", 50.5)
    )
    lock = iter(range(3))

    def answer():
        number = next(lock)
        if number == 2:
            del source.always[parts[0].endpoint, parts[0].target]
        return source._throttle(parts[0], (100, 50.5, 7)[number])

    source.always[parts[0].endpoint, parts[0].target] = answer
    spool, seconds = collect(source)
    assert rows_of(spool) == all_rows(branches)
    moments = [at for part, at in zip(source.asked, source.asked_at, strict=True) if part == parts[0]]
    assert moments == [0.0, 101.0, 152.5, 160.5]
    # All others were done long before.
    assert max(at for part, at in zip(source.asked, source.asked_at, strict=True) if part != parts[0]) < 10
    assert seconds == pytest.approx(161.5)


def test_being_throttled_for_ever_so_long_is_no_failure():
    source = source_of({("graph/users", ""): numbered("u", 1)}, faults=Faults(throttled=1.0, most=40))
    source.faults.retry_after_s = lambda _: 600.0
    spool, seconds = collect(source, patience_s=60)
    assert list(spool.gaps()) == []
    assert seconds == pytest.approx(40 * 600 + 41 * 0.05)


def test_a_lane_that_is_throttled_as_a_whole_rests_as_a_whole():
    branches, parts = flat("graph/users", 200)
    source = source_of(branches, parts, latency_s=0.1)
    source.budget = lambda now: 60.0 if 1.0 <= now < 61.0 else 0.0
    spool, seconds = collect(source)
    assert rows_of(spool) == all_rows(branches)
    during = [at for at in source.asked_at if 1.0 <= at < 61.0]
    assert len(during) <= 16 + 8
    assert source.early == []
    assert seconds < 75


def test_a_lane_rests_when_azure_says_that_nothing_is_left():
    branches, parts = flat("graph/users", 60)
    source = source_of(branches, parts, latency_s=1.0)
    source.spent_for["graph"] = 30.0
    spool, seconds = collect(source)
    assert rows_of(spool) == all_rows(branches)
    assert [at for at in source.asked_at if 1.0 <= at < 31.0] == []
    assert 31 < seconds < 40


def test_a_tenant_that_throttles_one_answer_in_ten_takes_little_longer_than_it_asks_to_wait():
    """The waits along the one list that has most of them are what nobody can avoid."""
    branches = {("graph/users", ""): numbered("u", 200)}
    more, parts = flat("graph/groups", 2_000)
    source = source_of(branches | more, [USERS, *parts], faults=Faults(throttled=0.1, seed=3), latency_s=0.02)
    spool, seconds = collect(source)
    assert rows_of(spool) == all_rows(branches | more)
    assert source.early == []
    tries = [at for part, at in zip(source.asked, source.asked_at, strict=True) if part == USERS or part.cursor]
    assert len(tries) > 210
    forced = sum(wait for wait in (later - sooner for sooner, later in pairwise(tries)) if wait >= 1)
    assert forced > 50
    assert seconds < 1.2 * forced


def test_what_only_fails_for_its_patience_becomes_a_gap_and_the_rest_goes_on():
    branches = {("graph/users", ""): numbered("u", 3), ("graph/groups", ""): numbered("g", 3)}
    source = source_of(branches, (USERS, GROUPS))
    source.always["graph/groups", ""] = interrupted("503 Service Unavailable")
    spool, seconds = collect(source, patience_s=15 * 60)
    assert list(spool.gaps()) == [Gap("graph/groups", "/", "503 Service Unavailable; given up after 15 min")]
    assert rows_of(spool) == all_rows({"u": branches["graph/users", ""]})
    assert 15 * 60 <= seconds < 16.1 * 60
    tries = len([part for part in source.asked if part == GROUPS])
    assert 20 < tries < 80


def test_a_failure_that_names_its_wait_waits_that_long():
    source = source_of({("graph/users", ""): numbered("u", 1)}, latency_s=1.0)
    times = iter([17.0, 4.0])

    def answer():
        wait = next(times)
        if wait == 4.0:
            del source.always["graph/users", ""]
        return InterruptedAnswerError("x", "503", wait)

    source.always["graph/users", ""] = answer
    collect(source)
    assert source.asked_at == [0.0, 18.0, 23.0]


@pytest.mark.parametrize(
    ("answer", "gaps"),
    [
        (forbidden("User.Read.All"), [Gap("graph/users", "/", "403 AuthorizationFailed, needs User.Read.All")]),
        (unexpected("400 BadRequest"), [Gap("graph/users", "/", "400 BadRequest")]),
    ],
)
def test_what_cannot_be_read_is_a_gap_with_its_reason(answer, gaps):
    source = source_of({("graph/users", ""): numbered("u", 2), ("graph/groups", ""): numbered("g", 1)}, (USERS, GROUPS))
    source.always["graph/users", ""] = answer
    spool, _ = collect(source)
    assert list(spool.gaps()) == gaps
    assert spool.rows() == {"graph/groups": 2}


def test_what_vanished_meanwhile_is_no_error():
    gone = Part("graph/groupMembers", "gone")
    spool, _ = collect(source_of({("graph/users", ""): Branch([([b'{"id":"1"}'], [gone])])}))
    assert list(spool.gaps()) == []
    assert spool.rows() == {"graph/users": 1}


def test_a_list_that_moved_on_is_read_again_with_all_that_comes_of_it():
    child = Part("graph/groupMembers", "g1")
    branches = {
        ("graph/groups", ""): Branch([([b'{"id":"g1"}'], [child]), ([b'{"id":"g2"}'], []), ([b'{"id":"g3"}'], [])]),
        ("graph/groupMembers", "g1"): numbered("m", 2),
    }
    source = source_of(branches, (GROUPS,), faults=Faults(moved_on=1.0, most=2))
    spool, _ = collect(source)
    assert rows_of(spool) == all_rows(branches)
    assert [part.cursor for part in source.asked if part == GROUPS] == ["", "", ""]


def test_what_came_of_a_list_that_moved_on_is_not_read_any_further():
    child = Part("graph/groupMembers", "g1")
    branches = {
        ("graph/groups", ""): Branch([([b'{"id":"g1"}'], [child]), ([b'{"id":"g2"}'], [])]),
        ("graph/groupMembers", "g1"): numbered("m", 30),
    }
    source = source_of(branches, (GROUPS,), faults=Faults(moved_on=1.0, most=1))
    spool, _ = collect(source)
    assert rows_of(spool) == all_rows(branches)
    began = [place for place, part in enumerate(source.asked) if part == child]
    assert len(began) == 3, "the list itself moved on once, and so did its child"
    assert len(source.asked) == 4 + 30 + 3


def test_a_few_throttled_parts_of_a_batch_do_not_slow_the_lane():
    branches, parts = flat("graph/groupMembers", 4_000)
    source = source_of(
        branches, parts, together={"graph/groupMembers": 20}, faults=Faults(throttled=0.1, seed=1), latency_s=1.0
    )
    source.faults.retry_after_s = lambda _: 1.0
    _, seconds = collect(source)
    assert source.most_running == {"graph": 16}
    assert seconds < 30


def test_a_list_that_never_stops_moving_on_becomes_a_gap():
    source = source_of({("graph/users", ""): numbered("u", 3)}, faults=Faults(moved_on=1.0))
    spool, _ = collect(source)
    assert list(spool.gaps()) == [Gap("graph/users", "/", "its continuations expire before they are used")]


def test_a_continuation_that_leads_to_itself_ends_in_a_gap():
    source = source_of({("graph/users", ""): numbered("u", 3)})
    inner = source._page
    source._page = lambda part, branch: inner(Part(part.endpoint, part.target, "0:1" if part.cursor else ""), branch)
    source._page = _looping(source._page)
    spool, _ = collect(source)
    assert list(spool.gaps()) == [Gap("graph/users", "/", "a continuation leads to itself")]


def _looping(page):
    def read(part, branch):
        found = page(part, branch)
        return type(found)(found.list_name, found.rows, "0:1")

    return read


def test_a_refused_credential_ends_it_and_what_was_read_stays():
    branches, parts = flat("graph/users", 100)
    source = source_of(branches, parts)
    source.credential_ends_after = 50
    spool = MemorySpool()
    with pytest.raises(CredentialError):
        collect(source, spool)
    assert 40 <= sum(spool.rows().values()) <= 50
    assert source.running == {"graph": 0}
    source.credential_ends_after = None
    again = source_of(branches, parts)
    collect(again, spool)
    assert rows_of(spool) == all_rows(branches)
    assert len(again.asked) == 100 - (100 - len(again.asked))
    assert set(again.asked).isdisjoint(source.asked[:40])


def test_being_cancelled_leaves_no_call_behind_and_what_was_read_stays():
    branches, parts = flat("graph/users", 500)
    source = source_of(branches, parts)
    spool = MemorySpool()

    async def run():
        task = asyncio.ensure_future(Driver(source, spool, source.waiter).run({}))
        await asyncio.sleep(1.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1
        # Calls that are under way are not waited for.
        assert asyncio.get_running_loop().time() == pytest.approx(1.01)

    run_at_once(run())
    kept = sum(spool.rows().values())
    assert 100 < kept < 500
    again = source_of(branches, parts)
    collect(again, spool)
    assert len(again.asked) == 500 - kept
    assert rows_of(spool) == all_rows(branches)


def test_going_on_with_another_tenant_is_refused():
    spool = MemorySpool()
    source = source_of({("graph/users", ""): numbered("u", 3)})
    source.credential_ends_after = 1
    with pytest.raises(CredentialError):
        collect(source, spool)
    other = source_of({})
    other.tenant_id = "22222222-0000-4000-8000-000000000000"
    with pytest.raises(SettingsError, match="22222222"):
        collect(other, spool)


def test_beginning_is_tried_again():
    source = source_of({("graph/users", ""): numbered("u", 1)})
    source.begin_errors = [
        InterruptedAnswerError("x", "503"),
        ThrottledError("x", 30.0),
        InterruptedAnswerError("x", "502"),
    ]
    spool, seconds = collect(source)
    assert sum(spool.rows().values()) == 2
    assert seconds >= 30


def test_beginning_is_given_up_after_its_patience():
    source = source_of({})
    source.begin_errors = [InterruptedAnswerError("x", "no route to host")] * 1_000
    said = []
    with pytest.raises(InterruptedAnswerError):
        collect(source, stalled=said.append, patience_s=120)
    assert {error.why for error in said} == {"no route to host"}


def test_being_throttled_does_not_end_a_collection_that_is_to_begin():
    source = source_of({("graph/users", ""): numbered("u", 1)})
    source.begin_errors = [ThrottledError("x", 300.0)] * 10
    _, seconds = collect(source, patience_s=120)
    assert seconds >= 3_000


@pytest.mark.parametrize("error", [ThrottledError("x", 0.0), InterruptedAnswerError("x", "answered 503", 0.0)])
def test_who_is_told_to_wait_no_time_at_all_waits_longer_each_time(error):
    source = source_of({("graph/users", ""): numbered("u", 1)}, faults=Faults(throttled=1.0, most=12))
    source.faults.retry_after_s = lambda _: 0.0
    source.begin_errors = [error] * 12
    _, seconds = collect(source)
    assert seconds > 60


def test_parts_that_open_others_rest_while_too_many_are_open():
    pages = []
    branches = {}
    for number in range(60):
        children = [Part("graph/groupMembers", f"{number}.{place}") for place in range(50)]
        for child in children:
            branches[child.endpoint, child.target] = Branch([([b'{"id":"%s"}' % child.target.encode()], [])])
        pages.append(([b'{"id":"g%d"}' % number], children))
    branches["graph/groups", ""] = Branch(pages)
    source = source_of(branches, (GROUPS,), latency_s=0.1)
    most = [0]

    def watch(_):
        most[0] = max(most[0], len(spool.open_parts()))

    spool = MemorySpool()
    collect(source, spool, watch, most_open=100)
    assert rows_of(spool) == all_rows(branches)
    assert most[0] <= 100 + 50 + 1


def test_what_others_led_to_holds_no_chain_up():
    """A long list goes on from page to page while thousands of parts of another kind wait."""
    slow = [Part("arm/locks", str(number)) for number in range(500)]
    branches = {(part.endpoint, part.target): Branch([([b'{"id":"%s"}' % part.target.encode()], [])]) for part in slow}
    branches["arm/subscriptions", ""] = Branch([([], slow)])
    members = [Part("graph/groupMembers", str(number)) for number in range(20)]
    branches.update({(one.endpoint, one.target): Branch([([b'{"id":"m"}'], [])]) for one in members})
    branches["graph/groups", ""] = Branch([([b'{"id":"g"}'], [one]) for one in members])
    source = source_of(branches, (Part("arm/subscriptions"), GROUPS), latency_s=1.0)
    open_locks = []

    def watch(_):
        parts = spool.open_parts()
        if not any(part.endpoint == "graph/groups" for part in parts):
            open_locks.append(sum(part.endpoint == "arm/locks" for part in parts))

    spool = MemorySpool()
    collect(source, spool, watch, most_open=30)
    # The twenty pages were read long before the five hundred parts.
    assert open_locks[0] > 100


def test_where_every_part_opens_others_none_rests():
    branches = {}
    roots = [Part("graph/groups", str(number)) for number in range(30)]
    for number, root in enumerate(roots):
        deeper = [Part("graph/groups", f"{number}.{place}") for place in range(3)]
        branches[root.endpoint, root.target] = Branch([([], deeper)])
        branches.update({(part.endpoint, part.target): Branch([([b"{}"], [])]) for part in deeper})
    spool, _ = collect(source_of(branches, roots), most_open=10)
    assert spool.rows() == {"graph/groups": 90}


def test_what_a_page_gave_rise_to_comes_before_anything_new():
    children = [Part("graph/groupMembers", f"m{place}") for place in range(40)]
    branches, parts = flat("graph/users", 200)
    branches["graph/groups", ""] = Branch([([], children)])
    branches |= {(part.endpoint, part.target): Branch([([b"{}"], [])]) for part in children}
    source = source_of(branches, (GROUPS, *parts))
    collect(source)
    last_child = max(place for place, part in enumerate(source.asked) if part.endpoint == "graph/groupMembers")
    assert last_child < 50


def test_a_part_that_is_being_paged_never_waits_for_others():
    branches, parts = flat("arm/locks", 1_000)
    branches["graph/users", ""] = numbered("u", 50)
    source = source_of(branches, (USERS, *parts), latency_s=1.0)
    collect(source)
    moments = [at for part, at in zip(source.asked, source.asked_at, strict=True) if part.endpoint == "graph/users"]
    assert moments == [float(second) for second in range(50)]


def test_the_meter_tells_rows_parts_calls_and_waits():
    branches = {("graph/users", ""): numbered("u", 40, rows=10)}
    source = source_of(branches, faults=Faults(throttled=1.0, most=2), latency_s=1.0)
    source.faults.retry_after_s = lambda _: 5.0
    seen = []

    async def run():
        waiter = source.waiter
        driver = Driver(
            source,
            MemorySpool(),
            waiter,
            expected=lambda _: {"graph/users": 400, "graph/groups": 0},
            watcher=lambda meter: seen.append((waiter.monotonic(), meter.view())),
        )
        await driver.run({})

    run_at_once(run())
    at, first = next((at, view) for at, view in seen if view.rows == 200)
    assert [(one.name, one.rows, one.open, one.expected) for one in first.lists] == [("graph/users", 200, 1, 400)]
    assert first.throttled_s == pytest.approx(10.0)
    assert first.calls == 22
    assert first.rate == pytest.approx(10.0)
    assert first.left_s == pytest.approx(20.0)
    assert at == pytest.approx(32.0)
    last = seen[-1][1]
    assert (last.rows, last.left_s) == (400, 0.0)


ENDPOINTS = ["graph/users", "graph/groups", "arm/locks", "arm/resources"]


@st.composite
def trees(draw):
    """A tree of parts: some open others, some of these are opened twice, some are not there any more."""
    branches: dict = {}
    names = iter(range(10_000))

    def branch(depth: int) -> Part:
        part = Part(draw(st.sampled_from(ENDPOINTS)), f"p{next(names)}")
        pages = []
        for _ in range(draw(st.integers(1, 4))):
            rows = [b'{"id":"r%d"}' % next(names) for _ in range(draw(st.integers(0, 3)))]
            opens = [branch(depth + 1) for _ in range(draw(st.integers(0, 2)))] if depth < 3 else []
            if branches and draw(st.integers(0, 5)) == 0:
                opens.append(Part(*draw(st.sampled_from(sorted(branches)))))
            if draw(st.integers(0, 8)) == 0:
                opens.append(Part("graph/users", f"gone{next(names)}"))
            pages.append((rows, opens))
        branches[part.endpoint, part.target] = Branch(pages)
        return part

    roots = [branch(0) for _ in range(draw(st.integers(1, 3)))]
    return branches, roots


@settings(max_examples=120, deadline=None)
@given(
    trees(),
    st.floats(0, 0.4),
    st.floats(0, 0.3),
    st.floats(0, 0.3),
    st.integers(0, 2**32),
    st.integers(1, 30),
    st.data(),
)
def test_whatever_fails_in_whatever_order_each_row_is_there_once(  # noqa: PLR0917 - what hypothesis draws
    tree, throttled, failing, moving, seed, most_open, data
):
    """None lost, none twice; also where the collection is stopped at any moment and taken up again."""
    branches, roots = tree
    spool = MemorySpool()
    lanes = {"arm/locks": "arm", "arm/resources": "resourceGraph"}
    for _ in range(data.draw(st.integers(0, 3))):
        source = source_of(
            branches,
            roots,
            lanes=lanes,
            together={"graph/users": 3, "graph/groups": 3},
            faults=Faults(throttled, lambda chance: chance.choice([None, 1, 7]), failing, moving, 4, seed),
        )
        source.credential_ends_after = data.draw(st.integers(0, 30))
        try:
            collect(source, spool, most_open=most_open)
        except CredentialError:
            continue
        assert source.early == []
    last = source_of(
        branches,
        roots,
        lanes=lanes,
        together={"graph/users": 3, "graph/groups": 3},
        faults=Faults(throttled, lambda chance: chance.choice([None, 1, 7]), failing, moving, 4, seed + 1),
    )
    collect(last, spool, most_open=most_open, seed=seed)
    assert last.early == []
    assert list(spool.gaps()) == []
    assert rows_of(spool) == all_rows(branches)
