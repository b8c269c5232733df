"""One role assignment: who used it, for what, when last; or since when nobody did."""

from __future__ import annotations

from dataclasses import dataclass

from remit.app.using.answers import AssignmentUsage, PrincipalUsage, Used
from remit.app.using.of_principal import usage_of
from remit.app.using.rows import is_refused, together
from remit.app.using.tenant_usage import TenantUsage
from remit.engine.strings import TextColumn
from remit.model.errors import InputError
from remit.usage.observability import Why
from remit.usage.observable_days import Window


@dataclass(frozen=True, slots=True)
class AssignmentAnswer:
    """What one assignment was used for.

    Attributes:
        usage: as in the answer about whom it names.
        principal: that answer.
        through: what logs or the engine tie to this very assignment, the latest first.
        never_since: first day from which on no use of anything that would have been seen was seen, None where it was
            used or nothing would have been seen. `window`: the shortest window of these claims.
        unseen: how many of its operations nobody could have seen the use of.
    """

    usage: AssignmentUsage
    principal: PrincipalUsage
    through: tuple[Used, ...]
    never_since: int | None
    window: Window | None
    unseen: int


_FEWEST = 6
"""Digits that may stand for a GUID."""


def _found(names: TextColumn, assignment_id: str) -> tuple[str, list[int]]:
    """Return the name of an assignment and its rows.

    Raises:
        InputError: there is none, or there are several.
    """
    name = assignment_id.strip().rstrip("/…").rpartition("/")[2].lower()
    rows = names.find(name)
    if not rows and len(name) >= _FEWEST:
        # Those of eligible ones are whole ids.
        every = [one.rpartition("/")[2].lower() for one in names]
        found = sorted({one for one in every if one.startswith(name)})
        if len(found) > 1 and name not in found:
            raise InputError(
                f"`{assignment_id}` is the beginning of {len(found)} role assignments", hint="give the whole GUID"
            )
        name = name if name in found else "".join(found)
        rows = [row for row, one in enumerate(every) if name and one == name]
    if not rows:
        raise InputError(
            f"no role assignment `{assignment_id}` in this snapshot",
            hint="give its GUID, or the first digits that remit usage and remit what-can show",
        )
    return name, rows


def usage_of_assignment(usage: TenantUsage, assignment_id: str) -> AssignmentAnswer:
    """Say what an assignment was used for.

    Args:
        usage: the tenant.
        assignment_id: its GUID, six or more of its first digits, or its full id; any letter case.

    Raises:
        InputError: the snapshot has no such assignment, or several.
    """
    table = usage.index.facts.assignments
    name, rows = _found(table.name, assignment_id)
    answer = usage_of(usage, usage.index.facts.principals.key[int(table.principal[rows[0]])])
    same = (one for one in answer.assignments if one.facts.assignment_id.rpartition("/")[2].lower() == name)
    one = next(same, None)
    if one is None:
        raise InputError(f"whom the role assignment `{assignment_id}` names is not told in this snapshot")
    through = [row for row in usage.reading.used_through(name, usage.since) if not is_refused(row)]
    windows = [group.window for group in one.unused if group.why is Why.LOGGED and group.window is not None]
    shortest = min(windows, key=lambda window: (window.days, -window.first), default=None)
    idle = not through and not one.used and shortest is not None
    return AssignmentAnswer(
        usage=one,
        principal=answer,
        through=together(through),
        never_since=max(window.first for window in windows) if idle else None,
        window=shortest,
        unseen=one.not_observable_count,
    )
