"""Operations, one object each, to rows of the columns: the plain way, which the faster one must equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remit.model.usage import ObservedOperation
from remit.usage.columns import ABSENT, COLUMNS, Longs, guid_halves, identities, identity_words
from remit.usage.fast.texts import Keys, Texts

_WORDS = 8


def bytes_halves(digest: bytes) -> tuple[int, int]:
    """Return the first 16 bytes of a digest as two signed halves; missing ones are zero."""
    raw = digest[:16].ljust(16, b"\0")
    return int.from_bytes(raw[:8], "big", signed=True), int.from_bytes(raw[8:], "big", signed=True)


class OperationRows:
    """Rows that grow by one record at a time."""

    def __init__(self, keys: Keys, texts: Texts) -> None:
        """Begin without rows; `texts` learns what they name."""
        self._keys, self._texts = keys, texts
        self._words: list[tuple[int, ...]] = []
        self._rows: list[tuple[int, ...]] = []
        self._records: list[int] = []

    @property
    def records(self) -> int:
        """Return how many records there are."""
        return len(self._words)

    def add(self, line: int, operations: Sequence[ObservedOperation]) -> None:
        """Take the operations of one record; all have the identity of the first."""
        for part, operation in enumerate(operations):
            row = self._row(line, part, operation)
            if not part:
                self._words.append(_words(operation, row))
            self._records.append(len(self._words) - 1)
            self._rows.append(row)

    def columns(self) -> tuple[dict[str, Longs], list[tuple[int, int]]]:
        """Return the rows, and the identity of each record, in the order they came."""
        words = np.array(self._words, dtype=np.int64).reshape(-1, _WORDS)
        high, low = identities(words)
        table = np.array(self._rows, dtype=np.int64).reshape(-1, len(COLUMNS))
        table[:, 0], table[:, 1] = high[self._records], low[self._records]
        columns = {name: table[:, at].copy() for at, name in enumerate(COLUMNS)}
        return columns, list(zip(high.tolist(), low.tolist(), strict=True))

    def _row(self, line: int, part: int, operation: ObservedOperation) -> tuple[int, ...]:
        """Return one row without its identity."""
        key = self._key
        return (
            0,
            0,
            part,
            *bytes_halves(operation.digest),
            line,
            operation.time,
            ABSENT if operation.arrived is None else operation.arrived,
            operation.log,
            operation.plane,
            operation.outcome,
            operation.phase,
            key(operation.principal_id),
            key(operation.app_id),
            key(operation.host_resource),
            key(operation.address),
            key(operation.action),
            key(operation.scope),
            key(operation.assignment_id),
            key(operation.through_id),
            key(operation.place),
            *guid_halves(operation.token_id),
            *guid_halves(operation.correlation_id),
        )

    def _key(self, text: str) -> int:
        key = self._keys[text]
        self._texts.learn(key, text)
        return key


_AT = {name: at for at, name in enumerate(COLUMNS)}


def _words(operation: ObservedOperation, row: Sequence[int]) -> tuple[int, ...]:
    """Return what says which event a row tells of."""
    return identity_words(
        operation.log,
        guid_halves(operation.event_id),
        operation.time,
        (row[_AT["correlation_hi"]], row[_AT["correlation_lo"]]),
        row[_AT["action"]],
        row[_AT["scope"]],
        row[_AT["principal"]],
        operation.phase * 4 + operation.outcome,
    )
