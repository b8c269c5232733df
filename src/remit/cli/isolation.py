"""`remit isolation`: identities that join environments, workloads or integrations which should be apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from remit.cli.graph_words import MOST_ROWS, hop_name, names_for, node_line, node_words, show_path, show_unread
from remit.cli.integrations import Environments, role_words
from remit.cli.layout import fields, paragraph
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.places import Names
from remit.cli.showing import origin
from remit.graph.answers import Path as Way
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.isolating import IsolationAnswer, ReachingAnswer, SharedAnswer
    from remit.app.graphing.opening import Escalation

FOUND, NOTHING = 1, 0
"""Exit codes."""

_FEW = 4


def isolation(
    *,
    environments: Environments = None,
    explain: Annotated[bool, switch("Tell every step of every way, with its reasons.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Find what is joined."""
    from remit.app.graphing.isolating import find_isolation
    from remit.bootstrap.reviewing import open_review
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    answer = find_isolation(open_review(which.store, escalation, environments=environments))
    if json:
        from remit.cli.review_documents import isolation_document

        write_json(isolation_document(escalation, answer))
    else:
        show_isolation(console(), escalation, answer, full=explain)
    return FOUND if answer.found else NOTHING


def show_isolation(out: Console, escalation: Escalation, answer: IsolationAnswer, *, full: bool = False) -> None:
    """Write what was found, the worst first."""
    from rich.text import Text

    ways = [one.path for one in answer.reaching[:MOST_ROWS] if one.path is not None]
    scopes = [role.scope for one in answer.reaching[:MOST_ROWS] for role in one.direct]
    places = [place.node for one in (*answer.shared, *answer.workloads)[:MOST_ROWS] for place in one.places]
    names = names_for(escalation.tenant, ways, [*scopes, *places])
    out.print(Text("What joins what should be apart?", style="bold"))
    told = ", ".join(f"{name}{' (production)' if production else ''}" for name, production in answer.environments)
    fields(
        out,
        [
            ("looked at", f"{answer.identities:,} workload identities, {answer.placed:,} of an environment"),
            ("environments", told),
            ("as of", format_instant(escalation.at.replace(microsecond=0))),
            *origin(escalation.tenant),
        ],
    )
    if not answer.found:
        out.print()
        paragraph(out, "Nothing was found.", indent=2)
    if answer.reaching:
        unsure = sum(not one.certain for one in answer.reaching)
        title = "Outside production, and in production all the same"
        _title(out, title, len(answer.reaching), f", {unsure:,} of them only possibly" if unsure else "")
        for number, one in enumerate(answer.reaching[:MOST_ROWS], start=1):
            _show_reaching(out, number, one, names, full=full)
    for title, found in (
        ("One identity, several environments", answer.shared),
        ("One identity, several workloads", answer.workloads),
    ):
        if found:
            _title(out, title, len(found))
            for shared in found[:MOST_ROWS]:
                _show_shared(out, shared, names)
    _show_joined(out, answer)
    show_unread(out, answer.unread, names)


def _show_joined(out: Console, answer: IsolationAnswer) -> None:
    if answer.subjects:
        _title(out, "One outside subject, several environments", len(answer.subjects))
        for one_subject in answer.subjects[:MOST_ROWS]:
            who = ", ".join(ref.label for ref in one_subject.identities)
            sure = "" if one_subject.certain else " (possibly)"
            said = f"{one_subject.subject}: {' and '.join(one_subject.environments)}, as {who}{sure}"
            paragraph(out, said, indent=2)
    if answer.several:
        _title(out, "One identity, several integrations", len(answer.several))
        for several in answer.several[:MOST_ROWS]:
            paragraph(out, f"{several.identity.label}: {', '.join(several.sources)}", indent=2)


def _title(out: Console, title: str, count: int, said: str = "") -> None:
    from rich.text import Text

    out.print()
    more = f", the first {MOST_ROWS} shown; --json lists them all" if count > MOST_ROWS else ""
    out.print(Text.assemble((title, "bold cyan"), f"  {count:,}{said}{more}"))


def _show_reaching(out: Console, number: int, one: ReachingAnswer, names: Names, *, full: bool) -> None:
    sure = "" if one.certain else ", possible"
    head = f"{one.identity.label}: {one.environment}, by {one.says}{sure}"
    paragraph(out, head, indent=2, style="bold")
    for role in one.direct[:_FEW]:
        reads = ", reading only" if role.reads_only else ""
        paragraph(out, f"holds {role_words(role, names)}{reads}", indent=4)
    if len(one.direct) > _FEW:
        paragraph(out, f"and {len(one.direct) - _FEW} more", indent=4)
    if one.path is None:
        if one.possible:
            paragraph(out, "has a way into production; --json tells it, or `remit paths`", indent=4)
    elif full:
        show_path(out, number, one.path, names)
    else:
        paragraph(out, _chain(one.path, names), indent=4)


def _chain(way: Way, names: Names) -> str:
    """Return a way as one line: each step's kind and what it leads to."""
    steps = [f"{hop_name(hop)} to {node_words(hop.target, names)}" for hop in way.hops]
    if len(steps) > _FEW:
        steps = [*steps[: _FEW // 2], f"… {len(steps) - _FEW} more …", *steps[-(_FEW // 2) :]]
    sure = "" if way.certain else " (possible)"
    return f"gets to production{sure}: {', '.join(steps)}"


def _show_shared(out: Console, one: SharedAnswer, names: Names) -> None:
    joined = " and ".join(one.environments) if len(one.environments) > 1 else f"{len(one.workloads)} workloads"
    paragraph(out, f"{one.identity.label}: {joined}", indent=2, style="bold red" if one.crosses else "bold")
    for place in one.places[:_FEW]:
        said = ", ".join(
            part for part in (place.environment or "no environment known", _workload(place.workload)) if part
        )
        word = "is" if place.itself else "trusts" if place.node.kind == "subject" else "on"
        paragraph(out, f"{word} {node_line(place.node, names)}: {said}", indent=4)
    if len(one.places) > _FEW:
        paragraph(out, f"and {len(one.places) - _FEW} more places; --json lists them all", indent=4)


def _workload(text: str) -> str:
    # A workload that no tag names is its resource group, which the line names already.
    return "" if text.startswith("/") else text
