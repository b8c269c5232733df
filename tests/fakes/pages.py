"""A tenant of pages that misbehaves as it is told: a source for tests of whoever drives a collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from remit.model.errors import (
    CollectionError,
    CredentialError,
    ForbiddenError,
    InterruptedAnswerError,
    MovedOnError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)
from remit.model.snapshot import Gap
from remit.ports.clock import Waiter
from remit.ports.pages import Beginning, Page, Part

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Key = tuple[str, str]


@dataclass
class Branch:
    """All of one part: each page its rows and the parts it gives rise to."""

    pages: list[tuple[list[bytes], list[Part]]] = field(default_factory=lambda: [([], [])])


@dataclass
class Faults:
    """How often an answer is what; chances of one, drawn with a seed, each part `most` times at worst."""

    throttled: float = 0.0
    retry_after_s: Callable[[Random], float | None] = lambda chance: chance.randint(1, 5)
    interrupted: float = 0.0
    moved_on: float = 0.0
    most: int = 1_000_000
    seed: int = 0


class FakeSource:
    """Reads a tree of branches. See `remit.ports.pages.PageSource`.

    `early` lists the parts that were read sooner than Azure had allowed, `most_running` the calls of each lane that
    were under way at once, `asked` every part in order.
    """

    def __init__(
        self,
        waiter: Waiter,
        branches: dict[Key, Branch],
        roots: Sequence[Part],
        *,
        faults: Faults | None = None,
        lanes: dict[str, str] | None = None,
        together: dict[str, int] | None = None,
        latency_s: float = 0.05,
    ) -> None:
        self.waiter = waiter
        self.branches = branches
        self.roots = roots
        self.faults = faults or Faults()
        self.lanes = lanes or {}
        self.groups = together or {}
        self.latency_s = latency_s
        self.tenant_id = "11111111-0000-4000-8000-000000000000"
        self.always: dict[Key, Callable[[], CollectionError]] = {}
        self.budget: Callable[[float], float] | None = None
        self.spent_for: dict[str, float] = {}
        self.credential_ends_after: int | None = None
        self.begin_errors: list[CollectionError] = []
        self.asked: list[Part] = []
        self.asked_at: list[float] = []
        self.early: list[Part] = []
        self.running: Counter[str] = Counter()
        self.most_running: Counter[str] = Counter()
        self.told_s = 0.0
        self._chance = Random(self.faults.seed)
        self._faulty: Counter[Key] = Counter()
        self._generation: Counter[Key] = Counter()
        self._not_before: dict[Key, float] = {}
        self._calls: Counter[str] = Counter()

    async def begin(self) -> Beginning:
        if self.begin_errors:
            raise self.begin_errors.pop(0)
        return Beginning(
            self.tenant_id, "AzureCloud", NOW, frozenset({"graph/users", "graph/groups", "arm/locks"}), self.roots
        )

    def lane(self, part: Part) -> str:
        return self.lanes.get(part.endpoint, "graph")

    def together(self, part: Part) -> int:
        return self.groups.get(part.endpoint, 1)

    def lost(self, part: Part, why: str) -> Sequence[Gap]:
        return (Gap(part.endpoint, part.target or "/", why),)

    def spent(self, lane: str) -> float:
        return self.spent_for.pop(lane, 0.0)

    def calls(self) -> Sequence[tuple[str, int]]:
        return sorted(self._calls.items())

    async def read(self, parts: Sequence[Part]) -> Sequence[Page | CollectionError]:
        (lane,) = {self.lane(part) for part in parts}
        assert len({self.together(part) for part in parts}) == 1
        assert len(parts) <= self.together(parts[0])
        assert len({(part.endpoint, part.target) for part in parts}) == len(parts)
        now = self.waiter.monotonic()
        self.asked += parts
        self.asked_at += [now] * len(parts)
        self._calls[parts[0].endpoint] += 1
        self.early += [part for part in parts if now < self._not_before.get((part.endpoint, part.target), 0.0) - 1e-9]
        self.running[lane] += 1
        self.most_running[lane] = max(self.most_running[lane], self.running[lane])
        try:
            await self.waiter.sleep(self.latency_s)
        finally:
            self.running[lane] -= 1
        if self.credential_ends_after is not None:
            self.credential_ends_after -= 1
            if self.credential_ends_after < 0:
                raise CredentialError("the secret has expired")
        over = self.budget(now) if self.budget is not None else 0.0
        if over:
            return [self._throttle(part, over) for part in parts]
        return [self._one(part) for part in parts]

    def _one(self, part: Part) -> Page | CollectionError:
        key = (part.endpoint, part.target)
        if key in self.always:
            return self.always[key]()
        if self._faulty[key] < self.faults.most:
            drawn = self._chance.random()
            for share, fault in (
                (self.faults.throttled, lambda: self._throttle(part, self.faults.retry_after_s(self._chance))),
                (self.faults.interrupted, lambda: InterruptedAnswerError(part.endpoint, "503")),
                (self.faults.moved_on if part.cursor else 0.0, lambda: self._move_on(part)),
            ):
                if drawn < share:
                    self._faulty[key] += 1
                    return fault()
                drawn -= share
        if key not in self.branches:
            return VanishedError(part.target)
        return self._page(part, self.branches[key])

    def _throttle(self, part: Part, wait: float | None) -> CollectionError:
        if wait is not None:
            self._not_before[part.endpoint, part.target] = self.waiter.monotonic() + wait
            self.told_s += wait
        return ThrottledError(part.endpoint, wait)

    def _move_on(self, part: Part) -> CollectionError:
        self._generation[part.endpoint, part.target] += 1
        return MovedOnError(part.endpoint)

    def _page(self, part: Part, branch: Branch) -> Page | CollectionError:
        key = (part.endpoint, part.target)
        generation, _, place = part.cursor.partition(":")
        if part.cursor and int(generation) != self._generation[key]:
            return MovedOnError(part.endpoint)
        at = int(place or "0")
        # After it moved on a list stands in another order: pages of two readings do not fit together.
        pages = branch.pages[::-1] if self._generation[key] % 2 else branch.pages
        rows, opens = pages[at]
        cursor = f"{self._generation[key]}:{at + 1}" if at + 1 < len(pages) else ""
        return Page(part.endpoint, rows, cursor, opens)


def forbidden(needs: str) -> Callable[[], CollectionError]:
    return lambda: ForbiddenError("x", "403 AuthorizationFailed", needs)


def unexpected(why: str) -> Callable[[], CollectionError]:
    return lambda: UnexpectedAnswerError("x", why)


def interrupted(why: str, retry_after_s: float | None = None) -> Callable[[], CollectionError]:
    return lambda: InterruptedAnswerError("x", why, retry_after_s)


def numbered(endpoint: str, pages: int, rows: int = 2) -> Branch:
    """A list of so many pages whose rows say where they are from."""
    return Branch([([b'{"id":"%s-%d-%d"}' % (endpoint.encode(), p, r) for r in range(rows)], []) for p in range(pages)])
