"""Builds the examination of a credential: what it finds out about itself, and Remit's engine to judge it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from remit.adapters.azure.self_reading import AzureSelfReader
from remit.adapters.clock import SystemClock
from remit.adapters.store.memory import MemoryStore
from remit.app.doctoring.diagnosis import Diagnosis, diagnose
from remit.app.doctoring.own_tenant import own_tenant
from remit.bootstrap.connecting import Connection, connect
from remit.bootstrap.planning import needs_of
from remit.ports.clock import Clock

if TYPE_CHECKING:
    from remit.ports.self_reading import SelfReading

CERTIFICATE_VARIABLE = "AZURE_CLIENT_CERTIFICATE_PATH"


def examine(connection: Connection, lists: Sequence[str], *, clock: Clock | None = None) -> Diagnosis:
    """Examine the credential that a connection signs in with.

    Args:
        connection: how Azure is reached, and who signs in.
        lists: the lists that it shall read.
        clock: None for the machine's.

    Raises:
        CredentialError: it cannot sign in.
        CollectionError: Azure does not answer.
    """
    now = clock or SystemClock()
    reading = asyncio.run(_read(connection, now))
    return diagnose(reading, lists, needs_of(lists), own_tenant(reading, MemoryStore(now), now))


async def _read(connection: Connection, clock: Clock) -> SelfReading:
    async with connect(connection, clock) as client:
        await client.learn()
        reader = AzureSelfReader(client, clock, _certificate(connection), managed=connection.auth == "managed")
        return await reader.read()


def _certificate(connection: Connection) -> tuple[str, datetime] | None:
    """Return thumbprint and end of the certificate that signs in, None where it is none or cannot be told."""
    named = connection.certificate or connection.environment.get(CERTIFICATE_VARIABLE, "")
    if connection.auth not in {"certificate", "default"} or not named:
        return None
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        held = x509.load_pem_x509_certificate(Path(named).read_bytes())
    except (OSError, ValueError):
        return None
    # SHA-1 is what Entra names a certificate by; nothing is proven with it.
    thumbprint = held.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - see above
    return thumbprint, held.not_valid_after_utc.astimezone(UTC)
