"""Reads all parts of a tenant, as fast as Azure lets it, and keeps every page as it comes.

Rules kept here:

- Nothing that Azure answers ends a collection but a credential that it refuses. What cannot be read becomes a gap.
- A throttled part waits exactly as long as Azure asks, and holds no slot meanwhile. Being throttled is no failure.
  Where Azure says nothing, or not to wait at all, the wait grows as after failures.
- A 5xx or a cut connection is tried again after a growing, random wait; a part of which nothing else came for a whole
  `patience` is given up.
- A part whose continuation is good no longer is read from its first page, and what came of it is forgotten.
- What vanished meanwhile is no error.
- Whatever happens, pages that were committed stay: a later process goes on from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from remit.app.collecting.frontier import MOST_OPEN, Frontier, Key, OpenPart, closed, key_of
from remit.app.collecting.lanes import Lane
from remit.app.collecting.meter import Meter, Watcher
from remit.app.collecting.patience import MOST_RESTARTS, PATIENCE_S, Backoff
from remit.model.errors import (
    CollectionError,
    CredentialError,
    ForbiddenError,
    InterruptedAnswerError,
    MovedOnError,
    SettingsError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)
from remit.ports.clock import Waiter
from remit.ports.pages import Beginning, Page, PageSource, Part
from remit.ports.spool import Finished, Spool


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a collection is driven.

    Attributes:
        patience_s: after which a part that only fails is given up.
        most_open: open parts that an endpoint led to above which its own rest.
        most_calls: calls of one lane at once.
        seed: of the random waits.
    """

    patience_s: float = PATIENCE_S
    most_open: int = MOST_OPEN
    most_calls: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Answered:
    """One call that came back."""

    lane: str
    began: float
    parts: list[OpenPart]
    results: Sequence[Page | CollectionError]


Stalled = Callable[[InterruptedAnswerError], None]
"""Called with why Azure cannot be read at all, before it is tried again."""


def _silent(meter: Meter) -> None:
    del meter


def _untold(error: InterruptedAnswerError) -> None:
    del error


class Driver:
    """Drives one collection to its end."""

    def __init__(
        self,
        source: PageSource,
        spool: Spool,
        waiter: Waiter,
        *,
        pace: Pace | None = None,
        expected: Callable[[Beginning], Mapping[str, int]] | None = None,
        watcher: Watcher = _silent,
        stalled: Stalled = _untold,
    ) -> None:
        """Make a driver.

        Args:
            source: what is read.
            spool: where pages are kept.
            waiter: passes the time.
            pace: how patiently.
            expected: gives the rows that each list of this tenant had before, to judge the time that is left.
            watcher: called after every step.
            stalled: called whenever a collection cannot begin yet.
        """
        self._source = source
        self._spool = spool
        self._waiter = waiter
        self._pace = pace or Pace()
        self._frontier = Frontier(source, self._pace.most_open)
        self._lanes: dict[str, Lane] = {}
        self._backoff = Backoff(self._pace.seed)
        self._restarts: dict[Key, int] = {}
        self._watcher = watcher
        self._stalled = stalled
        self._expected = expected
        self.meter = Meter(source, spool, self._frontier, waiter)

    async def run(self, settings: Mapping[str, str]) -> Beginning:
        """Begin, or go on, and read until nothing is open.

        Args:
            settings: kept with a new collection, for who goes on with it.

        Raises:
            CredentialError: Azure refuses the credential; what was read stays.
            SettingsError: the collection was begun in another tenant.
            InterruptedAnswerError: Azure could not be reached at all.
            StoreError: the pages cannot be kept.
        """
        found = await self._begin()
        beginning = self._spool.beginning()
        if beginning is None:
            beginning = found
            self._spool.begin(found, settings)
        elif beginning.tenant_id != found.tenant_id:
            raise SettingsError(
                f"the collection was begun in tenant `{beginning.tenant_id}`, the credential is one of"
                f" `{found.tenant_id}`",
                hint="sign in to the first, or start afresh with `remit collect --discard`",
            )
        if self._expected is not None:
            self.meter.expect(self._expected(beginning))
        while waiting := self._spool.open_parts():
            for part in waiting:
                self._frontier.add(part, 0)
            await self._read_all()
        self._watcher(self.meter)
        return beginning

    async def _begin(self) -> Beginning:
        failures = 0
        failing_since: float | None = None
        while True:
            try:
                return await self._source.begin()
            except ThrottledError as error:
                # It is there and answers: what it refuses now it gives later.
                failures, failing_since = failures + 1, None
                await self._waiter.sleep(self._wait(error.retry_after_s, failures))
            except InterruptedAnswerError as error:
                failures += 1
                now = self._waiter.monotonic()
                failing_since = now if failing_since is None else failing_since
                if now - failing_since >= self._pace.patience_s:
                    raise
                self._stalled(error)
                await self._waiter.sleep(self._wait(error.retry_after_s, failures))

    def _wait(self, told: float | None, failures: int) -> float:
        """Return the seconds to wait: as told, if Azure tells anything."""
        return told or self._backoff.wait(failures)

    async def _read_all(self) -> None:
        running: set[asyncio.Task[_Answered]] = set()
        try:
            while len(self._frontier) or running:
                now = self._waiter.monotonic()
                self._frontier.wake(now)
                self._start(running, now)
                if done := await self._next(running):
                    running -= done
                    self._settle([task.result() for task in done if task.exception() is None])
                    self._watcher(self.meter)
                    for task in done:
                        task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _start(self, running: set[asyncio.Task[_Answered]], now: float) -> None:
        """Begin as many calls as the lanes take."""
        for name in self._frontier.lanes():
            lane = self._lane(name)
            while lane.free(now) and (parts := self._frontier.take(name)):
                lane.running += 1
                running.add(asyncio.ensure_future(self._call(name, parts, now)))

    async def _call(self, lane: str, parts: list[OpenPart], began: float) -> _Answered:
        try:
            results = await self._source.read([one.part for one in parts])
        except CredentialError:
            raise
        except CollectionError as error:
            results = [error] * len(parts)
        return _Answered(lane, began, parts, results)

    async def _next(self, running: set[asyncio.Task[_Answered]]) -> set[asyncio.Task[_Answered]]:
        """Wait for an answer, or until something else can be begun."""
        moments = [self._lane(name).rests_until for name in self._frontier.lanes()]
        now = self._waiter.monotonic()
        moments = [moment for moment in moments if moment > now]
        if (wake := self._frontier.next_wake()) is not None:
            moments.append(wake)
        if not moments:
            return (await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED))[0]
        timer = asyncio.ensure_future(self._waiter.sleep(max(0.0, min(moments) - now)))
        try:
            await asyncio.wait({*running, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        return {task for task in running if task.done()}

    def _settle(self, answers: Sequence[_Answered]) -> None:
        """Keep the pages that came, and see to what did not."""
        now = self._waiter.monotonic()
        finished: list[Finished] = []
        moved: list[OpenPart] = []
        for answer in answers:
            self._measure(answer, now)
            for one, result in zip(answer.parts, answer.results, strict=True):
                if one.gone:
                    if isinstance(result, ThrottledError):
                        self._throttled(one, result, now)
                    continue
                page = self._page(one, result, answer.began, now)
                if page is not None:
                    finished.append(Finished(one.part, page))
                elif isinstance(result, MovedOnError):
                    moved.append(one)
        self._commit(finished)
        for one in moved:
            # The restart of another may have taken this one with it.
            if not one.gone:
                self._restart(one)

    def _measure(self, answer: _Answered, now: float) -> None:
        """Let the lane learn from an answer; of parts read in one call the greater number speaks."""
        lane = self._lane(answer.lane)
        lane.running -= 1
        throttled = [result for result in answer.results if isinstance(result, ThrottledError)]
        if 2 * len(throttled) > len(answer.results):
            waits = [result.retry_after_s for result in throttled if result.retry_after_s is not None]
            lane.throttled(answer.began, now, max(waits, default=0.0))
        elif not all(isinstance(result, InterruptedAnswerError) for result in answer.results):
            lane.succeeded()
        spent = self._source.spent(answer.lane)
        if spent > 0:
            lane.rest(now + spent)
            self.meter.waits(now, now + spent)

    def _page(self, one: OpenPart, result: Page | CollectionError, began: float, now: float) -> Page | None:
        """Return the page to keep for a result; None where the part stays open."""
        page: Page | None = None
        match result:
            case Page():
                again = result.cursor and result.cursor == one.part.cursor
                page = self._given_up(one.part, "a continuation leads to itself") if again else result
            case VanishedError():
                page = Page("")
            case ThrottledError():
                self._throttled(one, result, now)
            case InterruptedAnswerError():
                page = self._failed(one, result, began, now)
            case MovedOnError():
                page = self._moved_on(one)
            case _:
                page = self._given_up(one.part, _reason(result))
        return page

    def _throttled(self, one: OpenPart, error: ThrottledError, now: float) -> None:
        one.throttled += 1
        wait = self._wait(error.retry_after_s, one.throttled)
        self.meter.waits(now, now + wait)
        self._frontier.wait(one, now + wait)

    def _failed(self, one: OpenPart, error: InterruptedAnswerError, began: float, now: float) -> Page | None:
        one.failures += 1
        if one.failing_since is None:
            one.failing_since = began
        if now - one.failing_since >= self._pace.patience_s:
            return self._given_up(one.part, f"{error.why}; given up after {self._pace.patience_s / 60:g} min")
        self._frontier.wait(one, now + self._wait(error.retry_after_s, one.failures))
        return None

    def _given_up(self, part: Part, why: str) -> Page:
        return Page("", gaps=tuple(self._source.lost(part, why)))

    def _commit(self, finished: Sequence[Finished]) -> None:
        if not finished:
            return
        opened = self._spool.commit(finished)
        depths: dict[Key, int] = {}
        for one in finished:
            here = self._frontier.close(key_of(one.part))
            depth = 0 if here is None else here.depth
            depths[key_of(one.part)] = depth
            if one.page.opens:
                self._frontier.leads(one.part.endpoint, one.page.opens)
                depths.update((key_of(part), depth + 1) for part in one.page.opens)
        for part in opened:
            self._frontier.add(part, depths[key_of(part)])

    def _moved_on(self, one: OpenPart) -> Page | None:
        key = key_of(one.part)
        self._restarts[key] = self._restarts.get(key, 0) + 1
        if self._restarts[key] > MOST_RESTARTS:
            return self._given_up(one.part, "its continuations expire before they are used")
        return None

    def _restart(self, one: OpenPart) -> None:
        closed(self._frontier, self._spool.restart(one.part))
        self._frontier.add(Part(*key_of(one.part)), one.depth)

    def _lane(self, name: str) -> Lane:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(self._pace.most_calls)
        return lane


def _reason(error: CollectionError) -> str:
    if isinstance(error, ForbiddenError):
        return f"{error.code}, needs {error.needs}"
    if isinstance(error, UnexpectedAnswerError):
        return error.why
    return error.message
