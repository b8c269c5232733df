"""How logs look for people: an ingest while it runs and at its end, records, and reasons why some were set aside."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from remit.cli.layout import paragraph, plain_table, show_table
from remit.cli.progress import Reporter

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.ingesting.ingest import Ingested, Progress
    from remit.app.ingesting.showing import ShownRecord
    from remit.model.usage import ObservedOperation
    from remit.ports.usage_store import ReasonCount, SetAsideRecord

_SHOWN_REASONS = 10
_UNITS = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000


class IngestDisplay(Reporter):
    """Shows how far an ingest is, on standard error: one line that changes on a terminal, else one now and then."""

    def tell(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(f"remit: {line}\n")
        sys.stderr.flush()

    def show(self, progress: Progress) -> None:
        """Show how far it is, if it is time."""
        if self.due:
            self.report(progress_line(progress, time.monotonic() - self._began))


def progress_line(progress: Progress, seconds: float) -> str:
    """Return one line about an ingest that runs."""
    files = f"{progress.files:,} of {progress.whole_files:,} {'file' if progress.whole_files == 1 else 'files'}"
    size = sized(progress.size)
    if progress.whole_size:
        size = f"{size} of {sized(progress.whole_size)}"
    rate = f"{progress.records / max(seconds, 0.001):,.0f} a second"
    return f"{progress.step}: {progress.records:,} records, {rate}, {size}, {files}"


def sized(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> sized(999), sized(34_200_000_000)
    ('999 B', '34.2 GB')
    """
    size = float(count)
    for unit in _UNITS[:-1]:
        if size < _THOUSAND:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _THOUSAND
    return f"{size:.1f} {_UNITS[-1]}"


def show_ingested(out: Console, done: Ingested) -> None:
    """Write what came of an ingest."""
    from rich.text import Text

    totals = done.totals
    table = plain_table(
        ("log", 0),
        ("read", 0),
        ("normalised", 0),
        ("set aside", 0),
        ("duplicates", 0),
        right=("read", "normalised", "set aside", "duplicates"),
    )
    for log, (new, again) in done.logs.items():
        table.add_row(log.word, f"{new + again:,}", f"{new:,}", "", f"{again:,}")
    for name, each in done.streams:
        counts = (each.read, each.normalised, each.set_aside, each.duplicates)
        table.add_row(f"Event Hub {name.rpartition('/')[2]}", *(f"{count:,}" for count in counts))
    streamed = sum(each.read for _, each in done.streams)
    known = streamed + sum(new + again for new, again in done.logs.values())
    if totals.read > known:
        aside = totals.set_aside - sum(each.set_aside for _, each in done.streams)
        again = totals.read - known - aside
        table.add_row("not understood", f"{totals.read - known:,}", "", f"{aside:,}", f"{again:,}")
    table.add_row(
        *(Text(f"{one:,}" if isinstance(one, int) else one, style="bold") for one in ("total", totals.read)),
        *(Text(f"{one:,}", style="bold") for one in (totals.normalised, totals.set_aside, totals.duplicates)),
    )
    show_table(out, table, indent=0)
    if done.files or not done.streams:
        out.print(f"\n{done.files:,} {'file' if done.files == 1 else 'files'}, {sized(done.size)}")
    if done.disagreements:
        said = f"\nLogs and engine disagree {done.disagreements:,} times on who granted what:"
        out.print(Text(f"{said} remit usage disagreements", style="yellow"))
    if done.reasons:
        out.print(Text("\nSet aside, kept with the reason:", style="yellow"))
        _reasons(out, done.reasons[:_SHOWN_REASONS])
        more = len(done.reasons) - _SHOWN_REASONS
        paragraph(out, f"… and {more:,} more reasons" if more > 0 else "see remit logs set-aside", indent=2)


def show_reasons(out: Console, reasons: tuple[ReasonCount, ...]) -> None:
    """Write why records were set aside."""
    if not reasons:
        out.print("Nothing was set aside.")
        return
    _reasons(out, reasons)


def _reasons(out: Console, reasons: tuple[ReasonCount, ...]) -> None:
    width = max(len(f"{one.records:,}") for one in reasons)
    for one in reasons:
        paragraph(out, one.reason, indent=2, first=f"{one.records:>{width},}  ")
        paragraph(out, f"first at {one.name}:{one.line}", indent=2 + width + 2, style="dim")


def show_set_aside(found: SetAsideRecord) -> None:
    """Write a record that was set aside on one line."""
    sys.stdout.write(f"{found.name}:{found.line}: {one_line(found.record.decode('utf-8', 'replace'))}\n")


def show_record(found: ShownRecord) -> None:
    """Write what a record says: one line, and one more for each further operation."""
    place = f"{found.name}:{found.line}:"
    marked = "duplicate: " if found.duplicate else ""
    if not found.operations:
        marked = marked or "set aside: "
        sys.stdout.write(f"{place} {marked}{found.reason}\n")
        return
    for operation in found.operations:
        sys.stdout.write(f"{place} {marked}{told(operation)}\n")


def told(operation: ObservedOperation) -> str:
    """Return an operation in one line: when, which log, who, how it ended, what, where."""
    from remit.wire.v1.logs import instant

    words = [
        instant(operation.time),
        operation.log.word,
        operation.principal_id or "nobody named",
        operation.outcome.word or operation.phase.name.lower(),
        operation.action,
        operation.scope,
    ]
    if operation.assignment_id:
        words.append(f"by assignment {operation.assignment_id}")
    return one_line("  ".join(word for word in words if word))


def one_line(text: str, limit: int = 400) -> str:
    """Return a text without line breaks and control characters, cut where it is long."""
    flat = "".join(character if character.isprintable() else " " for character in text[: limit + 1])
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
