"""Role assignments while they are read, and the windows that PIM gives them (P1 to P4, V4)."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from remit.app.intake.columns import Ints, Longs, TextRows, codes_of, gather, ints, joined, longs, matches, smalls
from remit.engine.strings import TextColumn
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL

_MIDDLE = "/providers/Microsoft.Authorization/roleAssignments/"


def short_name(identity: str, scope_text: str) -> str:
    """Return the last segment of an assignment's id where the scope gives the rest, else the whole id."""
    base = "" if scope_text == "/" else scope_text
    if identity.startswith(base):
        middle = len(base)
        if identity.startswith(_MIDDLE, middle):
            name = identity[middle + len(_MIDDLE) :]
            if name and "/" not in name:
                return name
    return identity


def whole_id(name: str, scope_text: str) -> str:
    """Undo `short_name`."""
    return name if name.startswith("/") else f"{'' if scope_text == '/' else scope_text}{_MIDDLE}{name}"


class AssignmentRows:
    """Columns of assignments as they come; `spelling` stands for the scope as it was written.

    The two hashes of the lower-case id make one key of 128 bits; they are salted by the process and leave no trace.
    """

    __slots__ = (
        "condition",
        "end",
        "first_hash",
        "flags",
        "kind",
        "name",
        "principal",
        "role",
        "second_hash",
        "spelling",
        "start",
    )

    def __init__(self) -> None:
        self.first_hash = array("q")
        self.second_hash = array("q")
        self.let_go()

    def let_go(self) -> None:
        """Start the columns afresh; the signatures stay."""
        self.principal = array("i")
        self.role = array("i")
        self.spelling = array("i")
        self.condition = array("i")
        self.kind = bytearray()
        self.flags = bytearray()
        self.start = array("q")
        self.end = array("q")
        self.name = TextRows()

    def add(  # noqa: PLR0917 - one argument for one column, in the hottest loop of the import
        self,
        principal: int,
        role: int,
        spelling: int,
        condition: int,
        kind: int,
        flags: int,
        name: str,
        start: int = ALWAYS_FROM,
        end: int = ALWAYS_UNTIL,
    ) -> None:
        """Append one row."""
        self.principal.append(principal)
        self.role.append(role)
        self.spelling.append(spelling)
        self.condition.append(condition)
        self.kind.append(kind)
        self.flags.append(flags)
        self.start.append(start)
        self.end.append(end)
        self.name.add(name)

    def sign(self, identity: str) -> None:
        """Note the id by which windows find a row."""
        key = identity.lower()
        self.first_hash.append(hash(key))
        self.second_hash.append(hash(key + "\n"))


class Batch:
    """Finished columns of assignments, before they are sorted."""

    __slots__ = ("condition", "end", "flags", "kind", "name", "principal", "role", "spelling", "start")

    def __init__(self, rows: AssignmentRows) -> None:
        """Take the columns over from growing rows, which are then empty: large tenants have no room for both."""
        self.principal: Ints = ints(rows.principal)
        self.role: Ints = ints(rows.role)
        self.spelling: Ints = ints(rows.spelling)
        self.condition: Ints = ints(rows.condition)
        self.kind: NDArray[np.uint8] = smalls(rows.kind)
        self.flags: NDArray[np.uint8] = smalls(rows.flags)
        self.start: Longs = longs(rows.start)
        self.end: Longs = longs(rows.end)
        self.name: TextColumn = rows.name.column()
        rows.let_go()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.principal)

    def take(self, rows: NDArray[np.int64]) -> None:
        """Keep these rows, in this order."""
        for column in ("principal", "role", "spelling", "condition", "kind", "flags", "start", "end"):
            setattr(self, column, getattr(self, column)[rows])
        self.name = gather(self.name, rows)

    def append(self, other: Batch) -> None:
        """Put the rows of another batch behind."""
        for column in ("principal", "role", "spelling", "condition", "kind", "flags", "start", "end"):
            setattr(self, column, np.concatenate([getattr(self, column), getattr(other, column)]))
        self.name = joined(self.name, other.name)


def with_windows(active: AssignmentRows, windows: AssignmentRows, scope_of: Ints, origins: Longs) -> Batch:
    """Give active assignments their windows (V4).

    Args:
        active: rows of arm/roleAssignments, signed with their ids.
        windows: schedule instances, signed with the id they originate from.
        scope_of: from spelling to scope.
        origins: 1 for the windows that name the assignment they originate from.

    Returns:
        Active rows without a window as they are, one row for each window of the others, and one row for each window
        that belongs to no active row.

    Cost: two sorts of the active rows; nothing where there are no windows.
    """
    batch, instances = Batch(active), Batch(windows)
    if not len(instances):
        return batch
    named = origins == 1
    rows, owners = _by_origin(active, windows, named)
    more_rows, more_owners = _by_holder(batch, instances, scope_of, ~named)
    rows, owners = np.concatenate([rows, more_rows]), np.concatenate([owners, more_owners])
    alone = np.ones(len(batch), dtype=bool)
    alone[rows] = False
    unowned = np.ones(len(instances), dtype=bool)
    unowned[owners] = False
    permanent = np.flatnonzero(alone)
    starts = np.concatenate([batch.start[permanent], instances.start[owners]])
    ends = np.concatenate([batch.end[permanent], instances.end[owners]])
    batch.take(np.concatenate([permanent, rows]))
    batch.start, batch.end = starts, ends
    instances.take(np.flatnonzero(unowned))
    batch.append(instances)
    return batch


def _by_origin(active: AssignmentRows, windows: AssignmentRows, named: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Pair windows with the assignment whose id they name."""
    chosen = np.flatnonzero(named)
    if not len(chosen):
        return chosen, chosen
    count = len(active.first_hash)
    codes = codes_of(
        np.concatenate([longs(active.first_hash), longs(windows.first_hash)[chosen]]),
        np.concatenate([longs(active.second_hash), longs(windows.second_hash)[chosen]]),
    )
    rows, owners = matches(codes[:count], codes[count:])
    return rows, chosen[owners]


def _by_holder(batch: Batch, instances: Batch, scope_of: Ints, unnamed: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Pair windows that name no origin with the assignments of the same principal, role and scope."""
    chosen = np.flatnonzero(unnamed)
    if not len(chosen):
        return chosen, chosen
    count = len(batch)
    codes = codes_of(
        np.concatenate([batch.principal, instances.principal[chosen]]),
        np.concatenate([batch.role, instances.role[chosen]]),
        np.concatenate([scope_of[batch.spelling], scope_of[instances.spelling[chosen]]]),
    )
    rows, owners = matches(codes[:count], codes[count:])
    return rows, chosen[owners]
