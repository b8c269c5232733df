"""Nodes, steps and paths of the graph as people read them; what the commands about paths share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from remit.cli.layout import paragraph
from remit.cli.places import Names, place, within_group
from remit.cli.sentences import sentences
from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.model.decision import NotSeen, Reason
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.answering import Tenant
    from remit.app.graphing.naming import Named

MOST_ROWS = 50
"""Rows of a table for people; JSON holds them all."""

KIND_WORDS = {
    "servicePrincipal": "service principal",
    "managedIdentity": "managed identity",
    "directoryRole": "directory role",
    "foreignGroup": "foreign group",
    "subject": "outside subject",
    "unknown": "kind not known",
}
_MANY = {"managedIdentity": "managed identities"}
FACET_WORDS = {
    "code": "code runs as it",
    "secret": "its secrets are read",
    "data": "its data is read or changed",
    "control": "its settings are changed",
    "grant": "any role can be given there",
    "gate": "a guard of it is taken away",
}
LOG_WORDS = {
    "activity": "the Activity Log",
    "read": "no log (reads are not in the Activity Log)",
    "data": "the resource's own log, if switched on",
    "entra": "the Entra audit log",
    "host": "the machine only",
    "outside": "logs outside Azure",
}
_PLACES = ("resource", "scope")


def count_words(counts: Mapping[str, int]) -> str:
    """Return how many there are of each kind."""
    said = []
    for kind, count in counts.items():
        word = KIND_WORDS.get(kind, kind)
        if kind == "unknown":
            said.append(f"{count:,} of a {word}")
            continue
        said.append(f"{count:,} {word if count == 1 else _MANY.get(kind, f'{word}s')}")
    return ", ".join(said)


def node_words(ref: NodeRef, names: Names) -> str:
    """Return a node in a few words."""
    if ref.kind in _PLACES:
        return place(ref.id, names)
    if ref.kind == "directoryRole":
        return f"directory role {ref.label}"
    return names.get(ref.id, ref.label)


def node_line(ref: NodeRef, names: Names, facet: str = "") -> str:
    """Return a node with its kind, and which side of it is reached."""
    said = within_group(ref.id, names) if ref.kind == "resource" else node_words(ref, names)
    if ref.kind not in (*_PLACES, "directoryRole", "gap", "tenant"):
        said += f" ({KIND_WORDS.get(ref.kind, ref.kind)})"
    word = FACET_WORDS.get(facet, "")
    return f"{said}: {word}" if word else said


def way_words(way: Sequence[NodeRef], names: Names, most: int = 4) -> str:
    """Return the nodes of a way as a chain; of a long one the middle is left out."""
    said = [node_words(ref, names) for ref in way]
    kept = (
        [*said[: most // 2], f"… {len(said) - most} more …", *said[-(most - most // 2) :]] if len(said) > most else said
    )
    return " > ".join(kept)


def names_for(tenant: Tenant, paths: Iterable[Path], refs: Iterable[NodeRef] = ()) -> dict[str, str]:
    """Return display names of the principals and scopes that paths mention."""
    hops = [hop for path in paths for hop in path.hops]
    engine: list[Reason] = [one for hop in hops for one in hop.because if not isinstance(one, HopReason)]
    ends = [ref for hop in hops for ref in (hop.source, hop.target)] + list(refs)
    names = told_apart(ref for ref in ends if ref.kind not in _PLACES)
    scopes = {ref.id for ref in ends if ref.kind in _PLACES}
    for reason in engine:
        facts = getattr(reason, "assignment", None)
        scope = getattr(reason, "scope", None) if facts is None else facts.scope
        if isinstance(scope, str) and scope.startswith("/") and not scope.startswith("/groups/"):
            scopes.add(scope)
    scopes |= {"/".join(text.split("/")[:3]) for text in scopes if text.lower().startswith("/subscriptions/")}
    return tenant.names_in(engine) | names | tenant.scope_names(scopes)


def told_apart(refs: Iterable[NodeRef]) -> dict[str, str]:
    """Return the name of each by its id; where several of a kind share one, their ids begin behind it."""
    every = {ref.id: ref for ref in refs}
    shared = Counter((ref.kind, ref.label) for ref in every.values())
    return {
        key: f"{ref.label} {key[:8]}…" if shared[ref.kind, ref.label] > 1 and key != ref.label else ref.label
        for key, ref in every.items()
    }


def end_fields(word: str, named: Named, names: Names) -> list[tuple[str, str]]:
    """Return one end of the question as names and values."""
    ref = named.ref
    said = f"{KIND_WORDS.get(ref.kind, ref.kind)} {ref.id}" if ref.kind not in ("tenant", *_PLACES) else ""
    return [(word, said or node_words(ref, names))]


def show_path(out: Console, number: int, path: Path, names: Names, *, full: bool = False) -> None:
    """Write a path: its nodes, and under each the step that leads on."""
    from rich.text import Text

    sure = "certain" if path.certain else "possible"
    steps = f"{len(path.hops)} step{'s'[: len(path.hops) != 1]}"
    activate = ", after activation" if path.eligible else ""
    head = (f"Path {number}", "bold"), f"  {steps}, ", (sure, "green" if path.certain else "yellow")
    out.print(Text.assemble(*head, f"{activate}, cost {path.cost}"))
    for place_in, hop in enumerate(path.hops):
        if not place_in:
            paragraph(out, node_line(hop.source, names), indent=2, style="bold")
        show_hop(out, hop, names, full=full)


def show_hop(out: Console, hop: Hop, names: Names, *, full: bool = False) -> None:
    """Write one step and where it leads."""
    marks = ["" if hop.certain else "possible", "after activation" if hop.eligible else ""]
    marked = ", ".join(mark for mark in marks if mark)
    paragraph(out, f"{hop_name(hop)}{f' ({marked})' if marked else ''}", indent=4, style="cyan")
    if hop.permission:
        paragraph(out, hop.permission, indent=6, first="by ")
    for line in _because(hop, names, full=full):
        paragraph(out, line, indent=6, style="dim")
    if full and hop.also:
        paragraph(out, f"Also by {', '.join(hop.also)}.", indent=6, style="dim")
    if full and hop.log:
        paragraph(out, f"Seen in: {', '.join(LOG_WORDS.get(log, log) for log in hop.log)}.", indent=6, style="dim")
        if hop.target.kind in _PLACES:
            paragraph(out, f"Id: {hop.target.id}", indent=6, style="dim")
    paragraph(out, node_line(hop.target, names, hop.facet), indent=2, first="> ", style="bold")


def hop_name(hop: Hop) -> str:
    """Return a step by its id, and its word where that says more."""
    return hop.edge if not hop.name or hop.edge.lower() == hop.name.lower() else f"{hop.edge} {hop.name}"


def _because(hop: Hop, names: Names, *, full: bool) -> list[str]:
    said: list[str] = []
    for reason in hop.because:
        if isinstance(reason, HopReason):
            clause = f" [{reason.clause}]" if full and reason.clause and reason.clause != hop.edge else ""
            said.append(_sentence(reason.detail) + clause)
            continue
        asked = hop.target.id if hop.target.id.startswith("/") else "/"
        told = sentences(reason, asked, names, full=full)
        said += told if full else [" ".join(one for one in told if not one.startswith("("))]
    return list(dict.fromkeys(said))


def _sentence(text: str) -> str:
    text = text.strip()
    if not text or text.endswith((".", "…")):
        return text
    # Names of lists and actions keep their letters.
    first = text.split(" ", 1)[0]
    return f"{text}." if "/" in first else f"{text[:1].upper()}{text[1:]}."


def show_unread(out: Console, unread: Sequence[Gap], names: Names, most: int = 5) -> None:
    """Write what was not read and could change the answer."""
    for gap in unread[:most]:
        out.print()
        seen = NotSeen(gap.api, gap.scope, gap.reason, "V3")
        paragraph(out, sentences(seen, "/", names)[0], indent=2, first="Not seen: ", style="yellow")
    if len(unread) > most:
        out.print(f"  … and {len(unread) - most} more that was not read; --json lists it all.")


def show_remarks(out: Console, *named: Named) -> None:
    """Write what should be told about the names that were given."""
    for one in named:
        for remark in one.remarks:
            paragraph(out, f"{remark}.", indent=2, first="Note: ", style="yellow")
