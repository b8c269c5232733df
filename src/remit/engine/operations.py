"""Operations of the catalogue that roles cover: for counting and showing, never for deciding (D7, D10)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Operations, TenantFacts
from remit.engine.patterns import expand
from remit.model.effective import OperationCounts
from remit.model.question import Plane
from remit.model.role import PermissionBlock

VERBS = ("read", "write", "delete", "action")


class Catalogue:
    """The operations of one snapshot, by plane, in lower case and sorted.

    Attributes:
        names: per plane, the sorted lower-case names.
        verbs: per plane, uint8 places in `VERBS`; what ends in none of them counts as `action`.
    """

    def __init__(self, table: Operations) -> None:
        low = [name.lower() for name in table.name]
        data = table.data.tolist()
        self.names = tuple(
            sorted(name for name, flag in zip(low, data, strict=True) if flag == plane) for plane in Plane
        )
        self.verbs = tuple(
            np.fromiter((_verb(name) for name in names), dtype=np.uint8, count=len(names)) for names in self.names
        )

    def covered(self, blocks: Iterable[PermissionBlock], plane: Plane) -> NDArray[np.bool_]:
        """Return a mask of the operations that some permission blocks cover (D4, M6). Cost: about 1 ms for `*`."""
        names = self.names[plane]
        mask = np.zeros(len(names), np.bool_)
        for block in blocks:
            listed, subtracted = (
                (block.actions, block.not_actions)
                if plane is Plane.CONTROL
                else (block.data_actions, block.not_data_actions)
            )
            if listed:
                mask[list(expand(listed, names) - expand(subtracted, names))] = True
        return mask


def _verb(name: str) -> int:
    last = name.rpartition("/")[2]
    return VERBS.index(last) if last in VERBS else VERBS.index("action")


def count_operations(
    facts: TenantFacts, catalogue: Catalogue, roles: Iterable[int], denies: Iterable[int]
) -> tuple[OperationCounts, ...]:
    """Count the operations that some roles cover and some denies do not take away, by plane and verb.

    Blocks with a condition are left out on the granting side and counted on the denying side (V7).
    Returns () when the snapshot has no catalogue of operations.
    """
    if not any(catalogue.names):
        return ()
    granted = [
        block for row in sorted(roles) for block in facts.roles[row].blocks if not (block.condition or "").strip()
    ]
    denied = [block for row in sorted(denies) for block in facts.deny_permissions[row].blocks]
    counts: list[OperationCounts] = []
    for plane in Plane:
        mask = catalogue.covered(granted, plane) & ~catalogue.covered(denied, plane)
        numbers = np.bincount(catalogue.verbs[plane][mask], minlength=len(VERBS))
        counts += [OperationCounts(plane.word, verb, int(numbers[place])) for place, verb in enumerate(VERBS)]
    return tuple(counts)
