"""Continuation tokens: where a page ends, opaque to the client, signed, and good for one list only.

    >>> from datetime import UTC, datetime
    >>> from remit_sim.clock import SimClock
    >>> from remit_sim.tenant import SimTenant
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> call = Call("graph", "GET", "/users", tenant, {"$top": "999"})
    >>> decode(call, encode(call, 999))
    999

A token holds a position and a signature over it and over the chain it belongs to: method, path and every parameter
but the token itself and those without a value, which clients drop when they follow a link. The same page always has
the same token, so that faults drawn per request can be repeated.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from remit_sim.call import GRAPH, Call, Refusal

_POSITION_BYTES = 6
_SIGNATURE_BYTES = 12
_OUTSIDE_THE_CHAIN = frozenset({"$skiptoken", "$skip", "api-version"})


def encode(call: Call, position: int) -> str:
    """Return the token that goes on at `position`; what a position counts is the handler's affair."""
    place = position.to_bytes(_POSITION_BYTES, "big")
    return urlsafe_b64encode(place + _signature(call, place)).decode()


def decode(call: Call, token: str) -> int:
    """Return the position that a token of this list names.

    Raises:
        Refusal: it has expired, belongs to another list, or is none of ours.
    """
    try:
        raw = urlsafe_b64decode(token.encode())
    except (ValueError, binascii.Error) as error:
        raise refusal(call) from error
    place, signature = raw[:_POSITION_BYTES], raw[_POSITION_BYTES:]
    if len(place) < _POSITION_BYTES or signature != _signature(call, place) or call.token_expires(token):
        raise refusal(call)
    return int.from_bytes(place, "big")


def next_link(call: Call, position: int) -> str:
    """Return the absolute link to the page that starts at `position`: this call with another `$skiptoken`."""
    version = f"/{call.version}" if call.api == GRAPH else ""
    kept = [(name, text) for name, text in call.query.items() if name.lower() != "$skiptoken"]
    query = urlencode([*kept, ("$skiptoken", encode(call, position))], safe="$(),/:'=", quote_via=quote)
    return f"{call.base_url}{version}{quote(call.path, safe=_PATH_SAFE)}?{query}"


_PATH_SAFE = "/:@!$&'()*+,;=-._~"


def chain_of(call: Call) -> str:
    """Return what all pages of one list have in common, letter case of the path aside."""
    parts = [call.api, call.method, call.path.lower().rstrip("/")]
    query = sorted((name, text) for name, text in call.query.items() if text)
    parts += [f"{name}={text}" for name, text in query if name.lower() not in _OUTSIDE_THE_CHAIN]
    if call.body:
        parts.append(_query_of(call.body))
    return " ".join(parts)


def refusal(call: Call) -> Refusal:
    """Return Azure's answer to a continuation token that is good no longer."""
    if call.api == GRAPH:
        return Refusal(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    return Refusal(400, "InvalidSkipToken", "The provided skip token is invalid or has expired.")


def _signature(call: Call, place: bytes) -> bytes:
    digest = blake2b(place, digest_size=_SIGNATURE_BYTES, key=call.tenant.page_key)
    digest.update(chain_of(call).encode())
    return digest.digest()


def _query_of(body: bytes) -> str:
    """Return the query of a Resource Graph request, or a digest of any other body."""
    try:
        fields: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = None
    if isinstance(fields, dict) and isinstance(fields.get("query"), str):
        return str(fields["query"])
    return blake2b(body, digest_size=8).hexdigest()
