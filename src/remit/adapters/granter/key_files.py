"""Private keys, secrets and records in files that only their owner reads.

Rules kept here:

- A file is created with mode 0600 before anything stands in it; one that exists is replaced as a whole, so that a
  process that is killed leaves either the old or the new.
- A private key is on the disk before the certificate leaves the machine.
- What a file holds is never returned, logged or put into an error.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from remit.model.errors import SettingsError, UnavailableError
from remit.ports.granter import PublicCertificate

LIFE = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
_KEY_BITS = 3072
_KEY_ID = "# keyId "


class FolderKeyFiles:
    """Keys in files wherever they are named."""

    def certificate(self, file: str, name: str, now: datetime) -> PublicCertificate:
        """Return the certificate of a file; make key and certificate where there is none or it soon expires."""
        path = Path(file)
        held = _certificate_in(path)
        if held is None or held.not_valid_after_utc - now < RENEWED_BEFORE:
            held = _make(path, name, now)
        der = held.public_bytes(serialization.Encoding.DER)
        return PublicCertificate(
            # SHA-1 is what Entra names a certificate by; nothing is proven with it.
            held.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - see above
            base64.b64encode(der).decode(),
            held.not_valid_before_utc,
            held.not_valid_after_utc,
        )

    def discard(self, file: str) -> None:
        """Delete a file."""
        try:
            Path(file).unlink(missing_ok=True)
        except OSError as error:
            raise UnavailableError(f"{file}: {error.strerror}") from error


class SecretFile:
    """A client secret as lines of environment variables; a remark names its key id."""

    def __init__(self, file: str) -> None:
        self._path = Path(file)

    def key_id(self) -> str:
        """Return the key id of the secret that the file holds, "" where it holds none."""
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return ""
        return next((line.removeprefix(_KEY_ID) for line in lines if line.startswith(_KEY_ID)), "")

    def open(self) -> None:
        """Create the file, empty, so that nothing is asked of Azure that could not be kept."""
        if self._path.exists() and not self.key_id() and self._path.stat().st_size:
            raise SettingsError(f"{self._path} holds something else", hint="name another file with --certificate-out")
        write_private(self._path, b"")

    def write(self, key_id: str, variables: Mapping[str, str]) -> None:
        """Write the secret."""
        lines = [f"{_KEY_ID}{key_id}", *(f"export {name}={shlex.quote(text)}" for name, text in variables.items())]
        write_private(self._path, ("\n".join(lines) + "\n").encode())


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, as a whole or not at all.

    Raises:
        UnavailableError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise UnavailableError(f"{path}: {error.strerror}") from error


def _certificate_in(path: Path) -> x509.Certificate | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(f"{path}: {error.strerror}") from error
    try:
        serialization.load_pem_private_key(data, None)
        return x509.load_pem_x509_certificate(data)
    except (ValueError, TypeError) as error:
        raise SettingsError(
            f"{path} holds no private key with its certificate", hint="name another file with --certificate-out"
        ) from error


def _make(path: Path, name: str, now: datetime) -> x509.Certificate:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = now.astimezone(UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFE)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, private + certificate.public_bytes(serialization.Encoding.PEM))
    return certificate
