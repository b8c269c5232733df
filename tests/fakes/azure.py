"""Azure in a function: answers by path, tokens that nobody signed, a clock that a test moves."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from remit.adapters.azure.earlier import Earlier
from remit.adapters.azure.source import AzureSource
from remit.adapters.azure_client.clouds import Cloud, cloud_of
from remit.adapters.azure_client.credentials import Token, Tokens
from remit.adapters.azure_client.http import AzureClient

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
TENANT = "7e5c0000-0000-4000-8000-0000000000aa"
DATE = "Sun, 01 Nov 2026 12:00:00 GMT"
Answer = httpx2.Response
Route = Callable[[httpx2.Request], Answer]


@dataclass
class FakeClock:
    """Tells the time that it was set to."""

    present: datetime = NOW

    def now(self) -> datetime:
        return self.present


def a_token(*, number: int = 1, lifetime_s: int = 3600, clock: FakeClock | None = None, **claims: Any) -> Token:
    """Return a token as Entra writes one, without a signature."""
    said = {"tid": TENANT, "oid": "0b1ec700-0000-4000-8000-000000000001", "appid": "a99", "jti": number, **claims}
    middle = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    until = (clock or FakeClock()).now() + timedelta(seconds=lifetime_s)
    return Token(f"e30.{middle}.sig{number}", int(until.timestamp()))


@dataclass
class FakeCredential:
    """Gives tokens one after the other, or raises; counts what it was asked for."""

    clock: FakeClock = field(default_factory=FakeClock)
    claims: dict[str, Any] = field(default_factory=dict)
    made: int = 0
    asked: list[str] = field(default_factory=list)
    fails: Exception | None = None
    repeats: bool = False

    def make(self) -> FakeCredential:
        self.made += 1
        return self

    def get_token(self, *scopes: str) -> Token:
        self.asked.append(scopes[0])
        if self.fails is not None:
            raise self.fails
        number = 1 if self.repeats else len(self.asked)
        return a_token(number=number, clock=self.clock, **self.claims)


def answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """Return a JSON answer; underscores in the names of headers stand for dashes."""
    said = {"date": DATE, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Answer(status, content=value if isinstance(value, bytes) else json.dumps(value).encode(), headers=said)


def refuse(status: int, code: str, **headers: str) -> Answer:
    """Return an error in Azure's shape."""
    return answer({"error": {"code": code, "message": "a sentence that must not be repeated"}}, status, **headers)


def a_client(route: Route, *, credential: FakeCredential | None = None, cloud: Cloud | None = None) -> AzureClient:
    """Return a client whose calls a function answers."""
    credential = credential or FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    return AzureClient(cloud or cloud_of(), tokens, transport=httpx2.MockTransport(route))


def run(work: Awaitable[Any]) -> Any:
    """Run to the end."""

    async def whole() -> Any:
        return await work

    return asyncio.run(whole())


def a_source(
    route: Route, lists: set[str], *, credential: FakeCredential | None = None, earlier: Earlier | None = None
) -> AzureSource:
    """Return a source over a function."""
    credential = credential or FakeCredential()
    return AzureSource(a_client(route, credential=credential), lists, credential.clock, earlier=earlier)
