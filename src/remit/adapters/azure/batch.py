"""Graph's `$batch`: up to twenty calls in one, each answered by itself and in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Raw, Struct, field

from remit.adapters.azure.endpoint import GRAPH
from remit.adapters.azure.pages import decoded
from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import AzureClient, Reply

BATCH = Asked("graph/$batch")
_PLACE = "/v1.0/$batch"
_VERSION = "/v1.0"


@dataclass(frozen=True, slots=True)
class _Request:
    id: str
    method: str
    url: str


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
    requests = [_Request(str(number), "GET", place.removeprefix(_VERSION)) for number, place in enumerate(places)]
    body = msgspec.json.encode({"requests": requests})
    reply = await client.post(GRAPH, _PLACE, body, BATCH)
    found: Mapping[str, Reply] = {
        one.id: Reply(one.status, {name.lower(): value for name, value in one.headers.items()}, bytes(one.body))
        for one in decoded(_RESPONSES, reply.body, BATCH).responses
    }
    return [found.get(request.id) for request in requests]
