"""`remit history`: what changed about a principal, a place or a role, by whom, and where it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import paragraph, plain_table, show_table
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder
from remit.cli.output import console, write_json
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

    past = open_history(store)
    earliest = read_since(since)
    about = subject_of(subject, past.newest())
    found = events(past, about, earliest)
    if json:
        from remit.wire.v1.history import history_document

        write_json(history_document(about.kind, about.key, about.label, found))
        return 0
    out = console()
    show_events(out, about.label, found)
    if not past.changes:
        out.print()
        paragraph(out, "No logs tell of changes: only what snapshots differ in is shown. See: remit logs ingest.")
    return 0


def show_events(out: Console, label: str, found: list[Event]) -> None:
    """Write a timeline."""
    from rich.text import Text

    out.print(Text.assemble((f"What changed about {label}?", "bold"), f"  {len(found)} change{'s'[: len(found) != 1]}"))
    if not found:
        return
    out.print()
    table = plain_table(("when (UTC)", 0), ("what", 1), ("by", 1), ("seen in", 1))
    for one in found[-MOST_ROWS:]:
        table.add_row(
            f"{one.time:%Y-%m-%d %H:%M:%S}", Text("\n".join(_what(one))), one.actor_name or one.actor_id, _seen(one)
        )
    show_table(out, table)
    if len(found) > MOST_ROWS:
        out.print(f"  … and {len(found) - MOST_ROWS} earlier; --json lists them all.")


def _what(one: Event) -> list[str]:
    """Return what happened, and to what, as lines."""
    lines = [_SAID.get(one.kind, one.kind)]
    whom = one.subject_name or one.subject_id
    thing = one.object_name or (one.object_id if not one.role_id else "")
    role = one.role_name or one.role_id
    if role or whom:
        lines.append(" ".join(part for part in (role, f"to {whom}" if role and whom else whom) if part))
    if thing and not role:
        lines.append(thing)
    if one.scope:
        lines.append(f"at {one.scope}")
    if one.end is not None:
        lines.append(f"until {one.end:%Y-%m-%d %H:%M}")
    return lines


def _seen(one: Event) -> str:
    if not one.logs:
        before = "" if one.since is None else f", between {one.since:%Y-%m-%d} and {one.time:%Y-%m-%d}"
        return f"seen only by comparing snapshots{before}"
    told = ", ".join(_LOGS.get(log, log) for log in one.logs)
    return told if one.confirmed else f"{told}; not confirmed"
