"""What a commit keeps beside rows: records set aside, changes, and raw records where they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft, days_of
from remit.adapters.usage_store.intake import Written
from remit.adapters.usage_store.lines import AsideLine, ChangeLine, LineWriter, RawLine, ReasonLine, read_lines
from remit.adapters.usage_store.manifest import Part, RawPart
from remit.adapters.usage_store.reasons import Reasons
from remit.ports.usage_store import ReasonCount
from remit.usage.columns import Longs

_OPEN_DAYS = 16
"""Days whose raw records are written at once."""


Fresh = Callable[[list[Path], list[Path], int, str], Iterable[Path]]
"""Gives the rows of some files whose identities are not in others; takes their number and a name, too."""


def take_aside(
    draft: Draft, engine: SqlEngine, taken: Sequence[tuple[Written, list[int]]], fresh: Fresh
) -> tuple[ReasonCount, ...]:
    """Keep the records set aside that are new.

    Args:
        draft: what is to be committed.
        engine: reads Parquet.
        taken: what intakes wrote, with the lines before each of their places.
        fresh: gives the rows whose identities are new.

    Returns:
        Why they were set aside.
    """
    files = [Path(path) for written, _ in taken for path in written.aside]
    if not files:
        return ()
    count = sum(written.aside_count for written, _ in taken)
    manifest = draft.manifest
    new: dict[int, list[Longs]] = {}
    made = list(fresh(files, draft.paths(manifest.seen_aside), count, "aside"))
    for path in made:
        rows = engine.read([path], ["digest_hi", "digest_lo"])
        for number in np.unique(rows["digest_hi"]).tolist():
            new.setdefault(number, []).append(rows["digest_lo"][rows["digest_hi"] == number])
    found = Reasons()
    if not new:
        return ()
    path = draft.path("set_aside", ".zst")
    with LineWriter(path) as writer:
        for written, bases in taken:
            if written.number in new:
                _copy_aside(writer, written, bases, np.sort(np.concatenate(new[written.number])), found)
    manifest.set_aside.append(Part(path.name, writer.count))
    identities = engine.run("identities", {"rows": made}, {}, draft.parts, draft.stem("seen_aside"))
    draft.written(identities)
    manifest.seen_aside += [Part(one.name, writer.count) for one in identities]
    _keep_reasons(draft, found)
    return found.counts()


def _copy_aside(writer: LineWriter, written: Written, bases: list[int], places: Longs, found: Reasons) -> None:
    wanted = iter(places.tolist())
    due = next(wanted, -1)
    for place, line in enumerate(read_lines(Path(written.aside_lines), AsideLine)):
        if place != due:
            continue
        due = next(wanted, -1)
        base = bases[line.unit] if line.unit < len(bases) else 0
        number = line.line + base
        found.add(line.reason, 1, line.name, number)
        writer.write(AsideLine(line.reason, line.name, number, line.size, line.record))


def _keep_reasons(draft: Draft, found: Reasons) -> None:
    manifest = draft.manifest
    known = Reasons(line for path in draft.paths(manifest.reasons) for line in read_lines(path, ReasonLine))
    for one in found.counts():
        known.add(one.reason, one.records, one.name, one.line)
    path = draft.path("reasons", ".zst")
    with LineWriter(path) as writer:
        for line in known.lines():
            writer.write(line)
    manifest.reasons = [Part(path.name, writer.count)]


def take_changes(draft: Draft, taken: Sequence[Written]) -> None:
    """Keep the changes of records that told of none before."""
    files = [Path(written.changes) for written in taken if written.changes]
    if not files:
        return
    manifest = draft.manifest
    known = {_told(line) for path in draft.paths(manifest.changes) for line in read_lines(path, ChangeLine)}
    path = draft.path("changes", ".zst")
    with LineWriter(path) as writer:
        for line in (line for file in files for line in read_lines(file, ChangeLine)):
            if _told(line) not in known:
                known.add(_told(line))
                writer.write(line)
    if writer.count:
        manifest.changes.append(Part(path.name, writer.count))
        manifest.changed = True


def _told(line: ChangeLine) -> tuple[int | str, ...]:
    """Return what makes two changes one: the record, and which of the things that it tells of."""
    one = line.change
    return (line.high, line.low, one.kind, one.subject_id, one.object_id, one.role_id, one.scope.lower())


def take_raw(draft: Draft, engine: SqlEngine, taken: Sequence[Written], new: list[Part], keep_days: int) -> None:
    """Keep the records of new rows as they were read, one part for each day."""
    files = [Path(written.raw) for written in taken if written.raw]
    if not files or not new:
        return
    wanted = np.unique(engine.read(draft.paths(new), ["digest_hi"])["digest_hi"])
    written = np.zeros(len(wanted), dtype=bool)
    newest = int(days_of(np.asarray([draft.manifest.newest or 0]))[0])
    writers: dict[int, LineWriter] = {}
    for file in files:
        for line in read_lines(file, RawLine):
            half = int.from_bytes(bytes.fromhex(line.digest[:16]), "big", signed=True)
            place = int(np.searchsorted(wanted, half))
            if place == len(wanted) or wanted[place] != half or written[place] or line.day < newest - keep_days:
                continue
            written[place] = True
            _writer(draft, writers, line.day, keep_days).write(line)
    for writer in writers.values():
        writer.__exit__(None, None, None)


def _writer(draft: Draft, writers: dict[int, LineWriter], day: int, keep_days: int) -> LineWriter:
    found = writers.pop(day, None)
    if found is None:
        if len(writers) >= _OPEN_DAYS:
            writers.pop(next(iter(writers))).__exit__(None, None, None)
        path = draft.path("raw", ".zst")
        found = LineWriter(path)
        draft.manifest.raw.append(RawPart(path.name, day, keep_days))
    # The one used last stands last.
    writers[day] = found
    return found


def drop_raw(draft: Draft) -> None:
    """Forget raw records whose time is over."""
    manifest = draft.manifest
    if manifest.newest is not None:
        newest = int(days_of(np.asarray([manifest.newest]))[0])
        manifest.raw = [part for part in manifest.raw if part.day >= newest - part.keep_days]
