"""How Resource Graph refuses: the reason stands in `details`, the message only helps to find the request again."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from remit_sim.call import Answer, Call, Refusal
from remit_sim.paging import chain_of
from remit_sim.resource_graph.kql.errors import QueryError
from remit_sim.resource_graph.kql.values import instant_text


class QueryRefusal(Refusal):
    """400 `BadRequest` with details, each of a code and a message."""

    def __init__(self, message: str, details: list[dict[str, Any]]) -> None:
        super().__init__(400, "BadRequest", message)
        self.details = details

    def answer(self) -> Answer:
        """Return it as an answer."""
        return Answer.of({"error": {"code": self.code, "message": self.message, "details": self.details}}, self.status)


def refused(call: Call, code: str, message: str) -> QueryRefusal:
    """Return the refusal of a request."""
    return QueryRefusal(_support(call), [{"code": code, "message": message}])


def refused_query(call: Call, error: QueryError) -> QueryRefusal:
    """Return the refusal of a query that is not understood; the second detail says what, and where."""
    place: dict[str, Any] = {}
    if error.line:
        place = {"line": error.line, "characterPositionInLine": error.column, "token": error.token}
    return QueryRefusal(
        _support(call),
        [
            {"code": "InvalidQuery", "message": "Query is invalid."},
            {"code": error.code, "message": error.message, **place},
        ],
    )


def _support(call: Call) -> str:
    correlation = uuid5(NAMESPACE_URL, chain_of(call))
    now = instant_text(call.tenant.clock.now())
    return f"Please provide below info when asking for support: timestamp = {now}, correlationId = {correlation}."
