"""Up to when the blobs of containers were read, so that those which nobody has written to since are left out.

    marks = Marks(store)
    done = ingest(marks.left_out(units), ...)
    marks.keep()

A source says of each unit when it was written last. Whatever is written to after a list was made bears a later time
than all in that list, clocks aside: what is younger than the mark less `SKEW` is read again, and counts once.
INVARIANT: a mark is kept only when everything that it stands for is committed.
"""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.holding import Patience, held
from remit.ports.log_source import LogUnit
from remit.ports.usage_store import UsageStore

SKEW = 15 * 60 * 1_000_000
"""Microseconds by which two clocks of one source differ at most."""

_PART = "modified"


class Marks:
    """The marks of one store."""

    def __init__(self, store: UsageStore, patience: Patience = Patience()) -> None:  # noqa: B008 - it never changes
        self._store = store
        self._patience = patience
        self._reached: dict[str, int] = {}

    def left_out(self, units: Iterable[LogUnit]) -> list[LogUnit]:
        """Return units without those that are known and were not written to since."""
        found = list(units)
        for unit in found:
            if unit.source and unit.modified is not None:
                self._reached[unit.source] = max(self._reached.get(unit.source, unit.modified), unit.modified)
        if not self._reached:
            return found
        with held(self._store, 0, self._patience) as writing:
            said = {source: writing.offsets(source).get(_PART, "") for source in self._reached}
        known = {source: int(text) - SKEW for source, text in said.items() if text.isdecimal()}
        return [unit for unit in found if unit.modified is None or unit.modified >= known.get(unit.source, 0)]

    def keep(self) -> None:
        """Remember how far it was read; to be called when all of it is committed."""
        for source, reached in self._reached.items():
            with held(self._store, 0, self._patience) as writing:
                writing.commit(source, {_PART: str(reached)})
