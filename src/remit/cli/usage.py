"""`remit usage`: what was used of what is granted, what was not, and what nobody could have seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from remit.cli.options import DEFAULT_STORE, NEWEST, JsonFlag, StoreFolder, Which, read_at, switch
from remit.cli.output import console, write_bytes, write_json
from remit.model.errors import InputError, InstantSyntaxError
from remit.model.interval import to_micros

if TYPE_CHECKING:
    from remit.app.using.tenant_usage import TenantUsage

_USAGE = """\
Example:
  remit usage ci-release
  remit usage 'Lena Fischer' --since 30d --json
  remit usage --all --sort score"""

_ASSIGNMENT = """\
Example:
  remit usage assignment 094fa254-7cc4-5766-af91-f80d080a8c35"""

_GAPS = """\
Example:
  remit usage gaps
  remit usage gaps --json | jq -r '.gaps[].az'"""

_DISAGREEMENTS = """\
Example:
  remit usage disagreements

Exit code: 0 they agree, 1 they do not."""

_DAYS = re.compile(r"(\d{1,5})\s*([dw])", re.ASCII | re.IGNORECASE)
_WEEK = 7
_WINDOWS = "for example 90d, 12w, 2026-11-01 or all"
DEFAULT_DAYS = 90

Since = Annotated[
    str,
    Parameter(help="90d, 12w, an instant, or `all`; days count back from the newest record.", name="--since"),
]

app = App(
    name="usage",
    help="Say what was used of what is granted, what was not, and what could not be seen.",
    help_epilogue=_USAGE,
)


@app.default
def usage(
    principal: Annotated[
        str | None, Parameter(help="Object id, appId, user principal name or display name.", show_default=False)
    ] = None,
    /,
    *,
    everybody: Annotated[bool, Parameter(name="--all", help="Every identity, one line each.", negative="")] = False,
    sort: Annotated[Literal["unused", "score"], Parameter(help="Order of --all.")] = "score",
    since: Since = "90d",
    full: Annotated[bool, switch("Show every group of operations.")] = False,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Say what was used of what is granted, what was not, and what could not be seen."""
    if everybody == (principal is not None):
        raise InputError(
            "name a principal or give --all, not both" if everybody else "PRINCIPAL is missing",
            hint="remit usage ci-release, or remit usage --all",
        )
    opened = open_usage(which, since)
    if principal is None:
        return _all(opened, sort, json=json)
    from remit.app.using.of_principal import usage_of

    answer = usage_of(opened, opened.tenant.principals.find(principal))
    if json:
        from remit.cli.usage_documents import principal_document

        write_json(principal_document(answer))
    else:
        from remit.cli.usage_showing import show_principal

        show_principal(console(), opened, answer, full=full)
    return 0


def _all(opened: TenantUsage, sort: str, *, json: bool) -> int:
    from remit.app.using.of_everybody import Sort, usage_of_everybody

    found = usage_of_everybody(opened, Sort(sort))
    if json:
        from remit.cli.usage_documents import everybody_document

        write_json(everybody_document(opened, Sort(sort), found))
    else:
        from remit.cli.usage_tables import show_everybody

        show_everybody(console(), opened, found)
    return 0


@app.command(help="Say who used one role assignment, for what, and when last.", help_epilogue=_ASSIGNMENT)
def assignment(
    assignment_id: Annotated[str, Parameter(help="GUID of a role assignment, its first digits, or its full id.")],
    /,
    *,
    since: Since = "90d",
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Say who used one role assignment, for what, and when last."""
    from remit.app.using.of_assignment import usage_of_assignment

    opened = open_usage(which, since)
    answer = usage_of_assignment(opened, assignment_id)
    if json:
        from remit.cli.usage_documents import answer_document

        write_json(answer_document(answer))
    else:
        from remit.cli.usage_tables import show_assignment

        show_assignment(console(), opened, answer)
    return 0


@app.command(help="List what to switch on, so that more use can be seen.", help_epilogue=_GAPS)
def gaps(
    *,
    workspace: Annotated[
        str | None, Parameter(help="Resource id of a Log Analytics workspace, for the commands.", show_default=False)
    ] = None,
    az: Annotated[bool, switch("Write only the az commands, one a line.")] = False,
    since: Since = "90d",
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """List what to switch on, so that more use can be seen."""
    from remit.bootstrap.usage import find_gaps

    opened = open_usage(which, since)
    found = find_gaps(which.store, opened, workspace)
    if json:
        from remit.cli.usage_documents import gaps_document

        write_json(gaps_document(opened, found))
    elif az:
        write_bytes("".join(f"{one.az}\n" for one in found).encode())
    else:
        from remit.cli.usage_tables import show_gaps

        show_gaps(console(), opened, found)
    return 0


@app.command(help="Say where a log names another grant than the engine finds.", help_epilogue=_DISAGREEMENTS)
def disagreements(*, store: StoreFolder = DEFAULT_STORE, json: JsonFlag = False) -> int:
    """Say where a log names another grant than the engine finds."""
    from remit.bootstrap.logs import read_usage
    from remit.cli.usage_disagreements import disagreements_document, show_disagreements

    found = read_usage(store).disagreements()
    if json:
        write_json(disagreements_document(found))
    else:
        show_disagreements(console(), found)
    return 1 if found else 0


def open_usage(which: Which, since: str) -> TenantUsage:
    """Open the tenant with its usage, for the window that `--since` names.

    Raises:
        InputError: both a tenant and a snapshot are named, or the window is none, or is all after the newest record.
    """
    from remit.bootstrap.usage import open_tenant_usage
    from remit.cli.progress import import_progress
    from remit.wire.v1.usage import day_text

    if which.tenant is not None and which.snapshot is not None:
        raise InputError("--tenant and --snapshot exclude each other", hint="name one of them")
    days, first = read_since(since)
    with import_progress() as progress:
        opened = open_tenant_usage(
            which.store, tenant=which.tenant, snapshot=which.snapshot, days=days, since=first, progress=progress
        )
    if first is not None and opened.last_day is not None and first > opened.last_day:
        newest = day_text(opened.last_day)
        raise InputError(f"`{since}` is after the newest record, which is of {newest}", hint=_WINDOWS)
    return opened


def read_since(text: str) -> tuple[int | None, int | None]:
    """Return days back from the newest record, or the first day as a number from 1970; None, None for `all`.

    Raises:
        InputError: it is neither.
    """
    from remit.usage.observable_days import DAY

    if text.strip().lower() == "all":
        return None, None
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        try:
            instant = read_at(text)
        except InstantSyntaxError:
            instant = None
        if instant is None:
            raise InputError(f"`{text}` is no window", hint=_WINDOWS)
        return None, to_micros(instant) // DAY
    days = int(found[1]) * (_WEEK if found[2] in "wW" else 1)
    if not days:
        raise InputError(f"`{text}` is no window", hint=_WINDOWS)
    return days, None
