"""`remit can`: one question, one answer, and why."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from remit.cli.options import NEWEST, DataFlag, Instant, JsonFlag, Which, read_at, read_attributes, read_plane, switch
from remit.cli.output import console, write_json
from remit.cli.showing import show_decision
from remit.model.decision import Outcome
from remit.model.question import Question, parse_action
from remit.model.scope import Scope

EXIT_CODES = {Outcome.ALLOWED: 0, Outcome.NOT_ALLOWED: 1, Outcome.DENIED: 1, Outcome.UNKNOWN: 3}


def can(
    principal: Annotated[str, Parameter(help="Object id, appId, user principal name or display name.")],
    action: Annotated[str, Parameter(help="One exact operation, such as Microsoft.Sql/servers/read.")],
    scope: Annotated[str, Parameter(help="Where: /subscriptions/…, a management group, or /.")],
    /,
    *,
    data: DataFlag = False,
    at: Instant = None,
    attr: Annotated[
        tuple[str, ...],
        Parameter(
            help="What the call carries, for conditions; may be repeated.",
            show_default=False,
            negative="",
            metavar="KEY=VALUE",
        ),
    ] = (),
    attr_complete: Annotated[bool, switch("The call carries no attribute but these.")] = False,
    sub_operation: Annotated[str | None, Parameter(help="Such as Blob.List.")] = None,
    explain: Annotated[
        bool,
        Parameter(
            help="Tell everything: ids, conditions, clauses, grants that come to nothing.",
            show_default=False,
            negative="",
        ),
    ] = False,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Answer one question."""
    plane, instant, place_asked = read_plane(data), read_at(at), Scope.parse(scope)
    attributes, action = read_attributes(attr), parse_action(action)
    tenant = which.open(instant)
    asked = tenant.principals.named(tenant.principals.find(principal))
    question = Question(asked.principal_id, action, plane, place_asked, attributes, attr_complete, sub_operation)
    decision = tenant.can(question, instant)
    if json:
        from remit.wire.v1.answers import can_document

        names = tenant.names_in(decision.because)
        write_json(can_document(asked, decision, tenant.snapshot_id, names, tenant.state))
    else:
        show_decision(console(), tenant, asked, decision, full=explain)
    return EXIT_CODES[decision.outcome]
