"""`remit who-can`: everybody who can do an action at a scope, and through what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, DataFlag, Instant, JsonFlag, Which, read_at, read_plane, switch
from remit.cli.output import console, write_bytes
from remit.cli.places import Names, place, short_id
from remit.cli.sentences import sentences
from remit.cli.showing import kind_word, origin, question_fields, scopes_of
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
    data: DataFlag = False,
    eligible: Annotated[
        bool,
        switch("Also list who could after activating a role or membership."),
    ] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """List who can."""
    plane, instant, place_asked, action = read_plane(data), read_at(at), Scope.parse(scope), parse_action(action)
    tenant = which.open(instant)
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

    lists: list[_Section] = [
        ("Allowed", found.allowed.tolist(), "bold green", Granted),
        ("Unknown: it depends on an attribute, or on what was not read", found.unknown.tolist(), "bold yellow", None),
    ]
    if eligible:
        title = "Eligible: after activating a role or a membership"
        lists.append((title, found.eligible.tolist(), "bold cyan", EligibleFor))
    sections = [
        (title, len(rows), style, kind, list(tenant.holders(found, rows[:MOST_ROWS])))
        for title, rows, style, kind in lists
        if rows
    ]
    shown = [holder for *_, holders in sections for holder in holders]
    reasons = [reason for holder in shown for reason in holder.decision.because]
    names = tenant.names_in(reasons)
    names |= tenant.scope_names(scopes_of([*reasons, *found.gaps], found.scope.text))
    counts = [f"{len(found.allowed)} allowed", f"{len(found.unknown)} unknown", f"{len(found.eligible)} eligible"]
    out.print(Text.assemble(("Who can do this?", "bold"), f"  {', '.join(counts)}"))
    fields(out, [*question_fields(found.action, found.plane, found.scope, found.at, names), *origin(tenant)])
    for title, count, style, kind, holders in sections:
        out.print()
        out.print(Text(title, style=style))
        _show_list(out, holders, kind, names)
        if count > MOST_ROWS:
            out.print(f"  … and {count - MOST_ROWS:,} more; --json lists them all.")
    if not eligible and len(found.eligible):
        out.print()
        paragraph(out, f"{len(found.eligible)} could after activating a role or a membership; --eligible lists them.")
    for gap in found.gaps:
        out.print()
        paragraph(out, sentences(gap, found.scope.text, names)[0], first="Not seen: ", style="yellow")
    _show_guards(out, shown)


def _show_guards(out: Console, shown: list[Holder]) -> None:
    """Write what acts at the place beside RBAC, whoever calls."""
    own = {"accountDisabled", "principalNotFound", "classicAdministrator"}
    said = {guard.detail: guard.clause for one in shown for guard in one.decision.guards if guard.kind not in own}
    if said:
        out.print("\nBeside Azure RBAC, and no part of the answer:")
        for detail in said:
            paragraph(out, detail, indent=2, first="- ")


def _show_list(out: Console, holders: list[Holder], kind: type[Granted | EligibleFor] | None, names: Names) -> None:
    holders.sort(key=lambda one: (_KIND_ORDER.get(one.principal.kind, 9), one.principal.label.casefold()))
    from rich.text import Text

    table = plain_table(("principal", 1), ("through", 1))
    for holder in holders:
        who = Text.assemble(holder.principal.label, (f"\n{kind_word(holder.principal)}", "dim"))
        table.add_row(who, _through(holder, kind, names))
    show_table(out, table)


def _through(holder: Holder, kind: type[Granted | EligibleFor] | None, names: Names) -> str:
    """Return the first reason in a line or two, and how many more there are."""
    because = holder.decision.because
    reason = next((one for one in because if isinstance(one, kind)), None) if kind else _open_question(holder.decision)
    said = _told(reason, names)
    others = sum(isinstance(one, type(reason)) for one in because) - 1
    if others > 0:
        said += f"\nand {others} more" + (" ways" if others > 1 else " way")
    if isinstance(reason, EligibleFor) and holder.decision.outcome is Outcome.DENIED:
        # Activating may not help, or may be just what lifts it: only asking again after activation tells.
        said += "\n(a deny assignment applies now)"
    return said


def _told(reason: Reason | None, names: Names) -> str:
    if isinstance(reason, Granted | MayGrant | EligibleFor):
        facts = reason.assignment
        groups = " > ".join(names.get(one, one) for one in facts.membership[1:])
        head = f"{facts.role_name or short_id(facts.role_id)} at {place(facts.scope, names)}"
        why = f"\n({reason.why})" if isinstance(reason, MayGrant) else ""
        return head + (f"\nas a member of {groups}" if groups else "") + why
    if isinstance(reason, MayBeDenied):
        return f"may be denied by “{reason.name}” at {place(reason.scope, names)}"
    if isinstance(reason, NotSeen):
        return f"{reason.api} was not read for {place(reason.scope, names)}"
    return ""


def _open_question(decision: Decision) -> Reason | None:
    """Return what keeps an answer open: a deny or a gap before a grant that depends on something."""
    kinds = (MayGrant, MayBeDenied, NotSeen)
    return next((one for kind in kinds for one in decision.because if isinstance(one, kind)), None)


def _json_parts(tenant: Tenant, found: Holders, *, eligible: bool) -> Iterator[bytes]:
    from remit.wire.v1.history import state_document
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
            yield holder_document(one.principal, one.decision)

    head = WhoCanDocument(
        found.action,
        found.plane.word,
        found.scope.text,
        format_instant(found.at),
        tenant.snapshot_id,
        WhoCanCounts(len(found.allowed), len(found.unknown), len(found.eligible)),
        tuple(gap_document(gap) for gap in found.gaps),
        state_document(tenant.state),
    )
    lists = {"allowed": documents(found.allowed), "unknown": documents(found.unknown)}
    if eligible:
        lists["eligible"] = documents(found.eligible)
    yield from stream_who_can(head, lists)
    yield b"\n"
