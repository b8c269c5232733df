"""How the commands about the graph open it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from remit.cli.options import Which
from remit.cli.progress import Steps

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation


def open_escalation(which: Which, at: datetime | None = None) -> Escalation:
    """Open the escalation graph of the snapshot that is asked, with progress on standard error.

    Raises:
        InputError: both a tenant and a snapshot are named.
        RemitError: the snapshot cannot be read.
    """
    from remit.bootstrap.graphing import open_graph

    tenant = which.open(at)
    with Steps() as progress:
        return open_graph(which.store, tenant, at, progress=progress)
