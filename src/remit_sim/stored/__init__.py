"""Logs that are kept where Azure keeps them: tables of Log Analytics workspaces, blobs of storage accounts."""

from __future__ import annotations

from remit_sim.call import Router
from remit_sim.stored import blobs, queries


def add_routes(router: Router) -> None:
    """Add the query API of Log Analytics, and reading of blobs."""
    queries.add_routes(router)
    blobs.add_routes(router)
