"""Waiting for Azure: what was just written is not seen everywhere at once.

>>> slept = []
>>> answers = iter([None, None, "there"])
>>> Patience(slept.append).until("application", lambda: next(answers))
'there'
>>> slept
[1.0, 2.0]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from remit.model.errors import InterruptedAnswerError, RemitError, ThrottledError, UnsettledError

T = TypeVar("T")

WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 30.0, 30.0, 30.0, 30.0)
"""Nearly three minutes: Entra's replicas usually agree within one."""


class Patience:
    """Asks again, at growing intervals, until there is an answer."""

    def __init__(self, sleep: Callable[[float], object], waits_s: Sequence[float] = WAITS_S) -> None:
        self._sleep = sleep
        self._waits_s = waits_s

    def until(self, what: str, ask: Callable[[], T | None]) -> T:
        """Return the first answer that is not None.

        Raises:
            UnsettledError: there was none in time.
            ThrottledError, InterruptedAnswerError: Azure did not answer in time.
        """
        for wait_s in (*self._waits_s, None):
            try:
                answer = ask()
            except (ThrottledError, InterruptedAnswerError, UnsettledError) as error:
                if wait_s is None:
                    raise
                self._sleep(max(wait_s, _asked_for(error)))
                continue
            if answer is not None:
                return answer
            if wait_s is not None:
                self._sleep(wait_s)
        raise UnsettledError(what)


def _asked_for(error: RemitError) -> float:
    return getattr(error, "retry_after_s", None) or 0.0
