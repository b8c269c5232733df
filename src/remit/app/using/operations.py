"""The operations of one snapshot as columns: what each needs to be seen, what it weighs, and which roles grant it.

Operations are those of the catalogue, and those that roles name in full. A cell is what the score counts as one:
operations of one plane, resource type and weight class that are seen, or not seen, alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.operations import VERBS
from remit.engine.patterns import covers, expand
from remit.engine.radius_rows import RESOURCE_GROUP_TYPES
from remit.model.question import Plane
from remit.model.role import PermissionBlock
from remit.usage.observable_operations import COSMOS_ANY, Need, also_used, need_of
from remit.usage.weights import WeightClass, weight_class

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]

NEEDS = max(Need) + 1

_ALIASES = {RESOURCE_GROUP_TYPES[1]: RESOURCE_GROUP_TYPES[0]}
_ANYWHERE_TYPES = ("microsoft.authorization/", "microsoft.insights/diagnosticsettings", "microsoft.resources/tags")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Columns of cells.

    Attributes:
        need: `Need`. weight: of one such operation.
        type: row of `Resources.type_name` that it can be used on; -1 for all resources, -2 for a type that the tenant
            has none of.
    """

    need: NDArray[np.int64]
    weight: NDArray[np.float64]
    type: NDArray[np.int64]


class Operations:
    """Columns of operations; control plane first, each plane sorted by name.

    Attributes:
        names: lower case.
        first_data: where the data plane begins.
        need: `Need` of each. verb: place in `VERBS`. type_path: what stands before the verb.
        cell: which cell each is of; cells: their columns.
        shape: which group each is shown in; shapes: the operations of each group, in the order of showing.
        shape_need: `Need` of each group.

    Cost: building takes some 5 us an operation.
    """

    def __init__(self, index: TenantIndex) -> None:
        self._index = index
        planes = _known(index)
        self._planes = planes
        self.first_data = len(planes[0])
        self.names = (*planes[0], *planes[1])
        self._spelt = {name.lower(): name for name in index.facts.operations.name}
        self.rows: dict[str, tuple[int, ...]] = {}
        for row, name in enumerate(self.names):
            self.rows[name] = (*self.rows.get(name, ()), row)
        needs = [need_of(name, data=row >= self.first_data) for row, name in enumerate(self.names)]
        self.need: NDArray[np.int64] = np.asarray(needs, dtype=np.int64)
        split = [_split(name) for name in self.names]
        self.type_path = [path for path, _ in split]
        self.verb = [verb for _, verb in split]
        weights = [weight_class(name) for name in self.names]
        self.weight_class = weights
        self._lay_cells(weights)
        self._lay_shapes()
        self._masks: dict[int, Mask] = {}
        self._unions: dict[frozenset[int], Granted] = {}

    def _lay_cells(self, weights: list[WeightClass]) -> None:
        types = {_ALIASES.get(name, name): row for row, name in enumerate(self._index.facts.resources.type_name)}
        numbers: dict[tuple[bool, str, int, int], int] = {}
        cell, need, weight, kind = [], [], [], []
        for row, path in enumerate(self.type_path):
            key = (row >= self.first_data, path, int(weights[row]), int(self.need[row]))
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(numbers)
                need.append(key[3])
                weight.append(float(weights[row].weight))
                kind.append(_nearest_type(path, types))
            cell.append(number)
        self.cell: NDArray[np.int64] = np.asarray(cell, dtype=np.int64)
        self.cells = Cells(np.asarray(need, np.int64), np.asarray(weight, np.float64), np.asarray(kind, np.int64))

    def _lay_shapes(self) -> None:
        """Number the groups in which operations are shown, so that ascending numbers are the order of showing."""
        found: dict[tuple[int, int, str, str, int], list[int]] = {}
        columns = (self.type_path, self.verb, self.weight_class, self.need.tolist())
        for row, (path, verb, weight, need) in enumerate(zip(*columns, strict=True)):
            found.setdefault((-weight, int(row >= self.first_data), path, verb, need), []).append(row)
        self.shapes = tuple(tuple(found[key]) for key in sorted(found))
        self.shape: NDArray[np.int64] = np.empty(len(self.names), dtype=np.int64)
        for number, rows in enumerate(self.shapes):
            self.shape[list(rows)] = number
        self.shape_need: NDArray[np.int64] = self.need[[rows[0] for rows in self.shapes]]

    def spelt(self, row: int) -> str:
        """Return an operation as Azure spells it, where the catalogue has it."""
        return self._spelt.get(self.names[row], self.names[row])

    def granted_by(self, role: int) -> Mask:
        """Return which operations a role lists, whatever its conditions; kept. Cost: about 3 ms for `*`, once."""
        found = self._masks.get(role)
        if found is None:
            found = self._masks[role] = self._covered(self._index.facts.roles[role].blocks)
        return found

    def _covered(self, blocks: Iterable[PermissionBlock]) -> Mask:
        mask = np.zeros(len(self.names), np.bool_)
        for block in blocks:
            lists = ((block.actions, block.not_actions), (block.data_actions, block.not_data_actions))
            for plane, (listed, subtracted) in enumerate(lists):
                if listed:
                    found = expand(listed, self._planes[plane]) - expand(subtracted, self._planes[plane])
                    mask[np.fromiter(found, np.int64, len(found)) + plane * self.first_data] = True
        return mask

    def granted(self, roles: frozenset[int], *, control_only: bool = False) -> Granted:
        """Return what some roles grant together; kept. `control_only` for access through Lighthouse (X4)."""
        key = roles | {-1} if control_only else roles
        found = self._unions.get(key)
        if found is None:
            mask = np.zeros(len(self.names), np.bool_)
            for role in roles:
                mask |= self.granted_by(role)
            if control_only:
                mask[self.first_data :] = False
            found = self._unions[key] = Granted.of(mask, self, key)
        return found

    def lists(self, roles: frozenset[int], action: str, *, data: bool) -> bool:
        """Tell whether some roles, as `Granted` has them, grant an action of one plane that no catalogue need have."""
        if data and -1 in roles:
            return False
        for role in roles - {-1}:
            for block in self._index.facts.roles[role].blocks:
                listed, subtracted = (
                    (block.data_actions, block.not_data_actions) if data else (block.actions, block.not_actions)
                )
                if any(covers(one, action) for one in listed) and not any(covers(one, action) for one in subtracted):
                    return True
        return False

    def used_rows(self, action: str) -> tuple[int, ...]:
        """Return the operations that may have been used where a record names an action, of either plane."""
        found: list[int] = []
        for name in also_used(action.lower()):
            if name == COSMOS_ANY:
                found += np.flatnonzero(self.need == Need.COSMOS).tolist()
            else:
                found += self.rows.get(name, ())
        return tuple(sorted(set(found)))


@dataclass(frozen=True, slots=True, eq=False)
class Granted:
    """What some roles grant together.

    Attributes:
        mask: which operations. count: how many.
        by_need: how many of each `Need`.
        cells: the distinct cells that they are of; has_cell: the same as a mask.
        roles: rows of the roles; -1 among them where the data plane does not count.
    """

    mask: Mask
    count: int
    by_need: NDArray[np.int64]
    cells: NDArray[np.int64]
    has_cell: Mask
    roles: frozenset[int] = frozenset()

    @classmethod
    def of(cls, mask: Mask, operations: Operations, roles: frozenset[int] = frozenset()) -> Granted:
        """Count what a mask covers."""
        rows = np.flatnonzero(mask)
        by_need = np.bincount(operations.need[rows], minlength=NEEDS)
        has_cell = np.zeros(len(operations.cells.need), np.bool_)
        has_cell[operations.cell[rows]] = True
        return cls(mask, len(rows), by_need, np.flatnonzero(has_cell), has_cell, roles)


def _known(index: TenantIndex) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the operations of each plane: the catalogue's, and those that roles name in full."""
    found = []
    for plane in Plane:
        named = {
            name.lower()
            for role in index.facts.roles
            for block in role.blocks
            for name in (block.data_actions if plane is Plane.DATA else block.actions)
            if "*" not in name and "/" in name and name.strip("/ ") == name
        }
        have = index.catalogue.names[plane]
        more = named.difference(have)
        found.append(tuple(sorted({*have, *more})))
    return found[0], found[1]


def _split(name: str) -> tuple[str, str]:
    """Return the type path and the verb of an operation; `…/verb/action` has two words of verb."""
    path, _, last = name.rpartition("/")
    if last == "action":
        return path.rpartition("/")[0] or path, "action"
    return path, last if last in VERBS else "action"


def _nearest_type(path: str, types: dict[str, int]) -> int:
    """Return the longest part of a type path that the tenant has resources of: what an operation is used on."""
    if path.startswith(_ANYWHERE_TYPES):
        return -1
    while path:
        if path in types:
            return types[path]
        path = path.rpartition("/")[0]
    return -2
