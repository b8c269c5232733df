"""What was asked of the simulator, counted: by route, by status, and what throttling has forced on clients."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

from remit_sim.call import Answer, Call
from remit_sim.paging import chain_of

TOO_MANY = 429


class Statistics:
    """Counts of one simulator since it started or was reset; requests inside a Graph `$batch` count by themselves."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self.requests = 0
        """Requests over HTTP to ARM and Graph; a `$batch` is one."""
        self.answers: Counter[tuple[str, str, str]] = Counter()
        """Answers by API, method and route."""
        self.statuses: Counter[tuple[str, int]] = Counter()
        """Answers by API and status."""
        self.throttled = 0
        """How many answers were 429."""
        self.retry_after_s = 0.0
        """Sum of all `Retry-After`."""
        self.waits_s: defaultdict[str, float] = defaultdict(float)
        """Sum of the `Retry-After`s by chain: pages of one list come one after the other, so no client is faster."""
        self.impatient = 0
        """How often a throttled chain was asked again sooner than told."""
        self._due: dict[str, float] = {}

    def longest_wait_s(self) -> float:
        """Return the longest of the waits: what throttling alone forces, even with all chains side by side."""
        return max(self.waits_s.values(), default=0.0)

    def note(self, call: Call, family: str, answer: Answer) -> None:
        """Count one answer."""
        self.answers[call.api, call.method, family or "(none)"] += 1
        self.statuses[call.api, answer.status] += 1
        if self._due or answer.status == TOO_MANY:
            self._note_throttling(call, answer)

    def as_json(self) -> dict[str, Any]:
        """Return everything as the control API tells it."""
        routes: dict[str, dict[str, int]] = {}
        for (api, method, family), count in sorted(self.answers.items()):
            routes.setdefault(api, {})[f"{method} {family}"] = count
        statuses: dict[str, dict[str, int]] = {}
        for (api, status), count in sorted(self.statuses.items()):
            statuses.setdefault(api, {})[str(status)] = count
        return {
            "requests": self.requests,
            "answers": routes,
            "statuses": statuses,
            "throttled": self.throttled,
            "retryAfterSeconds": self.retry_after_s,
            "longestWaitSeconds": self.longest_wait_s(),
            "waitsSeconds": dict(sorted(self.waits_s.items())),
            "impatient": self.impatient,
        }

    def _note_throttling(self, call: Call, answer: Answer) -> None:
        chain = chain_of(call)
        now = time.monotonic()
        if now < self._due.pop(chain, 0.0):
            self.impatient += 1
        if answer.status == TOO_MANY:
            wait = float(answer.headers.get("Retry-After", "0"))
            self.throttled += 1
            self.retry_after_s += wait
            self.waits_s[chain] += wait
            self._due[chain] = now + wait
