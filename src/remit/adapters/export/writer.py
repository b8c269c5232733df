"""Writes a tenant as an export, whole or not at all.

The export grows in a hidden folder beside the one that is asked for and is renamed once it is on the disk. Only the
owner can read it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from remit.adapters.durable import flush
from remit.adapters.export.manifest import FORMAT, NAME
from remit.model.errors import UnavailableError
from remit.model.interval import format_instant
from remit.model.snapshot import SnapshotMeta
from remit.ports.reader import TenantReader


def is_free(folder: Path) -> bool:
    """Tell whether an export may be written there: there is nothing, or an empty folder."""
    with _as_unavailable(folder):
        return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def write_export(reader: TenantReader, folder: Path) -> None:
    """Write all rows of a tenant.

    An export that stands there already is left as it is if its manifest says just the same: it was written by a
    process that was stopped right after.

    Raises:
        UnavailableError: something else stands there, or it cannot be written.
    """
    with _as_unavailable(folder):
        made = folder.with_name(f".{folder.name}.partial")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700, parents=True)
        try:
            for name in reader.meta().collected:
                _add(made / f"{name}.jsonl", b"")
            for batch in reader.batches():
                _add(made / f"{batch.list_name}.jsonl", b"".join(payload + b"\n" for payload in batch.payloads))
            manifest = _manifest(reader.meta())
            _add(made / NAME, manifest)
            if not is_free(folder):
                if not _says(folder / NAME, manifest):
                    raise UnavailableError(f"{folder} is not empty", hint="name another folder with --export")
                return
            _sync(made)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _manifest(meta: SnapshotMeta) -> bytes:
    said = {
        "format": FORMAT,
        "tenantId": meta.tenant_id,
        "collectedAt": None if meta.collected_at is None else format_instant(meta.collected_at),
        "cloud": meta.cloud,
        "gaps": [{"api": gap.api, "scope": gap.scope, "reason": gap.reason} for gap in meta.gaps],
    }
    return msgspec.json.format(msgspec.json.encode(said)) + b"\n"


def _says(path: Path, manifest: bytes) -> bool:
    try:
        return path.read_bytes() == manifest
    except FileNotFoundError:
        return False


def _add(path: Path, text: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as stream:  # noqa: PTH123 - only `os.open` makes it private from the start
        stream.write(text)


def _sync(folder: Path) -> None:
    for place in (*folder.rglob("*"), folder):
        flush(place)


@contextmanager
def _as_unavailable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be written: {error.strerror or type(error).__name__}") from error
