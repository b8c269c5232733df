"""How a client proves who it is: a secret, a certificate's assertion, or a token of an outside issuer.

Assertions are dated by the clock of the client's machine, so their times are compared with the real time; secrets and
certificates end by the simulator's clock.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha1, sha256
from typing import Any

import jwt
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from remit_sim.call import Call
from remit_sim.credentials import CERTIFICATE, SECRET, is_over, of_kind
from remit_sim.login.issuers import Issuers
from remit_sim.login.principals import application, service_principal
from remit_sim.login.refusals import LoginRefusal
from remit_sim.tenant import Fields

_ALGORITHMS = ["RS256", "PS256"]
_LEEWAY_S = 300
_USER_ASSIGNED = "/providers/microsoft.managedidentity/userassignedidentities/"


def check_secret(call: Call, client_id: str, secret: str) -> None:
    """Accept a client secret.

    Raises:
        LoginRefusal: it is wrong or has expired.
    """
    known = [entry for entry in of_kind(call.tenant, client_id, SECRET) if entry.get("text") == secret]
    if not known:
        message = f"Invalid client secret provided. Ensure the secret being sent is the secret of app '{client_id}'."
        raise LoginRefusal(call, "invalid_client", 7000215, message, 401)
    if all(is_over(entry, call.tenant.clock.now()) for entry in known):
        message = f"The provided client secret keys for app '{client_id}' are expired."
        raise LoginRefusal(call, "invalid_client", 7000222, message, 401)


def check_assertion(call: Call, client_id: str, assertion: str, issuers: Issuers) -> None:
    """Accept an assertion: signed with a certificate of the application, or by an issuer that it trusts.

    Raises:
        LoginRefusal: nobody trusts it.
    """
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise LoginRefusal(call, "invalid_client", 50027, "JWT token is invalid or malformed.", 401) from error
    if str(claims.get("iss", "")).lower() == client_id.lower():
        _certificate(call, client_id, assertion, header)
    else:
        _federated(call, client_id, assertion, claims, issuers)


def _certificate(call: Call, client_id: str, assertion: str, header: Mapping[str, Any]) -> None:
    for entry in of_kind(call.tenant, client_id, CERTIFICATE):
        der = b64decode(entry["key"])
        certificate = x509.load_der_x509_certificate(der)
        if not _names(header, der) or not _signed(call, assertion, certificate):
            continue
        now = call.tenant.clock.now()
        if is_over(entry, now) or certificate.not_valid_after_utc <= now:
            raise LoginRefusal(call, "invalid_client", 1000502, "The provided certificate has expired.", 401)
        return
    message = f"The certificate used to sign the client assertion is not registered on app '{client_id}'."
    raise LoginRefusal(call, "invalid_client", 700027, message, 401)


def _names(header: Mapping[str, Any], der: bytes) -> bool:
    """Return whether the header of an assertion names this certificate."""
    if "x5t#S256" in header:
        return str(header["x5t#S256"]).rstrip("=") == _text(sha256(der).digest())
    return str(header.get("x5t", "")).rstrip("=") == _text(sha1(der, usedforsecurity=False).digest())


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _signed(call: Call, assertion: str, certificate: x509.Certificate) -> bool:
    """Return whether a certificate signed an assertion; one that is signed well but out of date is refused."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        jwt.decode(assertion, key, algorithms=_ALGORITHMS, leeway=_LEEWAY_S, options={"verify_aud": False})
    except jwt.ExpiredSignatureError as error:
        message = "Client assertion is not within its valid time range."
        raise LoginRefusal(call, "invalid_client", 700024, message, 401) from error
    except jwt.PyJWTError:
        return False
    return True


def _federated(call: Call, client_id: str, assertion: str, claims: Mapping[str, Any], issuers: Issuers) -> None:
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    audience = claims.get("aud", "")
    audiences = {str(one) for one in (audience if isinstance(audience, list) else [audience])}
    trusted = [
        one
        for one in _federated_credentials(call, client_id)
        if one.get("issuer") == issuer and one.get("subject") == subject and audiences & set(one.get("audiences") or ())
    ]
    if not trusted:
        message = (
            "No matching federated identity record found for presented assertion subject "
            f"'{subject}'. The assertion issuer is '{issuer}'."
        )
        raise LoginRefusal(call, "invalid_client", 700213, message, 401)
    if not issuers.signed(issuer, assertion, leeway_s=_LEEWAY_S):
        message = "Client assertion failed signature validation."
        raise LoginRefusal(call, "invalid_client", 5000611, message, 401)


def _federated_credentials(call: Call, client_id: str) -> list[Fields]:
    """Return the federated credentials of an application, or of a user-assigned identity."""
    tenant = call.tenant
    rows: list[Fields] = []
    if (found := application(tenant, client_id)) is not None:
        table = tenant.table("graph/applicationFederatedIdentityCredentials")
        rows += [msgspec.json.decode(row) for _, row in table.where("login:parent", _parent, str(found["id"]).lower())]
    identity = service_principal(tenant, client_id) or {}
    resources = [str(name).lower() for name in identity.get("alternativeNames") or ()]
    for resource in resources:
        if _USER_ASSIGNED in resource:
            table = tenant.table("arm/federatedIdentityCredentials")
            rows += [msgspec.json.decode(row)["properties"] for _, row in table.where("login:of", _owner, resource)]
    return rows


def _parent(row: Fields) -> str:
    return str(row.get("parentId", "")).lower()


def _owner(row: Fields) -> str:
    return str(row.get("id", "")).lower().partition("/federatedidentitycredentials/")[0]
