"""One role assignment: who used it, for what, when last; or since when nobody did."""

from __future__ import annotations

from dataclasses import dataclass

from remit.app.using.answers import AssignmentUsage, PrincipalUsage, Used
from remit.app.using.of_principal import usage_of
from remit.app.using.rows import is_refused, together
from remit.app.using.tenant_usage import TenantUsage
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


def usage_of_assignment(usage: TenantUsage, assignment_id: str) -> AssignmentAnswer:
    """Say what an assignment was used for.

    Args:
        usage: the tenant.
        assignment_id: its GUID, or its full id; any letter case.

    Raises:
        InputError: the snapshot has no such assignment.
    """
    name = assignment_id.rstrip("/").rpartition("/")[2].lower()
    table = usage.index.facts.assignments
    rows = table.name.find(name)
    if not rows:
        raise InputError(
            f"no role assignment `{assignment_id}` in this snapshot",
            hint="give its GUID, as remit what-can --json shows it",
        )
    answer = usage_of(usage, usage.index.facts.principals.key[int(table.principal[rows[0]])])
    one = next(each for each in answer.assignments if each.facts.assignment_id.rpartition("/")[2].lower() == name)
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
