"""Progress on standard error: a bar on a terminal, else a plain line now and then; nothing in the first second."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

FIRST_S = 1.0
"""Work that is done sooner shows nothing."""

BAR_EVERY_S = 0.1
LINE_EVERY_S = 5.0
_WIDTH = 30


class Reporter:
    """Writes at most one report per interval, and takes the bar away at the end."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._due = self._began + FIRST_S
        self._terminal = sys.stderr.isatty()
        self._drawn = 0

    def __enter__(self) -> Self:
        """Return itself; nothing shows yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._drawn:
            sys.stderr.write("\r" + " " * self._drawn + "\r")
            sys.stderr.flush()

    @property
    def due(self) -> bool:
        """Tell whether it is time for a report."""
        return time.monotonic() >= self._due

    @property
    def _late(self) -> bool:
        return time.monotonic() >= self._began + FIRST_S

    def report(self, text: str) -> None:
        """Write a report."""
        now = time.monotonic()
        if self._terminal:
            self._due = now + BAR_EVERY_S
            sys.stderr.write("\r" + text.ljust(self._drawn))
            self._drawn = len(text)
        else:
            self._due = now + LINE_EVERY_S
            sys.stderr.write(f"remit: {text.strip()}\n")
        sys.stderr.flush()


class Counter(Reporter):
    """Counts things whose number is not known beforehand."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._count = 0

    def add(self, count: int) -> None:
        """Count some more."""
        self._count += count
        if self.due:
            seconds = time.monotonic() - self._began
            self.report(f"{self._count:,} {self._what}, {self._count / seconds:,.0f} a second")


class Steps(Reporter):
    """Follows work of several steps; within a step by parts of a whole, where the whole is known."""

    def __init__(self) -> None:
        super().__init__()
        self._step = ""

    def __call__(self, step: str, done: int, whole: int | None) -> None:
        """Take note of how far a step is; a new step shows at once if anything does."""
        if self.due or (step != self._step and self._late):
            self.report(_bar(step, done, whole) if self._terminal else _line(step, done, whole))
        self._step = step


def _bar(step: str, done: int, whole: int | None) -> str:
    if not whole:
        return _line(step, done, whole)
    part = min(done / whole, 1.0)
    filled = round(part * _WIDTH)
    return f"{step}  [{'#' * filled}{'.' * (_WIDTH - filled)}] {part:4.0%}"


def _line(step: str, done: int, whole: int | None) -> str:
    if not whole:
        return f"{step}  {done:,}" if done else step
    return f"{step}  {min(done / whole, 1.0):.0%}"


def import_progress() -> Steps:
    """Return progress for an import."""
    return Steps()
