"""A setup as people and programs read it: the plan, each step, and how to use what was made."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cli.layout import fields, paragraph

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.setting_up.doing import Deed, SetupDone
    from remit.app.setting_up.needs import Need
    from remit.app.setting_up.plan import SetupPlan
    from remit.wire.v1.setup import SetupDoneDocument, SetupPlanDocument

_DEEDS = {"made": "made", "putRight": "put right", "wasThere": "was there", "removed": "removed"}
_SECRETS_ARE_LAST = (
    "A secret can be copied by whoever reads the file, and nobody sees that it was. A certificate or a federated "
    "credential cannot. It expires after 90 days."
)


def show_deed(deed: Deed, words: str) -> None:
    """Tell people of one step while the others go on."""
    sys.stderr.write(f"{_DEEDS[deed.value]:<10}{words}\n")


def show_plan(out: Console, plan: SetupPlan, graph_url: str) -> None:
    """Write what a setup would make, what each permission is for, and the same as commands."""
    from rich.text import Text

    from remit.app.setting_up.commands import az_commands

    out.print(Text.assemble((f"Setup {plan.name}", "bold"), "  a plan: nothing was changed"))
    fields(out, [*_identity(plan), ("role at", plan.scope), ("lists", _lists(plan.lists))])
    if plan.reads_azure:
        out.print(Text(f"\nCustom role {plan.name}, {_counted(plan.actions, 'action')}; without each is lost:", "bold"))
        if plan.every_type:
            paragraph(out, "*/read stands for all of these.", indent=2)
        _show_needs(out, [need for need in plan.needs if need.api == "arm"])
    if plan.graph_permissions:
        count = _counted(plan.graph_permissions, "application permission")
        out.print(Text(f"\nMicrosoft Graph, {count}; without each is lost:", "bold"))
        _show_needs(out, [need for need in plan.needs if need.api == "graph"])
    _warn(out, plan)
    out.print(Text("\nThe same with the Azure CLI:", "bold"))
    for command in az_commands(plan, graph_url):
        out.print()
        for line in command.splitlines():
            out.print(f"  {line}" if not _is_here(command) else line, soft_wrap=True)
    out.print("\nTo do it: the same command with --apply.")


def show_done(out: Console, plan: SetupPlan, done: SetupDone) -> None:
    """Write what was made and how to use it."""
    from rich.text import Text

    from remit.app.setting_up.using import use_of

    changed = sum(deed.value != "wasThere" for deed, _ in done.deeds)
    said = f"{changed} of {len(done.deeds)} things are new" if changed else "everything was there"
    out.print(Text.assemble((f"Setup {plan.name} is done", "bold"), f"  {said}"))
    fields(
        out, [*_identity(plan), ("client id", done.client_id), ("object id", done.object_id), ("record", done.record)]
    )
    _warn(out, plan)
    use = use_of(plan, done.client_id)
    out.print("\nUse it:\n")
    for name, value in use.environment.items():
        out.print(f"  export {name}={shlex.quote(value)}", soft_wrap=True)
    if use.source:
        out.print(f"  . {shlex.quote(use.source)}", soft_wrap=True)
    out.print(f"  {shlex.join(['remit', *use.command])}", soft_wrap=True)
    paragraph(out, "Azure may take some minutes until a new role counts everywhere.", indent=2)


def plan_document(plan: SetupPlan, graph_url: str) -> SetupPlanDocument:
    """Return the document of a plan."""
    from remit.app.setting_up.commands import az_commands, role_document
    from remit.app.setting_up.plan import ApplicationChoice
    from remit.wire.v1.setup import IdentityDocument, PermissionDocument, SetupPlanDocument

    chosen = plan.identity
    identity = (
        IdentityDocument(
            "application", chosen.credential.value, chosen.file, issuer=chosen.issuer, subject=chosen.subject
        )
        if isinstance(chosen, ApplicationChoice)
        else IdentityDocument(
            "managedIdentity",
            subscription=chosen.subscription,
            resource_group=chosen.resource_group,
            location=chosen.location,
        )
    )
    return SetupPlanDocument(
        plan.name,
        plan.tenant_id,
        plan.cloud,
        plan.scope,
        identity,
        tuple(plan.lists),
        "all" if plan.every_type else "known",
        plan.graph_permissions,
        tuple(PermissionDocument(need.api, need.permission, need.lists, need.lost) for need in plan.needs),
        az_commands(plan, graph_url),
        role_document(plan) if plan.reads_azure else None,
    )


def done_document(name: str, tenant_id: str, done: SetupDone, plan: SetupPlan | None) -> SetupDoneDocument:
    """Return the document of what was done; without a plan of a removal."""
    from remit.app.setting_up.using import use_of
    from remit.wire.v1.setup import DeedDocument, SetupDoneDocument, UseDocument

    use = None if plan is None else use_of(plan, done.client_id)
    return SetupDoneDocument(
        name,
        tenant_id,
        done.record,
        tuple(DeedDocument(deed.value, words) for deed, words in done.deeds),
        done.client_id,
        done.object_id,
        None if use is None else UseDocument(use.command, use.environment, use.source),
    )


def _identity(plan: SetupPlan) -> list[tuple[str, str]]:
    from remit.app.setting_up.plan import ApplicationChoice, Credential

    chosen = plan.identity
    told = [("tenant", plan.tenant_id)]
    if not isinstance(chosen, ApplicationChoice):
        told += [("identity", "user-assigned managed identity"), ("subscription", chosen.subscription)]
        return [*told, ("resource group", chosen.resource_group), ("location", chosen.location)]
    if chosen.credential is Credential.FEDERATED:
        trusts = [("issuer", chosen.issuer), ("subject", chosen.subject)]
        return [*told, ("identity", "application with a federated credential"), *trusts]
    word = "key file" if chosen.credential is Credential.CERTIFICATE else "secret file"
    return [*told, ("identity", f"application with a {chosen.credential.value}"), (word, _short(chosen.file))]


def _counted(names: Sequence[str], word: str) -> str:
    return f"{len(names)} {word}{'' if len(names) == 1 else 's'}"


def _short(file: str) -> str:
    """Return a file as people named it, where it is in the present folder."""
    path = Path(file)
    return path.name if path.parent == Path.cwd() else file


def _lists(names: Sequence[str]) -> str:
    from remit.wire.azure.lists import LISTS

    left_out = sorted(set(LISTS) - set(names))
    if not left_out:
        return f"all {len(names)}"
    return f"{len(names)}: {', '.join(names)}" if len(names) <= len(left_out) else f"all but {', '.join(left_out)}"


def _show_needs(out: Console, needs: Sequence[Need]) -> None:
    from rich.text import Text

    def purpose(need: Need) -> tuple[str, tuple[str, ...]]:
        return need.lost, need.lists

    for (lost, lists), group in groupby(sorted(needs, key=purpose), purpose):
        out.print()
        paragraph(out, lost, indent=2, first="- ")
        if lists:
            paragraph(out, ", ".join(lists), indent=4, first="lists: ", style="dim")
        for need in group:
            out.print(Text(f"    {need.permission}", style="green"), soft_wrap=True)


def _warn(out: Console, plan: SetupPlan) -> None:
    from remit.app.setting_up.plan import ApplicationChoice, Credential

    if isinstance(plan.identity, ApplicationChoice) and plan.identity.credential is Credential.SECRET:
        out.print()
        paragraph(out, _SECRETS_ARE_LAST, first="Warning: ", style="yellow")


def _is_here(command: str) -> bool:
    """Tell whether a command holds a document whose lines must stand as they are."""
    return "<<'END'" in command
