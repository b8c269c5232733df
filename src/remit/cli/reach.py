"""`remit reach`: what somebody can do itself, whom it can become, and what it reaches through that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.graph_words import (
    FACET_WORDS,
    KIND_WORDS,
    MOST_ROWS,
    end_fields,
    names_for,
    node_words,
    show_path,
    show_remarks,
    show_unread,
)
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_bytes
from remit.cli.showing import origin
from remit.model.effective import OperationCounts
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.opening import Escalation
    from remit.app.graphing.reaching import ReachAnswer, Reached, ReachedList

_FEW = 15


def reach(
    principal: Annotated[str, Parameter(help="As in `remit paths`: an object id, name, resource id, role:NAME.")],
    /,
    *,
    full: Annotated[bool, switch("Show longer lists.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Say what somebody can do and become."""
    from remit.app.graphing.naming import Naming
    from remit.app.graphing.reaching import reach_of
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    answer = reach_of(escalation, Naming(escalation).find(principal))
    if json:
        for part in _parts(escalation, answer):
            write_bytes(part)
    else:
        show_reach(console(), escalation, answer, most=MOST_ROWS if full else _FEW)
    return 0


def show_reach(out: Console, escalation: Escalation, answer: ReachAnswer, *, most: int) -> None:
    """Write the answer for people."""
    from rich.text import Text

    lists = answer.lists
    sections = {name: list(answer.shown(found, range(min(len(found.nodes), most)))) for name, found in lists.items()}
    shown = [one.ref for some in sections.values() for one in some]
    paths = () if answer.tier_zero is None else (answer.tier_zero,)
    names = names_for(escalation.tenant, paths, (answer.source.ref, *shown))
    out.print(Text.assemble((f"What can {answer.source.ref.label} reach?", "bold"), f"  {_summary(answer)}"))
    told = [*end_fields("who", answer.source, names), ("as of", format_instant(escalation.at.replace(microsecond=0)))]
    fields(out, [*told, *origin(escalation.tenant)])
    show_remarks(out, answer.source)
    out.print()
    paragraph(out, f"By itself: {operation_words(answer.operations)}.", indent=2)
    if len(answer.groups.nodes):
        groups = [one.ref.label for one in answer.shown(answer.groups, range(min(len(answer.groups.nodes), most)))]
        more = len(answer.groups.nodes) - len(groups)
        paragraph(out, f"Member of: {', '.join(groups)}{f' and {more} more' if more else ''}.", indent=2)
    titles = {
        "principals": "Can become or join",
        "directoryRoles": "Directory roles",
        "scopes": "Can give any role at",
        "resources": "Resources",
    }
    for name, title in titles.items():
        found = lists[name]
        if not len(found.nodes):
            continue
        out.print()
        certain = int(found.certain.sum())
        unsure = len(found.nodes) - certain
        counted = f"{certain:,}{f', and possibly {unsure:,} more' if unsure else ''}"
        out.print(Text.assemble((title, "bold"), f"  {counted}"))
        if name == "resources":
            _show_types(out, answer, most)
        _show_list(out, sections[name], names)
        if len(found.nodes) > most:
            out.print(f"  … and {len(found.nodes) - most:,} more; --json lists them all.")
    if answer.tier_zero is not None:
        out.print()
        sure = "reached" if answer.tier_zero.certain else "possibly reached"
        out.print(Text(f"Tier zero is {sure}:", style="bold red"))
        show_path(out, 1, answer.tier_zero, names)
    show_unread(out, answer.unread, names)


def operation_words(counts: tuple[OperationCounts, ...]) -> str:
    """Return in a line how much somebody can do itself."""
    if not counts:
        return "no operation on any resource"
    said = []
    for plane in ("control", "data"):
        some = [f"{one.count:,} {one.verb}" for one in counts if one.plane == plane and one.count]
        said += [f"{', '.join(some)} ({plane} plane)"] if some else []
    return f"operations on resources: {'; '.join(said)}"


def _summary(answer: ReachAnswer) -> str:
    if answer.tier_zero is not None and answer.tier_zero.certain:
        return "control of the tenant"
    parts = [
        (int(answer.lists["principals"].certain.sum()), "principal", "principals"),
        (int(answer.lists["scopes"].certain.sum()), "scope", "scopes"),
        (int(answer.lists["resources"].certain.sum()), "side of a resource", "sides of resources"),
    ]
    said = [f"{count:,} {one if count == 1 else many}" for count, one, many in parts if count]
    return ", ".join(said) or "nothing beyond what it holds"


def _show_list(out: Console, found: list[Reached], names: dict[str, str]) -> None:
    from rich.text import Text

    table = plain_table(("", 1), ("steps", 0), ("", 0), right=("steps",))
    for one in found:
        what = Text(node_words(one.ref, names))
        kind = one.ref.kind
        if one.facet and one.facet != "grant":
            what.append(f"\n{FACET_WORDS[one.facet]}", style="dim")
        elif kind not in ("resource", "scope", "directoryRole"):
            what.append(f"\n{KIND_WORDS.get(kind, kind)}", style="dim")
            if one.operations:
                what.append(f"; {operation_words(one.operations)}", style="dim")
        how = "direct" if one.direct else ""
        sure = "" if one.certain else "possible"
        after = "to activate" if one.eligible else ""
        table.add_row(what, str(one.hops), ", ".join(word for word in (how, sure, after) if word))
    show_table(out, table)


def _show_types(out: Console, answer: ReachAnswer, most: int) -> None:
    table = plain_table(("type", 1), ("side", 0), ("all", 0), ("certain", 0), ("direct", 0), right=_FIGURES)
    for one in answer.by_type[:most]:
        table.add_row(
            one.type.removeprefix("microsoft."), one.facet, f"{one.count:,}", f"{one.certain:,}", f"{one.direct:,}"
        )
    show_table(out, table)
    out.print()


_FIGURES = ("all", "certain", "direct")


def _parts(escalation: Escalation, answer: ReachAnswer) -> Iterator[bytes]:
    from remit.wire.v1 import reach as wire
    from remit.wire.v1.holdings import OperationCountDocument
    from remit.wire.v1.paths import end_document, node_documents, path_document, unread_document

    def operations(counts: tuple[OperationCounts, ...]) -> tuple[OperationCountDocument, ...]:
        return tuple(OperationCountDocument(one.plane, one.verb, one.count) for one in counts)

    def documents(found: ReachedList) -> Iterator[wire.ReachedDocument]:
        for one in answer.shown(found, range(len(found.nodes))):
            yield wire.ReachedDocument(
                one.ref.id,
                one.ref.kind,
                one.ref.label,
                one.hops,
                one.cost,
                one.certain,
                one.direct,
                one.ref.type,
                one.facet,
                one.eligible,
                None if one.operations is None else operations(one.operations),
            )

    paths = () if answer.tier_zero is None else (answer.tier_zero,)
    tier_zero = wire.TierZeroDocument(
        bool(paths),
        any(path.certain for path in paths),
        path_document(paths[0]) if paths else None,
        node_documents(paths),
    )
    lists = {"groups": answer.groups, **answer.lists}
    head = wire.ReachDocument(
        end_document(answer.source.ref, answer.source.remarks),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        tier_zero,
        operations(answer.operations),
        wire.ReachCounts(
            *(int(figure) for found in lists.values() for figure in (len(found.nodes), found.certain.sum()))
        ),
        tuple(
            wire.FacetCountDocument(one.type, one.facet, one.count, one.certain, one.direct) for one in answer.by_type
        ),
        unread_document(answer.unread),
    )
    yield from wire.stream(head, {name: documents(found) for name, found in lists.items()})
