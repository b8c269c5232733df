"""A generated tenant, the id of its import, and collections of it through a simulated Azure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from remit.adapters.clock import SystemClock
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.bootstrap.collecting import Collected, Wish, collect
from remit.bootstrap.connecting import Connection
from remit.bootstrap.reader import open_catalogue, open_store, reader_for
from remit.ports.store import SnapshotStore
from remit.wire.azure.lists import LISTS
from remit_sim.generate import generate

STRUCK = {
    "small-pages": "25",
    "throttle": "0.05:0-1",
    "server-error": "0.03",
    "slow": "0.02:0.02",
    "cut": "0.03",
    "expired-token": "0.006",
    "expire-continuation": "0.02",
    "eventual": "30:5",
}
"""Every fault but those that change what there is to read (`forbid`, `vanish`): these have tests of their own."""


def generated(folder: Path, seed: int) -> Path:
    """Write a tenant of a size that comes with the seed."""
    generate(100 + (seed * 37) % 150, seed, folder / "tenant", resources=100 + seed)
    return folder / "tenant"


def imported(folder: Path, export: Path) -> str:
    """Return the id of the snapshot that importing gives; it does not depend on the store, and memory is fast."""
    roles = open_catalogue(folder / "imported").roles()
    return import_tenant(reader_for(export), MemoryStore(SystemClock()), roles).summary.snapshot_id


def collected(store: Path, environment: Mapping[str, str], **wish: object) -> Collected:
    """Collect as `remit collect` does, without a terminal."""
    return collect(
        Connection(environment=environment, auth="secret"),
        Wish(lists=tuple(sorted(LISTS)), store=store, **{"patience_s": 60.0, **wish}),
        watcher=lambda _: None,
        progress=lambda _done, _whole: None,
    )


def store_of(folder: Path) -> SnapshotStore:
    """Return the store of a folder."""
    return open_store(folder)
