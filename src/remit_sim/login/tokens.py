"""Access tokens: issued as JWT by the simulator's clock, and read again from `Authorization` headers.

Rules kept here:

- A token carries what Entra's app-only tokens carry: `aud`, `iss`, `iat`, `nbf`, `exp`, `tid`, `appid`, `oid`, `sub`,
  `idtyp`, and for Microsoft Graph the `roles` that the app role assignments gave when it was issued.
- It ends 3,599 simulated seconds after it was issued; a clock that is moved on makes it expire.
- What is said of a missing, expired, foreign or wrongly addressed token is what the API in question says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from remit_sim.call import GRAPH, Caller, Refusal
from remit_sim.clock import SimClock
from remit_sim.login.audiences import Audiences
from remit_sim.state import OPERATOR_CLIENT_ID

LIFETIME_S = 3599
KEY_ID = "remit-sim-1"
_MOST_REMEMBERED = 10_000


class Tokens:
    """Issues and reads the access tokens of one simulator."""

    def __init__(
        self, key: rsa.RSAPrivateKey, tenant_id: str, clock: SimClock, audiences: Audiences, authority: str
    ) -> None:
        self._key = key
        self._public = key.public_key()
        self._tenant_id = tenant_id
        self._clock = clock
        self._audiences = audiences
        self._issuer = f"{authority}/{tenant_id}/v2.0"
        self._read: dict[str, tuple[Caller, str | None, int]] = {}

    def api_of(self, resource: str) -> str | None:
        """Return the API that a resource names."""
        return self._audiences.api_of(resource)

    def key_set(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._public, as_dict=True)
        return {"keys": [key | {"kid": KEY_ID, "use": "sig", "alg": "RS256", "issuer": self._issuer}]}

    def issue(self, resource: str, client_id: str, object_id: str, roles: frozenset[str]) -> str:
        """Return a token for a resource."""
        now = int(self._clock.now().timestamp())
        claims: dict[str, Any] = {
            "aud": resource,
            "iss": self._issuer,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_S,
            "appid": client_id,
            "appidacr": "1",
            "idtyp": "app",
            "oid": object_id,
            "sub": object_id,
            "tid": self._tenant_id,
            "uti": uuid4().hex[:22],
            "ver": "1.0",
        }
        if roles:
            claims["roles"] = sorted(roles)
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def caller(self, api: str, authorization: str) -> Caller:
        """Return who calls.

        Raises:
            Refusal: 401, in the words of the API.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self.refusal(api, "missing")
        found = self._read.get(token) or self._remember(api, token)
        caller, audience, expires = found
        if self._clock.now().timestamp() >= expires:
            raise self.refusal(api, "expired", datetime.fromtimestamp(expires, UTC))
        if audience != api:
            raise self.refusal(api, "audience")
        return caller

    def refusal(self, api: str, why: str, expired: datetime | None = None) -> Refusal:
        """Return the 401 of an API for a token that is `missing`, `invalid`, `expired` or for another `audience`."""
        now = self._clock.now()
        code, message = (_GRAPH if api == GRAPH else _ARM)[why]
        message = message.format(end=_stamp(expired or now), now=_stamp(now))
        login = self._issuer.rpartition("/")[0]
        challenge = f'Bearer authorization_uri="{login}", error="invalid_token", error_description="{message}"'
        return Refusal(401, code, message, WWW_Authenticate=challenge)

    def _remember(self, api: str, token: str) -> tuple[Caller, str | None, int]:
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except jwt.PyJWTError as error:
            raise self.refusal(api, "invalid") from error
        audience = self._audiences.api_of(claims["aud"])
        operator = claims["appid"] == OPERATOR_CLIENT_ID
        object_id = "" if operator else claims["oid"]
        caller = Caller(claims["appid"], object_id, operator, audience or "", frozenset(claims.get("roles", ())))
        if len(self._read) >= _MOST_REMEMBERED:
            self._read.clear()
        self._read[token] = (caller, audience, claims["exp"])
        return self._read[token]


def _stamp(instant: datetime) -> str:
    return f"{instant:%m/%d/%Y %H:%M:%S}"


_ARM = {
    "missing": ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
    "invalid": ("InvalidAuthenticationToken", "The access token is invalid."),
    "expired": (
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time '{end}' is earlier than current UTC time '{now}'.",
    ),
    "audience": (
        "InvalidAuthenticationTokenAudience",
        "The access token has been obtained for wrong audience or resource.",
    ),
}
_GRAPH = {
    "missing": ("InvalidAuthenticationToken", "Access token is empty."),
    "invalid": ("InvalidAuthenticationToken", "Access token validation failure. Invalid signature."),
    "expired": ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
    "audience": ("InvalidAuthenticationToken", "Access token validation failure. Invalid audience."),
}
