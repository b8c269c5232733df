"""A decision as people read it: the verdict, the reasons in sentences, and what acts beside RBAC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remit.cli.clauses import TITLES
from remit.cli.places import place
from remit.cli.sentences import sentences
from remit.model.decision import Decision, Granted, GrantsNothing, MayGrant, Outcome, Reason
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.model.question import Question
from remit.model.role import PermissionBlock

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.answering import Tenant

STYLES = {
    Outcome.ALLOWED: "bold green",
    Outcome.NOT_ALLOWED: "bold red",
    Outcome.DENIED: "bold red",
    Outcome.UNKNOWN: "bold yellow",
}


def show_decision(
    out: Console, tenant: Tenant, asked: PrincipalName, decision: Decision, *, full: bool = False
) -> None:
    """Write an answer for people: the verdict, the question, the reasons, and what acts beside RBAC."""
    from rich.padding import Padding
    from rich.text import Text

    question = decision.question
    word = decision.outcome.value.replace("_", " ").upper()
    out.print(Text.assemble((word, STYLES[decision.outcome]), (f"  {_summary(asked, decision)}", "bold")))
    out.print(Padding(Text(_where(question)), (0, 0, 0, 2)))
    when = "" if decision.at == tenant.at else ", as asked"
    out.print(Padding(Text(f"as of {format_instant(decision.at)}{when}", style="dim"), (0, 0, 0, 2)))
    names = tenant.names_in(decision.because)
    if asked.label != asked.principal_id:
        names[asked.principal_id] = asked.label
    shown = [one for one in decision.because if full or _worth_telling(one, decision)]
    out.print()
    if not shown:
        out.print("  No role assignment grants it.")
    for number, reason in enumerate(shown, start=1):
        head, *rest = sentences(reason, question.scope.text, names, full=full)
        out.print(Padding(Text(f"{number}. {head}"), (0, 0, 0, 2)))
        rest += _more(tenant, reason) if full else []
        for line in rest:
            out.print(Padding(Text(line, style="dim" if line.startswith(("(", "Id:")) else ""), (0, 0, 0, 5)))
    if decision.guards:
        out.print("\nBeside RBAC, and not part of the answer:")
        for guard in decision.guards:
            clause = f" [{guard.clause}]" if full else ""
            out.print(Padding(Text(f"- {guard.detail}{clause}"), (0, 0, 0, 2)))


def _summary(asked: PrincipalName, decision: Decision) -> str:
    question = decision.question
    verb = {
        Outcome.ALLOWED: "can",
        Outcome.NOT_ALLOWED: "cannot",
        Outcome.DENIED: "cannot",
        Outcome.UNKNOWN: "may or may not",
    }[decision.outcome]
    return f"{asked.label} {verb} {question.action} ({question.plane.word} plane)"


def _where(question: Question) -> str:
    described, text = place(question.scope.text), question.scope.text
    return text if described == text or question.scope.is_root else f"at {described}: {text}"


def _worth_telling(reason: Reason, decision: Decision) -> bool:
    """Leave out grants that come to nothing where something else settles the answer."""
    return not isinstance(reason, GrantsNothing) or decision.outcome is Outcome.NOT_ALLOWED


def _more(tenant: Tenant, reason: Reason) -> list[str]:
    """Return the permission block and the clause behind a reason."""
    said = []
    if isinstance(reason, Granted | MayGrant) and reason.block is not None:
        block = tenant.block(reason.assignment.role_id, reason.block)
        said += [] if block is None else [f"{word}: {listed(patterns)}" for word, patterns in pattern_lists(block)]
    title = TITLES.get(reason.clause)
    return [*said, f"Clause {reason.clause}: {title}" if title else f"Clause {reason.clause}"]


def pattern_lists(block: PermissionBlock) -> list[tuple[str, tuple[str, ...]]]:
    """Return the lists of a block that are not empty, with Azure's words for them."""
    every = (
        ("actions", block.actions),
        ("notActions", block.not_actions),
        ("dataActions", block.data_actions),
        ("notDataActions", block.not_data_actions),
    )
    return [(word, patterns) for word, patterns in every if patterns]


def listed(texts: Sequence[str], most: int = 6) -> str:
    """Return some texts with commas, and how many more there are."""
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest} more" if rest > 0 else "")
