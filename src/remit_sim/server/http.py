"""Between HTTP and calls: what a request says, and how an answer is sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from aiohttp import web

from remit_sim.call import ARM, BLOB, GRAPH, LOGS, LOGS_PATH, Answer, Call, Refusal
from remit_sim.control.endpoints import CONTROL, CONTROL_PATH
from remit_sim.counts import TOO_MANY
from remit_sim.server.metadata import METADATA
from remit_sim.server.simulation import Simulation

_ON_ARM = ((CONTROL_PATH, CONTROL), ("/metadata/", METADATA), (LOGS_PATH, LOGS))
"""What is reached at Resource Manager's listener and is something else, by the beginning of its path."""
_GRAPH_VERSIONS = frozenset({"v1.0", "beta"})
_READS = frozenset({"GET", "HEAD"})
_PLENTY = "11999"
_REQUEST_IDS = {
    ARM: ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id"),
    GRAPH: ("request-id", "client-request-id"),
}


class Listener:
    """Answers the requests of one listener."""

    def __init__(self, simulation: Simulation, api: str, base_url: str) -> None:
        self._simulation = simulation
        self._api = api
        self._base_url = base_url

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        call = self.call_of(request, b"")
        try:
            call = replace(call, body=await request.read() if request.body_exists else b"")
        except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError) as error:
            return self._unread(call, error)
        reply = self._simulation.reply(call)
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        headers = self._headers(call, reply.answer)
        if reply.cut:
            return await _cut(request, reply.answer, headers)
        return web.Response(status=reply.answer.status, body=reply.answer.body, headers=headers)

    def _unread(self, call: Call, error: Exception) -> web.Response:
        """Answer a request whose body is too long, or not what its headers say."""
        if isinstance(error, web.HTTPRequestEntityTooLarge):
            refusal = Refusal(413, "RequestEntityTooLarge", "The request content is too large.")
        else:
            refusal = Refusal(400, "InvalidRequestContent", "The request content could not be read.")
        answer = refusal.answer()
        response = web.Response(status=answer.status, body=answer.body, headers=self._headers(call, answer))
        response.force_close()
        return response

    def call_of(self, request: web.BaseRequest, body: bytes) -> Call:
        """Return the call that a request makes."""
        raw_path, _, raw_query = request.path_qs.partition("?")
        path = unquote(raw_path)
        query = dict(parse_qsl(raw_query, keep_blank_values=True))
        api, version = self._api, query.get("api-version", "")
        if api == GRAPH:
            version, path = _version(path)
        elif api == ARM and "x-ms-version" in request.headers:
            api = BLOB  # only clients of storage send it
        elif api == ARM:
            api = next((other for beginning, other in _ON_ARM if path.startswith(beginning)), ARM)
        host = request.headers.get("Host")
        return Call(
            api=api,
            method=request.method,
            path=path,
            tenant=self._simulation.tenant,
            query=query,
            headers={name.lower(): text for name, text in request.headers.items()},
            body=body,
            base_url=f"{self._base_url.partition('://')[0]}://{host}" if host else self._base_url,
            version=version,
        )

    def _headers(self, call: Call, answer: Answer) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Date": format_datetime(self._simulation.tenant.clock.now(), usegmt=True),
            "Server": "remit-sim",
            **answer.headers,
        }
        if call.api == ARM:
            headers.setdefault(*_remaining(call, answer))
        names = _REQUEST_IDS.get(call.api, ())
        if names:
            request_id = str(uuid4())
            for name in names:
                headers.setdefault(name, call.headers.get(name) or request_id)
        return headers


def _remaining(call: Call, answer: Answer) -> tuple[str, str]:
    """Return the header that tells how many calls are left: plenty, unless a fault throttles."""
    area = "subscription" if call.path.lower().startswith("/subscriptions/") else "tenant"
    kind = "reads" if call.method in _READS else "deletes" if call.method == "DELETE" else "writes"
    left = "0" if answer.status == TOO_MANY else _PLENTY
    return f"x-ms-ratelimit-remaining-{area}-{kind}", left


def _version(path: str) -> tuple[str, str]:
    """Return the version of Graph and the path below it."""
    _, _, rest = path.partition("/")
    version, slash, below = rest.partition("/")
    return (version.lower(), f"{slash}{below}") if version.lower() in _GRAPH_VERSIONS else ("", path)


async def _cut(request: web.BaseRequest, answer: Answer, headers: dict[str, str]) -> web.StreamResponse:
    """Promise the whole body, send half of it, and hang up."""
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
