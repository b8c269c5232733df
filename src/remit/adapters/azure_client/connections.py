"""Connections to Azure's endpoints, each kept open and used by one request at a time.

Rules kept here:

- A connection that is free is used again; where none is, another is opened. How many there are is decided by whoever
  decides how many requests are made at once.
- A request that fails takes its connection along.
- Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`).

One pool for all connections would look at every one of them before each request: with sixteen at work that costs more
than the request itself. Here each connection has a pool of its own.
"""

from __future__ import annotations

import ssl
from collections import defaultdict
from collections.abc import Mapping
from urllib.request import getproxies, proxy_bypass

import httpx2

from remit.model.errors import InvariantError

_ENCODINGS = "gzip, deflate"
Origin = tuple[str, str, int | None]


class Connections:
    """All connections of one client.

    Args:
        trusted: what certificates are checked by.
        connect_s, read_s: seconds after which opening a connection, or waiting for a part of an answer, is given up.
        transport: takes the place of all connections, for tests.
    """

    def __init__(
        self,
        trusted: ssl.SSLContext,
        *,
        connect_s: float,
        read_s: float,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._trusted = trusted
        self._timeout = httpx2.Timeout(read_s, connect=connect_s).as_dict()
        self._instead = transport
        self._closed = False
        self._free: defaultdict[Origin, list[httpx2.AsyncBaseTransport]] = defaultdict(list)

    async def send(
        self, method: str, address: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx2.Response:
        """Make a request and return its whole answer, whatever its status; redirects are not followed.

        Raises:
            httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError: there is no answer.
            InvariantError: all connections were closed.
        """
        if self._closed:
            raise InvariantError("the client was closed and is used again")
        request = httpx2.Request(
            method,
            address,
            headers={"Accept-Encoding": _ENCODINGS, **headers},
            content=content,
            extensions={"timeout": self._timeout},
        )
        origin = (request.url.scheme, request.url.host, request.url.port)
        free = self._free[origin]
        connection = free.pop() if free else self._opened(request.url)
        try:
            response = await connection.handle_async_request(request)
            response.request = request
            await response.aread()
        except BaseException:
            # What comes next on this connection might be the rest of this answer.
            if connection is not self._instead:
                await connection.aclose()
            raise
        free.append(connection)
        return response

    async def aclose(self) -> None:
        """Close every connection that is free; those in use are closed by who uses them."""
        self._closed = True
        for free in self._free.values():
            while free:
                await free.pop().aclose()

    def _opened(self, url: httpx2.URL) -> httpx2.AsyncBaseTransport:
        if self._instead is not None:
            return self._instead
        proxy = None if proxy_bypass(url.host) else getproxies().get("https")
        return httpx2.AsyncHTTPTransport(
            verify=self._trusted, limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1), proxy=proxy
        )
