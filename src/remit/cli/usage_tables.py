"""Every identity, one assignment, and what to switch on: tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from remit.app.using.answers import Dormancy, Identity
from remit.app.using.gaps import LoggingGap, Remedy
from remit.app.using.of_assignment import AssignmentAnswer
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.showing import kind_word, origin
from remit.cli.usage_showing import scopes_of, show_one
from remit.cli.usage_words import NOTHING_INGESTED, count, day_of, logged_place, span_words, used_lines, window_words

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.using.tenant_usage import TenantUsage

MOST_ROWS = 50
"""Rows of a table for people; JSON holds them all."""

_FIGURES = ("granted", "used", "unused", "score")


def show_everybody(out: Console, usage: TenantUsage, found: Sequence[Identity]) -> None:
    """Write a table of identities."""
    from rich.text import Text

    dormant = sum(one.dormancy is Dormancy.DORMANT for one in found)
    said = f"  {count(len(found), 'identity').replace('identitys', 'identities')}, {dormant:,} dormant"
    out.print(Text.assemble(("Who uses what was granted?", "bold"), said))
    _origin(out, usage)
    table = plain_table(("identity", 1), *((name, 0) for name in _FIGURES), ("last use", 0), ("", 0), right=_FIGURES)
    labels = Counter(one.principal.label for one in found)
    for one in found[:MOST_ROWS]:
        word = "" if one.dormancy is Dormancy.ACTIVE else one.dormancy.value
        if one.dormancy is Dormancy.UNKNOWN:
            word = "not known"
        name = one.principal.label
        table.add_row(
            name if labels[name] == 1 else f"{name} {one.principal.user_principal_name or one.principal.principal_id}",
            f"{one.granted:,}",
            f"{one.used:,}",
            f"{one.unused:,}",
            f"{one.score}",
            Text(day_of(one.last_use), style="" if one.last_use else "dim"),
            Text(word, style="yellow" if word == "dormant" else "dim"),
        )
    show_table(out, table)
    if len(found) > MOST_ROWS:
        out.print(f"  … and {len(found) - MOST_ROWS} more; --json lists them all.")


def show_assignment(out: Console, usage: TenantUsage, answer: AssignmentAnswer) -> None:
    """Write who used an assignment."""
    from rich.text import Text

    one, names = answer.usage, dict(answer.principal.names)
    names |= usage.tenant.scope_names(scopes_of(answer.principal))
    holder = answer.principal.identity.principal
    out.print(Text.assemble(("Who used this assignment?", "bold"), f"  {_verdict(answer)}"))
    fields(
        out,
        [
            ("assignment", one.facts.assignment_id),
            ("assigned to", holder.label),
            ("", f"{kind_word(holder)} {holder.principal_id}"),
            ("window", span_words(answer.principal.first_day, answer.principal.last_day)),
            *origin(usage.tenant),
        ],
    )
    if answer.principal.last_day is None:
        out.print()
        paragraph(out, NOTHING_INGESTED, indent=2, style="yellow")
    out.print()
    show_one(out, one, names, full=False)
    if answer.through:
        out.print()
        who = usage.tenant.principals.labels({each.principal_id for each in answer.through})
        paragraph(out, "Through this very assignment:", indent=2)
        lines = [
            f"{who.get(caller, caller)}: {line}"
            for caller in dict.fromkeys(each.principal_id for each in answer.through)
            for line in used_lines([each for each in answer.through if each.principal_id == caller], names)
        ]
        for line in lines[:MOST_ROWS]:
            paragraph(out, line, indent=4)
        if len(lines) > MOST_ROWS:
            out.print(f"    … and {len(lines) - MOST_ROWS} more; --json lists them all.")


def _verdict(answer: AssignmentAnswer) -> str:
    last = max((each.last_seen for each in answer.through), default=None)
    if last is not None:
        return f"last used {day_of(last)}"
    if answer.usage.last_used is not None:
        return f"may have been used, last {day_of(answer.usage.last_used)}"
    if answer.never_since is None or answer.window is None:
        return "no use seen, and none could have been seen"
    from remit.wire.v1.usage import day_text

    unseen = f", as far as that could be seen ({answer.unseen:,} operations could not)" if answer.unseen else ""
    return f"never used since {day_text(answer.never_since)}{unseen}; {window_words(answer.window)}"


def show_gaps(out: Console, usage: TenantUsage, found: Sequence[LoggingGap]) -> None:
    """Write what to switch on, what helps most first."""
    from rich.text import Text

    out.print(Text.assemble(("What is not logged?", "bold"), f"  {count(len(found), 'log')} missing"))
    _origin(out, usage)
    if not found:
        out.print("  Everything that Remit can read is ingested.")
    for number, one in enumerate(found[:MOST_ROWS], start=1):
        if number > 1:
            out.print()
        helped = f"{count(one.operations, 'permission')} of {count(one.principals, 'identity')} would become observable"
        if not one.operations:
            helped = "tells who signs in, without which nobody is called dormant"
        verb = "switch on" if one.remedy is Remedy.SWITCH_ON else "ingest (a setting is there)"
        where = _what(one.resource_id)
        head = f"{verb} {', '.join(one.categories)} of {where}: {helped}".replace("identitys", "identities")
        paragraph(out, head, indent=2, first=f"{number}. ")
        out.print(Text(f"     {one.resource_id}", style="dim"), soft_wrap=True)
        out.print(Text(f"     {one.az}"), soft_wrap=True)
    if len(found) > MOST_ROWS:
        out.print(f"\n  … and {len(found) - MOST_ROWS} more; --json lists them all.")


def _what(resource_id: str) -> str:
    """Return what a diagnostic setting is of, in a few words."""
    if not resource_id.startswith("/subscriptions/"):
        return "the directory"
    return logged_place(resource_id)


def _origin(out: Console, usage: TenantUsage) -> None:
    fields(out, [("window", span_words(usage.since_day, usage.last_day)), *origin(usage.tenant)])
    if usage.last_day is None:
        out.print()
        paragraph(out, NOTHING_INGESTED, indent=2, style="yellow")
    out.print()
