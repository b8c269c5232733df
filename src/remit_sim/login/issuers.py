"""Outside issuers of federated tokens (GitHub, Kubernetes, ...): their public keys, and one issuer of our own.

>>> issuers = Issuers()
>>> token = issuers.issue("https://token.example", "repo:acme/app:ref:refs/heads/main")
>>> issuers.signed("https://token.example", token)
True
>>> issuers.signed("https://other.example", token)
False
"""

from __future__ import annotations

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AUDIENCE = "api://AzureADTokenExchange"
_LIFETIME_S = 600

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class Issuers:
    """The keys of the issuers that this simulator has been told of."""

    def __init__(self) -> None:
        self._keys: dict[str, list[PublicKey]] = {}
        self._own: ec.EllipticCurvePrivateKey | None = None

    def trust(self, issuer: str, pem: bytes) -> None:
        """Believe what an issuer signs with a public key.

        Raises:
            ValueError: the text is no public RSA or EC key in PEM.
        """
        key = serialization.load_pem_public_key(pem)
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError("the key is neither RSA nor EC")  # noqa: TRY004 - it is the content of a file
        self._keys.setdefault(issuer, []).append(key)

    def issue(self, issuer: str, subject: str, audience: str = AUDIENCE) -> str:
        """Return a token that an issuer would give to a subject, and believe that issuer from now on."""
        if self._own is None:
            self._own = ec.generate_private_key(ec.SECP256R1())
        public = self._own.public_key()
        if public not in self._keys.setdefault(issuer, []):
            self._keys[issuer].append(public)
        now = int(time.time())
        claims: dict[str, Any] = {"iss": issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + _LIFETIME_S}
        return jwt.encode(claims, self._own, algorithm="ES256")

    def signed(self, issuer: str, token: str, *, leeway_s: int = 0) -> bool:
        """Return whether an issuer signed a token that is still good."""
        for key in self._keys.get(issuer, ()):
            algorithms = ["RS256", "PS256"] if isinstance(key, rsa.RSAPublicKey) else ["ES256"]
            try:
                jwt.decode(token, key, algorithms=algorithms, leeway=leeway_s, options={"verify_aud": False})
            except jwt.PyJWTError:
                continue
            return True
        return False
