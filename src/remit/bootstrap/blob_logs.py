"""Containers of blobs among the paths of `remit logs ingest`.

Who signs in to them is told by the environment, unless a URL bears a shared access signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.bootstrap.connecting import Connection, ca_file_of, credential_for, sign_in_of

if TYPE_CHECKING:
    from remit.adapters.blob_logs.address import Container
    from remit.adapters.blob_logs.blobs import Blobs
    from remit.ports.log_source import LogOpener, LogUnit


def is_url(text: str) -> bool:
    """Tell whether a path is meant as a URL."""
    return "://" in text


def find(text: str) -> list[LogUnit]:
    """Return the blobs of a container as units.

    Raises:
        CollectionError: it cannot be listed.
        InputError: it is no container, or holds no blob under the prefix.
        SettingsError: azure-storage-blob is not installed, or nothing says who signs in.
    """
    from remit.adapters.blob_logs.address import container_of
    from remit.adapters.blob_logs.units import find_blobs

    return find_blobs(container_of(text), _opened)


def opener() -> LogOpener:
    """Return what opens such units."""
    from remit.adapters.blob_logs.units import BlobOpener
    from remit.adapters.log_files.unpacking import unpacked

    return BlobOpener(_opened, unpacked)


def _opened(container: Container) -> Blobs:
    from remit.adapters.blob_logs.blobs import Blobs
    from remit.adapters.blob_logs.signing_in import StorageTokens
    from remit.adapters.clock import SystemClock

    connection = Connection()
    tokens = None
    if not container.signature:
        tokens = StorageTokens(credential_for(connection, SystemClock()), sign_in_of(connection).kind)
    return Blobs(container, tokens, ca_file=ca_file_of(connection))
