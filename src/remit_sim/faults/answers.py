"""The answers of a struck request, as ARM and Microsoft Graph would say them."""

from __future__ import annotations

import re

from remit_sim.call import GRAPH, Answer, Call

_SERVER_ERRORS = (500, 502, 503, 504)
_CODES = {
    500: ("InternalServerError", "The server encountered an internal error. Please retry the request."),
    502: ("BadGateway", "The gateway received an invalid response from the upstream server."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Please retry the request."),
    504: ("GatewayTimeout", "The gateway did not receive a response from the upstream server in time."),
}
_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete", "POST": "action"}
_PROVIDER = re.compile(r"^(?P<scope>.*)/providers/(?P<namespace>[^/]+)(?P<rest>/.*)?$", re.IGNORECASE)


def too_many(call: Call, retry_after_s: int) -> Answer:
    """Return 429."""
    if call.api == GRAPH:
        error = {"code": "TooManyRequests", "message": "Too many requests, please retry later."}
    else:
        error = {"code": "TooManyRequests", "message": "The request is being throttled as the limit has been reached."}
    return Answer.of({"error": error}, 429, Retry_After=str(retry_after_s))


def server_error(chosen: float) -> Answer:
    """Return one of the 5xx; a gateway's has a page for people instead of JSON."""
    status = _SERVER_ERRORS[int(chosen * len(_SERVER_ERRORS))]
    code, message = _CODES[status]
    if status == 502:  # noqa: PLR2004 - a gateway's own
        return Answer(status, f"<html><body><h1>{message}</h1></body></html>".encode(), {"Content-Type": "text/html"})
    return Answer.of({"error": {"code": code, "message": message}}, status)


def forbidden(call: Call) -> Answer:
    """Return 403."""
    if call.api == GRAPH:
        code, message = "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    else:
        action, scope = _action(call)
        client = call.caller.client_id if call.caller else ""
        object_id = call.caller.object_id if call.caller else ""
        code = "AuthorizationFailed"
        message = (
            f"The client '{client}' with object id '{object_id}' does not have authorization to perform action "
            f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh "
            "your credentials."
        )
    return Answer.of({"error": {"code": code, "message": message}}, 403)


def _action(call: Call) -> tuple[str, str]:
    """Return the action that a call needs by its path, and the scope."""
    verb = _VERBS.get(call.method, "read")
    found = _PROVIDER.match(call.path)
    if found is None:
        return f"Microsoft.Resources/subscriptions/{verb}", call.path
    segments = [part for part in (found["rest"] or "").split("/") if part]
    types = "/".join(segments[::2])
    return f"{found['namespace']}/{types}/{verb}", found["scope"] or "/"
