"""A decision as people read it: the verdict, the reasons in sentences, and what acts beside RBAC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from remit.cli.clauses import TITLES
from remit.cli.layout import fields, paragraph
from remit.cli.places import Names, short_id, whereabouts
from remit.cli.sentences import sentences
from remit.model.decision import (
    Decision,
    Denied,
    EligibleFor,
    Granted,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Outcome,
    Reason,
)
from remit.model.effective import EffectivePermission
from remit.model.history import TenantState
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.model.question import Plane
from remit.model.role import PermissionBlock
from remit.model.scope import Scope
from remit.model.usage import LogKind

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
    from rich.text import Text

    question, settled = decision.question, decision.outcome is Outcome.ALLOWED
    word = decision.outcome.value.replace("_", " ").upper()
    said = {Outcome.ALLOWED: "can", Outcome.UNKNOWN: "may or may not be able to"}.get(decision.outcome, "cannot")
    out.print(Text.assemble((word, STYLES[decision.outcome]), (f"  {asked.label} {said} do this.", "bold")))
    names = tenant.names_in(decision.because)
    names[asked.principal_id] = asked.label
    names |= tenant.scope_names(scopes_of(decision.because, question.scope.text))
    told = question_fields(question.action, question.plane, question.scope, decision.at, names)
    if full:
        told.insert(2, ("", question.scope.text))
    fields(out, [*told, *origin(tenant)])
    shown = [one for one in decision.because if full or _worth_telling(one, decision)]
    out.print()
    if not shown:
        out.print("  No role assignment grants it.")
    for number, reason in enumerate(shown, start=1):
        head, *rest = sentences(reason, question.scope.text, names, settles=settled, full=full)
        paragraph(out, head, indent=2, first=f"{number}. ")
        rest += _more(tenant, reason) if full else []
        for line in rest:
            paragraph(out, line, indent=5, style="dim" if line.startswith(("(", "Id:", "Clause")) else "")
    if decision.guards:
        out.print("\nBeside Azure RBAC, and no part of the answer:")
        for guard in decision.guards:
            paragraph(out, f"{guard.detail}{f' [{guard.clause}]' if full else ''}", indent=2, first="- ")


def kind_word(principal: PrincipalName) -> str:
    """Return the kind of a principal as people say it."""
    words = {"servicePrincipal": "service principal", "foreignGroup": "foreign group", "unknown": "kind not known"}
    return words.get(principal.kind, principal.kind)


def question_fields(action: str, plane: Plane, scope: Scope, at: datetime, names: Names) -> list[tuple[str, str]]:
    """Return what was asked, as names and values."""
    return [
        ("action", f"{action} ({plane.word} plane)"),
        ("scope", whereabouts(scope.text, names)),
        ("as of", format_instant(at.replace(microsecond=0))),
    ]


def origin(tenant: Tenant) -> list[tuple[str, str]]:
    """Return which snapshot of which tenant was asked, and what logs add to it, as names and values."""
    told = short_id(tenant.index.facts.meta.tenant_id)
    found = [("from", f"snapshot {tenant.snapshot_id[:12]}{f', tenant {told}' if told else ''}")]
    if tenant.state is not None:
        found += [("state", said) for said in state_sentences(tenant.state)]
    return found


_LOG_NAMES = {LogKind.ACTIVITY: "the Activity Log", LogKind.ENTRA_AUDIT: "the Entra audit log"}


def state_sentences(state: TenantState) -> list[str]:
    """Return in plain words what an answer about an instant rests on, beside the snapshot."""
    back = state.at < state.read_at
    read_at = format_instant(state.read_at.replace(microsecond=0))
    how = "taken back" if back else "put in"
    applied = "no logged change" if not state.applied else f"{state.applied} logged change{'s'[: state.applied > 1]}"
    said = [f"{'before' if back else 'after'} the snapshot of {read_at}, {applied} {how}"]
    if state.unconfirmed:
        said.append(f"{state.unconfirmed} more only begun as far as the logs tell: what they touch is unknown")
    if state.left_out:
        said.append(f"{state.left_out} more that do not tell enough to be {how}")
    seen = [f"{_LOG_NAMES[one.log]} was seen on {one.seen}" for one in state.coverage]
    if seen:
        days = state.coverage[0].days
        said.append(f"of the {days} day{'s'[: days > 1]} from one to the other {', '.join(seen)}")
    return said


def scopes_of(reasons: Iterable[Reason | EffectivePermission], asked: str) -> set[str]:
    """Return the scopes that an answer speaks of, the subscription of the scope asked among them."""
    found = {asked}
    for reason in reasons:
        if isinstance(reason, Denied | MayBeDenied | NotSeen):
            found.add(reason.scope)
        else:
            found.add(reason.assignment.scope)
    found |= {"/".join(text.split("/")[:3]) for text in found if text.lower().startswith("/subscriptions/")}
    return {text for text in found if text.startswith("/") and not text.startswith("/groups/")}


def _worth_telling(reason: Reason, decision: Decision) -> bool:
    """Leave out what has no bearing: grants of nothing beside one that settles, activating what is held anyway."""
    if isinstance(reason, GrantsNothing):
        return decision.outcome is Outcome.NOT_ALLOWED
    return not isinstance(reason, EligibleFor) or decision.outcome is not Outcome.ALLOWED


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
