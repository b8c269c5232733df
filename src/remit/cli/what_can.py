"""`remit what-can`: what a principal holds, block by block, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.options import NEWEST, Which, read_at
from remit.cli.output import console, write_json
from remit.cli.places import place
from remit.cli.sentences import sentences
from remit.cli.showing import listed
from remit.model.effective import EffectivePermission, Standing, WhatCan
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.model.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console


MOST_ROWS = 50

_STYLES = {
    Standing.HOLDS: "green",
    Standing.CONDITIONAL: "yellow",
    Standing.ELIGIBLE: "cyan",
    Standing.UNKNOWN: "yellow",
    Standing.NOTHING: "dim",
}


def what_can(
    principal: Annotated[str, Parameter(help="Object id, appId, user principal name or display name.")],
    /,
    *,
    scope: Annotated[str | None, Parameter(help="Only what counts at this scope. [default: everywhere]")] = None,
    at: Annotated[str | None, Parameter(help="Instant asked about. [default: when collected]")] = None,
    json: Annotated[bool, Parameter(help="Write JSON.", show_default=False)] = False,
    which: Which = NEWEST,
) -> int:
    """List what a principal holds."""
    place_asked, instant = None if scope is None else Scope.parse(scope), read_at(at)
    tenant = which.open()
    asked = tenant.principals.named(tenant.principals.find(principal))
    held = tenant.what_can(asked.principal_id, place_asked, instant)
    names = tenant.names_in([*held.permissions, *held.denies])
    if json:
        from remit.wire.v1.holdings import what_can_document

        write_json(what_can_document(asked, held, tenant.snapshot_id, names))
    else:
        show_holdings(console(), asked, held, names)
    return 0


def show_holdings(out: Console, asked: PrincipalName, held: WhatCan, names: Mapping[str, str]) -> None:
    """Write a table of assignments, then denies, gaps and guards."""
    from rich.padding import Padding
    from rich.text import Text

    kind = {"servicePrincipal": "service principal"}.get(asked.kind, asked.kind)
    out.print(Text.assemble((f"What {asked.label} can do", "bold"), f"  ({kind} {asked.principal_id})"))
    where = "anywhere in the tenant" if held.scope == "/" else f"at {place(held.scope)}: {held.scope}"
    out.print(Padding(Text(where), (0, 0, 0, 2)))
    out.print(Padding(Text(f"as of {format_instant(held.at)}", style="dim"), (0, 0, 0, 2)))
    out.print()
    if held.permissions:
        _show_table(out, held, names)
    else:
        out.print("  It holds no role assignment here.")
    if held.operations:
        out.print()
        for plane in ("control", "data"):
            counts = [f"{one.count} {one.verb}" for one in held.operations if one.plane == plane]
            if counts:
                out.print(f"  {plane} plane, operations of the catalogue: {', '.join(counts)}")
    for title, reasons in (("Taken away", held.denies), ("Maybe taken away", held.may_be_denied)):
        for reason in reasons:
            said = sentences(reason, held.scope, names)[:2]
            out.print(Padding(Text.assemble((f"{title}: ", "bold red"), " ".join(said)), (1, 0, 0, 2)))
    for gap in held.gaps:
        out.print(Padding(Text(f"Not seen: {sentences(gap, held.scope, {})[0]}", style="yellow"), (1, 0, 0, 2)))
    for guard in held.guards:
        out.print(Padding(Text(f"- {guard.detail}"), (1, 0, 0, 2)))


def _show_table(out: Console, held: WhatCan, names: Mapping[str, str]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for name, ratio in (("standing", 0), ("role", 3), ("assigned at", 3), ("through", 2), ("may do", 5)):
        table.add_column(name, overflow="fold", ratio=ratio or None, no_wrap=not ratio, header_style="dim")
    for one in held.permissions[:MOST_ROWS]:
        facts = one.assignment
        through = " > ".join(names.get(each, each) for each in facts.membership[1:])
        standing = Text(one.standing.value, style=_STYLES[one.standing])
        table.add_row(standing, facts.role_name or facts.role_id, place(facts.scope), through, _may_do(one))
    out.print(Padding(table, (0, 0, 0, 2)))
    if len(held.permissions) > MOST_ROWS:
        out.print(f"  … and {len(held.permissions) - MOST_ROWS} more; --json lists them all.")


def _may_do(held: EffectivePermission) -> str:
    """Return the patterns of a block in few words, and what stands in the way."""
    said = []
    if held.block is not None:
        block = held.block
        if block.actions:
            said.append(listed(block.actions, 2))
        if block.not_actions:
            said.append(f"except {listed(block.not_actions, 1)}")
        if block.data_actions:
            said.append(f"data: {listed(block.data_actions, 2)}")
        if block.not_data_actions:
            said.append(f"data except {listed(block.not_data_actions, 1)}")
    if held.why:
        said.append(f"({held.why})")
    if held.until is not None:
        said.append(f"until {format_instant(held.until)}")
    return "\n".join(said)
