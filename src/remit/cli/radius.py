"""`remit radius`: everybody, the widest reach first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from remit.cli.graph_words import KIND_WORDS, MOST_ROWS, told_apart
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_bytes
from remit.cli.progress import Steps
from remit.cli.showing import origin
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from remit.app.graphing.opening import Escalation
    from remit.app.graphing.radiating import RadiusAnswer

_FEW = 20
_SHOWN = {
    "ids": "identities",
    "roles": "directoryRoles",
    "scopes": "scopes",
    "res": "resources",
    "code": "code",
    "secrets": "secret",
}
_DATA = ("data", "control")
_FIGURES = ("own", *_SHOWN, "data")
_LEGEND = (
    "own: operations on resources that it can do itself. All else it reaches, itself or as others: ids, identities "
    "that it can become; roles, directory roles; scopes where it could give any role; res, resources, each counted "
    "once; then these by side: whose code runs, whose secrets are read, whose data or settings are reached. Below each "
    "figure: how many of these directly, by own groups and roles and one step, without becoming anybody first."
)
_EXACT, _THOUSAND, _ONE_DIGIT, _LETTERS = 10_000, 1_000, 9.95, " kMGTPE"


def radius(
    *,
    sort: Annotated[
        Literal["score", "direct", "identities", "resources"], Parameter(help="What decides who comes first.")
    ] = "score",
    possible: Annotated[bool, switch("Also count steps that are only possible.")] = False,
    full: Annotated[bool, switch("Show a longer list.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Rank everybody by what they could reach."""
    from remit.app.graphing.radiating import Sort, radius_of
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    with Steps() as progress:
        answer = radius_of(escalation, sort=Sort(sort), possible=possible, progress=progress)
    if json:
        for part in _parts(escalation, answer):
            write_bytes(part)
    else:
        show_radius(console(), escalation, answer, most=MOST_ROWS if full else _FEW)
    return 0


def show_radius(out: Console, escalation: Escalation, answer: RadiusAnswer, *, most: int) -> None:
    """Write the ranking for people."""
    from rich.text import Text

    said = f"  {len(answer.nodes):,} principals, {answer.tier_zero:,} of them control of the tenant"
    out.print(Text.assemble(("Who could reach most?", "bold"), said))
    told = [
        ("order", f"by {answer.sort.value}"),
        ("counted", "certain and possible steps" if answer.possible else "certain steps"),
        ("as of", format_instant(escalation.at.replace(microsecond=0))),
    ]
    fields(out, [*told, *origin(escalation.tenant)])
    out.print()
    paragraph(out, _LEGEND, indent=2, style="dim")
    out.print()
    table = plain_table(("", 0), ("who", 1), *((name, 0) for name in _FIGURES), right=("", *_FIGURES))
    shown = list(answer.shown(range(min(len(answer.nodes), most))))
    names = told_apart(one.ref for one in shown)
    for one in shown:
        reach, near = dict(one.reach), dict(one.near)
        kind = KIND_WORDS.get(one.ref.kind, one.ref.kind)
        who = Text.assemble(names[one.ref.id], (f"\n{kind}", "dim"))
        if one.tier_zero:
            who.append("\ntier zero" if " " in kind else ", tier zero", style="red")
        own = sum(count.count for count in one.direct)
        cells = [_cell(reach, near, words) for words in (*((word,) for word in _SHOWN.values()), _DATA)]
        table.add_row(str(one.rank), who, _figure(own), *cells)
    show_table(out, table)
    if len(answer.nodes) > most:
        out.print(f"  … and {len(answer.nodes) - most:,} more; --json lists them all.")


def _cell(reach: dict[str, int], near: dict[str, int], words: tuple[str, ...]) -> Text:
    """Return how many are reached, and below it how many of them without becoming anybody."""
    from rich.text import Text

    whole, direct = (sum(counts.get(word, 0) for word in words) for counts in (reach, near))
    return Text.assemble(_figure(whole), (f"\n{_figure(direct)}" if direct else "", "dim"))


def _figure(count: int) -> str:
    """Return a figure in at most five letters, so that the table of a large tenant is as wide; JSON has it exactly."""
    if count < _EXACT:
        return f"{count:,}" if count else ""
    power = 1
    while round(count / _THOUSAND**power) >= _THOUSAND:
        power += 1
    told = count / _THOUSAND**power
    return f"{told:.1f}{_LETTERS[power]}" if told < _ONE_DIGIT else f"{told:.0f}{_LETTERS[power]}"


def _parts(escalation: Escalation, answer: RadiusAnswer) -> Iterator[bytes]:
    from remit.wire.v1 import radius as wire
    from remit.wire.v1.holdings import OperationCountDocument
    from remit.wire.v1.reach import stream

    def documents() -> Iterator[wire.RankedDocument]:
        for one in answer.shown(range(len(answer.nodes))):
            own, others = (
                tuple(OperationCountDocument(count.plane, count.verb, count.count) for count in counts)
                for counts in (one.direct, one.indirect)
            )
            near = dict(one.near)
            reach = tuple(wire.ReachCountDocument(word, count, near.get(word, 0)) for word, count in one.reach)
            ref = one.ref
            yield wire.RankedDocument(
                ref.id, ref.kind, ref.label, one.rank, one.score, one.tier_zero, own, others, reach
            )

    head = wire.RadiusDocument(
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        answer.sort.value,
        answer.possible,
        wire.RadiusCounts(len(answer.nodes), answer.tier_zero),
    )
    yield from stream(head, {"principals": documents()})
