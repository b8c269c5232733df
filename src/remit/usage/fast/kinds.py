"""Kinds of texts: what one is to be read as, by log and role."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from remit.usage.columns import Longs
from remit.usage.fast.blocks import CODED
from remit.usage.fast.rules import FAMILIES, LOOK_CLOSER, Ending, Family, Role

Reader = Callable[[str], str | int | None]
"""From a text to how it is spelled, or to the number that stands in the column; None: read it literally."""


def kinds_of_texts() -> tuple[Longs, list[Reader]]:
    """Return the kinds of texts by log and coded role, and what reads each; what is read alike is of one kind."""
    numbers: dict[Reader, int] = {}
    kinds = np.full((len(FAMILIES), len(CODED)), -1, dtype=np.int64)
    for log, family in enumerate(FAMILIES):
        readers: dict[Role, Reader] = {**family.spellings}
        readers[Role.CATEGORY], readers[Role.STATUS] = _category(family), _ending(family)
        for place, role in enumerate(CODED):
            if role in readers:
                kinds[log, place] = numbers.setdefault(readers[role], len(numbers))
    return kinds, list(numbers)


def _category(family: Family) -> Reader:
    return lambda text: family.kinds.get(text.lower())


def _ending(family: Family) -> Reader:
    def read(text: str) -> int | None:
        found = family.ending(text)
        return None if found is None else packed(found)

    return read


def packed(ending: Ending) -> int:
    """Return outcome and phase as one number."""
    return ending[0] + 16 * ending[1]


CLOSER = packed(LOOK_CLOSER)
"""Instead of an ending: see `LOOK_CLOSER`."""
