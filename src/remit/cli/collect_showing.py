"""How a collection looks while it runs, and what came of it.

On a terminal a table that lives: the lists that are being read, and one line about the whole. Elsewhere that line
alone, every few seconds. All of it goes to standard error; what came of the collection goes to standard output.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remit.cli.importing import show_gaps
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.output import console
from remit.cli.progress import LINE_EVERY_S, Steps
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live

    from remit.app.collecting.meter import Meter, Progress
    from remit.bootstrap.collecting import Collected
    from remit.model.errors import InterruptedAnswerError
    from remit.wire.v1.collecting import CollectDocument

DRAW_EVERY_S = 0.25
_SHOWN_LISTS = 12
_MINUTE = 60
_HOUR = 3600


class CollectDisplay:
    """Shows how far a collection is, unless nobody wants to see it."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._due = time.monotonic() + (DRAW_EVERY_S if sys.stderr.isatty() else LINE_EVERY_S)
        self._live: Live | None = None
        self._steps: Steps | None = None
        self._stalled: set[str] = set()

    def __enter__(self) -> Self:
        """Return itself; nothing shows yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take everything away."""
        self._end_reading()
        if self._steps is not None:
            self._steps.__exit__(kind, error, trace)

    def reading(self, meter: Meter) -> None:
        """Show how far the reading is, if it is time."""
        now = time.monotonic()
        if not self._shown or now < self._due:
            return
        if not sys.stderr.isatty():
            self._due = now + LINE_EVERY_S
            sys.stderr.write(f"remit: {summary_line(meter.view())}\n")
            sys.stderr.flush()
            return
        self._due = now + DRAW_EVERY_S
        if self._live is None:
            from rich.live import Live

            self._live = Live(console=console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(_picture(meter.view()), refresh=True)

    def stalled(self, error: InterruptedAnswerError) -> None:
        """Say why nothing can be read yet, each reason once."""
        if self._shown and error.message not in self._stalled:
            self._stalled.add(error.message)
            sys.stderr.write(f"remit: {error.message}; trying again\n")
            sys.stderr.flush()

    def making(self, done: int, whole: int | None) -> None:
        """Show how far the snapshot is."""
        if not self._shown:
            return
        self._end_reading()
        if self._steps is None:
            self._steps = Steps()
        if done == whole:
            self._steps("indexing and writing", 0, None)
        else:
            self._steps("making the snapshot", done, whole)

    def _end_reading(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def summary_line(progress: Progress) -> str:
    """Return one line about a whole collection."""
    reading = sum(1 for one in progress.lists if one.open)
    open_parts = sum(one.open for one in progress.lists)
    words = [
        f"{progress.rows:,} rows of {len(progress.lists)} lists",
        f"{progress.rate:,.0f} rows a second",
        f"{progress.calls:,} calls",
    ]
    if reading:
        words.append(f"{open_parts:,} parts of {reading} {'list' if reading == 1 else 'lists'} open")
    if progress.throttled_s >= 1:
        words.append(f"throttled {duration(progress.throttled_s)}")
    if progress.left_s is not None and reading:
        words.append(f"about {duration(progress.left_s)} left")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """Return a number of seconds as people say it.

    >>> duration(7), duration(200), duration(7300)
    ('7 s', '3 min', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def _picture(progress: Progress) -> Group:
    from rich.console import Group
    from rich.text import Text

    table = plain_table(("list", 0), ("rows", 0), ("", 0), ("open", 0), right=("rows", "open"))
    active = [one for one in progress.lists if one.open]
    for one in active[:_SHOWN_LISTS]:
        of = f"of about {one.expected:,}" if one.expected > one.rows else ""
        table.add_row(one.name, f"{one.rows:,}", of, f"{one.open:,}")
    more = len(active) - _SHOWN_LISTS
    rest = [Text(f"… and {more} more lists", style="dim")] if more > 0 else []
    return Group(table, *rest, Text(summary_line(progress)))


def document(done: Collected) -> CollectDocument:
    """Return the JSON document of a collection."""
    from remit.cli.snapshots import summary_document
    from remit.wire.v1.collecting import CallsDocument, CollectDocument
    from remit.wire.v1.snapshots import SkippedDocument

    return CollectDocument(
        summary_document(done.report.summary),
        tuple(SkippedDocument(one.file, one.line, one.reason) for one in done.report.skipped),
        tuple(CallsDocument(*one) for one in done.calls),
        round(done.last.throttled_s, 1),
        done.resumed,
        None if done.export is None else str(done.export),
    )


def show(out: Console, done: Collected) -> None:
    """Write what came of a collection, for people."""
    from rich.text import Text

    from remit.app.collecting.meter import list_of

    summary = done.report.summary
    calls: dict[str, int] = {}
    for endpoint, number in done.calls:
        calls[list_of(endpoint)] = calls.get(list_of(endpoint), 0) + number
    gaps: dict[str, int] = {}
    for gap in done.report.gaps:
        gaps[gap.api] = gaps.get(gap.api, 0) + 1
    table = plain_table(("list", 0), ("rows", 0), ("calls", 0), ("gaps", 0), right=("rows", "calls", "gaps"))
    for name in sorted({*summary.rows, *calls}):
        rows = f"{summary.rows[name]:,}" if name in summary.rows else ""
        table.add_row(name, rows, _number(calls.get(name, 0)), _number(gaps.get(name, 0)))
    show_table(out, table, indent=0)
    show_gaps(out, done.report)
    if done.report.skipped:
        out.print(Text("\nRows that could not be read:", style="yellow"))
        for one in done.report.skipped:
            paragraph(out, one.reason, indent=2, first="- ")
    out.print(Text(f"\nSnapshot {summary.snapshot_id[:12]}", style="bold"))
    told = [("tenant", summary.tenant_id)]
    if summary.collected_at is not None:
        told.append(("collected", format_instant(summary.collected_at)))
    told.append(("calls", f"{sum(calls.values()):,}{' since it was resumed' if done.resumed else ''}"))
    if done.last.throttled_s >= 1:
        told.append(("throttled", duration(done.last.throttled_s)))
    if done.export is not None:
        told.append(("export", str(done.export)))
    fields(out, told)


def _number(count: int) -> str:
    return f"{count:,}" if count else ""
