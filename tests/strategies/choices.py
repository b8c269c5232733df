"""Where a generator takes its choices from: a seeded random source for speed, hypothesis for shrinking.

Every choice is a number below a bound, and 0 is the dullest, so that hypothesis shrinks towards dull tenants.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Choices made of numbers below a bound."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred cases; no is the dull answer."""
        return self.below(100) >= 100 - percent

    def pick(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def some(self, values: Sequence[T], least: int, most: int) -> list[T]:
        """Pick between `least` and `most` different values, in a chosen order."""
        left = list(values)
        count = min(len(left), least + self.below(most - least + 1))
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def spell(self, text: str) -> str:
        """Return a text in some letter case (M1, S2, G4)."""
        way = self.below(6)
        return (text, text, text, text.upper(), text.lower(), text.swapcase())[way]


def seeded(seed: int | str) -> Choices:
    """Return choices that a seed repeats."""
    source = random.Random(seed)
    # int(random() * n) is several times faster than randrange, and its bias is no matter here.
    return Choices(lambda bound: int(source.random() * bound))
