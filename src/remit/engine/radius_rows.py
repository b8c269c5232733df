"""Operations as bits, ready for counting: one column per operation of a type that the tenant has.

Columns of one resource type stand together in whole 64-bit words, so that the operations that exist on a resource are
a few words. A role (with an assignment's condition) is a row of such words, a deny's permissions another.

An operation belongs to the longest part of its type path that the tenant has resources of: `vaults/secrets/read`
counts on vaults where secrets are not listed. Operations of types that the tenant does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import has_condition
from remit.engine.condition_tree import action_patterns
from remit.engine.conditions import Call, NotUnderstood, check_condition, read_condition, uses_guid_operator
from remit.engine.index import TenantIndex
from remit.engine.operations import VERBS
from remit.engine.patterns import expand
from remit.model.decision import Truth
from remit.model.question import Plane
from remit.model.role import PermissionBlock

CATEGORIES = tuple(f"{plane.word}.{verb}" for plane in Plane for verb in VERBS)
"""Names of the columns of a count, in order: control.read … data.action."""

RESOURCE_GROUP_TYPES = ("microsoft.resources/subscriptions/resourcegroups", "microsoft.resources/resourcegroups")
"""How resource groups are called: by their operations, and by most lists."""

_ALIASES = {RESOURCE_GROUP_TYPES[1]: RESOURCE_GROUP_TYPES[0]}
_STORAGE = "microsoft.storage/"

Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Where each operation stands, and what to count in which word.

    Attributes:
        names: lower-case operation names by column, "" for padding; data: True for data actions.
        width: words in a row.
        part_offsets: per resource type, where its parts begin; one more.
        part_word, part_category, part_mask: a part is the bits of one category in one word.
    """

    names: list[str]
    data: Mask
    width: int
    part_offsets: NDArray[np.int64]
    part_word: NDArray[np.int32]
    part_category: NDArray[np.int32]
    part_mask: Words

    @classmethod
    def of(cls, index: TenantIndex) -> Columns:
        """Lay out the operations of the catalogue, and those that roles name in full."""
        types = [_ALIASES.get(name, name) for name in index.facts.resources.type_name]
        places = {name: place for place, name in enumerate(types)}
        by_type: list[list[tuple[int, int, str]]] = [[] for _ in types]
        for plane, names in zip(Plane, _operations(index), strict=True):
            for name in names:
                path, verb = _split(name)
                while path and path not in places:
                    path = path.rpartition("/")[0]
                if path:
                    by_type[places[path]].append((plane, verb, name))
        return cls._lay(by_type)

    @classmethod
    def _lay(cls, by_type: list[list[tuple[int, int, str]]]) -> Columns:
        names: list[str] = []
        data: list[bool] = []
        offsets, words, categories, masks = [0], [], [], []
        for operations in by_type:
            parts: dict[tuple[int, int], int] = {}
            for plane, verb, name in sorted(operations):
                word, bit = divmod(len(names), 64)
                key = (word, plane * len(VERBS) + verb)
                parts[key] = parts.get(key, 0) | 1 << bit
                names.append(name)
                data.append(plane == Plane.DATA)
            names += [""] * (-len(names) % 64)
            data += [False] * (len(names) - len(data))
            words += [word for word, _ in parts]
            categories += [category for _, category in parts]
            masks += list(parts.values())
            offsets.append(len(words))
        return cls(
            names,
            np.asarray(data, dtype=np.bool_),
            len(names) // 64,
            np.asarray(offsets, dtype=np.int64),
            np.asarray(words, dtype=np.int32),
            np.asarray(categories, dtype=np.int32),
            np.asarray(masks, dtype=np.uint64),
        )


def _operations(index: TenantIndex) -> tuple[list[str], list[str]]:
    """Return all known operations per plane: the catalogue's, and those that roles name in full."""
    known = (set(index.catalogue.names[0]), set(index.catalogue.names[1]))
    for block in index.actions.blocks[: index.actions.deny_start[0]]:
        known[0].update(name.lower() for name in block.actions if _is_operation(name))
        known[1].update(name.lower() for name in block.data_actions if _is_operation(name))
    return sorted(known[0]), sorted(known[1])


def _is_operation(name: str) -> bool:
    return "*" not in name and name.strip("/ ") == name and "/" in name


def _split(name: str) -> tuple[str, int]:
    """Return the type path and the verb of an operation: `…/verb/action` has two words of verb."""
    path, _, last = name.rpartition("/")
    if last == "action":
        return path.rpartition("/")[0], VERBS.index("action")
    return path, VERBS.index(last) if last in VERBS else VERBS.index("action")


class RowMaker:
    """Turns permission blocks and conditions into rows of bits over the columns."""

    def __init__(self, columns: Columns, at: datetime) -> None:
        self.columns = columns
        self._at = at
        order = sorted((name, column) for column, name in enumerate(columns.names) if name)
        self._planes = tuple(
            [(name, column) for name, column in order if bool(columns.data[column]) == bool(plane)] for plane in Plane
        )
        self._sorted = tuple([name for name, _ in one] for one in self._planes)
        self._column = tuple(np.asarray([column for _, column in one], dtype=np.int64) for one in self._planes)
        self._truths: dict[tuple[str, str | None], tuple[Mask, Mask]] = {}

    def granted(self, blocks: Iterable[PermissionBlock], text: str | None, version: str | None) -> Mask:
        """Return the columns that blocks certainly grant with no attribute known, under an assignment's condition."""
        mask = np.zeros(len(self.columns.names), np.bool_)
        for block in blocks:
            covered = self._covered(block)
            if has_condition(block.condition):
                covered &= self._truth(block.condition, block.condition_version)[0]
            mask |= covered
        if text is not None and has_condition(text):
            mask &= self._truth(text, version)[0]
            if uses_guid_operator(text, version):
                # C18: such a condition fails on every storage data action.
                for name, column in self._planes[Plane.DATA]:
                    if name.startswith(_STORAGE):
                        mask[column] = False
        return mask

    def denied(self, blocks: Iterable[PermissionBlock], text: str | None, version: str | None) -> Mask:
        """Return the columns that blocks of a deny take away unless a condition is certainly false (N12, V7)."""
        mask = np.zeros(len(self.columns.names), np.bool_)
        for block in blocks:
            covered = self._covered(block)
            if has_condition(block.condition):
                covered &= ~self._truth(block.condition, block.condition_version)[1]
            mask |= covered
        if has_condition(text):
            mask &= ~self._truth(text, version)[1]
        return mask

    def _covered(self, block: PermissionBlock) -> Mask:
        mask = np.zeros(len(self.columns.names), np.bool_)
        lists = ((block.actions, block.not_actions), (block.data_actions, block.not_data_actions))
        for (listed, subtracted), names, column in zip(lists, self._sorted, self._column, strict=True):
            if listed:
                mask[column[list(expand(listed, names) - expand(subtracted, names))]] = True
        return mask

    def _truth(self, text: str | None, version: str | None) -> tuple[Mask, Mask]:
        """Return where a condition is certainly true, and where certainly false, with no attribute known.

        Without attributes only the action tells: every operation that the condition names is asked, and one for all
        others.
        """
        key = (text or "", version)
        if key not in self._truths:
            self._truths[key] = self._evaluate(*key)
        return self._truths[key]

    def _evaluate(self, text: str, version: str | None) -> tuple[Mask, Mask]:
        count = len(self.columns.names)
        true, false = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        found = read_condition(text, version)
        if isinstance(found, NotUnderstood):
            return true, false
        patterns = action_patterns(found)
        for names, column in zip(self._sorted, self._column, strict=True):
            named = expand(patterns, names)
            asked = [(place, [place]) for place in sorted(named)]
            rest = sorted(set(range(len(names))) - named)
            if rest:
                asked.append((rest[0], rest))
            for one, all_alike in asked:
                truth = check_condition(text, version, Call(names[one], None, self._at, {})).truth
                if truth is Truth.TRUE:
                    true[column[all_alike]] = True
                elif truth is Truth.FALSE:
                    false[column[all_alike]] = True
        return true, false


class Rows:
    """Rows of 64-bit words, equal ones kept once; bit i of word w is column 64 w + i. Row 0 has every bit."""

    def __init__(self, width: int) -> None:
        self._numbers: dict[bytes, int] = {b"\xff" * (8 * width): 0}
        self._width = width

    def __len__(self) -> int:
        """Return how many distinct rows there are."""
        return len(self._numbers)

    def add(self, mask: Mask) -> int:
        """Keep a row and return its number."""
        return self._numbers.setdefault(np.packbits(mask, bitorder="little").tobytes(), len(self._numbers))

    def array(self) -> Words:
        """Return all rows, one line each."""
        return np.frombuffer(b"".join(self._numbers), dtype="<u8").reshape(len(self._numbers), self._width)
