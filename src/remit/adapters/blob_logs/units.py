"""The blobs of a container as units that workers read.

Where a unit stands (`LogUnit.place`) is given to other processes, signature included; it says nothing of itself where
somebody prints it, and its name holds no signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Protocol

import msgspec

from remit.adapters.blob_logs.address import Container
from remit.adapters.blob_logs.blobs import Blobs
from remit.model.errors import InputError, VanishedError
from remit.model.interval import to_micros
from remit.ports.log_source import LogUnit

BLOB = "blob"
"""What these units are opened by."""

OpenContainer = Callable[[Container], Blobs]


class Unpacking(Protocol):
    """Unpacks a stream by its content."""

    def __call__(self, chunks: Iterable[bytes], *, file: str) -> Iterator[bytes]:
        """Yield what is in it."""


class _Place(str):
    """Where a blob is, as JSON."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'...'"


class _Stand(msgspec.Struct, frozen=True):
    account: str
    container: str
    signature: str
    blob: str


def find_blobs(container: Container, open_container: OpenContainer) -> list[LogUnit]:
    """Return the blobs of a container, by name.

    Raises:
        CollectionError: it cannot be listed.
        InputError: it holds no blob under the prefix.
        SettingsError: azure-storage-blob is not installed.
    """
    found: list[LogUnit] = []
    with open_container(container) as blobs:
        for blob in blobs.listed():
            stand = _Stand(container.account, container.container, container.signature, blob.name)
            found.append(
                LogUnit(
                    container.of(blob.name),
                    BLOB,
                    _Place(msgspec.json.encode(stand).decode()),
                    size=blob.size,
                    source=f"blobs:{container.name}",
                    modified=to_micros(blob.modified),
                )
            )
    if not found:
        raise InputError(f"`{container.name}` holds no blob")
    return found


class BlobOpener:
    """See `remit.ports.log_source.LogOpener`. Connections are kept as long as it lives."""

    def __init__(self, open_container: OpenContainer, unpacked: Unpacking) -> None:
        self._open_container = open_container
        self._unpacked = unpacked
        self._open: dict[tuple[str, str], Blobs] = {}
        self._stack = ExitStack()

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        """Yield a blob's bytes, unpacked, up to the length that it was listed with; nothing of one that is gone."""
        stand = msgspec.json.decode(unit.place.encode(), type=_Stand)
        blobs = self._blobs(Container(stand.account, stand.container, "", stand.signature))
        try:
            yield from self._unpacked(blobs.chunks(stand.blob, 0, unit.size or 0), file=unit.name)
        except VanishedError:
            return

    def _blobs(self, container: Container) -> Blobs:
        key = (container.name, container.signature)
        if key not in self._open:
            self._open[key] = self._stack.enter_context(self._open_container(container))
        return self._open[key]
