"""`remit doctor azure`: what the credential in use can, cannot and should not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.connection import HERE, ConnectionOptions
from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import JsonFlag, names_in
from remit.cli.output import console, write_json
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from remit.app.doctoring.diagnosis import Diagnosis
    from remit.app.doctoring.readable import ListReading, Missing
    from remit.wire.v1.doctor import DoctorDocument

_STYLES = {"note": "dim", "warning": "yellow", "error": "red"}
_EXTENTS = {"all": "green", "part": "yellow", "nothing": "red", "unknown": "yellow"}
_MOST = 3
UNWELL = 1


def azure(
    *,
    lists: Annotated[str | None, Parameter(help="Lists it shall read, with commas. [default: all]")] = None,
    without: Annotated[str | None, Parameter(help="Lists it need not read, with commas.", show_default=False)] = None,
    json: JsonFlag = False,
    options: ConnectionOptions = HERE,
) -> int:
    """Examine the credential in use."""
    from remit.app.setting_up.needs import choose_lists
    from remit.bootstrap.doctor import examine

    chosen = choose_lists(names_in(lists), names_in(without) or ())
    found = examine(options.connection(), chosen)
    if json:
        write_json(_document(found, options.auth))
    else:
        _show(console(), found, options.auth)
    return 0 if found.is_well else UNWELL


def _show(out: Console, found: Diagnosis, auth: str) -> None:
    from rich.text import Text

    who = found.reading.who
    out.print(Text.assemble((who.name or who.client_id or who.object_id, "bold"), f"  {_kind(found)}"))
    told = [
        ("object id", who.object_id),
        ("client id", who.client_id),
        ("tenant", who.tenant_id),
        ("signed in by", auth),
    ]
    if who.token_expires is not None:
        told.append(("token until", format_instant(who.token_expires)))
    told += [
        (one.kind, f"{one.name or one.key_id} until {format_instant(one.expires)}{', in use' if one.in_use else ''}")
        for one in found.reading.credentials or ()
    ]
    if found.skew is not None:
        told.append(("clock", f"{round(found.skew.total_seconds()):+,} seconds, Azure's against this machine's"))
    told += [(name, text) for name, text in sorted(found.reading.limits.items()) if "remaining" in name]
    fields(out, told)
    out.print()
    table = plain_table(("list", 0), ("readable", 0))
    for one in found.lists:
        table.add_row(one.list_name, Text(one.extent.value, style=_EXTENTS[one.extent.value]))
    show_table(out, table)
    _show_missing(out, found.lists)
    if not found.remarks:
        out.print("\nAll is well.")
    for remark in found.remarks:
        out.print()
        text = f"{remark.text} {remark.advice}".rstrip()
        paragraph(out, text, indent=2, first=f"{remark.level.value}: ", style=_STYLES[remark.level.value])


def _kind(found: Diagnosis) -> str:
    who = found.reading.who
    if not who.is_application:
        return "user"
    return "managed identity" if who.is_managed_identity else "application"


def _show_missing(out: Console, lists: Sequence[ListReading]) -> None:
    """Write what is missing, each permission once: one that is missing keeps many lists from being read."""
    behind: dict[str, list[str]] = {}
    for one in lists:
        for missing in one.missing:
            behind.setdefault(_where(missing), []).append(one.list_name)
    together: dict[tuple[str, ...], list[str]] = {}
    for where, names in behind.items():
        together.setdefault(tuple(names), []).append(where)
    if together:
        out.print("\n  missing:")
    for behind_it, permissions in together.items():
        rest = len(permissions) - _MOST
        for where in permissions[:_MOST]:
            paragraph(out, where, indent=4, first="- ")
        if rest > 0:
            paragraph(out, f"and {rest} more", indent=6)
        paragraph(out, ", ".join(behind_it), indent=6, first="for ", style="dim")


def _where(missing: Missing) -> str:
    unsure = "" if missing.is_known else " (not known)"
    if not missing.scopes:
        return f"{missing.permission}{unsure}"
    rest = len(missing.scopes) - 1
    return f"{missing.permission} at {missing.scopes[0]}{f' and {rest} more' if rest else ''}{unsure}"


def _document(found: Diagnosis, auth: str) -> DoctorDocument:
    from remit.wire.v1.doctor import (
        DoctorDocument,
        ExcessDocument,
        ListReadingDocument,
        MissingDocument,
        OwnCredentialDocument,
        RemarkDocument,
        SignedInDocument,
    )

    reading = found.reading
    who = reading.who
    kind = {"managed identity": "managedIdentity"}.get(_kind(found), _kind(found))
    expires = "" if who.token_expires is None else format_instant(who.token_expires)
    credentials = (
        None
        if reading.credentials is None
        else tuple(
            OwnCredentialDocument(one.kind, one.key_id, one.name, format_instant(one.expires), one.in_use)
            for one in reading.credentials
        )
    )
    return DoctorDocument(
        found.is_well,
        SignedInDocument(kind, who.object_id, who.client_id, who.tenant_id, auth, who.name, expires),
        tuple(
            ListReadingDocument(
                one.list_name,
                one.extent.value,
                tuple(MissingDocument(lack.permission, lack.scopes, lack.is_known) for lack in one.missing),
            )
            for one in found.lists
        ),
        tuple(
            ExcessDocument(one.kind.value, one.what, one.through, one.assignment_id, one.standing)
            for one in found.excess
        ),
        tuple(RemarkDocument(one.level.value, one.about, one.text, one.advice) for one in found.remarks),
        dict(sorted(reading.limits.items())),
        credentials,
        None if found.skew is None else round(found.skew.total_seconds()),
    )
