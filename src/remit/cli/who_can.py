"""`remit who-can`: everybody who can do an action at a scope, and through what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.options import NEWEST, Which, read_at, read_plane
from remit.cli.output import console, write_bytes
from remit.cli.places import place
from remit.cli.sentences import sentences
from remit.model.decision import Decision, EligibleFor, Granted, MayBeDenied, MayGrant, NotSeen, Reason
from remit.model.interval import format_instant
from remit.model.question import parse_action
from remit.model.scope import Scope

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.answering import Holder, Holders, Tenant

MOST_ROWS = 50
"""Rows of a table for people; JSON holds them all."""


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
    from rich.padding import Padding
    from rich.text import Text

    out.print(Text(f"Who can {found.action} ({found.plane.word} plane)", style="bold"))
    described = place(found.scope.text)
    where = found.scope.text if described == found.scope.text else f"at {described}: {found.scope.text}"
    out.print(Padding(Text(where), (0, 0, 0, 2)))
    out.print(Padding(Text(f"as of {format_instant(found.at)}", style="dim"), (0, 0, 0, 2)))
    lists: list[tuple[str, Sequence[int], str, type[Granted | EligibleFor] | None]]
    lists = [("Allowed", found.allowed, "green", Granted), ("Unknown", found.unknown, "yellow", None)]
    if eligible:
        lists.append(("Eligible, not active", found.eligible, "cyan", EligibleFor))
    for title, rows, style, kind in lists:
        out.print()
        out.print(Text.assemble((title, f"bold {style}"), f"  {len(rows)}"))
        if len(rows):
            _show_list(out, tenant, found, rows, kind)
    if not eligible and len(found.eligible):
        out.print(f"\n{len(found.eligible)} more could after activating a role or membership; see --eligible.")
    for gap in found.gaps:
        out.print(Padding(Text(f"Not seen: {sentences(gap, found.scope.text, {})[0]}", style="yellow"), (1, 0, 0, 0)))


def _show_list(
    out: Console, tenant: Tenant, found: Holders, rows: Iterable[int], kind: type[Granted | EligibleFor] | None
) -> None:
    from rich.table import Table

    wanted = list(rows)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for name, ratio in (("principal", 3), ("kind", 0), ("role", 3), ("assigned at", 3), ("through", 3)):
        table.add_column(name, overflow="fold", ratio=ratio or None, no_wrap=not ratio, header_style="dim")
    holders = sorted(
        tenant.holders(found, wanted[:MOST_ROWS]), key=lambda one: (one.principal.kind, one.principal.label.casefold())
    )
    for holder in holders:
        table.add_row(*_cells(tenant, holder, kind))
    from rich.padding import Padding

    out.print(Padding(table, (0, 0, 0, 2)))
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
    return principal.label, kind_word, role, at, through


def _grant_cells(tenant: Tenant, reason: Reason | None) -> tuple[str, str, str]:
    """Return role, scope and groups of a reason, or what is not known."""
    if isinstance(reason, Granted | MayGrant | EligibleFor):
        facts = reason.assignment
        names = tenant.principals.labels(facts.membership)
        groups = [names.get(one, one) for one in facts.membership[1:]]
        return facts.role_name or facts.role_id, place(facts.scope), " > ".join(groups)
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
