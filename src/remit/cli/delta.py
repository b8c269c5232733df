"""`remit delta`: which paths and permissions a change opens and closes, of a file or between two snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from remit.cli.graph_words import hop_name, names_for, node_line, node_words, show_hop, show_path, show_unread
from remit.cli.layout import fields, paragraph
from remit.cli.options import DEFAULT_STORE, Instant, JsonFlag, StoreFolder, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.places import Names, place
from remit.graph.answers import Path as Way
from remit.graph.delta.cones import Sureness
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.comparing import DeltaAnswer, GrantChange, Reaching, StepChange
    from remit.app.graphing.opening import Escalation
    from remit.graph.delta.tables import GuardChange
    from remit.model.role import PermissionBlock

OPENS, NOTHING = 1, 0
"""Exit codes."""

_SURE = {
    Sureness.NONE: "not at all",
    Sureness.POSSIBLE: "possibly",
    Sureness.ELIGIBLE: "after activation",
    Sureness.CERTAIN: "certainly",
}
_GUARDS = {"denyAssignment": "deny assignment", "lock": "lock"}
_FEW = 4


def delta(
    first: Annotated[
        str, Parameter(name="CHANGE|BEFORE", help="File with a change, or the state before: snapshot id or export.")
    ],
    second: Annotated[
        str | None,
        Parameter(name="SNAPSHOT", help="What is changed, or the state after. [default: the newest]"),
    ] = None,
    /,
    *,
    to: Annotated[str, Parameter(help="Target that is reached or not; as in `remit paths`.")] = "tier0",
    most: Annotated[
        int, Parameter(name="--max", help="How many of each list are told.", validator=Number(gte=1, lte=100_000))
    ] = 20,
    explain: Annotated[bool, switch("Tell every step with its reasons.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    store: StoreFolder = DEFAULT_STORE,
) -> int:
    """Say what a change opens and closes."""
    from remit.app.graphing.comparing import compare
    from remit.bootstrap.comparing import is_change, open_changed, open_state
    from remit.cli.progress import Steps

    instant = read_at(at)
    change = Path(first) if is_change(first) else None
    with Steps() as progress:
        if change is not None:
            before = open_state(store, second, instant, progress=progress)
            after = open_changed(store, before, change, progress=progress)
        else:
            before = open_state(store, first, instant, progress=progress)
            after = open_state(store, second, instant, progress=progress)
        progress("comparing", 0, None)
        answer = compare(before, after, to, most=most)
    if json:
        from remit.cli.delta_document import delta_document

        write_json(delta_document(answer, change.name if change else ""))
    else:
        show_delta(console(), answer, change.name if change else "", full=explain)
    return OPENS if answer.opens else NOTHING


def show_delta(out: Console, answer: DeltaAnswer, change: str, *, full: bool = False) -> None:
    """Write the answer for people: what is opened, then what is closed, then what is merely otherwise."""
    from rich.text import Text

    word, style = ("OPENS", "bold red") if answer.opens else ("OPENS NOTHING", "bold green")
    about = change or "from the one snapshot to the other"
    out.print(Text.assemble((word, style), (f"  {about}", "bold")))
    told = [
        ("target", answer.target.label),
        ("before", _state(answer.before)),
        ("after", change or _state(answer.after)),
    ]
    fields(out, told)
    if not answer.differs:
        out.print()
        paragraph(out, "Nothing that is compared differs; delegated permissions are not compared.", indent=2)
    for opened in (True, False):
        _show_side(out, answer, opened=opened, full=full)
    _show_otherwise(out, answer)
    if answer.compared < answer.sources:
        out.print()
        more = f"Steps of {answer.sources - answer.compared:,} more who may have others were not compared."
        paragraph(out, more, indent=2, first="Note: ", style="yellow")
    names = names_for(answer.after.tenant, ())
    if answer.unread.opened:
        show_unread(out, answer.unread.opened, names)
    for gap in answer.unread.closed[:_FEW]:
        out.print()
        paragraph(out, f"{gap.api} at {gap.scope}; now it is.", indent=2, first="Not read before: ", style="yellow")


def _state(state: Escalation) -> str:
    return f"snapshot {state.tenant.snapshot_id[:12]} as of {format_instant(state.at.replace(microsecond=0))}"


def _show_side(out: Console, answer: DeltaAnswer, *, opened: bool, full: bool) -> None:
    state = answer.after if opened else answer.before
    reaching = answer.reaching.opened if opened else answer.reaching.closed
    steps = answer.steps.opened if opened else answer.steps.closed
    grants = answer.grants.opened if opened else answer.grants.closed
    guards = answer.guards.opened if opened else answer.guards.closed
    hops = Way(0, certain=True, eligible=False, hops=tuple(one.hop for one in steps))
    names = names_for(state.tenant, [*(one.path for one in reaching), hops]) | state.tenant.scope_names(
        one.scope for one in guards
    )
    word = "Opened" if opened else "Closed"
    count = answer.reaching.opened_count if opened else answer.reaching.closed_count
    if reaching:
        _title(out, f"{word}: who reaches {answer.target.label}", count, len(reaching))
        _show_reaching(out, reaching, names, full=full)
    count = answer.steps.opened_count if opened else answer.steps.closed_count
    if steps:
        _title(out, f"{word}: steps", count, len(steps))
        for step in steps:
            _show_step(out, step, names, full=full)
    count = answer.grants.opened_count if opened else answer.grants.closed_count
    if grants:
        _title(out, f"{word}: grants", count, len(grants))
        for grant in grants:
            _show_grant(out, grant, full=full)
    count = answer.guards.opened_count if opened else answer.guards.closed_count
    if guards:
        _title(out, f"{word}: guards {'that are gone' if opened else 'that were set'}", count, len(guards))
        _show_guards(out, guards, names)


def _title(out: Console, title: str, count: int, shown: int) -> None:
    from rich.text import Text

    out.print()
    more = f", {shown:,} of them shown (--max)" if count > shown else ""
    out.print(Text.assemble((title, "bold cyan"), f"  {count:,}{more}"))


def _show_reaching(out: Console, reaching: Sequence[Reaching], names: Names, *, full: bool) -> None:
    for number, one in enumerate(reaching, start=1):
        line = f"{node_line(one.ref, names)}: {_SURE[one.before]} before, {_SURE[one.after]} after"
        paragraph(out, line, indent=2, style="bold")
        if full:
            show_path(out, number, one.path, names)
        else:
            ways = [f"{hop.edge} to {node_words(hop.target, names)}" for hop in one.path.hops]
            if len(ways) > _FEW:
                ways = [*ways[: _FEW // 2], f"… {len(ways) - _FEW} more …", *ways[-(_FEW // 2) :]]
            paragraph(out, ", ".join(ways), indent=4)


def _show_step(out: Console, step: StepChange, names: Names, *, full: bool) -> None:
    hop = step.hop
    more = f" (and {step.alike - 1:,} more alike)" if step.alike > 1 else ""
    plain = {step.before, step.after} == {Sureness.NONE, Sureness.CERTAIN}
    sure = "" if plain else f" ({_SURE[step.before]} before, {_SURE[step.after]} after)"
    sure += "" if step.leads else ", no new way"
    if full:
        paragraph(out, f"{node_line(hop.source, names)}{more}{sure}", indent=2, style="bold")
        show_hop(out, hop, names)
    else:
        what = f"{node_words(hop.source, names)} > {node_line(hop.target, names, hop.facet)}"
        paragraph(out, f"{what}; {hop_name(hop)}{sure}{more}", indent=2)


def _show_grant(out: Console, grant: GrantChange, *, full: bool) -> None:
    paragraph(out, grant.unit.said, indent=2)
    told = list(_permissions(grant.blocks))
    shown = told if full else told[:_FEW]
    for line in shown:
        paragraph(out, line, indent=4, style="dim")
    if len(told) > len(shown):
        paragraph(out, f"and {len(told) - len(shown)} more; --explain tells them", indent=4, style="dim")
    if grant.condition:
        paragraph(out, grant.condition if full else "under a condition", indent=4, style="dim")


def _permissions(blocks: Iterable[PermissionBlock]) -> Iterable[str]:
    for block in blocks:
        yield from block.actions
        yield from (f"not {one}" for one in block.not_actions)
        yield from (f"data: {one}" for one in block.data_actions)
        yield from (f"not data: {one}" for one in block.not_data_actions)


def _show_guards(out: Console, guards: Sequence[GuardChange], names: Names) -> None:
    for one in guards:
        name = one.name or one.id.rpartition("/")[2]
        paragraph(out, f"{_GUARDS.get(one.kind, one.kind)} {name} at {place(one.scope, names)}", indent=2)


def _show_otherwise(out: Console, answer: DeltaAnswer) -> None:
    """Write assignments under another condition, and roles with other permissions."""
    if answer.conditions:
        _title(out, "Under another condition", len(answer.conditions), len(answer.conditions))
        for one in answer.conditions:
            word = "none before" if one.narrows else "none any longer" if not one.after else "another"
            paragraph(out, f"{one.unit.said}: {word}", indent=2)
    if answer.roles:
        _title(out, "Roles with other permissions", len(answer.roles), len(answer.roles))
        for role in answer.roles:
            held = f"{role.assignments:,} assignment{'s'[: role.assignments != 1]}"
            paragraph(out, f"{role.name or role.key}, in {held}", indent=2)
            for sign, lines in (("+ ", role.more), ("- ", role.less)):
                for line in lines:
                    paragraph(out, line, indent=4, first=sign, style="dim")
