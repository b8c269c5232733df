"""`remit snapshots`: what the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.cli.layout import plain_table, show_table
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder
from remit.cli.output import console, write_json
from remit.cli.places import short_id

if TYPE_CHECKING:
    from rich.console import Console

    from remit.ports.store import SnapshotSummary
    from remit.wire.v1.snapshots import SnapshotDocument


def snapshots(
    *,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
) -> int:
    """List the snapshots."""
    from remit.bootstrap.reader import open_store

    found = open_store(store).summaries()
    if json:
        from remit.wire.v1.snapshots import SnapshotsDocument

        write_json(SnapshotsDocument(tuple(summary_document(one) for one in found)))
    elif found:
        _show(console(), found)
    else:
        console().print(f"No snapshots in {store}. Import one with: remit import PATH")
    return 0


def summary_document(summary: SnapshotSummary) -> SnapshotDocument:
    """Return the JSON document of a summary."""
    from remit.wire.v1.snapshots import snapshot_document

    return snapshot_document(
        snapshot_id=summary.snapshot_id,
        tenant_id=summary.tenant_id,
        cloud=summary.cloud,
        source=summary.source,
        collected_at=summary.collected_at,
        imported_at=summary.imported_at,
        rows=summary.rows,
        gaps=summary.gaps,
        flags=summary.flags,
    )


def _show(out: Console, found: tuple[SnapshotSummary, ...]) -> None:
    table = plain_table(
        ("snapshot", 0),
        ("tenant", 0),
        ("collected", 0),
        ("imported", 0),
        ("rows", 0),
        ("gaps", 0),
        right=("rows", "gaps"),
    )
    for one in found:
        table.add_row(
            one.snapshot_id[:12],
            short_id(one.tenant_id) or "not told",
            "not told" if one.collected_at is None else f"{one.collected_at:%Y-%m-%d %H:%M}",
            f"{one.imported_at:%Y-%m-%d %H:%M}",
            f"{sum(one.rows.values()):,}",
            str(len(one.gaps)),
        )
    show_table(out, table, indent=0)
