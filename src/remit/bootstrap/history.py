"""Builds the history of a store: its snapshots with the changes of the logs that were ingested into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import open_catalogue, open_store

if TYPE_CHECKING:
    from remit.app.history.attributing import HistoryAttribution
    from remit.app.history.tenant_history import TenantHistory
    from remit.ports.usage_store import UsageReading

USAGE = "usage"
"""Folder of a store that holds what is kept of logs."""


def open_history(folder: Path) -> TenantHistory:
    """Return the history of a store, whose folder need not exist yet.

    Raises:
        StoreError: what is kept of logs cannot be read.
    """
    from remit.adapters.clock import SystemClock
    from remit.app.history.tenant_history import TenantHistory

    return TenantHistory.open(open_store(folder), usage_of(folder), SystemClock(), open_catalogue(folder).roles())


def usage_of(folder: Path) -> UsageReading | None:
    """Return what is kept of logs, None where none were ever ingested."""
    place = folder / USAGE
    if not (place / "manifest.json").is_file():
        return None
    from remit.adapters.usage_store.reading import FolderReading

    return FolderReading(place)


def attribution(folder: Path) -> HistoryAttribution:
    """Return what says which assignments granted the operations of the logs."""
    from remit.app.history.attributing import HistoryAttribution

    return HistoryAttribution(open_history(folder))
