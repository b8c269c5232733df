"""`remit what-can`: what a principal holds, block by block, and where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at
from remit.cli.output import console, write_json
from remit.cli.places import Names, place, whereabouts
from remit.cli.sentences import sentences
from remit.cli.showing import kind_word, listed, origin, scopes_of
from remit.model.decision import Reason
from remit.model.effective import EffectivePermission, Standing, WhatCan
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.model.scope import Scope

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.answering import Tenant

MOST_ROWS = 50

_COUNTED = {"holds": "in force", "nothing": "without effect"}

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
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """List what a principal holds."""
    place_asked, instant = None if scope is None else Scope.parse(scope), read_at(at)
    tenant = which.open(instant)
    asked = tenant.principals.named(tenant.principals.find(principal))
    held = tenant.what_can(asked.principal_id, place_asked, instant)
    names = tenant.names_in([*held.permissions, *held.denies])
    if json:
        from remit.wire.v1.holdings import what_can_document

        write_json(what_can_document(asked, held, tenant.snapshot_id, names, tenant.state))
    else:
        reasons: list[Reason | EffectivePermission] = [*held.permissions, *held.denies, *held.may_be_denied, *held.gaps]
        names |= tenant.scope_names(scopes_of(reasons, held.scope))
        show_holdings(console(), tenant, asked, held, names)
    return 0


def show_holdings(out: Console, tenant: Tenant, asked: PrincipalName, held: WhatCan, names: Names) -> None:
    """Write a table of assignments, then denies, gaps and guards."""
    from rich.text import Text

    counts = Counter(one.standing.value for one in held.permissions)
    summary = ", ".join(f"{counts[word]} {_COUNTED.get(word, word)}" for word in Standing if counts[word])
    out.print(Text.assemble((f"What can {asked.label} do?", "bold"), f"  {summary or 'nothing'}"))
    where = "anywhere in the tenant" if held.scope == "/" else whereabouts(held.scope, names)
    fields(
        out,
        [
            ("who", f"{kind_word(asked)} {asked.principal_id}"),
            ("scope", where),
            ("as of", format_instant(held.at.replace(microsecond=0))),
            *origin(tenant),
        ],
    )
    out.print()
    if held.permissions:
        _show_table(out, held, names)
    else:
        out.print("  It holds no role assignment here.")
        # Somebody who holds nothing in Azure may still rule the directory.
        paragraph(out, "Entra roles, app permissions and ownership are no part of this answer.", indent=2)
    for plane in ("control", "data"):
        done = [f"{one.count} {one.verb}" for one in held.operations if one.plane == plane and one.count]
        if done:
            out.print()
            paragraph(out, f"Operations of the catalogue, {plane} plane: {', '.join(done)}.", indent=2)
    for deny in held.denies:
        said = [one for one in sentences(deny, held.scope, names)[1:] if not one.startswith("(")]
        out.print()
        paragraph(out, f"Deny assignment “{deny.name}”. {' '.join(said)}", indent=2, style="red")
    for maybe in held.may_be_denied:
        out.print()
        paragraph(out, f"Deny assignment “{maybe.name}” may apply: {maybe.why}.", indent=2, style="yellow")
    for gap in held.gaps:
        out.print()
        paragraph(out, sentences(gap, held.scope, names)[0], indent=2, first="Not seen: ", style="yellow")
    for guard in held.guards:
        out.print()
        paragraph(out, guard.detail, indent=2, first="- ")


def _show_table(out: Console, held: WhatCan, names: Names) -> None:
    from rich.text import Text

    table = plain_table(("standing", 0), ("role, where it is assigned, what it may do", 1))
    for one in held.permissions[:MOST_ROWS]:
        facts = one.assignment
        what = Text.assemble((facts.role_name or facts.role_id, "bold"), f" at {place(facts.scope, names)}")
        through = " > ".join(names.get(each, each) for each in facts.membership[1:])
        for line in ([f"through {through}"] if through else []) + _may_do(one):
            what.append(f"\n{line}", style="dim")
        table.add_row(Text(one.standing.value, style=_STYLES[one.standing]), what)
    show_table(out, table)
    if len(held.permissions) > MOST_ROWS:
        out.print(f"  … and {len(held.permissions) - MOST_ROWS} more; --json lists them all.")


def _may_do(held: EffectivePermission) -> list[str]:
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
    return said
