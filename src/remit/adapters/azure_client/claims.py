"""What an access token says of itself.

Nothing is verified here: the token is ours, fresh from the authority, and Azure is who checks it. A token that is no
readable JWT says nothing.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims that Remit looks at.

    Attributes:
        tenant_id: lower case, "" when the token does not say.
        object_id: of the user or service principal, lower case.
        client_id: application that the token was given to, lower case.
        is_application: the token speaks for a service principal, not for a user.
        permissions: application permissions (`roles`) and delegated ones (`scp`).
        expires: aware UTC, None when the token does not say.
    """

    tenant_id: str = ""
    object_id: str = ""
    client_id: str = ""
    is_application: bool = False
    permissions: frozenset[str] = frozenset()
    expires: datetime | None = None


class _Payload(msgspec.Struct):
    tid: str = ""
    oid: str = ""
    appid: str = ""
    azp: str = ""
    idtyp: str = ""
    scp: str = ""
    roles: list[str] = msgspec.field(default_factory=list)
    exp: int = 0


_PAYLOAD = msgspec.json.Decoder(_Payload)


def claims_of(token: str) -> Claims:
    """Return what a token says."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return Claims()
    try:
        said = _PAYLOAD.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return Claims()
    return Claims(
        tenant_id=said.tid.lower(),
        object_id=said.oid.lower(),
        client_id=(said.appid or said.azp).lower(),
        is_application=said.idtyp == "app" or not said.scp,
        permissions=frozenset(said.roles) | frozenset(said.scp.split()),
        expires=datetime.fromtimestamp(said.exp, UTC) if said.exp else None,
    )
