"""How far a collection is, for whoever looks."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remit.app.collecting.frontier import Frontier
from remit.ports.clock import Waiter
from remit.ports.pages import PageSource
from remit.ports.spool import Spool

_RATE_OVER = 10
_FEW_ROWS = 100


def list_of(endpoint: str) -> str:
    """Return the list that an endpoint is named after.

    >>> list_of("arm/denyAssignments/subscription")
    'arm/denyAssignments'
    """
    return "/".join(endpoint.split("/")[:2])


@dataclass(frozen=True, slots=True)
class ListProgress:
    """One list: rows kept, parts that are still open, and rows that it had in an earlier snapshot, 0 if not known."""

    name: str
    rows: int
    open: int
    expected: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A collection at one moment.

    Attributes:
        lists: by name.
        rows: of all lists.
        rate: rows a second, over the last few seconds.
        calls: HTTP requests made by this process.
        throttled_s: seconds during which Azure made some part wait.
        left_s: seconds that the rest may take, None where nothing tells.
    """

    lists: tuple[ListProgress, ...]
    rows: int
    rate: float
    calls: int
    throttled_s: float
    left_s: float | None


class Meter:
    """Measures while a collection runs; `view` is made only for those who look."""

    def __init__(self, source: PageSource, spool: Spool, frontier: Frontier, waiter: Waiter) -> None:
        self._source = source
        self._spool = spool
        self._frontier = frontier
        self._waiter = waiter
        self._expected: Mapping[str, int] = {}
        self._throttled_until = 0.0
        self._throttled_s = 0.0
        self._seen: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER)

    def expect(self, rows: Mapping[str, int]) -> None:
        """Take note of how many rows each list had before."""
        self._expected = rows

    def waits(self, now: float, until: float) -> None:
        """Take note that Azure makes somebody wait."""
        start = max(now, self._throttled_until)
        if until > start:
            self._throttled_s += until - start
            self._throttled_until = until

    def view(self) -> Progress:
        """Return how far the collection is."""
        now = self._waiter.monotonic()
        rows = self._spool.rows()
        opened: Counter[str] = Counter()
        for endpoint, number in self._frontier.open_by_endpoint().items():
            opened[list_of(endpoint)] += number
        total = sum(rows.values())
        rate = self._rate(now, total)
        return Progress(
            lists=tuple(
                ListProgress(name, rows.get(name, 0), opened[name], self._expected.get(name, 0))
                for name in sorted({*rows, *opened})
            ),
            rows=total,
            rate=rate,
            calls=sum(number for _, number in self._source.calls()),
            throttled_s=self._throttled_s - max(0.0, self._throttled_until - now),
            left_s=self._left(rows, opened, rate),
        )

    def _rate(self, now: float, total: int) -> float:
        if not self._seen or now - self._seen[-1][0] >= 1.0:
            self._seen.append((now, total))
        since, before = self._seen[0]
        return (total - before) / (now - since) if now > since else 0.0

    def _left(self, rows: Mapping[str, int], opened: Mapping[str, int], rate: float) -> float | None:
        """Judge by the rows of an earlier snapshot: a tenant is today about as large as it was yesterday."""
        if sum(self._expected.values()) < _FEW_ROWS or not rate:
            return None
        left = sum(
            max(0, number - rows.get(name, 0))
            for name, number in self._expected.items()
            if opened.get(name) or not rows.get(name)
        )
        return left / rate


Watcher = Callable[[Meter], None]
"""Called after every step of a collection."""
