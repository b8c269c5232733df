"""`remit ai`: AI workloads, who may do what with them, and what should not be in one hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

from remit.cli.graph_words import KIND_WORDS, MOST_ROWS, names_for, node_words, show_unread
from remit.cli.integrations import Environments, role_words
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.places import Names
from remit.cli.showing import origin
from remit.graph.answers import NodeRef
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.ai import AiAnswer, AiIdentity, DutyCount, Joined, KeysAnswer, ProposalAnswer
    from remit.app.graphing.opening import Escalation

FOUND, NOTHING = 1, 0
"""Exit codes."""

_FEW = 3
_SURENESS = {"certain": "", "afterActivation": ", after activation", "possible": ", possible"}
_AGENTS = {"agentIdentity": "agent identity", "agentBlueprint": "agent blueprint"}
_KEYS = {"open": "accepted", "closed": "refused", "unknown": "not known", "none": "none"}
_LEGEND = (
    "Under each duty (inference, training, deployment, observation, administration): how many people have it, then how "
    "much software; ? where there may be more, after activation or if what is not known is so. Keys: whether the "
    "workload accepts them; whoever has one needs no role."
)


def ai(
    *,
    environments: Environments = None,
    full: Annotated[bool, switch("Also list every workload, identity and proposed role.")] = False,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Review AI workloads."""
    from remit.app.graphing.ai import review_ai
    from remit.bootstrap.ai import ai_rules
    from remit.bootstrap.reviewing import open_review
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    answer = review_ai(open_review(which.store, escalation, environments=environments), ai_rules())
    if json:
        from remit.cli.ai_documents import ai_document

        write_json(ai_document(escalation, answer))
    else:
        show_ai(console(), escalation, answer, full=full)
    return FOUND if answer.found else NOTHING


def show_ai(out: Console, escalation: Escalation, answer: AiAnswer, *, full: bool = False) -> None:
    """Write what there is and what was found, the worst first."""
    from rich.text import Text

    most = None if full else MOST_ROWS
    roles = [role for joined in (*answer.whole, *answer.mixed) for role in joined.roles]
    roles += [role for agent in answer.agents for role in agent.roles]
    roles += [role for identity in answer.identities for role in identity.roles]
    nodes = [one.node for one in answer.workloads]
    names = names_for(escalation.tenant, [], [*(role.scope for role in roles[:_NAMED]), *nodes[:_NAMED]])
    out.print(Text("Who may do what with AI workloads?", style="bold"))
    fields(
        out,
        [
            *_overview(answer),
            ("as of", format_instant(escalation.at.replace(microsecond=0))),
            *origin(escalation.tenant),
        ],
    )
    _show_workloads(out, answer, most)
    _show_findings(out, answer, names, most)
    _show_agents(out, answer, names, most)
    if full:
        _title(out, "Software with a duty, with keys or that a workload runs as", len(answer.identities))
        for identity in answer.identities:
            _show_identity(out, identity, names)
        _show_split(out, answer.split, {one.sort: one.says for one in answer.workloads})
    show_unread(out, answer.unread, names)


def _show_findings(out: Console, answer: AiAnswer, names: Names, most: int | None) -> None:
    _title(out, "All duties but inference over one workload in one hand", len(answer.whole))
    for one in answer.whole[:most]:
        _show_joined(out, one, names)
    _title(out, "Software with inference, and with training or deployment of the same workload", len(answer.mixed))
    for one in answer.mixed[:most]:
        _show_joined(out, one, names)
    _title(out, "Workloads whose keys bypass identity", len(answer.keys))
    for keys in answer.keys[:most]:
        _show_keys(out, keys)
    _title(out, "Identities shared by several projects", len(answer.shared))
    for shared in answer.shared[:most]:
        paragraph(out, shared.identity.label, indent=2, style="bold")
        if shared.attached:
            paragraph(out, f"{_labels(shared.attached)} run as it", indent=4)
        if shared.works_in:
            paragraph(out, f"has duties over {_labels(shared.works_in, shared.count)}", indent=4)


def _show_agents(out: Console, answer: AiAnswer, names: Names, most: int | None) -> None:
    _title(out, "Agent identities and blueprints of Entra", len(answer.agents))
    for agent in answer.agents[:most]:
        reach = "" if agent.tier_zero == "no" else f", control of the tenant: {agent.tier_zero}"
        paragraph(out, f"{agent.identity.label} ({_AGENTS[agent.kind]}){reach}", indent=2, style="bold")
        for role in agent.roles[:_FEW]:
            paragraph(out, f"holds {role_words(role, names)}", indent=4)
        if agent.permissions:
            paragraph(out, f"has the application permissions {', '.join(agent.permissions)}", indent=4)


_NAMED = 500
"""Places whose names are looked up for people."""


def _overview(answer: AiAnswer) -> list[tuple[str, str]]:
    if not answer.workloads and not answer.identities:
        return [("workloads", "none in this snapshot")]
    software = f"{len(answer.identities):,} identities with a duty, with keys or that a workload runs as"
    return [("workloads", _counted(answer)), ("software", software)]


def _counted(answer: AiAnswer) -> str:
    counts: dict[str, int] = {}
    for one in answer.workloads:
        counts[one.says] = counts.get(one.says, 0) + 1
    return ", ".join(f"{count:,} {says}" for says, count in counts.items()) or "none"


def _title(out: Console, title: str, count: int) -> None:
    from rich.text import Text

    if count:
        more = f", the first {MOST_ROWS} shown; --full shows them all" if count > MOST_ROWS else ""
        out.print()
        out.print(Text.assemble((title, "bold cyan"), f"  {count:,}{more}"))


def _show_workloads(out: Console, answer: AiAnswer, most: int | None) -> None:
    from rich.text import Text

    _title(out, "Workloads", len(answer.workloads))
    if not answer.workloads:
        return
    paragraph(out, _LEGEND, indent=2, style="dim")
    out.print()
    table = plain_table(("workload", 1), *((word, 0) for word in _COLUMNS), ("keys", 0))
    for one in answer.workloads[:most]:
        counts = {count.duty: count for count in one.duties}
        named = f"{one.node.label}{f' ({one.environment})' if one.environment else ''}"
        row = [_figure(counts.get(duty)) for duty in _COLUMNS.values()]
        table.add_row(Text.assemble(named, (f"\n{one.says}", "dim")), *row, _KEYS[one.keys])
    show_table(out, table)


_COLUMNS = {
    "infer": "inference",
    "train": "training",
    "deploy": "deployment",
    "observe": "observation",
    "admin": "administration",
}


def _figure(count: DutyCount | None) -> str:
    if count is None:
        return ""
    said = f"{count.people:,}+{count.software:,}"
    return f"{said}?" if count.unread or count.eligible or count.possible else said


def _show_joined(out: Console, one: Joined, names: Names) -> None:
    kind = KIND_WORDS.get(one.identity.kind, one.identity.kind)
    who = f"{kind} of {one.members:,}" if one.members else kind
    paragraph(out, f"{one.identity.label} ({who}){_SURENESS[one.sureness]}", indent=2, style="bold")
    paragraph(out, _over(one), indent=4)
    for role in one.roles[:_FEW]:
        paragraph(out, f"holds {role_words(role, names)}", indent=4)
    if len(one.roles) > _FEW:
        paragraph(out, f"and {len(one.roles) - _FEW} more role assignments", indent=4)
    # For people the sort that most of the workloads are of; JSON says it of each.
    split = [part for part in one.split if part.proposal.sort == one.split[0].proposal.sort]
    if split:
        paragraph(out, "proposed split:", indent=4, style="dim")
    for part in split:
        whose = "it keeps" if part.itself else "another identity gets"
        paragraph(out, f"{whose} {part.proposal.duty}, by {_with(part.proposal)}", indent=6, style="dim")


def _over(one: Joined | AiIdentity) -> str:
    """Return which duties somebody has over what."""
    return f"has {', '.join(one.duties)} over {_labels(one.workloads, one.count)}"


def _with(one: ProposalAnswer) -> str:
    """Return what gives a duty, in a few words."""
    if one.role:
        return f"the role {one.role}"
    control = ", ".join(action for action in one.actions if not action.endswith("/read"))
    data = ", ".join(f"{action} (data)" for action in one.data_actions)
    return f"a custom role of {', '.join(part for part in (control, data) if part)}"


def _show_keys(out: Console, one: KeysAnswer) -> None:
    state = "" if one.state == "open" else ": whether it accepts keys was not read"
    paragraph(out, f"{one.workload.label}{state}", indent=2, style="bold")
    later = [f"{one.eligible:,} after activation"] if one.eligible else []
    later += [f"{one.possible:,} possibly"] if one.possible else []
    later += ["maybe anybody: role assignments were not read"] if one.unread else []
    paragraph(out, f"{', '.join([f'{one.certain:,} can read or renew its keys', *later])}", indent=4)
    if one.around_count:
        paragraph(out, f"of these without inference of their own: {_labels(one.around, one.around_count)}", indent=4)


def _show_identity(out: Console, one: AiIdentity, names: Names) -> None:
    kind = _AGENTS.get(one.agent) or KIND_WORDS.get(one.identity.kind, one.identity.kind)
    paragraph(out, f"{one.identity.label} ({kind}){_SURENESS.get(one.sureness, '')}", indent=2, style="bold")
    if one.duties:
        paragraph(out, _over(one), indent=4)
    if one.attached:
        paragraph(out, f"{_labels(one.attached)} run{'s'[: len(one.attached) == 1]} as it", indent=4)
    for carrier in one.carriers[:_FEW]:
        paragraph(out, f"{node_words(carrier, names)} runs as it", indent=4)
    for trust in one.trusts[:_FEW]:
        paragraph(out, f"trusts {trust}", indent=4)
    if one.kept:
        paragraph(out, f"signs in with a {' or a '.join(one.kept)} that somebody keeps", indent=4)
    for role in one.roles[:_FEW]:
        paragraph(out, f"holds {role_words(role, names)}", indent=4)


def _show_split(out: Console, split: Iterable[ProposalAnswer], says: Mapping[str, str]) -> None:
    from rich.text import Text

    for sort, group in groupby(split, key=lambda one: one.sort):
        out.print()
        out.print(Text.assemble((f"The least that gives each duty: {says.get(sort, sort)}", "bold cyan")))
        for one in group:
            paragraph(out, f"{one.duty}: {_with(one)}", indent=2)
            if one.too_much:
                paragraph(out, f"the role {one.too_much} would also give {', '.join(one.more)}", indent=4, style="dim")


def _labels(refs: Sequence[NodeRef], count: int | None = None) -> str:
    said = ", ".join(ref.label for ref in refs[:_FEW])
    rest = (len(refs) if count is None else count) - min(len(refs), _FEW)
    return f"{said} and {rest:,} more" if rest > 0 else said
