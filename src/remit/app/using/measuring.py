"""How much of what an identity holds was used, and its gap score: the same sums for one identity and for all.

Roles and scopes are worked out once and shared: an identity costs its (scope, roles) pairs and what it used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from remit.app.using.operations import NEEDS, Granted, Operations
from remit.app.using.places import Places
from remit.model.usage import ObservedOutcome, ObservedPlane
from remit.ports.usage_store import UsedRow
from remit.usage.observability import Observable, Seeing
from remit.usage.observable_operations import DELEGATES, Need, implied
from remit.usage.score import gap_score

_UNITS = 1_000_000
"""Values are added as whole millionths, so that sums do not depend on their order."""

_BLOB_NEEDS = frozenset(range(Need.BLOB_READ, Need.FILE_DELETE + 1))

NO_TIES: Mapping[str, int] = MappingProxyType({})

Pairs = Mapping[int, frozenset[int]]
"""What an identity holds for good or until told otherwise: rows of `roles` by row of `Scopes`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts of (operation, scope it is assigned at) pairs, and the score.

    Attributes:
        granted: `used + unused + not_observable`.
        value: U of the score, in millionths.
    """

    granted: int = 0
    used: int = 0
    unused: int = 0
    not_observable: int = 0
    value: int = 0

    @property
    def score(self) -> float:
        """Return the gap score, 0 to 100."""
        return gap_score(self.value / _UNITS)


@dataclass(frozen=True, slots=True)
class Touched:
    """What some records name: operations, and where.

    Attributes:
        at: rows of operations used at or below each scope, by row of `Scopes`.
        everywhere: rows of operations that may have been used anywhere.
    """

    at: Mapping[int, frozenset[int]]
    everywhere: frozenset[int] = frozenset()

    def there(self, scope: int) -> frozenset[int]:
        """Return what was used at or below a scope."""
        found = self.at.get(scope, _NONE)
        return found | self.everywhere if self.everywhere else found


_NONE: frozenset[int] = frozenset()
NOTHING = Touched({})


def is_use(row: UsedRow) -> bool:
    """Tell whether a row shows that a permission was used: refused calls and mere signing in do not."""
    return row.outcome is not ObservedOutcome.REFUSED and row.plane in (ObservedPlane.CONTROL, ObservedPlane.DATA)


class Measurer:
    """Sums over one snapshot and one reading of what was used.

    Args:
        operations, places, seeing: of the snapshot, and of what was ingested.
        nameless: rows of control-plane calls whose caller no log names: anybody's.
    """

    def __init__(
        self, operations: Operations, places: Places, seeing: Seeing, nameless: Iterable[UsedRow] = ()
    ) -> None:
        self.operations = operations
        self.places = places
        self._seeing = seeing
        self._cell_of: list[int] = operations.cell.tolist()
        self._observable: dict[tuple[int, Need], Observable] = {}
        self._flags: dict[int, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
        self._base: dict[tuple[int, frozenset[int]], tuple[int, int, int]] = {}
        self.rows_of = lru_cache(maxsize=65_536)(operations.used_rows)
        self.implied_by = lru_cache(maxsize=65_536)(self._implied)
        self.chain_of = lru_cache(maxsize=262_144)(places.chain)
        self.nameless = self.touched(row for row in nameless if row.plane is ObservedPlane.CONTROL and is_use(row))

    def observable(self, scope: int, need: Need) -> Observable:
        """Say whether what has a need would have been seen at and below a scope; kept."""
        key = (scope, need)
        found = self._observable.get(key)
        if found is None:
            found = self._observable[key] = self._seeing.of(need, self.places.below(scope))
        return found

    def flags(self, scope: int, by_need: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return, by need, whether it would have been seen at and below a scope; kept.

        Args:
            scope: row of the scope.
            by_need: only needs with a number other than 0 here are worked out; the others may stay False.
        """
        found, done = self._flags.get(scope) or (np.zeros(NEEDS, np.bool_), np.zeros(NEEDS, np.bool_))
        wanted = (by_need != 0) & ~done
        if not wanted.any():
            return found
        for need in np.flatnonzero(wanted).tolist():
            found[need] = self.observable(scope, Need(need)).observable
        self._flags[scope] = (found, done | wanted)
        return found

    def touched(self, rows: Iterable[UsedRow], tied: Mapping[str, int] = NO_TIES) -> Touched:
        """Return what rows name, spread to every scope above them.

        Args:
            rows: of calls that were authorised.
            tied: rows of the scopes of assignments, by GUID: what a log ties to one of them was used there alone.
        """
        at: dict[int, set[int]] = {}
        everywhere: set[int] = set()
        told = {(row.action.lower(), row.scope, None if row.computed else tied.get(row.assignment_id)) for row in rows}
        for action, scope, only in told:
            found = self.rows_of(action)
            # Another grant than the one that is named may have allowed these.
            everywhere.update(self.implied_by(action))
            if not found:
                continue
            if only is not None:
                at.setdefault(only, set()).update(found)
                continue
            above = self.chain_of(scope)
            if not above:
                # Nobody knows where: then it may have been anywhere.
                everywhere.update(found)
            for one in above:
                at.setdefault(one, set()).update(found)
        return Touched({scope: frozenset(found) for scope, found in at.items()}, frozenset(everywhere))

    def along(self, rows: Iterable[UsedRow]) -> frozenset[int]:
        """Return the operations that may have been used anywhere along with what rows name."""
        return frozenset().union(*(self.implied_by(action) for action in {row.action.lower() for row in rows}))

    def delegated(self, rows: Iterable[UsedRow]) -> Touched:
        """Return the storage data actions that may have been used in nobody's name, with a key that was delegated."""
        scopes = {row.scope for row in rows if row.action.lower().endswith(DELEGATES)}
        if not scopes:
            return NOTHING
        names = frozenset(np.flatnonzero(np.isin(self.operations.need, sorted(_BLOB_NEEDS))).tolist())
        at = {one: names for scope in scopes for one in self.chain_of(scope)}
        # The key opens the whole account, while a role may be assigned inside it.
        return Touched(at, names)

    def _implied(self, action: str) -> tuple[int, ...]:
        return tuple(row for name in implied(action) for row in self.operations.rows.get(name, ()))

    def measure(self, pairs: Pairs, used: Touched, doubted: Touched = NOTHING) -> Measure:
        """Count what is granted, used, unused and not observable, and add up the score.

        Cost: some microseconds for each pair, and for each operation used or doubted there.
        """
        granted = used_all = unused = value = 0
        for scope, roles in pairs.items():
            whole, seen, worth = self._whole(scope, roles)
            granted += whole
            unused += seen
            value += worth
            hits, doubts = used.there(scope), self._doubts(scope, doubted)
            if not hits and not doubts:
                continue
            held = self.operations.granted(roles)
            flags = self.flags(scope, held.by_need)
            need, mask = self.operations.need, held.mask
            mine = [row for row in hits if mask[row]]
            off = {row for row in doubts if mask[row] and flags[need[row]]}
            off.update(row for row in mine if flags[need[row]])
            used_all += len(mine)
            unused -= len(off)
            value -= self._worth(scope, held, hits | doubts)
        return Measure(granted, used_all, unused, granted - used_all - unused, value)

    def _doubts(self, scope: int, doubted: Touched) -> frozenset[int]:
        return self.nameless.there(scope) | doubted.there(scope)

    def _whole(self, scope: int, roles: frozenset[int]) -> tuple[int, int, int]:
        """Return how many operations roles grant at a scope, how many are observable, what they are worth; kept."""
        key = (scope, roles)
        found = self._base.get(key)
        if found is None:
            held = self.operations.granted(roles)
            seen = int(held.by_need[self.flags(scope, held.by_need)].sum())
            found = self._base[key] = (held.count, seen, self._cells_worth(scope, held, held.cells))
        return found

    def _cells_worth(self, scope: int, held: Granted, chosen: NDArray[np.int64]) -> int:
        """Return what some of the cells that are granted at a scope are worth; nothing where not observable."""
        cells = self.operations.cells
        flags = self.flags(scope, held.by_need)[cells.need[chosen]]
        values = cells.weight[chosen] * self.places.reach(scope)[cells.type[chosen]] * flags
        return int(np.rint(values * _UNITS).astype(np.int64).sum())

    def _worth(self, scope: int, held: Granted, rows: frozenset[int]) -> int:
        """Return what the cells of some operations are worth, of those that are granted."""
        cells = {one for row in rows if held.has_cell[one := self._cell_of[row]]}
        return self._cells_worth(scope, held, np.fromiter(cells, np.int64, len(cells))) if cells else 0
