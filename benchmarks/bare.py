"""`python -m benchmarks.bare httpx2|aiohttp RECORD`: make recorded requests again, as fast as it goes, and no more.

This is the ceiling that a collector is held to: the same requests in the same order by as many connections as the
collector has, nothing decoded, nothing kept. The environment is the simulator's; prints seconds and requests as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import httpx2

CONNECTIONS = 16
Send = Callable[[str, str, dict[str, str], bytes | None], Awaitable[int]]


def sign_in(context: ssl.SSLContext) -> dict[str, dict[str, str]]:
    """Headers by API."""
    headers = {}
    with httpx2.Client(verify=context) as client:
        for api, scope in (
            ("arm", "https://management.core.windows.net/.default"),
            ("graph", "https://graph.microsoft.com/.default"),
        ):
            form = {
                "grant_type": "client_credentials",
                "client_id": os.environ["AZURE_CLIENT_ID"],
                "client_secret": os.environ["AZURE_CLIENT_SECRET"],
                "scope": scope,
            }
            address = f"{os.environ['AZURE_AUTHORITY_HOST']}/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token"
            token = client.post(address, data=form).json()["access_token"]
            headers[api] = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return headers


async def make_all(requests: list[list[str]], headers: dict[str, dict[str, str]], send: Send) -> None:
    homes = {"arm": os.environ["REMIT_ARM_ENDPOINT"], "graph": os.environ["REMIT_GRAPH_ENDPOINT"]}
    waiting = iter(requests)

    async def worker() -> None:
        for api, method, address, body in waiting:
            status = await send(method, homes[api] + address, headers[api], body.encode() or None)
            if status >= 300:
                raise RuntimeError(f"{method} {address}: {status}")

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


async def by_httpx2(requests: list[list[str]], headers: dict[str, dict[str, str]], context: ssl.SSLContext) -> None:
    limits = httpx2.Limits(max_connections=2 * CONNECTIONS, max_keepalive_connections=2 * CONNECTIONS)
    async with httpx2.AsyncClient(verify=context, limits=limits, timeout=60) as client:

        async def send(method: str, address: str, said: dict[str, str], body: bytes | None) -> int:
            return (await client.request(method, address, headers=said, content=body)).status_code

        await make_all(requests, headers, send)


async def by_aiohttp(requests: list[list[str]], headers: dict[str, dict[str, str]], context: ssl.SSLContext) -> None:
    connector = aiohttp.TCPConnector(ssl=context, limit=2 * CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as client:

        async def send(method: str, address: str, said: dict[str, str], body: bytes | None) -> int:
            async with client.request(method, address, headers=said, data=body) as response:
                await response.read()
                return response.status

        await make_all(requests, headers, send)


def main() -> None:
    context = ssl.create_default_context(cafile=os.environ["REMIT_CA_FILE"])
    requests = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()]
    headers = sign_in(context)
    began = time.perf_counter()
    asyncio.run({"httpx2": by_httpx2, "aiohttp": by_aiohttp}[sys.argv[1]](requests, headers, context))
    print(json.dumps({"seconds": time.perf_counter() - began, "requests": len(requests)}))


if __name__ == "__main__":
    main()
