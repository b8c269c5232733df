"""The four listeners of a simulator, all on loopback: ARM, Microsoft Graph, the authority, managed identity."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import ssl
from contextlib import suppress
from typing import Any

import trustme
from aiohttp import web

from remit.model.errors import SettingsError
from remit_sim.call import ARM, GRAPH, LOGIN
from remit_sim.login.managed import IDENTITY
from remit_sim.server.http import Listener
from remit_sim.server.simulation import Simulation, Urls

ADDRESS = "127.0.0.1"
_APIS = (ARM, GRAPH, LOGIN, IDENTITY)
_BACKLOG = 512
_LONGEST_HEADER = 65_536
_LARGEST_BODY = 16 << 20
_TURNS_TO_CLOSE = 8
"""Turns of the loop in which connections that are being closed, or that clients have just closed, come to their end."""


class Listeners:
    """Bound sockets first, so that the simulation knows its own addresses; then, once there is one, what serves it."""

    def __init__(self, port: int, ca: trustme.CA) -> None:
        """Bind the sockets.

        Args:
            port: of ARM, the others follow it; 0 lets the system choose all four.
            ca: signs the certificate.

        Raises:
            SettingsError: a port is taken.
        """
        self._sockets = [_bind(port + place if port else 0) for place in range(len(_APIS))]
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(ADDRESS, "localhost").configure_cert(self._tls)
        self._runners: list[web.ServerRunner] = []
        ports = [one.getsockname()[1] for one in self._sockets]
        self.urls = Urls(
            arm=f"https://{ADDRESS}:{ports[0]}",
            graph=f"https://{ADDRESS}:{ports[1]}",
            login=f"https://{ADDRESS}:{ports[2]}",
            identity=f"http://{ADDRESS}:{ports[3]}",
        )

    async def start(self, simulation: Simulation) -> None:
        """Begin to answer."""
        urls = (self.urls.arm, self.urls.graph, self.urls.login, self.urls.identity)
        for api, url, bound in zip(_APIS, urls, self._sockets, strict=True):
            server = web.Server(
                Listener(simulation, api, url),
                request_factory=_request,
                logger=_logger(),
                access_log=None,
                keepalive_timeout=600.0,
                max_line_size=_LONGEST_HEADER,
                max_field_size=_LONGEST_HEADER,
            )
            runner = web.ServerRunner(server, shutdown_timeout=0.1)
            await runner.setup()
            self._runners.append(runner)
            tls = None if api == IDENTITY else self._tls
            await web.SockSite(runner, bound, ssl_context=tls, backlog=_BACKLOG).start()

    async def stop(self) -> None:
        """End every connection and give the ports back."""
        servers = [runner.server for runner in self._runners if runner.server is not None]
        open_ones = [one.transport for server in servers for one in server.connections if one.transport is not None]
        for runner in self._runners:
            await runner.cleanup()
        for transport in open_ones:
            transport.abort()  # TLS would wait for a farewell that clients do not send
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)
        self.close()

    def close(self) -> None:
        """Give the ports back without having started."""
        for bound in self._sockets:
            with suppress(OSError):
                bound.close()


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:  # noqa: ANN401 - aiohttp's own
    """Return a request as aiohttp makes it, but with room for the rows that the control API may be sent."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_LARGEST_BODY)


def _logger() -> logging.Logger:
    """Return what takes aiohttp's complaints of requests that are no HTTP: the client is told, the terminal is not."""
    if os.environ.get("REMIT_DEBUG"):
        return logging.getLogger("aiohttp.server")
    quiet = logging.getLogger("remit_sim.server")
    quiet.propagate = False
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    return quiet


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((ADDRESS, port))
    except (OSError, OverflowError) as error:
        bound.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "is taken" if taken else "cannot be listened on"
        raise SettingsError(f"port {port} {why}", hint="name another with --port, or 0 for any") from error
    return bound
