"""Patterns with `*` (any run of characters) and `?` (one character), as flexible federated credentials use them.

Matching minds letter case and spans the whole text; a star stops at no separator, since no document says it would.

>>> matches("repo:contoso/*:ref:refs/heads/main", "repo:contoso/site:ref:refs/heads/main")
True
>>> common(["repo:contoso/*", "*:pull_request"])
'repo:contoso/:pull_request'
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

ANY, ONE = "*", "?"
_FILLER = "x"
"""A character that no literal of the patterns asks for, where a wildcard needs one: any will do."""


def is_literal(pattern: str) -> bool:
    """Tell whether a pattern has no wildcard."""
    return ANY not in pattern and ONE not in pattern


def literal_start(pattern: str) -> str:
    """Return what every text that matches begins with.

    >>> literal_start("repo:contoso/si?e:*")
    'repo:contoso/si'
    """
    ends = [place for sign in (ANY, ONE) if (place := pattern.find(sign)) >= 0]
    return pattern[: min(ends)] if ends else pattern


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text matches. Cost: at worst their lengths multiplied, usually their sum."""
    at = place = 0
    star = resume = -1
    while place < len(text):
        if at < len(pattern) and pattern[at] == ANY:
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in (ONE, text[place]):
            at += 1
            place += 1
        elif star >= 0:
            # The last star takes one character more, and matching goes on behind it.
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip(ANY)


def common(patterns: Sequence[str]) -> str | None:
    """Return a text that matches every one of some patterns, None where there is none.

    The text is the shortest; where a wildcard has to stand for something, an `x` does.

    Cost: one literal among them makes it a few matchings; else at worst the product of their lengths.
    """
    distinct = sorted(set(patterns))
    literal = next((one for one in distinct if is_literal(one)), None)
    if literal is not None:
        return literal if all(matches(one, literal) for one in distinct) else None
    if not _agree([literal_start(one) for one in distinct]) or not _agree(
        [literal_start(one[::-1]) for one in distinct]
    ):
        return None
    return _shortest(distinct)


def _agree(starts: Sequence[str]) -> bool:
    """Tell whether one text can begin with all of some texts."""
    longest = max(starts, key=len, default="")
    return all(longest.startswith(start) for start in starts)


def _shortest(patterns: Sequence[str]) -> str | None:
    """Walk all patterns at once, breadth first; a state is a place in each."""
    begin = _closed((0,) * len(patterns), patterns)
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = dict.fromkeys(begin)
    waiting = deque(sorted(begin))
    while waiting:
        state = waiting.popleft()
        if all(place == len(pattern) for place, pattern in zip(state, patterns, strict=True)):
            return _told(state, came)
        for sign in _signs(state, patterns):
            stepped = _step(state, patterns, sign)
            for after in [] if stepped is None else sorted(_closed(stepped, patterns)):
                if after not in came:
                    came[after] = (state, sign)
                    waiting.append(after)
    return None


def _told(state: tuple[int, ...], came: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None]) -> str:
    signs: list[str] = []
    step = came[state]
    while step is not None:
        signs.append(step[1])
        step = came[step[0]]
    return "".join(reversed(signs))


def _signs(state: tuple[int, ...], patterns: Sequence[str]) -> list[str]:
    """Return which next characters are worth trying: those that a literal asks for, else any one."""
    here = {pattern[place] for place, pattern in zip(state, patterns, strict=True) if place < len(pattern)}
    return sorted(here - {ANY, ONE}) or [_FILLER]


def _step(state: tuple[int, ...], patterns: Sequence[str], sign: str) -> tuple[int, ...] | None:
    after = []
    for place, pattern in zip(state, patterns, strict=True):
        if place == len(pattern) or pattern[place] not in (ANY, ONE, sign):
            return None
        after.append(place if pattern[place] == ANY else place + 1)
    return tuple(after)


def _closed(state: tuple[int, ...], patterns: Sequence[str]) -> set[tuple[int, ...]]:
    """Return a state and those that it is already where stars stand for nothing."""
    found = {state}
    waiting = [state]
    while waiting:
        one = waiting.pop()
        for number, pattern in enumerate(patterns):
            if one[number] < len(pattern) and pattern[one[number]] == ANY:
                after = (*one[:number], one[number] + 1, *one[number + 1 :])
                if after not in found:
                    found.add(after)
                    waiting.append(after)
    return found
