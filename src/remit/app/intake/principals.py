"""Principals and memberships while they are read (G1 to G5, P6)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from remit.app.intake.columns import Ints, Longs, TextRows, column_of, distinct, gather, ints, longs, replaced, smalls
from remit.engine.facts import Memberships, PrincipalFlag, PrincipalKind, Principals
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL

_IN_DIRECTORY = 128
"""Internal bit of the flags: stands in a directory list itself, not only named by a pair."""

_TYPE_KINDS = {
    "user": PrincipalKind.USER,
    "group": PrincipalKind.GROUP,
    "serviceprincipal": PrincipalKind.SERVICE_PRINCIPAL,
    "device": PrincipalKind.DEVICE,
    "foreigngroup": PrincipalKind.FOREIGN_GROUP,
}
# Where two rows differ about a principal, the kind that can hold members is taken: it keeps more answers open.
_STRENGTH = bytes((0, 1, 5, 3, 2, 4))

LISTED_BY, NAMED_BY, TYPED_BY = range(3)
"""How sure a kind is: a directory list, the type in a pair, the principalType of an assignment."""


@dataclass(frozen=True, slots=True)
class People:
    """The finished principals.

    Attributes:
        principals: the table.
        row: from code to row of the table.
        in_directory: by code, whether a directory list has it.
    """

    principals: Principals
    row: Ints
    in_directory: np.ndarray[tuple[int], np.dtype[np.bool_]]


class PrincipalTable:
    """Interns object ids."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._codes: dict[str, int] = {}
        self.flags = bytearray()
        self._kinds = (bytearray(), bytearray(), bytearray())
        self._described = array("i")
        self._names = TextRows()
        self._user_names = TextRows()
        self._app_ids = TextRows()

    def code(self, object_id: str) -> int:
        """Return the code of an object id in any letter case."""
        code = self._codes.get(object_id)
        if code is None:
            key = object_id.lower()
            code = self._codes.get(key)
            if code is None:
                code = self._codes[key] = len(self.keys)
                self.keys.append(key)
                self.flags.append(0)
                for kinds in self._kinds:
                    kinds.append(0)
            if key != object_id:
                self._codes[object_id] = code
        return code

    def kind(self, code: int, kind: int, sure: int) -> None:
        """Note what kind of principal this is said to be."""
        kinds = self._kinds[sure]
        if _STRENGTH[kind] > _STRENGTH[kinds[code]]:
            kinds[code] = kind

    def typed(self, code: int, principal_type: str | None) -> int:
        """Note the principalType of an assignment; return the kind it means."""
        kind = _TYPE_KINDS.get(principal_type.lower(), PrincipalKind.UNKNOWN) if principal_type else 0
        if kind:
            self.kind(code, kind, TYPED_BY)
        return kind

    def named(self, code: int, odata_type: str | None) -> None:
        """Note that Graph names this principal as member, owner or parent."""
        self.flags[code] |= PrincipalFlag.LISTED
        if odata_type:
            self.kind(code, _TYPE_KINDS.get(odata_type.rpartition(".")[2].lower(), 0), NAMED_BY)

    def describe(self, code: int, kind: int, texts: tuple[str, str, str], *, disabled: bool) -> None:
        """Note a row of a directory list: display name, user principal name, app id."""
        self.kind(code, kind, LISTED_BY)
        self.flags[code] |= PrincipalFlag.LISTED | _IN_DIRECTORY | (PrincipalFlag.DISABLED if disabled else 0)
        self._described.append(code)
        self._names.add(texts[0])
        self._user_names.add(texts[1])
        self._app_ids.add(texts[2])

    def finish(self) -> People:
        """Sort by object id and bring the descriptions along."""
        self._codes.clear()
        count = len(self.keys)
        order = sorted(range(count), key=self.keys.__getitem__)
        row = np.empty(count, dtype=np.int32)
        row[order] = np.arange(count, dtype=np.int32)
        surest, surer, sure = (smalls(kinds) for kinds in self._kinds)
        kinds = np.where(surest != 0, surest, np.where(surer != 0, surer, sure)).astype(np.uint8)
        flags = smalls(self.flags)
        described = ints(self._described)
        where = np.full(count, len(described), dtype=np.int64)
        where[described] = np.arange(len(described))
        twice = self._twice(described)
        for texts in (self._names, self._user_names, self._app_ids):
            texts.add("")
        columns = []
        for place, texts in enumerate((self._names, self._user_names, self._app_ids)):
            column = gather(texts.column(), where[order])
            columns.append(replaced(column, {int(row[code]): best[place] for code, best in twice.items()}))
        principals = Principals(
            key=column_of(self.keys[code] for code in order),
            kind=kinds[order],
            flags=(flags & ~np.uint8(_IN_DIRECTORY))[order],
            display_name=columns[0],
            user_principal_name=columns[1],
            app_id=columns[2],
        )
        return People(principals, row, (flags & _IN_DIRECTORY) != 0)

    def _twice(self, described: Ints) -> dict[int, tuple[str, ...]]:
        """Return the descriptions of principals that stand in several lists: the last in order of the texts."""
        unique, counts = np.unique(described, return_counts=True)
        if len(unique) == len(described):
            return {}
        several = unique[counts > 1]
        columns = [texts.column() for texts in (self._names, self._user_names, self._app_ids)]
        best: dict[int, tuple[str, ...]] = {}
        for place in np.flatnonzero(np.isin(described, several)).tolist():
            code = int(described[place])
            best[code] = max(best.get(code, ("", "", "")), tuple(column[place] for column in columns))
        return best


class MembershipRows:
    """Direct memberships and the windows that PIM for groups gives them (P6)."""

    def __init__(self) -> None:
        self.parent = array("i")
        self.member = array("i")
        self.window_parent = array("i")
        self.window_member = array("i")
        self.window_start = array("q")
        self.window_end = array("q")
        self.eligible: tuple[array[int], array[int], array[int], array[int]] = (
            array("i"),
            array("i"),
            array("q"),
            array("q"),
        )

    def add(self, parent: int, member: int) -> None:
        """Take a row of graph/groupMembers."""
        self.parent.append(parent)
        self.member.append(member)

    def add_window(self, parent: int, member: int, start: int, end: int) -> None:
        """Take a window of an assigned or activated membership."""
        self.window_parent.append(parent)
        self.window_member.append(member)
        self.window_start.append(start)
        self.window_end.append(end)

    def add_eligible(self, parent: int, member: int, start: int, end: int) -> None:
        """Take a window of an eligible membership."""
        for column, value in zip(self.eligible, (parent, member, start, end), strict=True):
            column.append(value)

    def finish(self, people: People) -> tuple[Memberships, Memberships]:
        """Return active and eligible memberships; a pair with windows counts only inside them (V4).

        A service principal cannot be eligible (P4): such a row is none.
        """
        parent, member = people.row[ints(self.parent)], people.row[ints(self.member)]
        window_parent, window_member = people.row[ints(self.window_parent)], people.row[ints(self.window_member)]
        start, end = longs(self.window_start), longs(self.window_end)
        if len(window_parent):
            base = len(people.row)
            timed = np.isin(_packed(parent, member, base), _packed(window_parent, window_member, base))
            parent, member = parent[~timed], member[~timed]
        always = len(parent)
        active = _sorted(
            np.concatenate([parent, window_parent]),
            np.concatenate([member, window_member]),
            np.concatenate([np.full(always, ALWAYS_FROM), start]),
            np.concatenate([np.full(always, ALWAYS_UNTIL), end]),
        )
        first, second, third, fourth = self.eligible
        group, candidate = people.row[ints(first)], people.row[ints(second)]
        able = people.principals.kind[candidate] != PrincipalKind.SERVICE_PRINCIPAL
        eligible = _sorted(group[able], candidate[able], longs(third)[able], longs(fourth)[able])
        return active, eligible


def _packed(parent: Ints, member: Ints, base: int) -> Longs:
    return parent.astype(np.int64) * base + member


def _sorted(parent: Ints, member: Ints, start: Longs, end: Longs) -> Memberships:
    rows = distinct(parent, member, start, end)
    return Memberships(parent[rows], member[rows], start[rows], end[rows])
