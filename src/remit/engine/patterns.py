"""Which permission blocks cover an action: M1 to M8, D4, D6, D7, D10.

Every distinct pattern of all blocks is kept once. Exact strings are found by one dictionary look-up, patterns with
one wildcard by the text before it (cut at every slash of the action) and the text after it; the rest, which Azure
itself does not write, by a small state machine. No catalogue of operations takes part (D10).

    >>> covers("Microsoft.KeyVault/vaults/*/read", "microsoft.keyvault/vaults/read")
    True
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remit.model.question import Plane
from remit.model.role import PermissionBlock


@dataclass(frozen=True, slots=True)
class BlockMatch:
    """The blocks that one action of one plane falls into.

    Attributes:
        blocks: numbers of the blocks that grant (or deny) it: in its list and not in its not-list (M6).
    """

    blocks: frozenset[int]


class PatternIndex:
    """All patterns of a numbered sequence of permission blocks, ready to be asked about any action.

    Cost: building is linear in the patterns; one question looks at the patterns that can match, about 20 us for the
    built-in roles. Nothing is cached here.
    """

    __slots__ = ("_exact", "_loose", "_postings", "_prefixed")

    def __init__(self, blocks: Sequence[PermissionBlock]) -> None:
        numbers: dict[str, int] = {}
        # Per pattern: blocks that list it in actions, notActions, dataActions, notDataActions.
        postings: list[tuple[list[int], list[int], list[int], list[int]]] = []
        for number, block in enumerate(blocks):
            lists = (block.actions, block.not_actions, block.data_actions, block.not_data_actions)
            for place, patterns in enumerate(lists):
                for pattern in patterns:
                    low = pattern.lower()
                    known = numbers.get(low)
                    if known is None:
                        known = numbers[low] = len(postings)
                        postings.append(([], [], [], []))
                    postings[known][place].append(number)
        self._postings = postings
        self._exact: dict[str, int] = {}
        self._prefixed: dict[str, list[tuple[str, int, int]]] = {}
        self._loose: list[tuple[str, int]] = []
        for low, known in numbers.items():
            self._place(low, known)

    def _place(self, low: str, known: int) -> None:
        stars = low.count("*")
        before, _, after = low.partition("*")
        if stars == 0:
            self._exact[low] = known
        elif stars == 1 and (not before or before.endswith("/")):
            shortest = len(before) + len(after) - _shared_slash(before, after)
            self._prefixed.setdefault(before, []).append((after, shortest, known))
        else:
            self._loose.append((low, known))

    def matching(self, action: str) -> list[int]:
        """Return the numbers of the patterns that cover an action given in lower case."""
        found: list[int] = []
        exact = self._exact.get(action)
        if exact is not None:
            found.append(exact)
        length = len(action)
        prefixed = self._prefixed
        cut = 0
        while True:
            for after, shortest, known in prefixed.get(action[:cut], ()):
                if length >= shortest and action.endswith(after):
                    found.append(known)
            cut = action.find("/", cut) + 1
            if not cut:
                break
        found.extend(known for low, known in self._loose if covers(low, action))
        return found

    def match(self, action: str, plane: Plane) -> BlockMatch:
        """Return the blocks that grant an action given in lower case, on one plane (D6)."""
        listed: set[int] = set()
        subtracted: set[int] = set()
        give, take = 2 * plane, 2 * plane + 1
        for known in self.matching(action):
            posting = self._postings[known]
            listed.update(posting[give])
            subtracted.update(posting[take])
        return BlockMatch(frozenset(listed - subtracted))


def _shared_slash(before: str, after: str) -> int:
    """Return 1 where `A/*/x` may also be `A/x` (M3a): the slashes on both sides of the star may be one."""
    return int(before.endswith("/") and after.startswith("/"))


def covers(pattern: str, action: str) -> bool:
    """Tell whether one pattern covers one exact action: whole string, any letter case (M1 to M5).

    Cost: linear for up to one wildcard, pattern times action otherwise.
    """
    low, wanted = pattern.lower(), action.lower()
    stars = low.count("*")
    if stars == 0:
        return low == wanted
    if stars == 1:
        before, _, after = low.partition("*")
        shortest = len(before) + len(after) - _shared_slash(before, after)
        return len(wanted) >= shortest and wanted.startswith(before) and wanted.endswith(after)
    return _covers_many(low, wanted)


def _covers_many(low: str, wanted: str) -> bool:
    """Run the pattern as a state machine; for several wildcards, where greedy cutting would guess.

    A state is a place in the tokens; `inside` are places of a `/*/` whose optional middle has begun.
    """
    tokens = _tokens(low)
    places, inside = _past_stars({0}, tokens), set[int]()
    for character in wanted:
        moved = {place for place in places if place < len(tokens) and tokens[place] == "*"}
        moved.update(place + 1 for place in places if place < len(tokens) and tokens[place] == character)
        if character == "/":
            begun = {place for place in places if place < len(tokens) and tokens[place] == "/*/"} | inside
            moved.update(place + 1 for place in begun)
            inside = begun
        places = _past_stars(moved, tokens)
        if not places and not inside:
            return False
    return len(tokens) in places


def _tokens(low: str) -> list[str]:
    """Cut a pattern into `/*/`, `*` and single characters, left to right."""
    found: list[str] = []
    place = 0
    while place < len(low):
        token = "/*/" if low.startswith("/*/", place) else low[place]
        found.append(token)
        place += len(token)
    return found


def _past_stars(places: set[int], tokens: list[str]) -> set[int]:
    """Add the places that a wildcard matching nothing leads to."""
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place < len(tokens) and tokens[place] == "*" and place + 1 not in places:
            places.add(place + 1)
            waiting.append(place + 1)
    return places


def expand(patterns: Iterable[str], operations: Sequence[str]) -> set[int]:
    """Return the places of all operations covered by any pattern; `operations` in lower case, sorted.

    Cost: a bisection per pattern plus the operations that share the text before its wildcard.
    """
    found: set[int] = set()
    for pattern in patterns:
        low = pattern.lower()
        before, star, after = low.partition("*")
        first = bisect_left(operations, before)
        if not star:
            while first < len(operations) and operations[first] == low:
                found.add(first)
                first += 1
            continue
        last = bisect_left(operations, before + "\U0010ffff") if before else len(operations)
        if "*" in after:
            found.update(place for place in range(first, last) if covers(low, operations[place]))
            continue
        shortest = len(before) + len(after) - _shared_slash(before, after)
        found.update(
            place
            for place in range(first, last)
            if operations[place].endswith(after) and len(operations[place]) >= shortest
        )
    return found
