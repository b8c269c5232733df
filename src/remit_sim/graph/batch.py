"""`$batch`: up to 20 requests in one, each answered as if it had come alone.

    POST /v1.0/$batch {"requests": [{"id": "1", "method": "GET", "url": "/users?$top=5"}]}

Every part goes through the same router with the same caller: it is authorised, counted and struck by faults by itself,
so a batch of 200 may hold a 403 and a 429. Parts run in the order in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from remit_sim.call import Answer, Call, Handler, Refusal, Router
from remit_sim.tenant import Fields

LARGEST_BATCH = 20
_JSON = "application/json"
_FAILED = 400
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


def batch(router: Router) -> Handler:
    """Return what answers a batch through a router."""

    def handler(call: Call) -> Answer:
        if call.caller is None:
            raise Refusal(401, "InvalidAuthenticationToken", "Access token is empty.")
        statuses: dict[str, int] = {}
        responses = []
        for part in _parts(call):
            waits_for = [str(name) for name in part.get("dependsOn") or ()]
            if any(statuses.get(name, _FAILED) >= _FAILED for name in waits_for):
                answer = Refusal(424, "FailedDependency", "A request that this one depends on has failed.").answer()
            else:
                answer = router.dispatch(_call_of(call, part))
            statuses[str(part["id"])] = answer.status
            responses.append(_response(str(part["id"]), answer))
        return Answer.of({"responses": responses})

    return handler


def _parts(call: Call) -> list[Fields]:
    """Return the requests of a batch.

    Raises:
        Refusal: there are none or too many, or one of them is no request.
    """
    body = call.json()
    parts = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(parts, list) or not parts:
        raise _refused("Invalid batch payload format.")
    if len(parts) > LARGEST_BATCH:
        raise _refused(f"Number of batch request steps exceeds the maximum value of {LARGEST_BATCH}.")
    if not all(isinstance(part, dict) and part.get("id") and _is_request(part) for part in parts):
        raise _refused("Every request of a batch needs an id, a method and a relative url.")
    if len({str(part["id"]) for part in parts}) < len(parts):
        raise _refused("Request ids of a batch have to be unique.")
    return parts


def _is_request(part: Fields) -> bool:
    url = part.get("url")
    known = str(part.get("method", "")).upper() in _METHODS
    return known and isinstance(url, str) and not re.match(r"/?\$batch|\w+://", url)


def _call_of(call: Call, part: Fields) -> Call:
    url = urlsplit("/" + part["url"].lstrip("/"))
    headers: Mapping[str, str] = part.get("headers") or {}
    body = part.get("body")
    return replace(
        call,
        method=part["method"].upper(),
        path=unquote(url.path),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name.lower(): text for name, text in headers.items()},
        body=b"" if body is None else msgspec.json.encode(body),
    )


def _response(name: str, answer: Answer) -> Fields:
    headers = {"Content-Type": _JSON} | dict(answer.headers) if answer.body else dict(answer.headers)
    response: Fields = {"id": name, "status": answer.status, "headers": headers}
    if answer.body:
        is_json = headers["Content-Type"].startswith(_JSON)
        response["body"] = msgspec.Raw(answer.body) if is_json else answer.body.decode()
    return response


def _refused(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
