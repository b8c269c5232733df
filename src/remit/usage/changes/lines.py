"""What is known of one assignment over time, and how its pieces become rows.

Where a record does not tell what stood there before or after, the answers that it touches are unknown: through an
assignment that may be where whom it names is told, else through a gap at its scope.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from remit.engine.facts import AssignmentFlag, AssignmentKind
from remit.engine.splice import AssignmentRow
from remit.usage.changes.base import BaseRow, Held
from remit.usage.changes.draft import Draft
from remit.usage.changes.settling import SettledChange
from remit.usage.changes.timelines import Piece

MAY_BE = "not known: what the logs tell does not settle whether this assignment was in force"
"""Stands as the condition of an assignment that may have been there; no condition reads like this, so it is unknown."""

_KEPT_FLAGS = AssignmentFlag.FOREIGN_PRINCIPAL


@dataclass(slots=True)
class Timeline:
    """What is known of one assignment.

    Attributes:
        scope: as the first record spells it.
        name: full id, or last segment.
        rows: of the snapshot.
        changes: by time.
        ended: instants at which PIM ended it.
    """

    scope: str
    name: str
    rows: list[BaseRow] = field(default_factory=list)
    changes: list[SettledChange] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def holders(self) -> set[tuple[str, str]]:
        """Return the (principal, role) that it was ever said to be of."""
        told = {(one.change.subject_id, one.change.role_id) for one in self.changes if one.detail.told}
        return told | {(one.held.principal_id, one.held.role) for one in self.rows}


def held_in(one: SettledChange) -> Held:
    """Return what a record says an assignment holds."""
    condition = one.detail.condition
    blank = condition is None or not condition.strip()
    foreign = one.detail.principal_type.lower() == "foreigngroup"
    return Held(
        one.change.subject_id,
        one.change.role_id,
        None if blank else condition,
        None if blank else one.detail.condition_version,
        flags=int(_KEPT_FLAGS) if foreign else 0,
    )


def put(draft: Draft, scope: str, name: str, piece: Piece[Held]) -> None:
    """Write the rows of one piece of a timeline into a draft, and a gap where nothing tells what it held."""
    if piece.states is None:
        reason = f"the logs do not tell what role assignment {name.rpartition('/')[2]} held then"
        draft.gap(piece.start, piece.end, "arm/roleAssignments", scope, reason)
        return
    draft.assignments += rows_of(scope, name, piece, AssignmentKind.ACTIVE)


def rows_of(scope: str, name: str, piece: Piece[Held], kind: int) -> list[AssignmentRow]:
    """Return the rows of one piece; those of several possible contents are not certain."""
    states = piece.states or ()
    sure = len(states) == 1
    found: list[AssignmentRow] = []
    for held in states:
        for start, end in held.windows if held else ():
            first, last = max(start, piece.start), min(end, piece.end)
            if held is None or first >= last:
                continue
            found.append(
                AssignmentRow(
                    held.principal_id,
                    held.role,
                    scope,
                    name,
                    held.condition if sure else MAY_BE,
                    held.condition_version if sure and held.condition != MAY_BE else None,
                    kind,
                    held.flags & _KEPT_FLAGS,
                    first,
                    last,
                )
            )
    return found
