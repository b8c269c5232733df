"""Deny assignments while they are read (N2 to N9, N12)."""

from __future__ import annotations

from array import array
from itertools import chain

import numpy as np

from remit.app.intake.columns import Ints, Longs, TextRows, gather, ints, longs, smalls
from remit.app.intake.principals import People
from remit.engine.facts import Denies, DenyFlag, DenyPermissions

EVERYONE = "00000000-0000-0000-0000-000000000000"


class DenyRows:
    """Columns of deny assignments; there are few, and what they name is short."""

    def __init__(self) -> None:
        self._spelling = array("i")
        self._flags = bytearray()
        self._permissions = array("i")
        self._known: dict[DenyPermissions, int] = {}
        self._identity = TextRows()
        self._name = TextRows()
        self._principals = _Lists()
        self._excluded = _Lists()
        self.everyone_excluded: list[str] = []

    def add(
        self,
        *,
        spelling: int,
        flags: int,
        permissions: DenyPermissions,
        principals: list[int],
        excluded: list[int],
        identity: str,
        name: str,
    ) -> None:
        """Append one row."""
        self._spelling.append(spelling)
        self._flags.append(flags)
        self._permissions.append(self._known.setdefault(permissions, len(self._known)))
        self._principals.add(principals)
        self._excluded.add(excluded)
        self._identity.add(identity)
        self._name.add(name)

    def finish(self, people: People, scope_row: Ints) -> tuple[Denies, tuple[DenyPermissions, ...]]:
        """Return the table and the distinct permissions it points to."""
        known = list(self._known)
        by_text = sorted(range(len(known)), key=lambda code: _sort_key(known[code]))
        permission_row = np.empty(len(known), dtype=np.int32)
        permission_row[by_text] = np.arange(len(known), dtype=np.int32)
        scope = scope_row[ints(self._spelling)]
        identity, name = self._identity.column(), self._name.column()
        order = self._order(scope, list(identity))
        principal_offsets, principal = self._principals.finish(people, order)
        excluded_offsets, excluded = self._excluded.finish(people, order)
        denies = Denies(
            scope=scope[order],
            flags=smalls(self._flags)[order],
            permissions=permission_row[ints(self._permissions)][order],
            principal_offsets=principal_offsets,
            principal=principal,
            excluded_offsets=excluded_offsets,
            excluded=excluded,
            identity=gather(identity, order),
            name=gather(name, order),
        )
        return denies, tuple(known[code] for code in by_text)

    def _order(self, scope: Ints, identities: list[str]) -> Longs:
        """Sort by scope and id; one id, in any spelling, once."""
        places = scope.tolist()
        kept: list[int] = []
        seen: set[str] = set()
        for row in sorted(range(len(places)), key=lambda row: (places[row], identities[row].lower(), identities[row])):
            low = identities[row].lower()
            if low not in seen:
                seen.add(low)
                kept.append(row)
        kept.sort(key=lambda row: (places[row], identities[row]))
        return np.array(kept, dtype=np.int64)


class _Lists:
    """A list of principal codes for each row."""

    def __init__(self) -> None:
        self._codes = array("i")
        self._ends = array("q")

    def add(self, codes: list[int]) -> None:
        self._codes.extend(codes)
        self._ends.append(len(self._codes))

    def finish(self, people: People, order: Longs) -> tuple[Longs, Ints]:
        rows = people.row[ints(self._codes)]
        ends = longs(self._ends)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(ends) else ends
        # The lists are short: Python sorts them faster than numpy can be called.
        parts = [sorted(set(rows[starts[row] : ends[row]].tolist())) for row in order.tolist()]
        offsets = np.zeros(len(parts) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return offsets, np.array(list(chain.from_iterable(parts)), dtype=np.int32)


def deny_flags(*, this_scope_only: bool, audit: bool, protected: bool, everyone: bool) -> int:
    """Return the bits of `DenyFlag`."""
    return (
        (DenyFlag.THIS_SCOPE_ONLY if this_scope_only else 0)
        | (DenyFlag.AUDIT if audit else 0)
        | (DenyFlag.SYSTEM_PROTECTED if protected else 0)
        | (DenyFlag.EVERYONE if everyone else 0)
    )


def _sort_key(permissions: DenyPermissions) -> tuple[object, ...]:
    return (
        tuple(
            (
                one.actions,
                one.not_actions,
                one.data_actions,
                one.not_data_actions,
                one.condition or "",
                one.condition is None,
                one.condition_version or "",
                one.condition_version is None,
            )
            for one in permissions.blocks
        ),
        permissions.condition or "",
        permissions.condition is None,
        permissions.condition_version or "",
        permissions.condition_version is None,
    )
