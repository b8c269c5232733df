"""Does a permission pattern cover an action? Each pattern becomes one regular expression (M1 to M6).

>>> covers("Microsoft.Compute/virtualMachines/*/read", "microsoft.compute/virtualmachines/READ")
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from remit.model.question import Plane
from remit.reference.export import Payload


@lru_cache(maxsize=65536)
def expression(pattern: str) -> re.Pattern[str]:
    """M3a: `/*/` may be one slash, any other `*` is any run of characters, all else stands for itself (M2, M5).

    Case is ignored (M1) among ASCII letters only: actions are ASCII, and no other letter equals one of theirs.
    """
    parts = re.split(r"(/\*/|\*)", pattern)
    meaning = {"/*/": "/(?:.*/)?", "*": ".*"}
    return re.compile(
        "".join(meaning.get(part) or re.escape(part) for part in parts), re.IGNORECASE | re.ASCII | re.DOTALL
    )


def covers(pattern: str, action: str) -> bool:
    """M3: both ends are anchored, nothing is trimmed (M5)."""
    return expression(pattern).fullmatch(action) is not None


def covers_any(patterns: Sequence[str], action: str) -> bool:
    """Tell whether one of the patterns covers the action."""
    return any(covers(pattern, action) for pattern in patterns)


def block_lists(block: Payload, plane: Plane) -> tuple[Sequence[str], Sequence[str]]:
    """D6: what a permission block grants and subtracts on one plane; the other plane's lists take no part."""
    if plane is Plane.DATA:
        return block.get("dataActions") or (), block.get("notDataActions") or ()
    return block.get("actions") or (), block.get("notActions") or ()


def block_matches(block: Payload, action: str, plane: Plane) -> bool:
    """M6, N3: actions minus notActions, inside this block alone (D4)."""
    granted, subtracted = block_lists(block, plane)
    return covers_any(granted, action) and not covers_any(subtracted, action)
