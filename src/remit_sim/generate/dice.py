"""Chance and ids that come out the same on every machine and Python.

    >>> Dice(7, "graph/users").below(1000) == Dice(7, "graph/users").below(1000)
    True
    >>> Ids(7).guid("user", 1) == Ids(7).guid("user", 1)
    True

Rules kept here:

- Only `Random.random()` is used, whose sequence Python promises to keep, seeded by a text; and only sums and
  products of its results, which IEEE 754 fixes. Powers and logarithms differ between C libraries in the last bit.
- Every list has a stream of its own, so that a change in one list leaves all others as they were.
- An id is a keyed digest of what it names: no table of ids is kept, however large the tenant.
"""

from __future__ import annotations

import base64
import random
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Dice:
    """One stream of chance, told apart by seed and name."""

    def __init__(self, seed: int, name: str) -> None:
        self.roll = random.Random(f"{seed}/{name}").random  # noqa: S311 - repeatable is the point; no secret is made
        """Draw a float from [0, 1)."""

    def below(self, limit: int) -> int:
        """Draw a whole number from [0, limit), all alike."""
        return int(self.roll() * limit)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from [low, high], both included."""
        return low + int(self.roll() * (high - low + 1))

    def low(self, limit: int) -> int:
        """Draw a whole number from [0, limit), low ones most often: number r with weight about r ** -0.75."""
        once = self.roll()
        twice = once * once
        return int(twice * twice * limit)

    def chance(self, part: float) -> bool:
        """Tell whether something of this probability happens."""
        return self.roll() < part

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of the items, all alike."""
        return items[int(self.roll() * len(items))]

    def several(self, mean: float) -> int:
        """Draw a number of things, 0 or more, falling off geometrically from 0 on."""
        stop = 1.0 / (1.0 + mean)
        count = 0
        while self.roll() >= stop:
            count += 1
        return count


class Wheel(Generic[Item]):
    """Items with shares; a spin draws one by its share."""

    def __init__(self, shares: Sequence[tuple[Item, int]]) -> None:
        self._items = [item for item, _ in shares]
        self._ends = list(accumulate(share for _, share in shares))

    def spin(self, dice: Dice) -> Item:
        """Draw one item."""
        return self._items[bisect_right(self._ends, dice.below(self._ends[-1]))]


class Ids:
    """GUIDs, and the other kinds of ids that Azure gives, by what they name."""

    def __init__(self, seed: int) -> None:
        self._key = blake2b(str(seed).encode(), digest_size=16).digest()

    def guid(self, kind: str, number: int | str) -> str:
        """Return a GUID, lower case, of the form of version 4. Cost: about a microsecond."""
        raw = blake2b(f"{kind}/{number}".encode(), digest_size=16, key=self._key).hexdigest()
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"

    def long(self, kind: str, number: int | str) -> str:
        """Return an id of 43 characters, as Graph gives to app role assignments and grants."""
        raw = blake2b(f"{kind}/{number}".encode(), digest_size=32, key=self._key).digest()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
