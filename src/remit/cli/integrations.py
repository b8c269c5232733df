"""`remit integrations`: every connection point of a tenant, what it holds, how far it gets, and when it was used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.graph_words import KIND_WORDS, MOST_ROWS, show_unread, told_apart
from remit.cli.layout import fields, paragraph
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at
from remit.cli.output import console, write_json
from remit.cli.places import Names, whereabouts
from remit.cli.showing import origin
from remit.graph.answers import NodeRef
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.integrating import Credential, Integration, IntegrationsAnswer, Permissions
    from remit.app.graphing.opening import Escalation
    from remit.app.graphing.reviewing import Granted, ReachSummary

Environments = Annotated[
    Path | None,
    Parameter(help="TOML file that says what speaks of which environment.", show_default=False),
]

_TITLES = {
    "pipeline": "Pipelines that sign in with tokens of their own",
    "workload": "Other workloads that do",
    "identity": "Managed identities that sign in as an application",
    "otherTenant": "Identities of other tenants",
    "lighthouse": "Delegated to other tenants through Lighthouse",
    "saas": "Applications of other tenants",
    "keptSecret": "Applications that sign in with what somebody keeps",
    "automation": "Services that run by themselves",
}
_COUNT_WORDS = {
    "identities": ("{} other identity", "{} other identities"),
    "scopes": ("any role at {} scope", "any role at {} scopes"),
    "code": ("code on {} resource", "code on {} resources"),
    "secret": ("secrets of {}", "secrets of {}"),
    "data": ("data of {}", "data of {}"),
    "control": ("settings of {}", "settings of {}"),
}
"""One, and several."""

_FEW = 3
_NOT_SEEN = "repositoryNotSeen"


def integrations(
    *,
    environments: Environments = None,
    repositories: Annotated[
        Path | None,
        Parameter(help="File with the repositories that exist, one owner/name a line.", show_default=False),
    ] = None,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """List what is connected with the tenant."""
    from remit.app.graphing.integrating import list_integrations
    from remit.bootstrap.reviewing import open_review
    from remit.cli.graph_opening import open_escalation

    escalation = open_escalation(which, read_at(at))
    answer = list_integrations(
        open_review(which.store, escalation, environments=environments, repositories=repositories, with_usage=True)
    )
    if json:
        from remit.cli.review_documents import integrations_document

        write_json(integrations_document(escalation, answer))
    else:
        show_integrations(console(), escalation, answer)
    return 0


def show_integrations(out: Console, escalation: Escalation, answer: IntegrationsAnswer) -> None:
    """Write the connection points by kind."""
    from rich.text import Text

    shown = answer.integrations[:MOST_ROWS]
    names = review_names(escalation, [role.scope for one in shown for role in one.roles])
    people = len({one.identity.id for one in answer.integrations})
    said = f"  {len(answer.integrations):,} connection point{'s'[: len(answer.integrations) != 1]}"
    said += f", {people:,} {'identity' if people == 1 else 'identities'}"
    out.print(Text.assemble(("What is connected with this tenant?", "bold"), said))
    fields(out, [("as of", format_instant(escalation.at.replace(microsecond=0))), *origin(escalation.tenant)])
    called = told_apart(one.identity for one in shown)
    told: set[str] = set()
    for kind, group in groupby(shown, key=lambda one: one.kind.value):
        out.print()
        out.print(Text(_TITLES[kind], style="bold cyan"))
        for one in group:
            _show_point(
                out, one, called[one.identity.id], names, seen=one.identity.id in told, observed=answer.observed
            )
            told.add(one.identity.id)
    if len(answer.integrations) > MOST_ROWS:
        out.print(f"\n  … and {len(answer.integrations) - MOST_ROWS:,} more; --json lists them all.")
    _show_shared(out, answer)
    _show_notes(out, answer)
    show_unread(out, answer.unread, names)


def review_names(escalation: Escalation, scopes: Sequence[NodeRef]) -> Names:
    """Return the display names of some scopes, by key as `places` wants them."""
    texts = {ref.id for ref in scopes}
    texts |= {"/".join(text.split("/")[:3]) for text in texts if text.lower().startswith("/subscriptions/")}
    return escalation.tenant.scope_names(texts)


def _show_point(out: Console, one: Integration, called: str, names: Names, *, seen: bool, observed: bool) -> None:
    belongs = f", {one.environment}" if one.environment else ""
    kind = KIND_WORDS.get(one.identity.kind, one.identity.kind)
    paragraph(out, f"{one.source} > {called} ({kind}{belongs})", indent=2, style="bold")
    for credential in one.credentials:
        paragraph(out, _credential_words(credential), indent=4)
        for weak in credential.weaknesses:
            if weak.kind != _NOT_SEEN:
                paragraph(out, f"{weak.detail}.", indent=4, first="! ", style="yellow" if weak.certain else "dim")
    if seen:
        paragraph(out, "what it holds stands above", indent=4, style="dim")
        return
    for line in _held(one, names):
        paragraph(out, line, indent=4)
    paragraph(out, f"reaches: {reach_words(one.reach)}", indent=4)
    owners = [ref.label for ref in one.owners[:_FEW]] or ([f"{one.owner_tag} (by tag)"] if one.owner_tag else [])
    more = f" and {len(one.owners) - _FEW} more" if len(one.owners) > _FEW else ""
    paragraph(out, f"owner: {', '.join(owners) + more if owners else 'nobody known'}; {_use(one, observed)}", indent=4)


def _credential_words(one: Credential) -> str:
    if one.kind == "federated":
        return f"trusts {one.subject}"
    if one.kind in ("secret", "certificate"):
        if one.expires is None:
            return f"{one.kind} that never expires"
        return f"{one.kind}, {'expired' if one.expired else 'expires'} {one.expires:%Y-%m-%d}"
    return {
        "managed": "signs in as its managed identity",
        "delegation": "signs in at its own tenant",
        "otherTenant": "signs in with credentials that its own tenant keeps",
    }[one.kind]


def _held(one: Integration, names: Names) -> list[str]:
    lines = [f"holds {role_words(role, names)}" for role in one.roles[:_FEW]]
    if len(one.roles) > _FEW:
        lines.append(f"and {len(one.roles) - _FEW} more")
    lines += [f"holds the directory role {role}" for role in one.directory_roles]
    lines += [_permission_words(said) for said in one.permissions]
    return lines or ["holds nothing"]


def role_words(role: Granted, names: Names) -> str:
    """Return a role assignment in a few words."""
    notes = [
        "" if role.through is None else f"through {role.through.label}",
        "on a condition" if role.conditional else "",
        "below a deny assignment" if role.below_deny else "",
    ]
    said = ", ".join(note for note in notes if note)
    return f"{role.role} at {whereabouts(role.scope.id, names)}{f' ({said})' if said else ''}"


def _permission_words(said: Permissions) -> str:
    api = said.api.label if said.api else "an API that was not read"
    listed = ", ".join(said.names[: 2 * _FEW]) + (" …" if len(said.names) > 2 * _FEW else "")
    if not said.delegated:
        return f"may {listed} in {api}"
    whom = said.on_behalf_of.label if said.on_behalf_of else "everybody"
    return f"may {listed} in {api} on behalf of {whom}"


def reach_words(reach: ReachSummary) -> str:
    """Return how far somebody gets in one line."""
    parts = []
    for sure, what in ((reach.tier_zero.value, "control of the tenant"), (reach.production.value, "production")):
        if sure != "no":
            parts.append(what if sure == "certain" else f"possibly {what}")
    parts += [_COUNT_WORDS[word][count != 1].format(f"{count:,}") for word, count in reach.counts]
    return "; ".join(parts) or "nothing beyond what it holds"


def _use(one: Integration, observed: bool) -> str:
    if one.last_use is not None:
        return f"last seen at work {one.last_use:%Y-%m-%d}"
    return "never seen at work in the logs" if observed else "last use not known (no logs)"


def _show_shared(out: Console, answer: IntegrationsAnswer) -> None:
    from rich.text import Text

    if answer.shared:
        out.print()
        out.print(Text("Subjects that sign in as several identities", style="bold cyan"))
    for one in answer.shared[:MOST_ROWS]:
        who = ", ".join(ref.label for ref in one.identities[:_FEW])
        more = f" and {len(one.identities) - _FEW} more" if len(one.identities) > _FEW else ""
        sure = "" if one.certain else " (possibly)"
        paragraph(out, f"{one.subject}: {who}{more}{sure}", indent=2)
    if len(answer.shared) > MOST_ROWS:
        out.print(f"  … and {len(answer.shared) - MOST_ROWS:,} more; --json lists them all.")


def _show_notes(out: Console, answer: IntegrationsAnswer) -> None:
    unseen = sum(
        any(weak.kind == _NOT_SEEN for credential in one.credentials for weak in credential.weaknesses)
        for one in answer.integrations
    )
    if unseen:
        out.print()
        count = "One pipeline trusts" if unseen == 1 else f"{unseen:,} pipelines trust"
        said = "a repository by its name, and whether that still exists is not known; --repositories FILE tells."
        paragraph(out, f"{count} {said}", indent=2)
