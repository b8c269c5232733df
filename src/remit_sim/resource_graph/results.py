"""Results that are being paged.

The rows of a query are worked out once and kept, so that a page costs no more than its bytes. A continuation token
names the state of the tenant that the first page was made of: the following pages show that state, whatever is edited
meanwhile. Only a few results are kept; a token of one that is gone has expired.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from weakref import WeakKeyDictionary

from remit_sim import paging
from remit_sim.call import Call, Caller
from remit_sim.resource_graph.kql.errors import MEANING
from remit_sim.resource_graph.kql.parsing import parse
from remit_sim.resource_graph.kql.running import Result, Stream, run
from remit_sim.resource_graph.records import columns
from remit_sim.resource_graph.requests import Request
from remit_sim.resource_graph.tables import TABLES, Table
from remit_sim.resource_graph.visibility import Asked, seen
from remit_sim.tenant import SimTenant

KEPT = 12
"""How many results are kept for one tenant."""

_ROW_BITS = 24
_STATE_BYTES = 3
_RIGHTS = ("arm/roleAssignments", "arm/roleDefinitions", "arm/managementGroups", "graph/groupMembers")


@dataclass(frozen=True, slots=True)
class _Key:
    """What a result depends on; `state` is a digest of the lists that it was made of."""

    client_id: str
    query: str
    asked: Asked
    as_table: bool
    state: int


_RESULTS: WeakKeyDictionary[SimTenant, OrderedDict[_Key, Result]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a result, and where the next one starts: a position for `paging.encode`, None after the last row."""

    result: Result
    rows: list[bytes]
    following: int | None


def page_of(call: Call, caller: Caller, request: Request) -> Page:
    """Return the page that is asked for.

    Raises:
        QueryError: the query is not understood.
        Refusal: the continuation token has expired.
    """
    query = parse(request.query)
    table = TABLES.get(query.table)
    if table is None:
        raise query.at.error(f"there is no table `{query.at.text}`", MEANING)
    now = _state(call.tenant, table)
    state, start = now, request.skip
    if request.skip_token:
        state, start = divmod(paging.decode(call, request.skip_token), 1 << _ROW_BITS)
    key = _Key(caller.client_id, request.query, request.asked, request.as_table, state)
    kept = _RESULTS.setdefault(call.tenant, OrderedDict())
    result = kept.get(key)
    if result is None:
        if state != now:
            raise paging.refusal(call)
        records = seen(call.tenant, caller, request.asked, table.records(call.tenant), scoped=table.scoped)
        stream = Stream(columns(call.tenant.tenant_id), records)
        result = run(query, stream, call.tenant.clock.now(), as_table=request.as_table)
        kept[key] = result
        while len(kept) > KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    end = start + request.top
    more = end < len(result.rows)
    return Page(result, result.rows[start:end], (state << _ROW_BITS) + end if more else None)


def _state(tenant: SimTenant, table: Table) -> int:
    versions = [tenant.table(name).version for name in (*table.lists, *_RIGHTS)]
    text = f"{versions} {len(tenant.changes)} {tenant.clock.now().isoformat()}"
    return int.from_bytes(blake2b(text.encode(), digest_size=_STATE_BYTES).digest(), "big")
