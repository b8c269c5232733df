"""`remit tiers`: which plane everybody reaches (control, management, workload), and the path that shows it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.graph_words import (
    KIND_WORDS,
    MOST_ROWS,
    names_for,
    node_words,
    show_path,
    show_remarks,
    show_unread,
    told_apart,
)
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.showing import origin
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from remit.app.graphing.naming import Named
    from remit.app.graphing.opening import Escalation
    from remit.app.graphing.tiering import EverybodyAnswer, RoleAnswer, Shown, TierAnswer
    from remit.graph.tiers import Tier

_ROLE_WORDS = {"azureRole": "Azure role", "directoryRole": "Directory role", "permission": "Application permission"}


def tiers(
    principal: Annotated[str | None, Parameter(help="One principal, as in `remit can`; everybody without.")] = None,
    /,
    *,
    overrides: Annotated[
        Path | None, Parameter(help="TOML file that goes before the rules of Remit.", show_default=False)
    ] = None,
    roles: Annotated[bool, switch("Also list roles and permissions with their planes.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Say which plane principals reach."""
    from remit.app.graphing.naming import Naming
    from remit.app.graphing.tiering import Tiering
    from remit.bootstrap.tiers import tier_rules
    from remit.cli.graph_opening import open_escalation

    rules = tier_rules(overrides)
    escalation = open_escalation(which, read_at(at))
    tiering = Tiering(escalation, rules)
    if principal is not None:
        named = Naming(escalation).find(principal)
        answer = tiering.of(named)
        if json:
            from remit.cli.tier_documents import tier_document

            write_json(tier_document(escalation, answer, tiering.unmatched))
        else:
            show_tier(console(), escalation, answer, named, tiering.unmatched)
        return 0
    everybody, listed = tiering.everybody(), tiering.roles() if roles or json else ()
    if json:
        from remit.cli.tier_documents import tiers_document

        write_json(tiers_document(escalation, everybody, listed))
    else:
        show_everybody(console(), escalation, everybody, listed)
    return 0


def show_tier(
    out: Console, escalation: Escalation, answer: TierAnswer, named: Named, unmatched: tuple[str, ...] = ()
) -> None:
    """Write one principal's plane, and how it gets there."""
    from rich.text import Text

    ways = [one for one in (answer.shown, answer.higher) if one is not None]
    paths = [one.path for one in ways if one.path is not None]
    names = names_for(escalation.tenant, paths, [one.end for one in ways])
    kind = KIND_WORDS.get(answer.ref.kind, answer.ref.kind)
    out.print(Text.assemble((f"Which plane does {answer.ref.label} reach?", "bold"), f"  {answer.tier.word}"))
    own = "nothing" if answer.own.word == "none" else answer.own.word
    fields(
        out,
        [
            ("principal", f"{kind} {answer.ref.id}"),
            ("own grants", own),
            ("as of", format_instant(escalation.at.replace(microsecond=0))),
            *origin(escalation.tenant),
        ],
    )
    show_remarks(out, named)
    _show_unmatched(out, unmatched)
    for number, one in enumerate(ways, start=1):
        out.print()
        _show_way(out, number, one, names)
    show_unread(out, answer.unread, names)


def _show_unmatched(out: Console, unmatched: tuple[str, ...]) -> None:
    """Write what the file of overrides names and the snapshot does not hold: a misspelt name settles nothing."""
    for one in unmatched:
        paragraph(out, f"the file of overrides settles nothing there: {one}.", indent=2, first="Note: ", style="yellow")


def _show_way(out: Console, number: int, one: Shown, names: dict[str, str]) -> None:
    sure = "" if one.certain else ", possible"
    later = ", after activation" if one.eligible else ""
    paragraph(out, f"{one.tier.word}{sure}{later}", indent=2, style="bold cyan")
    if one.path is not None:
        show_path(out, number, one.path, names)
    for reason in one.because:
        paragraph(out, f"{node_words(one.end, names)}: {reason.detail}", indent=2)


def show_everybody(
    out: Console, escalation: Escalation, answer: EverybodyAnswer, roles: tuple[RoleAnswer, ...]
) -> None:
    """Write how many reach which plane, and who reaches the highest."""
    from rich.text import Text

    out.print(Text("Who reaches which plane?", style="bold"))
    fields(out, [("as of", format_instant(escalation.at.replace(microsecond=0))), *origin(escalation.tenant)])
    _show_unmatched(out, answer.tiering.unmatched)
    out.print()
    table = plain_table(("plane", 0), ("kind", 0), ("principals", 0), right=("principals",))
    for (tier, kind), count in answer.counts.items():
        table.add_row(tier.word, KIND_WORDS.get(kind, kind), f"{count:,}")
    show_table(out, table)
    out.print()
    table = plain_table(("principal", 1), ("plane", 0), ("own grants", 0), ("steps", 0), right=("steps",))
    shown = list(answer.shown(range(min(MOST_ROWS, len(answer.nodes)))))
    names = told_apart(one.ref for one in shown)
    for one in shown:
        who = Text.assemble(names[one.ref.id], (f"\n{KIND_WORDS.get(one.ref.kind, one.ref.kind)}", "dim"))
        hops = f"{one.hops:,}" if one.tier.word != "none" else ""
        table.add_row(who, _plane(one.tier, one.possible, eligible=one.eligible), one.own.word, hops)
    show_table(out, table)
    if len(answer.nodes) > MOST_ROWS:
        out.print(f"  … and {len(answer.nodes) - MOST_ROWS:,} more; --json lists them all.")
    for kind, group in groupby(roles, key=lambda one: one.kind):
        out.print()
        # Only roles of Azure are another plane where they are assigned above subscriptions.
        above = (("at management groups", 0),) if kind == "azureRole" else ()
        table = plain_table((_ROLE_WORDS[kind], 1), ("plane", 0), *above)
        for role in group:
            higher = role.above.word if role.above != role.possible else ""
            table.add_row(role.name, _plane(role.tier, role.possible), *((higher,) if above else ()))
        show_table(out, table)
    show_unread(out, answer.unread, {})


def _plane(tier: Tier, possible: Tier, *, eligible: bool = False) -> Text:
    """Return a plane, whether it has to be activated first, and the higher one that is only possible."""
    from rich.text import Text

    later = "\nto activate" if eligible else ""
    return Text.assemble(tier.word, later, (f"\npossibly {possible.word}" if possible != tier else "", "yellow"))
