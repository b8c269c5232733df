"""Lists as Graph gives them: context, count, link to the next page, rows.

    >>> from datetime import UTC, datetime
    >>> from remit_sim.clock import SimClock
    >>> from remit_sim.graph.rows import Chosen
    >>> from remit_sim.tenant import SimTenant
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> call = Call("graph", "GET", "/users", tenant, base_url="https://127.0.0.1:1", version="v1.0")
    >>> page_of(call, Options(), Chosen([(0, b'{"id":"1"}')]), "users").body
    b'{"@odata.context":"https://127.0.0.1:1/v1.0/$metadata#users","value":[{"id":"1"}]}'

Rows are joined as bytes: a page costs little more than its length.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from remit_sim.call import Answer, Call, Refusal
from remit_sim.graph.options import Options
from remit_sim.graph.rows import Render, Rows, with_fields
from remit_sim.paging import next_link
from remit_sim.tenant import Row


def page_of(call: Call, options: Options, rows: Rows, context: str, render: Render | None = None) -> Answer:
    """Return one page of a list.

    Args:
        call: the request, for the links.
        options: where the page starts, and how long it may be.
        rows: all rows of the list, its filter applied.
        context: what the rows are, as `@odata.context` names it, without the selection.
        render: makes the served row of each.
    """
    page = rows.page(options.start, options.top + 1)
    link = next_link(call, page[options.top][0]) if len(page) > options.top else ""
    served: Iterable[Row] = (row for _, row in page[: options.top])
    return envelope(
        call,
        context + selection(options),
        map(render, served) if render else served,
        count=len(rows) if options.count else None,
        links={"@odata.nextLink": link} if link else {},
    )


def envelope(
    call: Call, context: str, rows: Iterable[Row], *, count: int | None = None, links: dict[str, str] | None = None
) -> Answer:
    """Return rows in Graph's envelope."""
    head: dict[str, object] = {"@odata.context": context_of(call, context)}
    if count is not None:
        head["@odata.count"] = count
    value = b"[" + b",".join(rows) + b"]"
    return Answer(200, with_fields(msgspec.json.encode(head | (links or {})), ("value", value)))


def entity(call: Call, context: str, row: Row, status: int = 200) -> Answer:
    """Return one object with its `@odata.context` before its properties."""
    head = msgspec.json.encode({"@odata.context": context_of(call, f"{context}/$entity")})
    rest = row.lstrip()[1:].lstrip()
    return Answer(status, head[:-1] + (b"" if rest.startswith(b"}") else b",") + rest)


def context_of(call: Call, name: str) -> str:
    """Return the text of `@odata.context`."""
    return f"{call.base_url}/{call.version}/$metadata#{name}"


def selection(options: Options) -> str:
    """Return what `@odata.context` says of `$select` and `$expand`: `(id,members(id))`, "" where nothing is chosen."""
    expanded = [f"{part.relation}({','.join(part.select)})" for part in options.expand]
    chosen = [*options.select, *expanded]
    return f"({','.join(chosen)})" if chosen else ""


def not_found(name: str) -> Refusal:
    """Return Graph's 404 for an object that is not there."""
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return Refusal(404, "Request_ResourceNotFound", message)


def bad_request(message: str) -> Refusal:
    """Return Graph's 400 for a request that cannot be carried out."""
    return Refusal(400, "Request_BadRequest", message)
