"""`remit import`: read a tenant into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.layout import fields, paragraph, plain_table, show_table
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder, switch
from remit.cli.output import console, write_json
from remit.cli.progress import import_progress
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.importing import ImportReport

_SHOWN_SKIPS = 20

_FLAGS = {
    "assignmentOfUnknownPrincipal": "assignments whose principal is not in the directory",
    "memberNotListed": "members that no directory list names",
    "roleNotCollected": "roles that were not collected; answers about them are unknown",
    "roleFromCatalogue": "roles taken from the catalogue",
    "invalidRole": "custom roles that Azure would not accept; they grant nothing",
    "invalidAssignment": "assignments that Azure would not accept; they grant nothing",
    "lighthouseInvalid": "Lighthouse authorizations that cannot be; they grant nothing",
    "eligibleServicePrincipal": "eligible assignments of service principals, which cannot activate",
    "classicAdministrator": "classic administrators, who have no access any more",
    "unplacedSubscription": "subscriptions and management groups whose parent is not known",
    "everyoneExcluded": "deny assignments that exclude Everyone, which Azure ignores",
}


def import_tenant(
    path: Annotated[Path, Parameter(help="Folder of an export, or what az or AzureHound wrote.")],
    /,
    *,
    store: StoreFolder = DEFAULT_STORE,
    lenient: Annotated[
        bool,
        switch("Leave bad rows out, count and list them, and note a gap."),
    ] = False,
    json: JsonFlag = False,
) -> int:
    """Read a tenant."""
    from remit.bootstrap.reader import import_path

    with import_progress() as progress:
        report = import_path(store, path, lenient=lenient, progress=progress)
    if json:
        _write(report)
    else:
        _show(console(), report)
    return 0


def _write(report: ImportReport) -> None:
    from remit.cli.snapshots import summary_document
    from remit.wire.v1.snapshots import AccountDocument, ImportDocument, SkippedDocument

    write_json(
        ImportDocument(
            summary_document(report.summary),
            tuple(SkippedDocument(one.file, one.line, one.reason) for one in report.skipped),
            tuple(AccountDocument(*one) for one in report.accounting),
        )
    )


def _show(out: Console, report: ImportReport) -> None:
    from rich.text import Text

    summary = report.summary
    out.print(Text(f"Snapshot {summary.snapshot_id[:12]}", style="bold"))
    told = [("tenant", summary.tenant_id or "not told"), ("source", summary.source)]
    if summary.collected_at is not None:
        told.append(("collected", format_instant(summary.collected_at)))
    fields(out, told)
    _show_rows(out, report)
    if report.flags:
        out.print("\nOdd, and no error:")
    for flag in report.flags:
        examples = ", ".join(flag.examples[:2])
        words = f"{_FLAGS.get(flag.kind, flag.kind)}: {flag.count:,}, such as {examples} [{flag.clause}]"
        paragraph(out, words, indent=2, first="- ")
    show_gaps(out, report)
    if report.skipped:
        count = len(report.skipped)
        out.print(Text(f"\nLeft out, {count:,} {'row' if count == 1 else 'rows'}:", style="yellow"))
        for one in report.skipped[:_SHOWN_SKIPS]:
            out.print(f"  {one.reason}", soft_wrap=True)
        if len(report.skipped) > _SHOWN_SKIPS:
            out.print(f"  … and {len(report.skipped) - _SHOWN_SKIPS:,} more; --json lists them all.")


def _show_rows(out: Console, report: ImportReport) -> None:
    """Write what was met: rows by list of an export; by kind, with what became of them, of other sources."""
    out.print()
    if report.summary.source != "tenantExport":
        table = plain_table(("kind", 0), ("", 0), ("count", 0), right=("count",))
        for kind, treatment, count in report.accounting:
            if count:
                table.add_row(kind, treatment, f"{count:,}")
        show_table(out, table)
        return
    table = plain_table(("list", 0), ("rows", 0), right=("rows",))
    for name, count in sorted(report.rows.items()):
        if count:
            table.add_row(name, f"{count:,}")
    show_table(out, table)
    empty = sum(not count for count in report.rows.values())
    if empty:
        out.print(f"  and {empty} empty lists" if empty > 1 else "  and one empty list")
    ignored = [f"{count:,} {kind}" for kind, treatment, count in report.accounting if treatment == "ignored" and count]
    if ignored:
        paragraph(out, f"Ignored: {', '.join(ignored)}.", indent=2)


def show_gaps(out: Console, report: ImportReport) -> None:
    """Write what was not seen: whole lists by reason, then places."""
    from rich.text import Text

    if not report.gaps:
        return
    out.print(Text("\nNot seen; shown in every answer it touches:", style="yellow"))
    whole: dict[str, list[str]] = {}
    for gap in report.gaps:
        if gap.scope == "/":
            whole.setdefault(gap.reason, []).append(gap.api)
        else:
            paragraph(out, f"{gap.api} at {gap.scope}: {gap.reason}", indent=2, first="- ")
    for reason, lists in whole.items():
        paragraph(out, f"{reason}: {', '.join(lists)}", indent=2, first="- ")
