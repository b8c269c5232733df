"""Tags that name an environment, a workload or an owner; the others are left to the payloads."""

from __future__ import annotations

from array import array

import msgspec
import numpy as np

from remit.app.graphing.intake.columns import Names, Rows
from remit.app.intake.columns import Ints, Longs, distinct, ints
from remit.graph.facts import Tags
from remit.wire.azure.tolerant import decode_any

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
_NO_TAGS = {b"null": 0, b"{}": 0}


class TagRows:
    """Sets of tags. Many resources carry the same set: its bytes are read once, and a resource has its number."""

    def __init__(self) -> None:
        self._texts = Names()
        self._sets: list[tuple[tuple[int, int], ...]] = [()]
        self._numbers: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        self._known: dict[bytes, int] = dict(_NO_TAGS)
        self._of_resource = array("i")
        self._of_scope = Rows("iii")

    def take_resource(self, tags: msgspec.Raw) -> None:
        """Take the tags of the next resource in the order of reading."""
        self._of_resource.append(self._number(tags))

    def take_scope(self, scope: int, tags: msgspec.Raw) -> None:
        """Take the tags of a scope; nothing for -1."""
        if scope >= 0:
            for key, value in self._sets[self._number(tags)]:
                self._of_scope.add(scope, key, value)

    def _number(self, tags: msgspec.Raw) -> int:
        raw = bytes(tags)
        number = self._known.get(raw)
        if number is None:
            if len(self._known) >= _REMEMBERED:
                self._known = dict(_NO_TAGS)
            found = self._read(raw)
            number = self._numbers.setdefault(found, len(self._sets))
            if number == len(self._sets):
                self._sets.append(found)
            self._known[raw] = number
        return number

    def _read(self, raw: bytes) -> tuple[tuple[int, int], ...]:
        said = decode_any(raw)
        if not isinstance(said, dict):
            return ()
        telling = {
            (key.lower(), value)
            for key, value in said.items()
            if isinstance(value, str) and key.lower().translate(_IGNORED) in TELLING
        }
        return tuple((self._texts.code(key), self._texts.code(value)) for key, value in sorted(telling))

    def finish(self, order: Longs) -> Tags:
        """Return the table; `order` has the numbers of reading of resources in the order of their table.

        Cost: vector passes over resources; sets are in order in themselves already.
        """
        text, row = self._texts.finish()
        scope, key, value = self._of_scope.columns()
        first = distinct(scope, row[key], row[value])
        sizes = np.array([len(one) for one in self._sets], dtype=np.int64)
        pairs = np.array([pair for one in self._sets for pair in one], dtype=np.int32).reshape(-1, 2)
        of = ints(self._of_resource)[order]
        count = sizes[of]
        begins = (np.cumsum(sizes) - sizes)[of] - (np.cumsum(count) - count)
        place = np.repeat(begins, count) + np.arange(int(count.sum()))
        # Those of scopes stand first, as they have no resource.
        return Tags(
            resource=np.concatenate([_none(len(first)), np.repeat(np.arange(len(of), dtype=np.int32), count)]),
            scope=np.concatenate([scope[first], _none(len(place))]),
            key=np.concatenate([row[key[first]], row[pairs[place, 0]]]),
            value=np.concatenate([row[value[first]], row[pairs[place, 1]]]),
            text=text,
        )


def _none(count: int) -> Ints:
    return np.full(count, -1, dtype=np.int32)
