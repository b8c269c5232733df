"""Passwords and certificates of applications: what a row shows of them, and what is kept aside to sign in with.

    add_password(tenant, "app-id", {"displayName": "ci"})

A secret is in the answer that makes it and nowhere else: the row keeps its hint. Of a certificate the row keeps the
thumbprint; the certificate itself is kept aside (`SimTenant.credentials`).
"""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1

from remit_sim import credentials
from remit_sim.graph.pages import bad_request
from remit_sim.graph.writing import now_text
from remit_sim.tenant import Fields, SimTenant

_USUAL_LIFE = timedelta(days=730)
_SECRET_BYTES = 30
_HINT = 3


def add_password(tenant: SimTenant, app_id: str, wanted: Fields, key_id: str) -> tuple[Fields, Fields]:
    """Make a secret; return what the row shows of it and what the one answer shows.

    Args:
        tenant: where it signs in.
        app_id: of the application.
        wanted: `displayName`, `startDateTime` and `endDateTime`, as far as they are asked for.
        key_id: its id.
    """
    text = secrets.token_urlsafe(_SECRET_BYTES)
    end = wanted.get("endDateTime") or (tenant.clock.now() + _USUAL_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown: Fields = {
        "customKeyIdentifier": None,
        "displayName": wanted.get("displayName"),
        "endDateTime": end,
        "hint": text[:_HINT],
        "keyId": key_id,
        "secretText": None,
        "startDateTime": wanted.get("startDateTime") or now_text(tenant),
    }
    credentials.add_secret(tenant, app_id, text, key_id=key_id, end=end)
    return shown, shown | {"secretText": text}


def set_certificates(
    tenant: SimTenant, app_id: str, wanted: list[Fields], held: list[Fields], key_ids: list[str]
) -> list[Fields]:
    """Set the certificates of an application; return what its row shows.

    Args:
        tenant: where they sign in.
        app_id: of the application.
        wanted: all certificates from now on; one that is there already may come without its `key`.
        held: what the row shows now.
        key_ids: ids for new ones.

    Raises:
        Refusal: an entry is neither a certificate nor one that is there already.
    """
    by_key_id = {str(entry.get("keyId")).lower(): entry for entry in held}
    shown = []
    for entry, new_key_id in zip(wanted, key_ids, strict=True):
        known = by_key_id.get(str(entry.get("keyId")).lower())
        if known is not None and not entry.get("key"):
            shown.append(known)
        else:
            shown.append(_add_certificate(tenant, app_id, entry, new_key_id))
    kept = {str(entry["keyId"]).lower() for entry in shown}
    for gone in by_key_id.keys() - kept:
        credentials.forget(tenant, app_id, gone)
    return shown


def _add_certificate(tenant: SimTenant, app_id: str, entry: Fields, new_key_id: str) -> Fields:
    try:
        der = b64decode(str(entry.get("key") or ""), validate=True)
        certificate = x509.load_der_x509_certificate(der)
    except (ValueError, binascii.Error) as error:
        raise bad_request("Key credential `key` has to be a certificate: DER, in base64.") from error
    key_id = str(entry.get("keyId") or new_key_id)
    end = entry.get("endDateTime") or certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    credentials.add_certificate(tenant, app_id, der, key_id=key_id, end=end)
    thumbprint = certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 - what Azure calls the thumbprint
    return {
        "customKeyIdentifier": entry.get("customKeyIdentifier") or thumbprint,
        "displayName": entry.get("displayName") or certificate.subject.rfc4514_string(),
        "endDateTime": end,
        "key": None,
        "keyId": key_id,
        "startDateTime": entry.get("startDateTime") or certificate.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "type": "AsymmetricX509Cert",
        "usage": entry.get("usage") or "Verify",
    }
