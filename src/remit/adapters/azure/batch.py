"""Graph's `$batch`: up to twenty calls in one, each answered by itself and in any order.

An advanced query, as a cast to one type is, needs a header: in a batch each call has headers of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw, Struct, field

from remit.adapters.azure.endpoint import GRAPH
from remit.adapters.azure.pages import decoded
from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import AzureClient, Reply

BATCH = Asked("graph/$batch")
_PLACE = "/v1.0/$batch"
_VERSION = "/v1.0"
_COUNTED = "$count=true"
_ADVANCED = {"ConsistencyLevel": "eventual"}


class _Request(Struct, omit_defaults=True):
    id: str
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class _Response(Struct):
    id: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Raw = Raw(b"null")


class _Responses(Struct):
    responses: list[_Response]


_RESPONSES = msgspec.json.Decoder(_Responses)


async def ask_together(client: AzureClient, places: Sequence[str]) -> list[Reply | None]:
    """Make several GETs of Graph in one call; None stands where the answer lacks one.

    Args:
        client: how Graph is called.
        places: path and query from `/v1.0/` on.

    Raises:
        CollectionError: the call as a whole failed.
    """
    requests = [_request(str(number), place) for number, place in enumerate(places)]
    body = msgspec.json.encode({"requests": requests})
    reply = await client.post(GRAPH, _PLACE, body, BATCH)
    found: Mapping[str, Reply] = {
        one.id: Reply(one.status, {name.lower(): value for name, value in one.headers.items()}, bytes(one.body))
        for one in decoded(_RESPONSES, reply.body, BATCH).responses
    }
    return [found.get(request.id) for request in requests]


def _request(name: str, place: str) -> _Request:
    # Next links of advanced queries keep the option, and need the header as their first page did.
    return _Request(name, "GET", place.removeprefix(_VERSION), dict(_ADVANCED) if _COUNTED in place else {})
