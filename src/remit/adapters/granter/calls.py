"""One call of the granter: what is sent, what comes back, and what a refusal means for a setup.

    >>> Calls(lambda *sent: Reply(404, {}, b"")).get("graph", "/applications/1", needs="") is None
    True

The transport is given: it holds the token and nothing else. Answers that only mean "not yet" are `UnsettledError`s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from remit.adapters.azure_client.answers import Asked, code_of, refusal
from remit.adapters.azure_client.http import GRAPH, Call, Reply
from remit.model.errors import SetupError, UnexpectedAnswerError, UnsettledError

Fields = dict[str, Any]

NOT_FOUND = 404

_NOT_YET = frozenset(
    {
        "principalnotfound",
        "roledefinitiondoesnotexist",
        "roledefinitionhasassignments",
        "request_resourcenotfound",
        "resourcenotfound",
        "directory_concurrencyviolation",
        "nobackingapplicationobject",
    }
)
"""What Azure says of things that its replicas do not know yet, or still know."""

_IN_THE_WAY = {
    "roledefinitionwithsamenameexists": "a custom role of this name exists that no setup of this name made",
    "roleassignmentexists": "the principal holds this role there by another assignment",
    "resourcegroupnotfound": "the resource group does not exist",
    "subscriptionnotfound": "the subscription does not exist",
    "managementgroupnotfound": "the management group does not exist",
    "scopelocked": "a lock forbids it",
    "notfound": "what it belongs to does not exist",
}
_HINTS = {
    "roledefinitionwithsamenameexists": "choose another --name",
    "resourcegroupnotfound": "create it, or name another with --resource-group",
    "managementgroupnotfound": "name the management group or subscription with --scope",
    "scopelocked": "take the lock away for the time of the setup, or choose another place",
}


class Send(Protocol):
    """Sends one request with the operator's token."""

    def __call__(self, call: Call, asked: Asked, /) -> Reply:
        """Return the answer, whatever its status.

        Raises:
            InterruptedAnswerError: the network failed.
            CredentialError: the token is refused.
        """


class Calls:
    """Calls Azure and reads what it says."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def get(self, api: str, path: str, *, needs: str) -> Fields | None:
        """Return an object, None where there is none."""
        reply, asked = self._ask(api, "GET", path, needs)
        return None if reply.status == NOT_FOUND else _read(reply, asked)

    def rows(self, path: str, *, needs: str) -> Iterator[Fields]:
        """Yield the rows of a Graph list, page by page; none where the list's object is not there."""
        following = path
        while following:
            page = self.get(GRAPH, following, needs=needs) or {}
            yield from page.get("value", ())
            following = page.get("@odata.nextLink", "")

    def write(self, api: str, method: str, path: str, body: object, *, needs: str) -> Fields:
        """Send a change and return what Azure answers, {} where it says nothing.

        Raises:
            UnsettledError: something that the change rests on is not known everywhere yet.
            SetupError: something stands in the way.
            ForbiddenError: the operator lacks `needs`.
        """
        reply, asked = self._ask(api, method, path, needs, msgspec.json.encode(body))
        self._in_the_way(reply, asked)
        return _read(reply, asked)

    def delete(self, api: str, path: str, *, needs: str) -> None:
        """Delete an object; it is no error if it is gone."""
        reply, asked = self._ask(api, "DELETE", path, needs)
        if reply.status == NOT_FOUND:
            return
        self._in_the_way(reply, asked)
        _read(reply, asked)

    @staticmethod
    def _in_the_way(reply: Reply, asked: Asked) -> None:
        code = code_of(reply.body).lower()
        if reply.status in {400, 404, 409} and code in _NOT_YET:
            raise UnsettledError(asked.what)
        if reply.status in {404, 409} and code in _IN_THE_WAY:
            raise SetupError(f"{asked.what}: {_IN_THE_WAY[code]}", hint=_HINTS.get(code))

    def _ask(self, api: str, method: str, path: str, needs: str, body: bytes | None = None) -> tuple[Reply, Asked]:
        asked = Asked(f"{method} {api}", path.partition("?")[0], needs)
        place = f"/v1.0{path}" if api == GRAPH and path.startswith("/") else path
        return self._send(Call(method, api, place, body), asked), asked


def _read(reply: Reply, asked: Asked) -> Fields:
    refused = refusal(reply.status, reply.headers, reply.body, asked)
    if refused is not None:
        raise refused
    if not reply.body.strip():
        return {}
    try:
        return msgspec.json.decode(reply.body, type=Fields)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnexpectedAnswerError(asked.what, "answered no JSON object") from error
