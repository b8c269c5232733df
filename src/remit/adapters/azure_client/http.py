"""One thin client for Resource Manager, Microsoft Graph and the query API of Log Analytics.

Rules kept here:

- TLS is always verified; a certificate authority of one's own can be named by a file, and nothing else. Plain http is
  never spoken.
- A token goes to the endpoint that it was asked for and nowhere else: a next link that leads to another host is
  refused, redirects are not followed.
- Nothing is retried but a call whose token was refused, with fresh ones: two in a row end it, unless Azure takes the
  tokens of other calls meanwhile. Whoever drives decides about the rest.
- Every call is counted by its endpoint.

Use:

    client = AzureClient(cloud, tokens, ca_file=None)
    reply = await client.get(GRAPH, "/v1.0/users?$top=999", Asked("graph/users", needs="User.Read.All"))
"""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from remit.adapters.azure_client.answers import Asked, date_of, refusal
from remit.adapters.azure_client.claims import Claims, claims_of
from remit.adapters.azure_client.clouds import METADATA_PATH, Cloud, learned
from remit.adapters.azure_client.connections import Connections
from remit.adapters.azure_client.credentials import Tokens
from remit.model.errors import CredentialError, InterruptedAnswerError, SettingsError, UnexpectedAnswerError

ARM, GRAPH, LOGS = "arm", "graph", "logs"
CONNECT_TIMEOUT_S = 20.0
READ_TIMEOUT_S = 120.0
_UNAUTHORIZED = 401
_MOST_TOKENS = 20
_WRONG_TOKENS = 2
_REMEMBERED = ("x-ms-ratelimit-", "ratelimit-", "x-ms-user-quota-", "x-ms-resource-unit")


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        method: upper case.
        api: `arm`, `graph` or `logs`.
        place: path with query, or an absolute continuation as Azure gave it.
        body: JSON, None for none.
        headers: further ones.
    """

    method: str
    api: str
    place: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status; headers by lower-case name, the body unpacked and complete."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AzureClient:
    """Calls Azure with one credential. Close it with `aclose`, or use it in `async with`."""

    def __init__(
        self,
        cloud: Cloud,
        tokens: Tokens,
        *,
        ca_file: Path | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._cloud = cloud
        self._tokens = tokens
        self._connections = Connections(
            trust(ca_file), connect_s=CONNECT_TIMEOUT_S, read_s=READ_TIMEOUT_S, transport=transport
        )
        self._calls: Counter[str] = Counter()
        self._limits: dict[str, str] = {}
        self._said: Mapping[str, str] = {}

    @property
    def cloud(self) -> Cloud:
        """Return where calls go."""
        return self._cloud

    async def learn(self) -> Cloud:
        """Ask Resource Manager for the endpoints that were not given, without a token; return the whole cloud.

        Raises:
            InterruptedAnswerError, ThrottledError, UnexpectedAnswerError: there is no such answer.
        """
        if not self._cloud.is_known:
            asked = Asked("arm/metadata")
            reply = await self._send(Call("GET", ARM, METADATA_PATH), self._address(ARM, METADATA_PATH, asked), asked)
            if failure := refusal(reply.status, reply.headers, reply.body, asked):
                raise failure
            self._cloud = learned(self._cloud, reply.body)
        return self._cloud

    async def get(self, api: str, place: str, asked: Asked) -> Reply:
        """Read one page.

        Args:
            api: `arm` or `graph`.
            place: path with query, or an absolute continuation as Azure gave it.
            asked: for the count and the errors.

        Raises:
            CollectionError: everything but an answer of 2xx, as `answers.refusal` says.
        """
        return await self.send(Call("GET", api, place), asked)

    async def post(self, api: str, place: str, body: bytes, asked: Asked) -> Reply:
        """Ask with a JSON body; otherwise as `get`."""
        return await self.send(Call("POST", api, place, body), asked)

    async def send(self, call: Call, asked: Asked) -> Reply:
        """Make any call; otherwise as `get`."""
        reply = await self.exchange(call, asked)
        if failure := refusal(reply.status, reply.headers, reply.body, asked):
            raise failure
        return reply

    async def exchange(self, call: Call, asked: Asked) -> Reply:
        """Make any call and return its answer, whatever its status: for those that read a refusal themselves.

        Raises:
            InterruptedAnswerError, SettingsError: there is no answer.
            CredentialError: the credential is refused, also with a fresh token.
        """
        address = self._address(call.api, call.place, asked)
        scope = self._scope(call.api)
        refused, wrong = "", 0
        taken = self._tokens.taken(scope)
        for _ in range(_MOST_TOKENS):
            token = await self._tokens.token(scope, refused=refused)
            reply = await self._send(call, address, asked, token)
            if reply.status != _UNAUTHORIZED:
                self._tokens.note_taken(scope)
                return reply
            # Where Azure takes tokens of other calls meanwhile, these have expired and are not wrong.
            wrong = wrong + bool(refused) if self._tokens.taken(scope) == taken else 0
            if wrong == _WRONG_TOKENS:
                break
            refused, taken = token, self._tokens.taken(scope)
        raise CredentialError(f"{asked.what} refuses fresh tokens", hint="sign in again")

    async def claims(self, api: str) -> Claims:
        """Return what the token for an API says.

        Raises:
            CredentialError: there is none.
        """
        return claims_of(await self._tokens.token(self._scope(api)))

    def calls(self) -> Mapping[str, int]:
        """Return the requests made, by endpoint; those that failed count, too."""
        return dict(self._calls)

    def limits(self) -> Mapping[str, str]:
        """Return the headers about throttling that Azure sent last, by lower-case name."""
        return dict(self._limits)

    def date(self) -> datetime | None:
        """Return Azure's time as of its last answer, aware UTC."""
        return date_of(self._said)

    async def aclose(self) -> None:
        """Close all connections, those of the credential, too."""
        self._tokens.close()
        await self._connections.aclose()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self.aclose()

    # ---- one call

    def _scope(self, api: str) -> str:
        return {GRAPH: self._cloud.graph_scope, LOGS: self._cloud.logs_scope}.get(api, self._cloud.arm_scope)

    def _address(self, api: str, place: str, asked: Asked) -> str:
        home = {GRAPH: self._cloud.graph, LOGS: self._cloud.logs}.get(api, self._cloud.arm)
        if not home:
            raise SettingsError(f"the endpoint of {api} is not known")
        if place.startswith("/") and not place.startswith("//"):
            return home + place
        if not same_host(home, place):
            raise UnexpectedAnswerError(asked.what, "its next page is at another host; no token is sent there")
        return place

    async def _send(self, call: Call, address: str, asked: Asked, token: str = "") -> Reply:
        self._calls[asked.endpoint] += 1
        headers = {"User-Agent": "remit", "Accept": "application/json", **call.headers}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = await self._connections.send(call.method, address, headers, call.body)
        except httpx2.TimeoutException as error:
            raise InterruptedAnswerError(asked.what, "no answer in time") from error
        except httpx2.ConnectError as error:
            raise _unreachable(asked, error) from error
        except (httpx2.TransportError, httpx2.DecodingError, httpx2.StreamError) as error:
            raise InterruptedAnswerError(asked.what, "the answer was cut off") from error
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise UnexpectedAnswerError(asked.what, "its next page is no address") from error
        said = {name.lower(): value for name, value in response.headers.items()}
        self._limits.update({name: value for name, value in said.items() if name.startswith(_REMEMBERED)})
        if "date" in said:
            self._said = said
        return Reply(response.status_code, said, response.content)


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what is trusted: what the machine trusts, or the certificate authorities of a file.

    Raises:
        SettingsError: the file cannot be read, or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file)) if ca_file else httpx2.create_ssl_context()
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"`{ca_file}` is no file of certificates", hint="name a file in PEM form") from error


def same_host(home: str, place: str) -> bool:
    """Return whether an absolute address is https and at the host and port of an endpoint."""
    try:
        one, other = httpx2.URL(home), httpx2.URL(place)
    except (httpx2.InvalidURL, ValueError):
        return False
    return (
        other.scheme == "https"
        and not other.userinfo
        and (one.host, one.port or 443) == (other.host, other.port or 443)
    )


def _unreachable(asked: Asked, error: httpx2.ConnectError) -> InterruptedAnswerError | SettingsError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SettingsError(
            f"{asked.what}: its certificate is not trusted",
            hint="name the file of its certificate authority: --ca-file",
        )
    return InterruptedAnswerError(asked.what, "it cannot be reached")
