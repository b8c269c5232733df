"""How surely everybody has something at one place: now or after activation, certainly or maybe; as masks.

What needs several things is had as surely as all of them are (`of_all`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.enumerate import Standing
from remit.graph.network import EdgeFlag

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Masks over all principals.

    Attributes:
        sure: certainly, as things are. may: that, or maybe.
        later: certainly, once what can be activated is. ever: in any of these ways, or maybe once it is activated.
    """

    sure: Mask
    may: Mask
    later: Mask
    ever: Mask

    @classmethod
    def of(cls, standing: Standing) -> Levels:
        """Return how surely everybody has one permission."""
        free, undenied = ~standing.denied, ~(standing.denied | standing.may_be_denied)
        return cls(
            standing.sure & undenied,
            (standing.sure | standing.may) & free,
            (standing.sure | standing.after) & undenied,
            (standing.sure | standing.may | standing.eligible) & free,
        )

    @classmethod
    def granted(cls, standing: Standing) -> Levels:
        """Return the same of whom it is granted for certain, now or later: only denies leave it open."""
        free, undenied = ~standing.denied, ~(standing.denied | standing.may_be_denied)
        later = standing.sure | standing.after
        return cls(standing.sure & undenied, standing.sure & free, later & undenied, later & free)

    @classmethod
    def undenied(cls, standings: Iterable[Standing]) -> Levels:
        """Return how surely nothing denies everybody some permissions, granted or not."""
        parts = list(standings)
        free = ~np.logical_or.reduce([one.denied for one in parts])
        sure = free & ~np.logical_or.reduce([one.may_be_denied for one in parts])
        return cls(sure, free, sure, free)

    @classmethod
    def of_all(cls, levels: Iterable[Levels]) -> Levels:
        """Return how surely everybody has all of some things."""
        columns = zip(*(one.masks() for one in levels), strict=True)
        return cls(*(np.logical_and.reduce(column) for column in columns))

    def either(self, other: Levels) -> Levels:
        """Return how surely everybody has this or another thing."""
        return Levels(*(mine | others for mine, others in zip(self.masks(), other.masks(), strict=True)))

    def among(self, mask: Mask) -> Levels:
        """Return the same of some principals only."""
        return Levels(*(mine & mask for mine in self.masks()))

    def masks(self) -> tuple[Mask, Mask, Mask, Mask]:
        """Return the four masks, in the order of the attributes."""
        return self.sure, self.may, self.later, self.ever

    def flagged(self) -> Iterator[tuple[Mask, int]]:
        """Yield who has it with the flags of an edge that says so, the surest first."""
        yield self.sure, 0
        yield self.later, int(EdgeFlag.ELIGIBLE)
        yield self.may, int(EdgeFlag.POSSIBLE)
        yield self.ever, int(EdgeFlag.ELIGIBLE | EdgeFlag.POSSIBLE)


def nobody(count: int) -> Levels:
    """Return the levels of a thing that none of some principals has."""
    return Levels(*(np.zeros(count, np.bool_) for _ in range(4)))
