"""The open parts of a collection, and which of them are read next.

Rules kept here:

- A part that is being paged goes on before another begins: the pages of one part can only be read one after the other,
  so the longest chain of them is what a collection takes at least. After that deeper parts come first, and of equally
  deep ones those that were opened first.
- While more parts are open than a bound of those that an endpoint has led to, its own parts rest, unless nothing else
  is open: so the number of open parts does not grow with the tenant. What other endpoints led to holds nobody up: the
  longest chain of pages must not wait for parts that are none of its.
- A part that waits holds no slot and stands in nobody's way.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from remit.ports.pages import PageSource, Part

MOST_OPEN = 1_000

Key = tuple[str, str]


def key_of(part: Part) -> Key:
    """Return what a part is known by, wherever in it one stands."""
    return part.endpoint, part.target


@dataclass(slots=True, eq=False)
class OpenPart:
    """One open part.

    Attributes:
        part: with the cursor to go on from.
        depth: 0 where the collection began, one more for each page that led here.
        failures: answers since the last good one that were none.
        failing_since: when the first of these was asked for.
        throttled: throttled answers since the last good one.
        ready: neither read just now nor waiting.
        gone: closed meanwhile; what still comes of it is of no use.
    """

    part: Part
    depth: int
    failures: int = 0
    failing_since: float | None = None
    throttled: int = 0
    ready: bool = True
    gone: bool = False


@dataclass(slots=True)
class _Queue:
    """The ready parts of one lane that can be read together."""

    together: int
    heap: list[tuple[bool, int, int, OpenPart]] = field(default_factory=list)


class Frontier:
    """All open parts."""

    def __init__(self, source: PageSource, most_open: int = MOST_OPEN) -> None:
        self._source = source
        self._most_open = most_open
        self._open: dict[Key, OpenPart] = {}
        self._by_endpoint: Counter[str] = Counter()
        self._led: defaultdict[str, set[str]] = defaultdict(set)
        self._queues: dict[str, dict[int, _Queue]] = {}
        self._held: defaultdict[str, list[OpenPart]] = defaultdict(list)
        self._waiting: list[tuple[float, int, OpenPart]] = []
        self._told: dict[Key, float] = {}
        self._numbers = count()

    def __len__(self) -> int:
        """Return how many parts are open."""
        return len(self._open)

    def add(self, part: Part, depth: int) -> None:
        """Take an open part; one that is there already is replaced, and what that was to wait for still holds."""
        key = key_of(part)
        self.close(key)
        one = OpenPart(part, depth)
        self._open[key] = one
        self._by_endpoint[part.endpoint] += 1
        if key in self._told:
            self.wait(one, self._told[key])
        else:
            self._queue(one)

    def close(self, key: Key) -> OpenPart | None:
        """Take a part away; return it if it was open."""
        one = self._open.pop(key, None)
        if one is not None:
            one.gone = True
            self._by_endpoint[key[0]] -= 1
        return one

    def leads(self, endpoint: str, parts: Iterable[Part]) -> None:
        """Take note that a part of an endpoint opens others."""
        self._led[endpoint].update(part.endpoint for part in parts)

    def open_by_endpoint(self) -> Counter[str]:
        """Return how many parts of each endpoint are open."""
        return +self._by_endpoint

    def lanes(self) -> list[str]:
        """Return the lanes that have ready parts."""
        self._release()
        return [lane for lane, queues in self._queues.items() if any(map(self._peek, queues.values()))]

    def take(self, lane: str) -> list[OpenPart]:
        """Return the parts to read in the next call of a lane, [] where none is ready."""
        queues = [queue for queue in self._queues.get(lane, {}).values() if self._peek(queue)]
        if not queues:
            return []
        queue = min(queues, key=lambda one: one.heap[0][:3])
        taken: list[OpenPart] = []
        while len(taken) < queue.together and self._peek(queue):
            one = heapq.heappop(queue.heap)[3]
            one.ready = False
            taken.append(one)
        return taken

    def wait(self, one: OpenPart, until: float) -> None:
        """Let a part wait; one that is gone makes the part that took its place wait."""
        one.ready = False
        key = key_of(one.part)
        until = max(until, self._told.get(key, until))
        self._told[key] = until
        heapq.heappush(self._waiting, (until, next(self._numbers), one))

    def wake(self, now: float) -> None:
        """Make those parts ready that have waited long enough."""
        while self._waiting and self._waiting[0][0] <= now:
            until, _, one = heapq.heappop(self._waiting)
            if self._told.get(key_of(one.part)) == until:
                del self._told[key_of(one.part)]
            if not one.gone:
                self._queue(one)

    def next_wake(self) -> float | None:
        """Return when the next part has waited long enough."""
        return self._waiting[0][0] if self._waiting else None

    def _queue(self, one: OpenPart) -> None:
        one.ready = True
        together = max(1, self._source.together(one.part))
        queue = self._queues.setdefault(self._source.lane(one.part), {}).setdefault(together, _Queue(together))
        heapq.heappush(queue.heap, (not one.part.cursor, -one.depth, next(self._numbers), one))

    def _peek(self, queue: _Queue) -> bool:
        """Tell whether a part may be taken, passing over those that are gone and holding back those that rest."""
        while queue.heap:
            one = queue.heap[0][3]
            until = self._told.get(key_of(one.part))
            if one.gone or not one.ready:
                heapq.heappop(queue.heap)
            elif until is not None:
                heapq.heappop(queue.heap)
                self.wait(one, until)
            elif self._rests(one.part.endpoint):
                self._held[one.part.endpoint].append(heapq.heappop(queue.heap)[3])
            else:
                return True
        return False

    def _rests(self, endpoint: str) -> bool:
        led = self._led.get(endpoint)
        if led is None or sum(self._by_endpoint[name] for name in led) <= self._most_open:
            return False
        return any(number and name not in self._led for name, number in self._by_endpoint.items())

    def _release(self) -> None:
        for endpoint in [one for one in self._held if not self._rests(one)]:
            for one in self._held.pop(endpoint):
                if not one.gone:
                    self._queue(one)


def closed(frontier: Frontier, parts: Iterable[Part]) -> None:
    """Take several parts away."""
    for part in parts:
        frontier.close(key_of(part))
