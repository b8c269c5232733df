"""The end of a collection: its pages become a snapshot, and an export if one is asked for.

Rules kept here:

- The snapshot is that of importing an export with the same rows and gaps.
- A row that Remit cannot read costs its list a gap, and not the collection.
- Nothing of the spool is given up before the snapshot is in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from remit.app.collecting.readers import LaterReader, LatestReader
from remit.app.importing import ImportReport, Progress, import_tenant
from remit.model.errors import DuplicateError, InvariantError, PayloadError
from remit.model.role import RoleDefinition
from remit.model.snapshot import SnapshotMeta
from remit.ports.reader import TenantReader
from remit.ports.spool import Spool
from remit.ports.store import SnapshotStore

Export = Callable[[TenantReader], None]
"""Writes a tenant as an export."""


def _silent(done: int, total: int | None) -> None:
    del done, total


def finish(
    spool: Spool,
    store: SnapshotStore,
    catalogue: Mapping[str, RoleDefinition],
    *,
    since: str | None = None,
    export: Export | None = None,
    progress: Progress = _silent,
) -> ImportReport:
    """Make a snapshot of a collection of which nothing is open; the spool stays.

    Args:
        spool: the pages.
        store: where the snapshot goes.
        catalogue: starter roles by lower-case GUID (V6).
        since: the earlier snapshot that an incremental collection adds to.
        export: called with all rows once the snapshot is in the store.
        progress: as in an import.

    Raises:
        StoreError: the store or the spool cannot be used.
    """
    meta = _meta(spool)

    def plain() -> TenantReader:
        reader = spool.reader(meta)
        return reader if since is None else LaterReader(reader, store, since, spool.superseded())

    report, several = _imported(plain, store, catalogue, progress)
    if marks := spool.marks():
        store.keep_marks(report.summary.snapshot_id, marks)
    if export is not None:
        export(LatestReader(plain, several) if several else plain())
    return report


def _imported(
    plain: Callable[[], TenantReader],
    store: SnapshotStore,
    catalogue: Mapping[str, RoleDefinition],
    progress: Progress,
) -> tuple[ImportReport, tuple[tuple[str, str], ...]]:
    """Return the report, and the rows that stood several times."""
    several: tuple[tuple[str, str], ...] = ()
    lenient = False
    while True:
        reader = LatestReader(plain, several) if several else plain()
        try:
            report = import_tenant(reader, store, catalogue, lenient=lenient, progress=progress)
        except DuplicateError as error:
            if several:
                raise
            several = error.rows
        except PayloadError:
            if lenient:
                raise
            lenient = True
        else:
            return report, several


def _meta(spool: Spool) -> SnapshotMeta:
    beginning = spool.beginning()
    if beginning is None:
        raise InvariantError("the collection has not begun")
    return SnapshotMeta(
        tenant_id=beginning.tenant_id,
        collected_at=beginning.at,
        cloud=beginning.cloud,
        source="tenantExport",
        collected=frozenset(beginning.collected),
        gaps=tuple(sorted(spool.gaps())),
    )
