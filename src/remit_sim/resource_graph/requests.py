"""What a client asks Resource Graph: the body of the request, checked.

Rules: `$top` is 1 to 1000 and 1000 where it is not given, `$skip` counts only on the first page, answers are arrays of
objects unless `resultFormat` says `table`; what the simulator does not know (facets, other options) is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from remit_sim import places
from remit_sim.call import Call
from remit_sim.resource_graph.refusals import refused
from remit_sim.resource_graph.visibility import DEFAULT_FILTER, Asked

MOST_ROWS = 1000
_MOST_GROUPS = 10
_OLDEST_VERSION = "2021-03-01"

_Rows = Annotated[int, Meta(ge=1, le=MOST_ROWS)]
_Skip = Annotated[int, Meta(ge=0)]
_Scopes = Literal["AtScopeAndBelow", "AtScopeAndAbove", "AtScopeExact", "AtScopeAboveAndBelow"]


class _Options(Struct, forbid_unknown_fields=True):
    top: _Rows | None = field(default=None, name="$top")
    skip: _Skip | None = field(default=None, name="$skip")
    skip_token: str | None = field(default=None, name="$skipToken")
    result_format: Literal["objectArray", "table"] | None = field(default=None, name="resultFormat")
    scope_filter: _Scopes | None = field(default=None, name="authorizationScopeFilter")
    allow_partial_scopes: bool | None = field(default=None, name="allowPartialScopes")


class _Body(Struct, forbid_unknown_fields=True):
    query: str
    subscriptions: list[str] | None = None
    management_groups: list[str] | None = field(default=None, name="managementGroups")
    options: _Options | None = None


_DECODE = msgspec.json.Decoder(_Body).decode


@dataclass(frozen=True, slots=True)
class Request:
    """One request: what is asked, and which page of it."""

    query: str
    asked: Asked
    top: int
    skip: int
    skip_token: str
    as_table: bool


def request_of(call: Call) -> Request:
    """Return what a call asks.

    Raises:
        Refusal: 400, naming what is not understood.
    """
    if call.version < _OLDEST_VERSION:
        raise refused(call, "InvalidApiVersionParameter", f"the simulator serves {_OLDEST_VERSION} and later")
    try:
        body = _DECODE(call.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refused(call, "InvalidRequest", f"the request is not understood: {error}") from error
    options = body.options or _Options()
    return Request(
        query=body.query,
        asked=Asked(_places(call, body), options.scope_filter or DEFAULT_FILTER),
        top=call.page_rows(options.top or MOST_ROWS),
        skip=options.skip or 0,
        skip_token=options.skip_token or "",
        as_table=options.result_format == "table",
    )


def _places(call: Call, body: _Body) -> tuple[str, ...]:
    groups, subscriptions = body.management_groups or [], body.subscriptions or []
    if groups and subscriptions:
        raise refused(call, "InvalidRequest", "a query is about subscriptions or management groups, not both")
    if len(groups) > _MOST_GROUPS:
        raise refused(call, "InvalidRequest", f"a query is about {_MOST_GROUPS} management groups at most")
    known, tree = call.tenant.table("arm/subscriptions"), places.tree(call.tenant)
    wanted = [
        *(places.SUBSCRIPTIONS + one.lower() for one in subscriptions),
        *(places.GROUPS + one.lower() for one in groups),
    ]
    found = tuple(place for place in wanted if place in tree.parents or known.get(place) is not None)
    if wanted and not found:
        message = "There must be at least one subscription or management group that is eligible to contain resources."
        raise refused(call, "NoValidSubscriptionsInQueryRequest", message)
    return found
