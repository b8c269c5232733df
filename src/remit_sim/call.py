"""One request and its answer, without sockets: what every handler of the simulator takes and gives.

    >>> Answer.of({"value": []}).body
    b'{"value":[]}'

Handlers are plain functions `(call: Call) -> Answer`, found by method and path in a `Router`. They never see a socket:
the server, and Graph's `$batch`, both call `Router.dispatch`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

if TYPE_CHECKING:
    from remit_sim.tenant import SimTenant

ARM, GRAPH, LOGIN, LOGS, BLOB = "arm", "graph", "login", "logs", "blob"
LOGS_PATH = "/v1/workspaces/"
"""Where Log Analytics begins, on Resource Manager's listener."""


def _never(_token: str) -> bool:
    """Expire no continuation token."""
    return False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the access token says.

    Attributes:
        client_id: application (client) id, lower case.
        object_id: object id of its service principal in the tenant, lower case; "" for the operator.
        operator: may do everything and stands in no list of the tenant: what tests and `--print-env` sign in as.
        audience: `arm`, `graph`, `logs` or `blob`.
        roles: Graph application permissions in the token, as the appRoleAssignments said when it was issued.
    """

    client_id: str
    object_id: str = ""
    operator: bool = False
    audience: str = ARM
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        api: `arm`, `graph`, `login`, `logs` or `blob`.
        method: upper case.
        path: decoded, without query; for Graph without the version (`/v1.0/users` is `/users`).
        query: parameters by name as written; names of OData options keep their `$`.
        headers: by lower-case name.
        body: as received.
        caller: who calls; None at the login endpoint.
        tenant: the tenant to answer from.
        base_url: scheme, host and port as the client wrote them, for next links (no slash at the end).
        version: Graph's version (`v1.0`, `beta`), ARM's api-version.
        arguments: what the pattern of the route matched, names as in the pattern.
        most_rows: rows that a page holds at most, whatever is asked for; 0 for as many as Azure gives.
        token_expires: whether a fault wants this continuation token refused; asked by `paging.decode`.
    """

    api: str
    method: str
    path: str
    tenant: SimTenant
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    caller: Caller | None = None
    base_url: str = ""
    version: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    token_expires: Callable[[str], bool] = _never
    most_rows: int = 0

    def page_rows(self, rows: int) -> int:
        """Return how many rows a page holds that would hold so many."""
        return min(rows, self.most_rows) if self.most_rows else rows

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body decoded, {} where it is empty.

        Raises:
            Refusal: it is no JSON.
        """
        if not self.body.strip():
            return {}
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refusal(400, "InvalidRequestContent", "the request content is not valid JSON") from error


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> Self:
        """Return a JSON answer; underscores in the names of headers stand for dashes."""
        return cls(status, msgspec.json.encode(value), {name.replace("_", "-"): text for name, text in headers.items()})


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """An answer that refuses, in Azure's shape: `{"error": {"code": ..., "message": ...}}`."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    def answer(self) -> Answer:
        """Return it as an answer."""
        return Answer.of({"error": {"code": self.code, "message": self.message}}, self.status, **self.headers)


Handler = Callable[[Call], Answer]


class Watcher(Protocol):
    """Sees every call that is dispatched, those inside a Graph `$batch` too."""

    def before(self, call: Call) -> Answer | None:
        """Return an answer to give instead of the handler's, or None."""

    def after(self, call: Call, family: str, answer: Answer) -> None:
        """Take note of an answer; the family is the pattern of the route, "" where there is none."""


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    family: str
    pattern: re.Pattern[str]
    ending: str
    handler: Handler


class Router:
    """Finds the handler of a call.

    A pattern is a path with `{name}` for one segment and `{name*}` for any number of them, none included (a scope:
    `{scope*}/providers/Microsoft.Authorization/locks`). Letter case and a final slash do not matter. Patterns are tried
    in the order of their addition.
    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        self._routes: dict[str, list[_Route]] = {}
        self._watcher = watcher

    def add(self, api: str, method: str, pattern: str, handler: Handler) -> None:
        """Add a route."""
        pattern = pattern.rstrip("/")
        parts = re.split(r"(\{[a-z_]+\*?\})", pattern)
        compiled = re.compile("".join(_part(part) for part in parts) + r"/?", re.IGNORECASE)
        ending = pattern.rpartition("}")[2].lower()
        self._routes.setdefault(api, []).append(_Route(method, pattern, compiled, ending, handler))

    def dispatch(self, call: Call) -> Answer:
        """Return the answer to a call; a path that nobody knows is a 404 in Azure's shape."""
        if self._watcher is None:
            return self.handle(call)
        answer = self._watcher.before(call)
        family = ""
        if answer is None:
            family, answer = self._find(call)
        self._watcher.after(call, family, answer)
        return answer

    def handle(self, call: Call) -> Answer:
        """Return the answer to a call that nobody watches."""
        return self._find(call)[1]

    def _find(self, call: Call) -> tuple[str, Answer]:
        """Return the family and the answer of the first route that takes the call."""
        allowed = False
        path = call.path.lower().rstrip("/")
        for route in self._routes.get(call.api, ()):
            # Most routes end in words of their own: comparing these is much cheaper than the pattern.
            if path.endswith(route.ending) and (found := route.pattern.fullmatch(call.path)):
                if route.method == call.method:
                    return route.family, _handled(route.handler, replace(call, arguments=found.groupdict()))
                allowed = True
        if allowed:
            return "", Refusal(405, "MethodNotAllowed", f"the method {call.method} is not allowed here").answer()
        return "", Refusal(404, "NotFound", f"the simulator knows no {call.method} {call.path}").answer()


def _handled(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except Refusal as refusal:
        return refusal.answer()


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{}")
    return f"(?P<{name[:-1]}>(?:/[^/]+)*)" if name.endswith("*") else f"(?P<{name}>[^/]+)"
