"""Builds what answers questions about usage: a snapshot, and what its store keeps of observed operations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import Progress, open_store, open_tenant

if TYPE_CHECKING:
    from remit.app.using.gaps import LoggingGap
    from remit.app.using.tenant_usage import TenantUsage
    from remit.ports.usage_store import UsageReading


def _silent(step: str, done: int, whole: int | None) -> None:
    del step, done, whole


def open_reading(folder: Path) -> UsageReading:
    """Return what a store keeps of observed operations.

    Raises:
        StoreError: it cannot be read.
    """
    from remit.bootstrap.logs import read_usage

    return read_usage(folder)


def open_tenant_usage(
    folder: Path,
    *,
    tenant: Path | None = None,
    snapshot: str | None = None,
    days: int | None = None,
    since: int | None = None,
    progress: Progress = _silent,
) -> TenantUsage:
    """Open a snapshot together with what is kept of observed operations.

    Args:
        folder: of the store.
        tenant: an export, imported unless it is known already.
        snapshot: id of a snapshot, None for the newest.
        days: how many days back from the newest record; None for all.
        since: first day asked about, number from 1970.
        progress: called while an export is imported.

    Raises:
        CollectionError: the export is bad.
        StoreError: there is no such snapshot, or the store cannot be used.
    """
    from remit.app.using.tenant_usage import TenantUsage

    opened = open_tenant(
        folder, tenant=tenant, snapshot=snapshot, **({} if progress is None else {"progress": progress})
    )
    return TenantUsage(opened, open_reading(folder), days=days, since=since, store=open_store(folder))


def find_gaps(folder: Path, usage: TenantUsage, workspace: str | None) -> list[LoggingGap]:
    """Return what to switch on; `workspace` is a resource id for the commands."""
    from remit.app.using.gaps import WORKSPACE, logging_gaps

    return logging_gaps(usage, open_store(folder), workspace or WORKSPACE)
