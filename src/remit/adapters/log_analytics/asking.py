"""Asks a workspace, over and over where that helps, and lets whoever waits for the answer look up now and then.

    reply = yield from asker.ask(query, timespan, table="AzureActivity")

Rules kept here:

- Being throttled means waiting as long as Azure says. A failure of the moment means waiting twice as long as the last
  time, a minute at most. Neither ever ends the reading, once the workspace has answered.
- Everything that waits yields None at least once a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import LOGS, AzureClient, Call, Reply
from remit.adapters.log_analytics.answers import failure_in, is_too_long
from remit.model.errors import CollectionError, InterruptedAnswerError, ThrottledError

T = TypeVar("T")
_BEAT_S = 0.5
_LONGEST_PAUSE_S = 60.0
_TRIES = 2
_NEEDED = "Log Analytics Reader on the workspace"


class Asker:
    """Asks one workspace with one client, as long as its `with` block lasts.

    Args:
        workspace: its id.
        connect: makes the client.
        patience_s: how long is waited for the first answer.
        tell: takes a line for people now and then.
        sleep: lets some seconds pass.
    """

    def __init__(
        self,
        workspace: str,
        connect: Callable[[], AzureClient],
        *,
        patience_s: float,
        tell: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        self._workspace = workspace
        self._connect = connect
        self._patience_s = patience_s
        self._tell = tell
        self._sleep = sleep
        self._asked = Asked("logs/query", workspace, needs=_NEEDED)
        self._was_reached = False
        self._troubled = False

    def __enter__(self) -> Self:
        """Make the client."""
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._client = self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything."""
        with suppress(CollectionError):
            self._loop.run_until_complete(self._client.aclose())
        self._runner.close()

    def ask(self, query: str, timespan: str = "", *, table: str = "") -> Generator[None, None, Reply | None]:
        """Return the answer of 2xx to a query, None where it takes too long or gives too much.

        Args:
            query: in the language of Log Analytics.
            timespan: limits on the time of the events.
            table: that is asked about.

        Raises:
            NoSuchTableError: the workspace lacks the table.
            RemitError: asking again would not help.
        """
        body = msgspec.json.encode({"query": query} | ({"timespan": timespan} if timespan else {}))
        call = Call("POST", LOGS, f"/v1/workspaces/{self._workspace}/query", body, {"Prefer": "wait=600"})
        tries, paused_s = 0, 0.0
        while True:
            try:
                yield from self._awaited(self._client.learn())
                reply = yield from self._awaited(self._client.exchange(call, self._asked))
                failure = failure_in(reply, self._asked, table)
                if failure is None:
                    self._reached()
                    return reply
                tries += 1
                if is_too_long(reply) and tries >= _TRIES:
                    return None
                raise failure
            except ThrottledError as error:
                pause_s = error.retry_after_s
            except InterruptedAnswerError as error:
                pause_s = error.retry_after_s
                self._failed(error)
                if not self._was_reached and paused_s >= self._patience_s:
                    raise
            pause_s = pause_s if pause_s is not None else min(2.0 ** min(tries, 6), _LONGEST_PAUSE_S)
            paused_s += pause_s
            yield from self.pause(pause_s)

    def pause(self, seconds: float) -> Generator[None]:
        """Let some seconds pass."""
        while seconds > 0:
            self._sleep(min(seconds, _BEAT_S))
            seconds -= _BEAT_S
            yield None

    def _awaited(self, what: Coroutine[object, object, T]) -> Generator[None, None, T]:
        task = self._loop.create_task(what)
        try:
            while True:
                self._loop.run_until_complete(asyncio.wait({task}, timeout=_BEAT_S))
                if task.done():
                    return task.result()
                yield None
        finally:
            if not task.done():
                task.cancel()
                self._loop.run_until_complete(asyncio.wait({task}))

    def _reached(self) -> None:
        self._was_reached = True
        if self._troubled:
            self._troubled = False
            self._tell("the workspace answers again")

    def _failed(self, error: InterruptedAnswerError) -> None:
        if not self._troubled:
            self._troubled = True
            self._tell(f"{error.message}; trying again")
