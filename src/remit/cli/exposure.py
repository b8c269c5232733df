"""`remit exposure`: who can reach a target, through what, and in how many steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.graph_words import (
    KIND_WORDS,
    MOST_ROWS,
    count_words,
    end_fields,
    hop_name,
    names_for,
    node_words,
    show_remarks,
    show_unread,
    way_words,
)
from remit.cli.layout import fields, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_bytes
from remit.cli.showing import origin
from remit.graph.answers import Path
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.exposing import Exposed, ExposureAnswer
    from remit.app.graphing.opening import Escalation

_FEW = 15


def exposure(
    target: Annotated[
        str, Parameter(help="As in `remit paths`: a resource id, scope, name, role:NAME or tier0; #secret is one side.")
    ],
    /,
    *,
    full: Annotated[bool, switch("Show longer lists.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Say who can reach a target."""
    from remit.app.graphing.exposing import exposure_of
    from remit.app.graphing.naming import Naming
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    answer = exposure_of(escalation, Naming(escalation).find(target))
    if json:
        for part in _parts(escalation, answer):
            write_bytes(part)
    else:
        show_exposure(console(), escalation, answer, most=MOST_ROWS if full else _FEW)
    return 0


def show_exposure(out: Console, escalation: Escalation, answer: ExposureAnswer, *, most: int) -> None:
    """Write the answer for people."""
    from rich.text import Text

    entries = answer.entries[:most]
    shown = list(answer.shown(range(min(len(answer.nodes), most)), with_ways=True))
    refs = [ref for one in shown for ref in (one.ref, *one.way)]
    hops = Path(0, certain=True, eligible=False, hops=tuple(entry.hop for entry in entries))
    names = names_for(escalation.tenant, (hops,), (answer.target.ref, *refs))
    certain = int(answer.certain.sum())
    unsure = len(answer.nodes) - certain
    said = f"  {certain:,}{f', and possibly {unsure:,} more' if unsure else ''}"
    out.print(Text.assemble((f"Who can reach {answer.target.ref.label}?", "bold"), said))
    told = end_fields("target", answer.target, names)
    told += [("who", count_words(answer.kinds))] if answer.kinds else []
    fields(out, [*told, ("as of", format_instant(escalation.at.replace(microsecond=0))), *origin(escalation.tenant)])
    show_remarks(out, answer.target)
    if not len(answer.nodes):
        out.print("\n  Nobody can.")
    else:
        out.print(Text("\nThrough what: last steps, and how many come through each", style="bold"))
        _show_entries(out, answer, most, names)
        out.print(Text("\nWho, the nearest first", style="bold"))
        _show_people(out, shown, names)
        if len(answer.nodes) > most:
            out.print(f"  … and {len(answer.nodes) - most:,} more; --json lists them all.")
    show_unread(out, answer.unread, names)


def _show_entries(out: Console, answer: ExposureAnswer, most: int, names: dict[str, str]) -> None:
    from rich.text import Text

    table = plain_table(("last step", 1), ("who", 0), right=("who",))
    for entry in answer.entries[:most]:
        hop = entry.hop
        sure = "" if hop.certain else ", possible"
        what = Text.assemble(node_words(hop.source, names), (f"\n{hop_name(hop)}{sure}", "dim"))
        table.add_row(what, f"{entry.principals:,}")
    show_table(out, table)
    if len(answer.entries) > most:
        out.print(f"  … and {len(answer.entries) - most:,} more; --json lists them.")


def _show_people(out: Console, shown: list[Exposed], names: dict[str, str]) -> None:
    from rich.text import Text

    table = plain_table(("who, and by which way", 1), ("steps", 0), ("", 0), right=("steps",))
    for one in shown:
        kind = KIND_WORDS.get(one.ref.kind, one.ref.kind)
        what = Text.assemble(names.get(one.ref.id, one.ref.label), (f" ({kind})", "dim"))
        if one.way:
            what.append(f"\n> {way_words(one.way, names)}", style="dim")
        marks = ["" if one.certain else "possible", "to activate" if one.eligible else ""]
        table.add_row(what, str(one.hops), ", ".join(mark for mark in marks if mark))
    show_table(out, table)


def _parts(escalation: Escalation, answer: ExposureAnswer) -> Iterator[bytes]:
    from remit.wire.v1 import exposure as wire
    from remit.wire.v1.paths import end_document, unread_document
    from remit.wire.v1.reach import stream

    def documents() -> Iterator[wire.ExposedDocument]:
        for one in answer.shown(range(len(answer.nodes))):
            yield wire.ExposedDocument(
                one.ref.id,
                one.ref.kind,
                one.ref.label,
                one.hops,
                one.cost,
                one.certain,
                one.through if one.through >= 0 else None,
                one.eligible,
            )

    through = tuple(
        wire.EntryDocument(
            entry.hop.source.id,
            entry.hop.source.kind,
            entry.hop.source.label,
            entry.hop.target.id,
            entry.hop.edge,
            entry.hop.permission,
            entry.principals,
            entry.hop.certain,
            entry.hop.facet,
            entry.hop.source.type,
        )
        for entry in answer.entries
    )
    head = wire.ExposureDocument(
        end_document(answer.target.ref, answer.target.remarks),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        wire.ExposureCounts(len(answer.nodes), int(answer.certain.sum()), answer.kinds),
        through,
        unread_document(answer.unread),
    )
    yield from stream(head, {"principals": documents()})
