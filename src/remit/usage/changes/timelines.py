"""What one thing was over time, as far as points of knowledge tell: a small algebra of sets of possible contents.

A set holds what the thing may have been, `ABSENT` among it; `UNKNOWN` is the set of everything. Between two points
both count: what the earlier says came after it, and what the later says stood before it. Where they agree it was
that; where only one speaks it was that; where they contradict each other a change went unseen, and it may have been
either. Nothing is guessed.

    >>> made = Point(10, None, frozenset({"a"}), default=frozenset({ABSENT}))
    >>> [(piece.end, piece.states) for piece in pieces([made])]
    [(10, frozenset({None})), (9223372036854775807, frozenset({'a'}))]
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL

Content = TypeVar("Content", bound=Hashable)

ABSENT = None
"""The member of a set that says that the thing was not there."""

UNKNOWN = None
"""In place of a set: nothing is known of what it was."""

OVERLAP_US = 6 * 3_600_000_000
"""A snapshot is read for some time after the instant it bears. A record within this time that says what stood before
it is believed rather than the snapshot."""


@dataclass(frozen=True, slots=True)
class Point(Generic[Content]):
    """One point of knowledge.

    Attributes:
        time: microseconds.
        before, after: what the thing may have been on either side; None where the point does not tell.
        default: what it was before where nothing at all tells.
        sure: False: what it says came after it may have come, or all stayed as it was.
        snapshot: read from a snapshot.
        existed: whatever it was before, it was there.
        keeps: content that is equal to what was there before is what was there before, in all of its details.
    """

    time: int
    before: frozenset[Content | None] | None
    after: frozenset[Content | None] | None
    default: frozenset[Content | None] | None = None
    sure: bool = True
    snapshot: bool = False
    existed: bool = False
    keeps: bool = True


@dataclass(frozen=True, slots=True)
class Piece(Generic[Content]):
    """What a thing may have been from `start` until `end`, half-open; `UNKNOWN` where nothing tells."""

    start: int
    end: int
    states: frozenset[Content | None] | None


def pieces(points: Iterable[Point[Content]]) -> list[Piece[Content]]:
    """Return what a thing was over all of time, without a hole; neighbours differ.

    Args:
        points: in order of time; those of one instant in the order in which they count.
    """
    found: list[Piece[Content]] = []
    last, current, read = ALWAYS_FROM, UNKNOWN, False
    first = True
    for point in points:
        overlaps = read and not point.snapshot and point.time - last <= OVERLAP_US
        states = _between(current, point, first=first, overlaps=overlaps)
        _append(found, Piece(last, point.time, states))
        current = _after(states, point)
        last, read, first = point.time, point.snapshot, False
    _append(found, Piece(last, ALWAYS_UNTIL, current))
    return found


def _between(
    earlier: frozenset[Content | None] | None, point: Point[Content], *, first: bool, overlaps: bool
) -> frozenset[Content | None] | None:
    """Return what the thing was before a point; `overlaps`: a snapshot that tells of it was still being read then."""
    later = point.before
    if earlier is UNKNOWN:
        if later is UNKNOWN and first:
            return point.default
        return later
    if later is UNKNOWN:
        return (earlier - {ABSENT} or UNKNOWN) if point.existed else earlier
    # Of equal contents the one that a snapshot tells is the fuller one.
    preferred, other = (later, earlier) if point.snapshot else (earlier, later)
    both = frozenset(one for one in preferred if one in other)
    if both:
        return both
    return later if overlaps else preferred | other


def _after(states: frozenset[Content | None] | None, point: Point[Content]) -> frozenset[Content | None] | None:
    if point.after is UNKNOWN:
        return UNKNOWN
    known = {one: one for one in states or ()} if point.keeps else {}
    after = frozenset(known.get(one, one) for one in point.after)
    if point.sure:
        return after
    return UNKNOWN if states is UNKNOWN else states | after


def _append(found: list[Piece[Content]], piece: Piece[Content]) -> None:
    if piece.start >= piece.end:
        return
    if found and found[-1].states == piece.states:
        found[-1] = Piece(found[-1].start, piece.end, found[-1].states)
    else:
        found.append(piece)


def whole(found: Sequence[Piece[Content]]) -> bool:
    """Tell whether nothing ever changed."""
    return len(found) == 1
