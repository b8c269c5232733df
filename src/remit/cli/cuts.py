"""`remit cuts`: what to take away so that nobody reaches a target any more, and what that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from remit.cli.graph_words import KIND_WORDS, MOST_ROWS, end_fields, names_for, show_remarks, show_unread, told_apart
from remit.cli.layout import fields, paragraph
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.paths import Target
from remit.cli.showing import origin
from remit.model.interval import format_instant, from_micros

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.cutting import CutsAnswer, Removal
    from remit.app.graphing.opening import Escalation
    from remit.graph.answers import NodeRef
    from remit.graph.network import Codes

_NAMED = 5
"""Names of those who are cut off, under each removal."""
_IN_JSON = 100


def cuts(
    *,
    to: Target = "tier0",
    sources: Annotated[
        tuple[str, ...],
        Parameter(name="--from", help="Cut off only these; may be repeated.", show_default=False, negative=""),
    ] = (),
    keep: Annotated[
        tuple[str, ...],
        Parameter(help="Who may stay; may be repeated.", show_default=False, negative=""),
    ] = (),
    keep_holders: Annotated[bool, switch("Also whoever gets there without becoming anybody else may stay.")] = False,
    budget: Annotated[
        int | None, Parameter(help="At most so many removals: those that cut off most.", validator=Number(gte=1))
    ] = None,
    possible: Annotated[bool, switch("Cut steps that are only possible, too.")] = False,
    seconds: Annotated[float, Parameter(help="How many seconds to take at most.", validator=Number(gt=0))] = 30.0,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Find what to take away."""
    from remit.app.graphing.cutting import Wanted, find_cuts, observed_use
    from remit.app.graphing.naming import Naming
    from remit.bootstrap.history import usage_of
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    naming = Naming(escalation)
    only, stay = (tuple(naming.find(name) for name in some) for some in (sources, keep))
    wanted = Wanted(only, stay, keep_holders, budget, possible, seconds)
    answer = find_cuts(escalation, naming.find(to), wanted, observed_use(usage_of(which.store)))
    if json:
        _write(escalation, answer)
    else:
        show_cuts(console(), escalation, answer, everybody=not only)
    return 0


def show_cuts(out: Console, escalation: Escalation, answer: CutsAnswer, *, everybody: bool) -> None:
    """Write the answer for people; `everybody` tells that nobody was named who is to be cut off."""
    from rich.text import Text

    removed = len(answer.removals)
    kept = bool(answer.kept or answer.holders_kept)
    title = f"What has to go so that nobody reaches {answer.target.ref.label}?"
    if answer.budget is not None:
        title = f"With {_count(answer.budget, 'removal')}, who can be kept from {answer.target.ref.label}?"
    out.print(Text(title, style="bold"), soft_wrap=True)
    out.print(Text(f"  {_said(answer, everybody=everybody, kept=kept)}"), soft_wrap=True)
    names = names_for(escalation.tenant, (), (answer.target.ref,))
    told = [*end_fields("target", answer.target, names)]
    staying = [one.ref.label for one in answer.kept]
    staying += [f"{answer.holders_kept:,} who hold it themselves"] if answer.holders_kept else []
    told += [("may stay", ", ".join(staying))] if staying else []
    if answer.value or removed or answer.unasked:
        told.append(("proof", _proof(answer)))
    if removed:
        told.append(("weighed", "by observed use" if answer.use_known else "each alike: no logs were ingested"))
    told.append(("as of", format_instant(escalation.at.replace(microsecond=0))))
    fields(out, [*told, *origin(escalation.tenant)])
    show_remarks(out, answer.target, *answer.kept)
    for number, one in enumerate(answer.removals[:MOST_ROWS], start=1):
        out.print()
        _show(out, number, one, answer)
    if removed > MOST_ROWS:
        out.print(f"\n  … and {removed - MOST_ROWS:,} more; --json lists them all.")
    _show_left(out, answer)
    if everybody and not kept and answer.sources:
        out.print()
        hint = "Administrators are not spared; --keep NAME and --keep-holders let them stay."
        paragraph(out, hint, indent=2, style="dim")
    show_unread(out, answer.unread, names)


def _show(out: Console, number: int, one: Removal, answer: CutsAnswer) -> None:
    said = one.unit.said
    paragraph(out, f"{said[:1].upper()}{said[1:]}", indent=2, first=f"{number}. ", style="bold")
    if one.needed is not None and len(one.needed):
        refs = answer.refs(one.needed[:_NAMED])
        names = told_apart(refs)
        whom = ", ".join(_name(ref, names) for ref in refs)
        more = f" and {len(one.needed) - _NAMED:,} more" if len(one.needed) > _NAMED else ""
        paragraph(out, f"cuts off {whom}{more}", indent=5)
    elif one.needed is None:
        paragraph(out, "whom it cuts off was not found out in time", indent=5)
    if one.use is not None:
        when = format_instant(from_micros(one.use.last_seen).replace(microsecond=0))
        paragraph(out, f"breaks what logs show: {_count(one.use.operations, 'operation')}, last {when}", indent=5)
    elif answer.use_known and one.unit.kind == "roleAssignment":
        paragraph(out, "no log shows that it was used", indent=5)
    paragraph(out, f"({one.unit.kind} {one.unit.id})", indent=5, style="dim")


def _show_left(out: Console, answer: CutsAnswer) -> None:
    import numpy as np

    spared = np.setdiff1d(answer.left, answer.stuck)
    lines = []
    if len(spared):
        lines.append(("Still reach it", spared))
    if len(answer.stuck):
        known = "is known to keep from it" if answer.unasked else "keeps from it"
        lines.append((f"Nothing that can be taken away {known}", answer.stuck))
    for title, nodes in lines:
        out.print()
        refs = answer.refs(nodes[:_NAMED])
        names = told_apart(refs)
        whom = ", ".join(_name(ref, names) for ref in refs)
        more = f" and {len(nodes) - _NAMED:,} more" if len(nodes) > _NAMED else ""
        paragraph(out, f"{title}: {whom}{more}.", indent=2, style="yellow")


def _said(answer: CutsAnswer, *, everybody: bool, kept: bool) -> str:
    """Say how many are cut off, of how many."""
    one = answer.sources == 1
    whom = ("other " if one else "others ") * kept if everybody else "named "
    who = f"{whom}who {'reaches' if one else 'reach'} it"
    if not answer.sources:
        return f"{'nobody else' if kept else 'nobody'} reaches it" if everybody else "nobody of those named reaches it"
    removed = len(answer.removals)
    what = f"{_count(removed, 'removal')} cut{'s'[: removed == 1]} off"
    return f"{what} {len(answer.cut_off):,} of {answer.sources:,} {who}"


def _proof(answer: CutsAnswer) -> str:
    """Say how good the answer is: value, bound and gap."""
    if answer.unasked:
        what = "what it rests on" if answer.unasked == 1 else "what they rest on"
        return f"not proven: of {_count(answer.unasked, 'step')} it was not found out {what}; --seconds gives more time"
    if answer.gap <= 0:
        if answer.budget is None:
            return "proven: nothing that weighs less does"
        return f"proven: {_none_of(answer.budget)} off more"
    later = f"gap {answer.gap:.1%}; a longer --seconds may close it"
    if answer.budget is None:
        return f"not proven: this weighs {answer.weight:,.6g}, nothing less than {answer.bound:,.6g} does it; {later}"
    most = len(answer.cut_off) + answer.value - answer.bound
    return f"not proven: {_none_of(answer.budget)} off more than {most:,.6g}; {later}"


def _none_of(removals: int) -> str:
    return "no single removal cuts" if removals == 1 else f"no {removals:,} removals cut"


def _name(ref: NodeRef, names: dict[str, str]) -> str:
    label = names[ref.id]
    return label if ref.kind == "user" else f"{label} ({KIND_WORDS.get(ref.kind, ref.kind)})"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s'[: number != 1]}"


def _write(escalation: Escalation, answer: CutsAnswer) -> None:
    from remit.wire.v1 import cuts as wire
    from remit.wire.v1.paths import EndDocument, end_document, unread_document

    def ends(nodes: Codes) -> tuple[EndDocument, ...]:
        return tuple(end_document(ref) for ref in answer.refs(nodes))

    def removal(one: Removal) -> wire.RemovalDocument:
        use = None
        if one.use is not None:
            seen = (format_instant(from_micros(one.use.first_seen)), format_instant(from_micros(one.use.last_seen)))
            use = wire.UseDocument(one.use.operations, *seen)
        unit = one.unit
        return wire.RemovalDocument(
            unit.kind,
            unit.id,
            unit.said,
            end_document(unit.holder),
            one.weight,
            one.alone,
            None if one.needed is None else len(one.needed),
            None if one.needed is None else ends(one.needed[:_IN_JSON]),
            use,
        )

    write_json(
        wire.CutsDocument(
            end_document(answer.target.ref, answer.target.remarks),
            format_instant(escalation.at),
            escalation.tenant.snapshot_id,
            answer.sources,
            len(answer.cut_off),
            len(answer.left),
            len(answer.stuck),
            answer.weight,
            answer.value,
            float(answer.bound),
            float(answer.gap),
            answer.use_known,
            tuple(removal(one) for one in answer.removals),
            tuple(end_document(one.ref, one.remarks) for one in answer.kept),
            answer.holders_kept,
            unread_document(answer.unread),
            answer.budget,
            ends(answer.left[:_IN_JSON]),
            ends(answer.stuck[:_IN_JSON]),
            answer.unasked,
        )
    )
