"""The blobs of a container: which there are, and what is in them.

    with Blobs(container, credential) as blobs:
        for blob in blobs.listed():
            for chunk in blobs.chunks(blob.name, blob.size): ...

Diagnostic settings write append blobs, one for each hour of a resource, into containers `insights-logs-CATEGORY`.
A blob is read up to the length that it had when it was listed: what is appended meanwhile is read the next time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from remit.adapters.blob_logs.address import Container
from remit.adapters.blob_logs.failures import failure_of
from remit.adapters.blob_logs.signing_in import StorageTokens
from remit.model.errors import SettingsError

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoggedBlob:
    """A blob as it was listed; `modified` is aware UTC."""

    name: str
    size: int
    modified: datetime


class Blobs:
    """Reads one container, as long as its `with` block lasts.

    Args:
        container: which.
        credential: gives tokens; not asked where the container's URL bears a signature.
        ca_file: certificate authorities to trust.
        retries: how often a failed request is made again.
    """

    def __init__(
        self,
        container: Container,
        credential: StorageTokens | None,
        *,
        ca_file: Path | None = None,
        retries: int = 6,
    ) -> None:
        self._container = container
        self._credential = credential
        self._ca_file = ca_file
        self._retries = retries

    def __enter__(self) -> Self:
        """Make the client; it asks nobody yet.

        Raises:
            SettingsError: azure-storage-blob is not installed.
        """
        try:
            from azure.core.credentials import AzureSasCredential  # noqa: PLC0415 - an extra, and slow to load
            from azure.storage.blob import ContainerClient, ExponentialRetry  # noqa: PLC0415
        except ImportError as error:
            raise SettingsError(
                "reading blobs needs azure-storage-blob, which is not installed", hint="pip install 'remit[blob]'"
            ) from error
        _silence()
        signature = self._container.signature
        more: dict[str, Any] = {"connection_verify": str(self._ca_file)} if self._ca_file else {}
        self._client: ContainerClient = ContainerClient(
            self._container.account,
            self._container.container,
            credential=AzureSasCredential(signature) if signature else self._credential,  # type: ignore[arg-type]
            retry_policy=ExponentialRetry(
                initial_backoff=1, increment_base=2, random_jitter_range=1, retry_total=self._retries
            ),
            **more,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self._client.close()

    def listed(self) -> Iterator[LoggedBlob]:
        """Yield the blobs under the prefix, by name; empty ones are left out.

        Raises:
            CollectionError, InputError: the container cannot be listed.
        """
        with self._explained(self._container.name):
            for blob in self._client.list_blobs(name_starts_with=self._container.prefix or None):
                if blob.size:
                    yield LoggedBlob(blob.name, blob.size, blob.last_modified)

    def chunks(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a blob from `start` up to `end`.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._explained(self._container.of(name)), self._client.get_blob_client(name) as client:
            at = start
            while at < end:
                chunk = client.download_blob(offset=at, length=min(_CHUNK, end - at), max_concurrency=1).readall()
                if not chunk:
                    return
                at += len(chunk)
                yield chunk

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        from azure.core.exceptions import AzureError  # noqa: PLC0415

        try:
            yield
        except AzureError as error:
            failure = failure_of(error, what)
        else:
            return
        # From nothing: the cause names the whole URL, signature included.
        raise failure from None


def _silence() -> None:
    """Keep the library, which handles secrets, from writing anything."""
    logger = logging.getLogger("azure")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False
