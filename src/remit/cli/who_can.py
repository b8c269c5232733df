"""`remit who-can`: everybody who can do an action at a scope, and through what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Which, read_at, read_plane
from remit.cli.output import console, write_bytes
from remit.cli.places import place, short_id
from remit.cli.sentences import sentences
from remit.model.decision import Decision, EligibleFor, Granted, MayBeDenied, MayGrant, NotSeen, Outcome, Reason
from remit.model.interval import format_instant
from remit.model.question import parse_action
from remit.model.scope import Scope

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.answering import Holder, Holders, Tenant

MOST_ROWS = 50
"""Rows of a table for people; JSON holds them all."""

_KIND_ORDER = {"user": 0, "servicePrincipal": 1, "device": 2, "group": 3}

_Section = tuple[str, Sequence[int], str, type[Granted | EligibleFor] | None]


def who_can(
    action: Annotated[str, Parameter(help="One exact operation, such as Microsoft.Sql/servers/read.")],
    scope: Annotated[str, Parameter(help="Where: /subscriptions/…, a management group, or /.")],
    /,
    *,
    data: Annotated[bool, Parameter(help="Ask about the data plane.", show_default=False)] = False,
    eligible: Annotated[
        bool, Parameter(help="Also list who could after activating a role or membership.", show_default=False)
    ] = False,
    at: Annotated[str | None, Parameter(help="Instant asked about. [default: when collected]")] = None,
    json: Annotated[bool, Parameter(help="Write JSON.", show_default=False)] = False,
    which: Which = NEWEST,
) -> int:
    """List who can."""
    plane, instant, place_asked, action = read_plane(data), read_at(at), Scope.parse(scope), parse_action(action)
    tenant = which.open()
    found = tenant.who_can(action, plane, place_asked, instant)
    if json:
        for part in _json_parts(tenant, found, eligible=eligible):
            write_bytes(part)
    else:
        show_holders(console(), tenant, found, eligible=eligible)
    return 0


def show_holders(out: Console, tenant: Tenant, found: Holders, *, eligible: bool) -> None:
    """Write tables of who can, for whom it is not known, and who could."""
    from rich.text import Text

    counts = [f"{len(found.allowed)} allowed", f"{len(found.unknown)} unknown", f"{len(found.eligible)} eligible"]
    out.print(Text("Who can do this?", style="bold") + Text(f"  {', '.join(counts)}"))
    fields(
        out,
        [
            ("action", f"{found.action} ({found.plane.word} plane)"),
            ("scope", place(found.scope.text)),
            *([] if found.scope.is_root else [("", found.scope.text)]),
            ("as of", format_instant(found.at)),
        ],
    )
    lists: list[_Section] = [
        ("Allowed", found.allowed.tolist(), "bold green", Granted),
        ("Unknown: it depends on an attribute, or on what was not read", found.unknown.tolist(), "bold yellow", None),
    ]
    if eligible:
        lists.append(
            ("Eligible: after activating a role or a membership", found.eligible.tolist(), "bold cyan", EligibleFor)
        )
    for title, rows, style, kind in lists:
        if len(rows):
            out.print()
            out.print(Text(title, style=style))
            _show_list(out, tenant, found, rows, kind)
    if not eligible and len(found.eligible):
        out.print()
        paragraph(out, f"{len(found.eligible)} could after activating a role or a membership; --eligible lists them.")
    for gap in found.gaps:
        out.print()
        paragraph(out, sentences(gap, found.scope.text, {})[0], first="Not seen: ", style="yellow")


def _show_list(
    out: Console, tenant: Tenant, found: Holders, rows: Iterable[int], kind: type[Granted | EligibleFor] | None
) -> None:
    wanted = list(rows)
    holders = sorted(
        tenant.holders(found, wanted[:MOST_ROWS]),
        key=lambda one: (_KIND_ORDER.get(one.principal.kind, 9), one.principal.label.casefold()),
    )
    table = plain_table(("principal", 3), ("kind", 2), ("role", 4), ("assigned at", 4), ("through", 3))
    for holder in holders:
        table.add_row(*_cells(tenant, holder, kind))
    show_table(out, table)
    if len(wanted) > MOST_ROWS:
        out.print(f"  … and {len(wanted) - MOST_ROWS} more; --json lists them all.")


def _cells(tenant: Tenant, holder: Holder, kind: type[Granted | EligibleFor] | None) -> tuple[str, ...]:
    because = holder.decision.because
    chosen = next((one for one in because if isinstance(one, kind)), None) if kind else _open_question(holder.decision)
    principal = holder.principal
    kind_word = {"servicePrincipal": "service principal"}.get(principal.kind, principal.kind)
    role, at, through = _grant_cells(tenant, chosen)
    others = sum(isinstance(one, type(chosen)) for one in because) - 1
    if others > 0 and role:
        role = f"{role} (+{others})"
    if isinstance(chosen, EligibleFor) and holder.decision.outcome is Outcome.DENIED:
        # Activating may not help, or may just be what lifts it; only asking again after activation tells.
        role = f"{role} (now denied)"
    return principal.label, kind_word, role, at, through


def _grant_cells(tenant: Tenant, reason: Reason | None) -> tuple[str, str, str]:
    """Return role, scope and groups of a reason, or what is not known."""
    if isinstance(reason, Granted | MayGrant | EligibleFor):
        facts = reason.assignment
        names = tenant.principals.labels(facts.membership)
        groups = [names.get(one, one) for one in facts.membership[1:]]
        return facts.role_name or short_id(facts.role_id), place(facts.scope), " > ".join(groups)
    if isinstance(reason, MayBeDenied):
        return "may be denied", place(reason.scope), reason.name
    if isinstance(reason, NotSeen):
        return f"not read: {reason.api}", place(reason.scope), ""
    return "", "", ""


def _open_question(decision: Decision) -> Reason | None:
    """Return what keeps an answer open: a deny or a gap before a grant that depends on something."""
    kinds = (MayGrant, MayBeDenied, NotSeen)
    return next((one for kind in kinds for one in decision.because if isinstance(one, kind)), None)


def _json_parts(tenant: Tenant, found: Holders, *, eligible: bool) -> Iterator[bytes]:
    from remit.wire.v1.holdings import (
        HolderDocument,
        WhoCanCounts,
        WhoCanDocument,
        holder_document,
        stream_who_can,
    )
    from remit.wire.v1.reasons import gap_document

    def documents(rows: Iterable[int]) -> Iterator[HolderDocument]:
        for one in tenant.holders(found, rows):
            yield holder_document(one.principal, one.decision.because)

    head = WhoCanDocument(
        found.action,
        found.plane.word,
        found.scope.text,
        format_instant(found.at),
        tenant.snapshot_id,
        WhoCanCounts(len(found.allowed), len(found.unknown), len(found.eligible)),
        tuple(gap_document(gap) for gap in found.gaps),
    )
    lists = {"allowed": documents(found.allowed), "unknown": documents(found.unknown)}
    if eligible:
        lists["eligible"] = documents(found.eligible)
    yield from stream_who_can(head, lists)
    yield b"\n"
