"""An event loop whose time passes at once: an hour takes no time, and things happen in the order of the hour."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Moves the loop's clock on instead of waiting."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None):
        if timeout is None:
            raise AssertionError("everything waits for something that never happens")
        if timeout > 0:
            self.loop.passed += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that begins at 0 seconds."""

    def __init__(self) -> None:
        self.passed = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.passed


def run_at_once(coroutine: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Return what a coroutine gives, and the seconds that it would have taken."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        result = runner.run(coroutine)
        return result, loop.time()
