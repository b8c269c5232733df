"""The gap score: 0 where nothing seen to be unused is left, towards 100 the more an unused permission could do.

    cell    a class of operations (weights.py) on one resource type, granted at one scope
    value   weight of the class * log2(1 + resources of that type at and below the scope)
    U       sum of the values of the cells that are granted, observable and of which no operation was used there
    score   100 * U / (U + 100)

Laws (tests/property/test_gap_score.py): granting more never lowers it, using more never raises it, order has no part
in it, and it is 0 where nothing observable is unused. They hold because whether a cell was used, and whether it is
observable, does not depend on what else is granted.

>>> gap_score(0.0), gap_score(100.0)
(0.0, 50.0)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HALF = 100.0
"""U that makes a score of 50."""


def gap_score(unused: float) -> float:
    """Return the score of a sum of values, with one decimal. Monotone."""
    if unused <= 0.0:
        return 0.0
    return round(100.0 * unused / (unused + HALF), 1)


def breadth(resources: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the factors of some numbers of resources; 0 for none."""
    factors: NDArray[np.float64] = np.log2(1.0 + resources)
    return factors
