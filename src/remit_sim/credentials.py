"""What signs applications in: entries of `SimTenant.credentials`, made and found.

    >>> from datetime import UTC, datetime
    >>> from remit_sim.clock import SimClock
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> add_secret(tenant, "APP", "s3cret", key_id="1")
    >>> [entry["keyId"] for entry in of_kind(tenant, "app", SECRET)]
    ['1']

An entry without `endDateTime` never expires. Secrets stand here in the open, as nobody but the simulator sees them.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from hashlib import sha1

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant
from remit_sim.tenant import Fields, SimTenant

SECRET, CERTIFICATE = "secret", "certificate"


def add_secret(tenant: SimTenant, client_id: str, text: str, *, key_id: str, end: str | None = None) -> None:
    """Let an application sign in with a secret."""
    entry = {"kind": SECRET, "keyId": key_id, "text": text, "startDateTime": None, "endDateTime": end}
    tenant.credentials.setdefault(client_id.lower(), []).append(entry)


def add_certificate(tenant: SimTenant, client_id: str, der: bytes, *, key_id: str, end: str | None = None) -> None:
    """Let an application sign in with a certificate."""
    entry = {
        "kind": CERTIFICATE,
        "keyId": key_id,
        "key": b64encode(der).decode(),
        "thumbprint": sha1(der, usedforsecurity=False).hexdigest().upper(),
        "startDateTime": None,
        "endDateTime": end,
    }
    tenant.credentials.setdefault(client_id.lower(), []).append(entry)


def forget(tenant: SimTenant, client_id: str, key_id: str) -> bool:
    """Drop the credentials of a key id; return whether there was one."""
    entries = tenant.credentials.get(client_id.lower(), [])
    kept = [entry for entry in entries if str(entry["keyId"]).lower() != key_id.lower()]
    tenant.credentials[client_id.lower()] = kept
    return len(kept) < len(entries)


def of_kind(tenant: SimTenant, client_id: str, kind: str) -> list[Fields]:
    """Return the secrets or the certificates of an application, the expired ones too."""
    return [entry for entry in tenant.credentials.get(client_id.lower(), ()) if entry["kind"] == kind]


def is_over(entry: Fields, now: datetime) -> bool:
    """Return whether the end of a credential has come."""
    end = entry.get("endDateTime")
    try:
        return end is not None and parse_instant(end) <= now
    except InstantSyntaxError:
        return False
