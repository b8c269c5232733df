"""What a simulator keeps from one run to the next: its CA, the key of its tokens, and who may operate it.

    kept = open_state(Path("state"))
    kept.ca_file

With the same folder clients keep trusting the certificate and the printed environment stays good. The folder is for
its owner only.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import msgspec
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from remit.model.errors import PayloadError

OPERATOR_CLIENT_ID = str(uuid5(NAMESPACE_URL, "remit-sim/operator"))
OPERATOR_OBJECT_ID = str(uuid5(NAMESPACE_URL, "remit-sim/operator/object"))

_CA, _CA_KEY, _TOKEN_KEY, _OPERATOR = "ca.pem", "ca-key.pem", "token-key.pem", "operator.json"
_KEY_BITS = 2048


class _Operator(msgspec.Struct, rename="camel"):
    client_secret: str
    control_token: str
    identity_header: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The content of the state folder.

    Attributes:
        ca: signs the certificate of the listeners.
        ca_file: its certificate, for clients.
        token_key: signs access tokens.
        operator_secret: client secret of the operator.
        control_token: guards the control API.
        identity_header: what the managed identity endpoint wants to see, as App Service does.
    """

    ca: trustme.CA
    ca_file: Path
    token_key: rsa.RSAPrivateKey
    operator_secret: str
    control_token: str
    identity_header: str


def open_state(folder: Path) -> Kept:
    """Open the folder of a state, making what is not there yet.

    Raises:
        PayloadError: a file in it is none of ours.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        ca = _ca(folder)
        key = _token_key(folder / _TOKEN_KEY)
        operator = _operator(folder / _OPERATOR)
    except (ValueError, TypeError, msgspec.MsgspecError) as error:
        hint = "remove the folder to start anew"
        raise PayloadError(str(folder), 0, "", "holds the state of no simulator", hint=hint) from error
    return Kept(ca, folder / _CA, key, operator.client_secret, operator.control_token, operator.identity_header)


def _ca(folder: Path) -> trustme.CA:
    certificate, key = folder / _CA, folder / _CA_KEY
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    ca = trustme.CA(organization_name="remit-sim")
    _write(key, ca.private_key_pem.bytes())
    _write(certificate, ca.cert_pem.bytes())
    return ca


def _token_key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        key = _new_key()
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        _write(path, key.private_bytes(serialization.Encoding.PEM, form, plain))
        return key
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise TypeError(path)
    return found


@lru_cache(maxsize=1)
def _new_key() -> rsa.RSAPrivateKey:
    """Make one key for all simulators of a process: it costs more than everything else that a start does."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _operator(path: Path) -> _Operator:
    if not path.exists():
        operator = _Operator(*(secrets.token_urlsafe(30) for _ in range(3)))
        _write(path, msgspec.json.encode(operator))
        return operator
    return msgspec.json.decode(path.read_bytes(), type=_Operator)


def _write(path: Path, text: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(text)
