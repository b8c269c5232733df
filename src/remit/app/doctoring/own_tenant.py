"""The little tenant around one principal: what was read about it, ready for the engine to be asked.

Every list counts as read but for the gaps: the rows are all that concerns this principal, so what is not among them is
not granted to it. Deny assignments that may not be read are taken for none, and the diagnosis says so: otherwise
nothing could be said at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.app.answering import Tenant
from remit.app.importing import import_tenant
from remit.model.snapshot import SnapshotMeta
from remit.ports.clock import Clock
from remit.ports.reader import RawBatch, Skipped
from remit.ports.self_reading import SelfReading
from remit.ports.store import SnapshotStore
from remit.wire.azure.lists import LISTS

DENIES = "arm/denyAssignments"


def own_tenant(reading: SelfReading, store: SnapshotStore, clock: Clock) -> Tenant:
    """Return the tenant to ask.

    Args:
        reading: what was found out.
        store: an empty one, in memory.
        clock: the time that time-bound assignments are asked about.

    Raises:
        PayloadError: Azure answered a row that is none.
    """
    import_tenant(_Rows(reading), store, {}, lenient=True)
    return Tenant.open(store, None, clock)


class _Rows:
    """The rows of a reading as a source to import."""

    def __init__(self, reading: SelfReading) -> None:
        self._reading = reading

    def meta(self) -> SnapshotMeta:
        """Return what is known; every list is complete for this principal but for the gaps."""
        gaps = tuple(gap for gap in self._reading.gaps if gap.api != DENIES)
        whole = {gap.api for gap in gaps if gap.scope == "/"}
        return SnapshotMeta(
            self._reading.who.tenant_id,
            None,
            "AzureCloud",
            "tenantExport",
            frozenset(LISTS) - whole,
            gaps,
        )

    def batches(self) -> Iterator[RawBatch]:
        """Yield the rows."""
        for name, rows in self._reading.rows.items():
            yield RawBatch(name, name, range(1, len(rows) + 1), rows)

    def skipped(self) -> Sequence[Skipped]:
        """Return nothing: the builder says what it leaves out."""
        return ()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return nothing: there are no other kinds of records."""
        return ()

    def size_hint(self) -> int | None:
        """Return None: it is small."""
        return None
