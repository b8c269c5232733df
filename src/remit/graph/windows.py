"""Windows in which something holds, half-open, in columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Memberships


def in_force(start: NDArray[np.int64], end: NDArray[np.int64], micros: int) -> NDArray[np.bool_]:
    """Return which windows hold an instant."""
    return (start <= micros) & (micros < end)


def now(table: Memberships, micros: int) -> NDArray[np.int32]:
    """Return the rows of memberships whose window holds an instant."""
    return np.flatnonzero(in_force(table.start, table.end, micros)).astype(np.int32)
