"""Loops that run over millions of rows, compiled where numba is installed (the `fast` extra), and how they are run.

Without numba the same functions run as plain Python. They take arrays and numbers only. Compiled code is kept beside
this file, or in numba's own cache folder where that cannot be written, so that the compiler runs once. Here is the
loop behind batches of questions; those of the blast radius are in `radius_kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    from numba import njit as njit  # noqa: PLC0414 - the sign of a re-export

    COMPILED = True
except ImportError:
    COMPILED = False

    # The stand-in takes the place of numba's decorator, hence the second definition.
    def njit(**_settings: bool) -> Callable[[_Function], _Function]:  # type: ignore[no-redef]
        """Return functions as they are."""

        def plain(function: _Function) -> _Function:
            return function

        return plain


def in_shares(count: int, share: int, work: Callable[[int, int], None]) -> None:
    """Do work on ranges of at most `share`, on several processors where it is compiled.

    Compiled loops let go of the interpreter, so threads run at once. Each range must write where no other does.
    """
    if not COMPILED or count <= share:
        work(0, count)
        return
    # The first share alone, so that the compiler is done before threads wait for it.
    work(0, share)
    starts = range(share, count, share)
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(work, starts, (min(start + share, count) for start in starts)):
            pass


def fixed(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return read-only views: an array mapped from disk and one in memory are to be one type for the compiler."""
    views = tuple(np.ascontiguousarray(array).view(np.ndarray) for array in arrays)
    for one in views:
        one.flags.writeable = False
    return views


Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Small = NDArray[np.uint8]

NOT_ALLOWED, ALLOWED, DENIED, UNKNOWN, ASK_ONE_BY_ONE = range(5)
"""Codes of a batch; the last for questions that need a condition, a window or a missing fact looked at."""

WORTHLESS, SURE, HARD = range(3)
"""Codes of an assignment at an instant: grants nothing; grants what its role covers; needs a closer look."""

HAS_DENY, GRANT_GAP, DENY_GAP = 1, 2, 4
"""Bits of a scope."""

_DEEPEST = 64


@njit(cache=True, nogil=True)
def _any_is(  # noqa: PLR0917 - the compiler takes no keywords
    listed: Codes, start: int, stop: int, caller: int, group: Codes, first: int, last: int
) -> bool:
    """Tell whether a stretch of a list holds the caller or one of its groups, which stand sorted in `group`."""
    for slot in range(start, stop):
        other = listed[slot]
        if other == caller:
            return True
        low, high = first, last
        while low < high:
            middle = (low + high) >> 1
            if group[middle] < other:
                low = middle + 1
            else:
                high = middle
        if low < last and group[low] == other:
            return True
    return False


@njit(cache=True, nogil=True)
def judge_many(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop, kept flat for the compiler
    principal: Codes,
    action: Codes,
    scope: Codes,
    exact: NDArray[np.bool_],
    answer: Small,
    odd_principal: NDArray[np.bool_],
    scope_bits: Small,
    parent: Codes,
    group_offsets: Counts,
    group: Codes,
    by_principal: Counts,
    held_scope: Codes,
    held_role: Codes,
    held_worth: Small,
    role_codes: NDArray[np.uint8],
    deny_codes: NDArray[np.uint8],
    deny_by_scope: Counts,
    deny_flags: Small,
    deny_permissions: Codes,
    deny_offsets: Counts,
    deny_principal: Codes,
    excluded_offsets: Counts,
    excluded: Codes,
) -> None:
    """Answer coded questions; writes one code per question into `answer`.

    A question is answered here when every assignment and deny on its way is plain; otherwise its code is
    `ASK_ONE_BY_ONE`. Rules: D2, D3, N1 to N6, V1. Cost: groups of the caller times levels of the scope.
    """
    chain = np.empty(_DEEPEST, dtype=np.int32)
    for number in range(len(principal)):
        caller = principal[number]
        row = scope[number]
        if caller < 0 or row < 0 or odd_principal[caller]:
            answer[number] = ASK_ONE_BY_ONE
            continue
        levels = 0
        bits = 0
        while row >= 0 and levels < _DEEPEST:
            chain[levels] = row
            bits |= scope_bits[row]
            levels += 1
            row = parent[row]
        if row != -1:
            answer[number] = ASK_ONE_BY_ONE
            continue
        asked = action[number]
        sure = False
        hard = False
        first_group, last_group = group_offsets[caller], group_offsets[caller + 1]
        for place in range(first_group - 1, last_group):
            one = caller if place < first_group else group[place]
            start, stop = by_principal[one], by_principal[one + 1]
            if start == stop:
                continue
            for level in range(levels):
                wanted = chain[level]
                low, high = start, stop
                while low < high:
                    middle = (low + high) >> 1
                    if held_scope[middle] < wanted:
                        low = middle + 1
                    else:
                        high = middle
                while low < stop and held_scope[low] == wanted:
                    worth = held_worth[low]
                    if worth != WORTHLESS:
                        code = role_codes[asked, held_role[low]]
                        if code == 1 and worth == SURE:
                            sure = True
                        elif code != 0:
                            hard = True
                    low += 1
                if sure:
                    break
            if sure:
                break
        denied = False
        unclear = False
        if bits & HAS_DENY:
            for level in range(levels):
                for deny in range(deny_by_scope[chain[level]], deny_by_scope[chain[level] + 1]):
                    code = deny_codes[asked, deny_permissions[deny]]
                    flags = deny_flags[deny]
                    if code == 0 or flags & 2 or (flags & 1 and not (level == 0 and exact[number])):
                        continue
                    start, stop = deny_offsets[deny], deny_offsets[deny + 1]
                    everyone = (flags & 8) != 0
                    if not everyone and not _any_is(
                        deny_principal, start, stop, caller, group, first_group, last_group
                    ):
                        continue
                    start, stop = excluded_offsets[deny], excluded_offsets[deny + 1]
                    if _any_is(excluded, start, stop, caller, group, first_group, last_group):
                        continue
                    if code == 1:
                        denied = True
                        break
                    unclear = True
                if denied:
                    break
        if denied:
            answer[number] = DENIED
        elif unclear or (hard and not sure):
            answer[number] = ASK_ONE_BY_ONE
        elif sure:
            answer[number] = UNKNOWN if bits & DENY_GAP else ALLOWED
        else:
            answer[number] = UNKNOWN if bits & GRANT_GAP else NOT_ALLOWED
