"""Why records were set aside, how often, and where one of them stands."""

from __future__ import annotations

from collections.abc import Iterable

from remit.adapters.usage_store.lines import ReasonLine
from remit.ports.usage_store import ReasonCount

MOST = 20_000
"""Distinct reasons that are counted; a log that somebody made up cannot fill the memory with them."""
OTHERS = "for another reason"


class Reasons:
    """Counts by reason."""

    def __init__(self, known: Iterable[ReasonLine] = ()) -> None:
        self._counts = {line.reason: line for line in known}

    def add(self, reason: str, records: int, name: str, line: int) -> None:
        """Count some more; the place is that of the first."""
        if reason not in self._counts and len(self._counts) >= MOST:
            reason = OTHERS
        known = self._counts.get(reason)
        if known is None:
            self._counts[reason] = ReasonLine(reason, records, name, line)
        else:
            self._counts[reason] = ReasonLine(reason, known.records + records, known.name, known.line)

    def lines(self) -> list[ReasonLine]:
        """Return them as they are kept, the most frequent first."""
        return sorted(self._counts.values(), key=lambda one: (-one.records, one.reason))

    def counts(self) -> tuple[ReasonCount, ...]:
        """Return them as they are told, the most frequent first."""
        return tuple(ReasonCount(one.reason, one.records, one.name, one.line) for one in self.lines())
