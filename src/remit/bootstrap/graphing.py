"""Builds the escalation graph of an opened tenant from the store of a folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import Progress, open_store

if TYPE_CHECKING:
    from remit.app.answering import Tenant
    from remit.app.graphing.opening import Escalation


def _silent(step: str, done: int, whole: int | None) -> None:
    del step, done, whole


def open_graph(folder: Path, tenant: Tenant, at: datetime | None = None, *, progress: Progress = _silent) -> Escalation:
    """Open the graph of a tenant: mapped from the store where it was drawn before, else drawn and kept.

    Args:
        folder: of the store that holds the snapshot.
        tenant: the snapshot.
        at: the instant; that of the snapshot for None.
        progress: told what is being done.

    Raises:
        StoreError: the store cannot be used.
    """
    from remit.app.graphing.opening import open_escalation
    from remit.bootstrap.edges import edge_catalogue

    return open_escalation(tenant, open_store(folder), edge_catalogue(), at, progress)
