"""A workspace as a stream of logs: its tables one after the other, over and over.

Rules kept here:

- The offset of a table is an instant: everything that came in before it was read. Each round reads from a while before
  that (`OVERLAP`) to a while before the present (`SETTLING`): a row can be asked for a little later than the time of
  its arrival says. What is thereby read twice is known by its identity and counts once.
- No answer that is not whole is ever used. The window is halved instead, and where it is a second, its rows are dealt
  out to shares by their content.
- The present is the workspace's, not this machine's.
- A table that the workspace lacks, or that may not be read, is told of once, left out, and looked for again every hour.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta

from remit.adapters.azure_client.http import AzureClient
from remit.adapters.log_analytics.answers import NoSuchTableError, Rows, instant_in, rows_in
from remit.adapters.log_analytics.asking import Asker
from remit.adapters.log_analytics.queries import (
    MOST_ROWS,
    NOW,
    TABLES,
    LogTable,
    Window,
    rows_of,
    stamp,
    timespan,
)
from remit.model.errors import ForbiddenError, InstantSyntaxError, UnexpectedAnswerError
from remit.model.interval import parse_instant
from remit.ports.log_stream import Lag, Piece

SETTLING = timedelta(minutes=2)
OVERLAP = timedelta(minutes=10)
ROUND_S = 300.0
FIRST = timedelta(days=90)
_LOOK_AGAIN = timedelta(hours=1)
_FIRST_WINDOW, _LARGEST_WINDOW, _SMALLEST_WINDOW = timedelta(days=1), timedelta(days=30), timedelta(seconds=1)
_MOST_SHARES = 64


class LogAnalyticsStream:
    """Reads one workspace.

    Args:
        workspace: its id, lower case.
        connect: makes the client.
        once: end after one round.
        first: how far back a table is read that no offset is known for.
        tables: which.
        patience_s: how long is waited for the first answer.
        tell: takes a line for people now and then.
        sleep: lets some seconds pass.
    """

    def __init__(
        self,
        workspace: str,
        connect: Callable[[], AzureClient],
        *,
        once: bool = False,
        first: timedelta = FIRST,
        tables: tuple[LogTable, ...] = TABLES,
        patience_s: float = 60.0,
        tell: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._workspace = workspace
        self._once = once
        self._first = first
        self._tables = tables
        self._tell = tell
        self._asker = Asker(workspace, connect, patience_s=patience_s, tell=tell, sleep=sleep)
        self._cursors: dict[str, datetime] = {}
        self._widths: dict[str, timedelta] = {}
        self._absent: dict[str, datetime] = {}
        self._refused: ForbiddenError | None = None
        self._now: datetime | None = None

    @property
    def name(self) -> str:
        """Return the workspace."""
        return f"workspace:{self._workspace}"

    def lag(self) -> Lag:
        """Return how far the table that is furthest behind was, when the present was asked for last."""
        cursors = [cursor for name, cursor in self._cursors.items() if name not in self._absent]
        if self._now is None or not cursors:
            return Lag()
        return Lag(None, max((self._now - min(cursors)).total_seconds(), 0.0))

    def resume(self, offsets: Mapping[str, str]) -> Generator[Piece | None]:
        """Yield the rows behind some offsets; see `remit.ports.log_stream.LogStream`."""
        self._cursors = {}
        self._absent = {}
        with self._asker:
            while True:
                yield from self._round(offsets)
                if self._once:
                    return
                yield from self._asker.pause(ROUND_S)

    def _round(self, offsets: Mapping[str, str]) -> Generator[Piece | None]:
        reply = yield from self._asker.ask(NOW)
        if reply is None:
            raise UnexpectedAnswerError(self.name, "does not tell the time")
        self._now = now = instant_in(reply, self.name)
        for table in self._tables:
            if now < self._absent.get(table.name, now):
                continue
            if table.name not in self._cursors:
                self._cursors[table.name] = self._beginning(offsets.get(table.name, ""), now)
            try:
                yield from self._table(table, now - SETTLING)
                self._absent.pop(table.name, None)
            except NoSuchTableError:
                self._leave_out(table, now, f"the workspace has no table {table.name}")
            except ForbiddenError as error:
                self._refused = error
                self._leave_out(table, now, f"{table.name} may not be read: {error.code}")
        if self._refused is not None and len(self._absent) == len(self._tables):
            raise self._refused

    def _beginning(self, offset: str, now: datetime) -> datetime:
        try:
            return parse_instant(offset) if offset else now - self._first
        except InstantSyntaxError:
            return now - self._first

    def _leave_out(self, table: LogTable, now: datetime, why: str) -> None:
        if table.name not in self._absent:
            self._tell(why)
        self._absent[table.name] = now + _LOOK_AGAIN

    def _table(self, table: LogTable, until: datetime) -> Generator[Piece | None]:
        """Read a table up to an instant."""
        reached = self._cursors[table.name]
        at = reached - OVERLAP
        while at < until:
            width = self._widths.get(table.name, _FIRST_WINDOW)
            window = Window(at, min(at + width, until))
            rows = yield from self._rows(table, window)
            if rows is None or not rows.whole:
                if window.width > _SMALLEST_WINDOW:
                    self._widths[table.name] = window.width / 2
                    continue
                yield from self._shares(table, window)
            elif rows.count:
                yield Piece(table.name, rows.body, stamp(max(window.until, reached)))
            if rows is not None and rows.whole and rows.count < MOST_ROWS // 4:
                self._widths[table.name] = min(width * 2, _LARGEST_WINDOW)
            at = window.until
            reached = self._cursors[table.name] = max(at, reached)
            yield Piece(table.name, b"", stamp(reached))

    def _shares(self, table: LogTable, window: Window) -> Generator[Piece | None]:
        """Read the rows of one second share by share; its offset is reached behind the last."""
        before = stamp(self._cursors[table.name])
        left = [*window.halves()]
        while left:
            share = left.pop()
            rows = yield from self._rows(table, share)
            if rows is not None and rows.whole:
                yield Piece(table.name, rows.body if rows.count else b"", before)
            elif share.shares < _MOST_SHARES:
                left += share.halves()
            else:
                what = f"{self.name} {table.name}"
                raise UnexpectedAnswerError(what, f"more rows came in at {stamp(window.start)} than can be asked for")

    def _rows(self, table: LogTable, window: Window) -> Generator[None, None, Rows | None]:
        reply = yield from self._asker.ask(rows_of(table, window), timespan(window), table=table.name)
        return None if reply is None else rows_in(reply, f"{self.name} {table.name}")
