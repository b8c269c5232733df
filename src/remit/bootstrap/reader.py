"""Builds what the command line works with: the store of a folder, a reader for a source, an opened tenant.

Every process built here only reads: it knows no client of Azure and writes nowhere but into its store. What a command
does not need is not imported: a question to an indexed snapshot needs no reader and no DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from remit.model.errors import NotFoundError, PayloadError

if TYPE_CHECKING:
    from remit.app.answering import Tenant
    from remit.app.importing import ImportReport
    from remit.ports.catalogue import Catalogue
    from remit.ports.reader import TenantReader
    from remit.ports.store import SnapshotStore

Progress = Callable[[str, int, int | None], None]
"""Called with the step, how much of it is done, and how much there is, where that is known."""


def _silent(step: str, done: int, whole: int | None) -> None:
    del step, done, whole


def open_store(folder: Path) -> SnapshotStore:
    """Return the store of a folder, which need not exist yet."""
    from remit.adapters.clock import SystemClock
    from remit.adapters.store.duckdb import DuckStore

    return DuckStore(folder, SystemClock())


def open_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue kept in a store's folder."""
    from remit.adapters.catalogue import FolderCatalogue

    return FolderCatalogue(folder / "catalogue")


def reader_for(source: Path, *, lenient: bool = False) -> TenantReader:
    """Return the reader that understands a source, told by its content.

    Raises:
        PayloadError: there is nothing, or nothing that any reader understands.
    """
    from remit.adapters import azcli, azurehound
    from remit.adapters.export.reader import ExportReader

    if not source.exists():
        raise PayloadError(str(source), 0, "", "does not exist", hint="name the folder or file of an export")
    if azurehound.recognises(source):
        return azurehound.AzureHoundReader(source, lenient=lenient)
    # What is wrong with a damaged gzip only its reader can tell.
    if azcli.recognises(source) or (source.is_file() and source.suffix == ".gz"):
        return azcli.AzCliReader(source, lenient=lenient)
    if source.is_dir():
        return ExportReader(source, lenient=lenient)
    raise PayloadError(
        str(source),
        0,
        "",
        "is neither a tenant export nor what az or AzureHound write",
        hint="an export is a folder; see docs/cli.md for what else is read",
    )


def catalogue_reader(file: Path) -> TenantReader:
    """Return the reader of what two `az` commands print.

    Raises:
        PayloadError: there is no such file.
    """
    from remit.adapters.azcli import AzCliReader

    if not file.exists():
        raise PayloadError(str(file), 0, "", "does not exist")
    return AzCliReader(file)


def import_path(store: Path, source: Path, *, lenient: bool = False, progress: Progress = _silent) -> ImportReport:
    """Read a source into the store of a folder.

    Raises:
        CollectionError: the source is bad; the store is as it was.
        StoreError: the store cannot be written.
    """
    from remit.app.importing import import_tenant

    def read(done: int, whole: int | None) -> None:
        if done == whole:
            progress("indexing and writing", 0, None)
        else:
            progress("reading", done, whole)

    reader = reader_for(source, lenient=lenient)
    roles = open_catalogue(store).roles()
    return import_tenant(reader, open_store(store), roles, lenient=lenient, progress=read)


def open_tenant(
    folder: Path, *, tenant: Path | None = None, snapshot: str | None = None, progress: Progress = _silent
) -> Tenant:
    """Open a snapshot to ask: one of the store, or that of an export, which is imported unless it is known already.

    Raises:
        CollectionError: the export is bad.
        StoreError: there is no such snapshot, or the store cannot be used.
    """
    from remit.adapters.clock import SystemClock
    from remit.app.answering import Tenant

    store = open_store(folder)
    chosen = snapshot if tenant is None else _imported(folder, store, tenant, progress)
    return Tenant.open(store, chosen, SystemClock())


def sample_tenant() -> Path:
    """Return the folder of the invented tenant that comes with Remit."""
    return Path(str(files("remit").joinpath("sample", "tenant")))


def sample_logs() -> Path:
    """Return the folder of its logs."""
    return Path(str(files("remit").joinpath("sample", "logs")))


def _imported(folder: Path, store: SnapshotStore, tenant: Path, progress: Progress) -> str:
    from remit.bootstrap.fingerprint import fingerprint

    if not tenant.exists():
        raise PayloadError(str(tenant), 0, "", "does not exist", hint="name the folder or file of an export")
    imported = folder / "catalogue" / "imported.jsonl"
    mark = fingerprint(tenant, imported.read_bytes() if imported.exists() else b"")
    known = store.recall(mark)
    if known is not None:
        try:
            return store.resolve(known)
        except NotFoundError:
            # Somebody has removed the snapshot since.
            pass
    report = import_path(folder, tenant, progress=progress)
    store.remember(mark, report.summary.snapshot_id)
    return report.summary.snapshot_id
