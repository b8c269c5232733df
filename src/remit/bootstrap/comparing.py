"""Builds the two states that `remit delta` compares: kept snapshots, exports, or a snapshot with a change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.reader import Progress, open_catalogue, open_store, open_tenant
from remit.model.errors import InputError, PayloadError

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def _silent(step: str, done: int, whole: int | None) -> None:
    del step, done, whole


def is_change(text: str) -> bool:
    """Tell whether a text names a file with a change, rather than an export or a snapshot.

    A file is one unless some reader of exports understands it.
    """
    from remit.adapters import azcli, azurehound

    file = Path(text)
    if not file.is_file() or file.suffix == ".gz":
        return False
    return not (azurehound.recognises(file) or azcli.recognises(file))


def open_state(
    folder: Path, text: str | None, at: datetime | None = None, *, progress: Progress = _silent
) -> Escalation:
    """Open the graph of a snapshot of the store, or of an export, which is imported unless it is known already.

    Args:
        folder: of the store.
        text: id of a snapshot or its first digits, path of an export, or None for the newest snapshot.
        at: the instant; that of the snapshot for None.
        progress: told what is being done.

    Raises:
        CollectionError: the export is bad.
        InputError: nothing goes by the text, and it is no id.
        StoreError: there is no such snapshot, or the store cannot be used.
    """
    from remit.bootstrap.graphing import open_graph

    export = Path(text) if text is not None and Path(text).exists() else None
    if text is not None and export is None and not _HEXADECIMAL.issuperset(text):
        raise InputError(
            f"`{text}` does not exist, and is no snapshot id",
            hint="name a file with a change, an export, or a snapshot as `remit snapshots` lists them",
        )
    tenant = open_tenant(folder, tenant=export, snapshot=None if export is not None else text, progress=progress)
    return open_graph(folder, tenant, at, progress=progress)


def open_changed(folder: Path, base: Escalation, file: Path, *, progress: Progress = _silent) -> Escalation:
    """Open the graph of a snapshot with a change, at the instant of the snapshot's graph; nothing of it is kept.

    Args:
        folder: of the store that holds the snapshot.
        base: its graph.
        file: the change.
        progress: told what is being done.

    Raises:
        InputError: something to be removed is not there.
        PayloadError: the file is no change, or what it adds is bad.
        StoreError: the store cannot be used.

    Cost: an import of the snapshot into memory, and the drawing of its graph.
    """
    from remit.adapters.clock import SystemClock
    from remit.adapters.store.memory import MemoryStore
    from remit.app.answering import Tenant
    from remit.app.graphing.changing import ChangedReader
    from remit.app.graphing.opening import open_escalation
    from remit.app.importing import import_tenant
    from remit.bootstrap.edges import edge_catalogue
    from remit.wire.v1.change import decode_change

    try:
        text = file.read_bytes()
    except OSError as error:
        raise PayloadError(str(file), 0, "", f"cannot be read: {error.strerror}") from error
    change = decode_change(text, file.name)
    clock = SystemClock()
    memory = MemoryStore(clock)
    meta = base.tenant.index.facts.meta
    reader = ChangedReader(open_store(folder), base.tenant.snapshot_id, meta, change)

    def read(done: int, _whole: int | None) -> None:
        progress("applying the change", done, None)

    import_tenant(reader, memory, open_catalogue(folder).roles(), progress=read)
    return open_escalation(Tenant.open(memory, None, clock), memory, edge_catalogue(), base.at, progress)
