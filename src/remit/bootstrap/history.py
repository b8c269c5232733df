"""Builds the history of a store: its snapshots with the changes of the logs that were ingested into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import open_catalogue, open_store

if TYPE_CHECKING:
    from remit.app.history.tenant_history import TenantHistory
    from remit.ports.usage_store import UsageReading


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
    from remit.bootstrap.logs import USAGE, read_usage

    return read_usage(folder) if (folder / USAGE / "manifest.json").is_file() else None
