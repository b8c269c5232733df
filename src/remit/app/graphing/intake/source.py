"""Payloads of one snapshot, read list by list, and the rows that their ids mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from remit.app.intake.flags import was_seen
from remit.engine.facts import PrincipalFlag, PrincipalKind
from remit.engine.index import TenantIndex
from remit.model.errors import InstantSyntaxError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, parse_instant, to_micros
from remit.ports.store import SnapshotStore
from remit.wire.azure.tolerant import Tolerant

Progress = Callable[[int, int | None], None]
"""Called with the rows read so far, and the rows to read."""

Shape = TypeVar("Shape", bound=msgspec.Struct)
_STEP = 25_000
_LISTED_IN = {
    PrincipalKind.USER: "graph/users",
    PrincipalKind.GROUP: "graph/groups",
    PrincipalKind.SERVICE_PRINCIPAL: "graph/servicePrincipals",
}


def silent(done: int, total: int | None) -> None:
    """Show nothing."""
    del done, total


class Source:
    """The lists of one snapshot.

    Attributes:
        index: what object ids and scopes are rows of.
        tenant_id: lower case, "" where not known.
        collected: names of the lists that were collected.
    """

    def __init__(
        self, store: SnapshotStore, snapshot_id: str, index: TenantIndex, lists: tuple[str, ...], progress: Progress
    ) -> None:
        self._store = store
        self._snapshot_id = snapshot_id
        self._progress = progress
        self._done = 0
        rows = next((one.rows for one in store.summaries() if one.snapshot_id == snapshot_id), {})
        self._total = sum(rows.get(name, 0) for name in lists)
        self.index = index
        self.tenant_id = index.facts.meta.tenant_id.lower()
        self.collected = index.facts.meta.collected
        self._whole: dict[str, bool] = {}

    def payloads(self, list_name: str) -> Iterator[bytes]:
        """Yield the payloads of a list by key, and tell how far reading is."""
        for payload in self._store.payloads(self._snapshot_id, list_name):
            self._done += 1
            if self._done % _STEP == 0:
                self._progress(self._done, self._total)
            yield payload

    def rows(self, list_name: str, shape: type[Shape]) -> Iterator[Shape]:
        """Yield the rows of a list by key; what has a wrong shape was not said."""
        decode = Tolerant(shape).decode
        return map(decode, self.payloads(list_name))

    def finish(self) -> None:
        """Tell that everything was read."""
        self._progress(self._total, self._total)

    def principal(self, object_id: str | None) -> int:
        """Return the row of a principal, -1 for none."""
        return self.index.principals.row(object_id.lower()) if object_id else -1

    def holder(self, object_id: str | None) -> int:
        """Return the row of a principal that an assignment names, -1 for none and for who is gone (V5).

        Gone is who does not stand in the list that would have it, though that was read in full; of a principal of no
        known kind, in any of the directory's.
        """
        row = self.principal(object_id)
        if row < 0 or self.index.v_principal_flags[row] & PrincipalFlag.LISTED:
            return row
        kind = self.index.facts.principals.kind[row]
        if kind == PrincipalKind.FOREIGN_GROUP:
            return row
        name = _LISTED_IN.get(int(kind))
        return -1 if (self.is_whole(name) if name else self.index.directory_complete) else row

    def is_whole(self, list_name: str) -> bool:
        """Tell whether a list was read without a gap."""
        found = self._whole.get(list_name)
        if found is None:
            found = self._whole[list_name] = was_seen(self.index.facts.meta, list_name)
        return found


def window(start: str | None, end: str | None) -> tuple[int, int]:
    """Return a half-open interval in microseconds; what is absent or no instant does not bound it."""
    return _micros(start, ALWAYS_FROM), _micros(end, ALWAYS_UNTIL)


def _micros(text: str | None, unbounded: int) -> int:
    if not text:
        return unbounded
    try:
        return to_micros(parse_instant(text))
    except InstantSyntaxError:
        return unbounded
