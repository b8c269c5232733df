"""Distinct conditions of assignments."""

from __future__ import annotations

import numpy as np

from remit.app.intake.columns import Ints
from remit.engine.facts import Conditions
from remit.engine.strings import TextColumn


class ConditionTable:
    """Interns conditions by text and version."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], int] = {}

    def code(self, text: str | None, version: str | None) -> int:
        """Return the code of a condition, -1 for none; a blank one is none (V13)."""
        if text is None or not text or text.isspace():
            return -1
        return self._codes.setdefault((text, version or ""), len(self._codes))

    def finish(self, used: Ints) -> tuple[Conditions, Ints]:
        """Return the table of the codes in `used`, sorted, and from code to its row."""
        keys = list(self._codes)
        order = sorted(np.unique(used[used >= 0]).tolist(), key=keys.__getitem__)
        row = np.full(len(keys) + 1, -1, dtype=np.int32)
        row[order] = np.arange(len(order), dtype=np.int32)
        # The last place stands for "no condition": code -1 indexes it.
        return Conditions(
            TextColumn.of(keys[code][0] for code in order), TextColumn.of(keys[code][1] for code in order)
        ), row
