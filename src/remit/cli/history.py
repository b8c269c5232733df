"""`remit history`: what changed about a principal, a place or a role, by whom, and where it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import paragraph
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder
from remit.cli.output import console, write_json
from remit.cli.places import Names, place
from remit.cli.spans import read_since
from remit.model.history import Event

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS = 200

_SAID = {
    "assignmentWritten": "role assignment written",
    "assignmentDeleted": "role assignment deleted",
    "definitionWritten": "role definition written",
    "definitionDeleted": "role definition deleted",
    "activated": "role activated or assigned by PIM",
    "deactivated": "role deactivated or taken away by PIM",
    "eligibleAdded": "made eligible",
    "eligibleRemoved": "no longer eligible",
    "memberAdded": "added to a group",
    "memberRemoved": "removed from a group",
    "directoryRoleAdded": "directory role given",
    "directoryRoleRemoved": "directory role taken away",
    "elevated": "elevated to User Access Administrator at /",
    "diagnosticSettingWritten": "diagnostic setting written",
    "diagnosticSettingDeleted": "diagnostic setting deleted",
    "assignmentAppeared": "role assignment there that was not",
    "assignmentVanished": "role assignment no longer there",
    "memberAppeared": "in a group and was not",
    "memberVanished": "no longer in a group",
    "definitionDiffers": "role definition is another",
    "denyAppeared": "deny assignment there that was not",
    "denyVanished": "deny assignment no longer there",
}
_LOGS = {"activityLog": "Activity Log", "entraAudit": "Entra audit log"}


def history(
    subject: Annotated[str, Parameter(help="A principal, a scope (/subscriptions/…), or a role by name or GUID.")],
    /,
    *,
    since: Annotated[
        str | None, Parameter(help="Only from then on: a time, or so many days back such as 30d.", show_default=False)
    ] = None,
    json: JsonFlag = False,
    store: StoreFolder = DEFAULT_STORE,
) -> int:
    """Tell what changed."""
    from remit.app.history.subjects import subject_of
    from remit.app.history.timeline import events
    from remit.bootstrap.history import open_history
    from remit.usage.changes.base import scope_of

    past = open_history(store)
    earliest = read_since(since)
    tenant = past.newest()
    about = subject_of(subject, tenant)
    found = events(past, about, earliest)
    if json:
        from remit.wire.v1.history import history_document

        write_json(history_document(about.kind, about.key, about.label, found))
        return 0
    out = console()
    shown = {one.scope for one in found[-MOST_ROWS:] if scope_of(one.scope) is not None}
    heads = {"/".join(scope.split("/")[:3]) for scope in shown if scope.lower().startswith("/subscriptions/")}
    show_events(out, about.label, found, tenant.scope_names(shown | heads))
    if not past.changes:
        out.print()
        paragraph(out, "No logs tell of changes: only what snapshots differ in is shown. See: remit logs ingest.")
    return 0


def show_events(out: Console, label: str, found: list[Event], names: Names) -> None:
    """Write a timeline: for each change what it was, then by whom and where it was seen."""
    from rich.text import Text

    out.print(Text.assemble((f"What changed about {label}?", "bold"), f"  {len(found)} change{'s'[: len(found) != 1]}"))
    if len(found) > MOST_ROWS:
        out.print(f"  {len(found) - MOST_ROWS:,} earlier ones are left out; --json lists them all.")
    for one in found[-MOST_ROWS:]:
        out.print()
        when = f"{one.time:%Y-%m-%d %H:%M:%S}  "
        paragraph(out, _what(one, names), indent=2, first=when)
        by = one.actor_name or one.actor_id
        paragraph(out, f"{f'by {by}, ' if by else ''}{_seen(one)}", indent=2 + len(when), style="dim")


def _what(one: Event, names: Names) -> str:
    """Return what happened to what, for whom, where and until when."""
    said = _SAID.get(one.kind, one.kind)
    whom, role = one.subject_name or one.subject_id, one.role_name or one.role_id
    thing = one.object_name or ("" if role else one.object_id)
    if role:
        said += f": {role}{f' to {whom}' if whom else ''}"
    elif whom and thing:
        said += f": {whom}, {thing}"
    elif whom or thing:
        said += f": {whom or thing}"
    if one.scope:
        said += f", at {place(one.scope, names)}"
    if one.end is not None:
        said += f", until {one.end:%Y-%m-%d %H:%M}"
    return f"{said}."


def _seen(one: Event) -> str:
    if not one.logs:
        before = "" if one.since is None else f", between {one.since:%Y-%m-%d} and {one.time:%Y-%m-%d}"
        return f"seen only by comparing snapshots{before}"
    told = " and the ".join(_LOGS.get(log, log) for log in one.logs)
    return f"seen in the {told}" if one.confirmed else f"seen in the {told}, not confirmed"
