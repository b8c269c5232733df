"""Memberships with a window, in columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Memberships

Codes = NDArray[np.int32]


def in_force(table: Memberships, micros: int) -> Codes:
    """Return the rows of memberships whose window holds an instant."""
    return np.flatnonzero((table.start <= micros) & (micros < table.end)).astype(np.int32)
