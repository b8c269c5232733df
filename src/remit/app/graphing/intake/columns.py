"""Tables while they are read: one growing array for each column, sorted and freed of equal rows at the end.

>>> rows = Rows("iib")
>>> rows.add(2, 7, 1)
>>> rows.add(1, 9, 0)
>>> [column.tolist() for column in rows.sorted()]
[[1, 2], [9, 7], [0, 1]]
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.app.intake.columns import distinct
from remit.engine.strings import TextColumn

_TYPES = {"i": np.int32, "q": np.int64, "b": np.uint8, "?": np.bool_}
_STORED = {"i": "i", "q": "q", "b": "B", "?": "B"}


class Rows:
    """Rows of numbers, one array a column; `shape` has one letter for each: i, q (64 bit), b (byte), ? (bool)."""

    def __init__(self, shape: str) -> None:
        self._types = [_TYPES[letter] for letter in shape]
        self._columns: list[array[int]] = [array(_STORED[letter]) for letter in shape]

    def add(self, *values: int) -> None:
        """Append one row."""
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def replace(self, place: int, rows: NDArray[np.int32]) -> None:
        """Replace every number of one column by what `rows` has at it."""
        column = self._columns[place]
        self._columns[place] = array(column.typecode, rows[np.array(column, dtype=np.int64)].tobytes())

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return the columns as they were added."""
        return tuple(
            np.array(column, dtype=kind) if len(column) else np.zeros(0, dtype=kind)
            for column, kind in zip(self._columns, self._types, strict=True)
        )

    def sorted(self) -> tuple[NDArray[Any], ...]:
        """Return the columns sorted by all of them in order, equal rows once."""
        columns = self.columns()
        order = distinct(*columns)
        return tuple(column[order] for column in columns)


class Names:
    """Texts that repeat: each kept once and numbered, sorted at the end."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, text: str) -> int:
        """Return the number of a text until the end."""
        return self._codes.setdefault(text, len(self._codes))

    def finish(self) -> tuple[TextColumn, NDArray[np.int32]]:
        """Return the sorted texts, and the row of each number."""
        texts = sorted(self._codes)
        row = np.zeros(len(texts), dtype=np.int32)
        row[[self._codes[text] for text in texts]] = np.arange(len(texts), dtype=np.int32)
        return TextColumn.of(texts), row
