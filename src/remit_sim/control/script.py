"""Scripts of edits: what happens to the tenant while a client reads it.

In TOML, or the same as JSON Lines:

    [[edit]]
    after_requests = 50
    do = "remove-row"
    list = "graph/groups"
    key = "7d9b0a4e-0000-0000-0000-000000000000"

    [[edit]]
    at = 2026-11-03T00:00:00Z
    do = "set-fault"
    name = "throttle"
    value = "0.1:1-5"

`after_requests` counts requests to ARM and Microsoft Graph; an edit happens before the request after that number.
`at` is an instant of the simulator's clock. Edits that are due together happen in the order of the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from remit.model.errors import InputError, PayloadError, RemitError
from remit.model.interval import parse_instant
from remit.wire.azure.lists import LISTS
from remit_sim.control import verbs
from remit_sim.control.verbs import Edit, read_edit
from remit_sim.faults.plan import FaultPlan


@dataclass(frozen=True, slots=True)
class Planned:
    """An edit, and what it waits for: one of both."""

    edit: Edit
    after_requests: int | None
    at: datetime | None

    def is_due(self, requests: int, now: datetime) -> bool:
        """Return whether its time has come."""
        if self.after_requests is not None:
            return requests >= self.after_requests
        return self.at is not None and now >= self.at


class Script:
    """The edits that are still to come."""

    def __init__(self, planned: list[Planned] | None = None) -> None:
        self._planned = planned or []

    def due(self, requests: int, now: datetime) -> Iterator[Edit]:
        """Yield the edits whose time has come, once."""
        due = [one for one in self._planned if one.is_due(requests, now)]
        if due:
            self._planned = [one for one in self._planned if one not in due]
        for one in due:
            yield one.edit


def read_script(path: Path) -> Script:
    """Read a script.

    Raises:
        PayloadError: the file cannot be read, is neither TOML nor JSON Lines, or an edit in it is wrong.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise PayloadError(path.name, 0, "", f"cannot be read: {error.strerror}") from error
    planned = []
    for number, said in enumerate(_entries(path.name, text), start=1):
        try:
            planned.append(_planned(said))
        except RemitError as error:
            raise PayloadError(path.name, 0, f"edit {number}", error.message, hint=error.hint()) from error
    return Script(planned)


def _entries(name: str, text: bytes) -> list[dict[str, Any]]:
    try:
        if name.endswith(".toml"):
            told = tomllib.loads(text.decode())
            entries = told.get("edit") if set(told) <= {"edit"} else None
            entries = [] if not told else entries
        else:
            entries = [msgspec.json.decode(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise PayloadError(name, 0, "", f"is neither TOML nor JSON Lines: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PayloadError(name, 0, "", "is no list of edits", hint="each edit is a table [[edit]], or a line of JSON")
    return entries


def _planned(said: dict[str, Any]) -> Planned:
    rest = {name: value for name, value in said.items() if name not in {"after_requests", "at"}}
    after, at = said.get("after_requests"), said.get("at")
    if (after is None) == (at is None):
        raise InputError("an edit of a script needs `after_requests` or `at`, and not both")
    if after is not None and (type(after) is not int or after < 0):
        raise InputError("`after_requests` must be a whole number from 0")
    instant = parse_instant(at.isoformat() if isinstance(at, datetime) else str(at)) if at is not None else None
    return Planned(_possible(read_edit(rest)), after, instant)


def _possible(edit: Edit) -> Edit:
    """Return an edit that may be possible when its time comes.

    Raises:
        InputError: it never is: there is no such list, no such fault, or the clock would go back.
    """
    if isinstance(edit, verbs.PutRow | verbs.RemoveRow) and edit.list not in LISTS:
        raise InputError(f"a tenant export has no list `{edit.list}`", hint="for example graph/users")
    if isinstance(edit, verbs.SetFault):
        FaultPlan().set(edit.name, edit.value)
    if isinstance(edit, verbs.Advance) and min(edit.days, edit.hours, edit.minutes, edit.seconds) < 0:
        raise InputError("the clock does not go back")
    return edit
