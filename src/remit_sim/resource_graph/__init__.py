"""Azure Resource Graph: queries over the tenant's resources, containers, roles, policies and their changes.

    POST /providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01
    {"query": "resources | project id, type | order by id asc", "options": {"$top": 1000}}

Anybody who can sign in may ask; rows that the caller cannot read are left out in silence. Columns come in the order of
`project`, and what a row of the export says is given byte for byte. The quota in the headers is never used up:
throttling is a fault to be switched on.
"""

from __future__ import annotations

import msgspec

from remit_sim import paging
from remit_sim.call import ARM, Answer, Call, Refusal, Router
from remit_sim.resource_graph.kql.errors import QueryError
from remit_sim.resource_graph.kql.values import JSON_KINDS
from remit_sim.resource_graph.refusals import refused_query
from remit_sim.resource_graph.requests import request_of
from remit_sim.resource_graph.results import Page, page_of

PATH = "/providers/Microsoft.ResourceGraph/resources"
QUOTA = {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}


def add_routes(router: Router) -> None:
    """Add the one call of Resource Graph."""
    router.add(ARM, "POST", PATH, resources)


def resources(call: Call) -> Answer:
    """Answer a query.

    Raises:
        Refusal: 400 for what is not understood or a token that has expired, 401 without a caller.
    """
    if call.caller is None:
        raise Refusal(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    try:
        page = page_of(call, call.caller, request_of(call))
    except QueryError as error:
        raise refused_query(call, error) from error
    return Answer(200, _body(call, page), QUOTA)


def _body(call: Call, page: Page) -> bytes:
    token, truncated = b"", "false"
    if page.following is not None:
        if "id" in page.result.kinds:
            token = b',"$skipToken":' + msgspec.json.encode(paging.encode(call, page.following))
        else:
            # Without ids Azure pages nothing: it only tells that there was more.
            truncated = "true"
    head = {
        "totalRecords": len(page.result.rows),
        "count": len(page.rows),
        "resultTruncated": truncated,
        "facets": (),
    }
    return b'%s,"data":%s%s}' % (msgspec.json.encode(head)[:-1], _data(page), token)


def _data(page: Page) -> bytes:
    rows = b"[%s]" % b",".join(page.rows)
    if not page.result.as_table:
        return rows
    columns = [{"name": name, "type": JSON_KINDS.get(kind, "object")} for name, kind in page.result.kinds.items()]
    return b'{"columns":%s,"rows":%s}' % (msgspec.json.encode(columns), rows)
