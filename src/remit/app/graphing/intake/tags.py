"""Tags that name an environment, a workload or an owner; the others are left to the payloads."""

from __future__ import annotations

import msgspec
import numpy as np

from remit.app.graphing.intake.columns import Names, Rows
from remit.graph.facts import Tags
from remit.wire.azure.graph_shapes import NOTHING

TELLING = frozenset(
    (
        *("env", "environment", "environmentname", "environmenttype", "envname", "envtype", "stage", "tier"),
        *("deploymentenvironment", "lifecycle", "landscape"),
        *("workload", "workloadname", "app", "application", "applicationname", "appname", "appid", "service"),
        *("servicename", "system", "product", "project", "projectname", "solution", "component"),
        *("owner", "ownedby", "owneremail", "businessowner", "technicalowner", "team", "contact", "costcenter"),
        *("criticality", "businesscriticality", "dataclassification"),
    )
)
"""Keys in lower case without blanks, dashes, dots, colons and underscores."""

_IGNORED = str.maketrans("", "", " -_.:")
_REMEMBERED = 100_000
_EMPTY = frozenset((b"null", b"{}"))


class TagRows:
    """Columns of tags. Many resources carry the same tags: their bytes are read once."""

    def __init__(self) -> None:
        self._rows = Rows("iiii")
        self._texts = Names()
        self._known: dict[bytes, tuple[tuple[int, int], ...]] = {}
        self._decode = msgspec.json.Decoder().decode

    def take(self, resource: int, scope: int, tags: msgspec.Raw) -> None:
        """Take the tags of a resource or of a scope; the other one is -1."""
        if tags is NOTHING:
            return
        raw = bytes(tags)
        if raw in _EMPTY:
            return
        found = self._known.get(raw)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[raw] = self._read(raw)
        for key, value in found:
            self._rows.add(resource, scope, key, value)

    def _read(self, raw: bytes) -> tuple[tuple[int, int], ...]:
        try:
            said = self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return ()
        if not isinstance(said, dict):
            return ()
        return tuple(
            (self._texts.code(key.lower()), self._texts.code(value))
            for key, value in said.items()
            if isinstance(value, str) and key.lower().translate(_IGNORED) in TELLING
        )

    def finish(self, table_row: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Tags:
        """Return the table; `table_row` is the row of the resource table by number of reading."""
        text, row = self._texts.finish()
        resource, scope, key, value = self._rows.columns()
        moved = np.where(resource >= 0, table_row[resource] if len(table_row) else -1, -1).astype(np.int32)
        order = np.lexsort((row[value], row[key], scope, moved))
        return Tags(moved[order], scope[order], row[key][order], row[value][order], text)
