"""How following looks: one line while it runs, a few when it has ended.

On a terminal the line is written over itself; elsewhere it comes once a minute, so that it fits into a service's log.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remit.cli.collect_showing import duration
from remit.cli.layout import fields, paragraph

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.following.follower import Followed
    from remit.wire.v1.following import FollowDocument

DRAW_EVERY_S = 0.5
LINE_EVERY_S = 60.0
_SHOWN_REASONS = 10


class FollowDisplay:
    """Shows how far it is, unless nobody wants to see it."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._terminal = sys.stderr.isatty()
        self._due = time.monotonic() + (DRAW_EVERY_S if self._terminal else LINE_EVERY_S)
        self._drawn = 0

    def __enter__(self) -> Self:
        """Return itself; nothing shows yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self._wipe()

    def reading(self, followed: Followed) -> None:
        """Show how far it is, if it is time."""
        now = time.monotonic()
        if not self._shown or now < self._due:
            return
        line = summary_line(followed)
        if self._terminal:
            self._due = now + DRAW_EVERY_S
            sys.stderr.write("\r" + line.ljust(self._drawn))
            self._drawn = len(line)
        else:
            self._due = now + LINE_EVERY_S
            sys.stderr.write(f"remit: {line}\n")
        sys.stderr.flush()

    def tell(self, line: str) -> None:
        """Write a line that stays."""
        self._wipe()
        sys.stderr.write(f"remit: {line}\n")
        sys.stderr.flush()

    def _wipe(self) -> None:
        if self._drawn:
            sys.stderr.write("\r" + " " * self._drawn + "\r")
            sys.stderr.flush()
            self._drawn = 0


def summary_line(followed: Followed) -> str:
    """Return one line about what was followed so far."""
    totals, lag = followed.totals, followed.lag
    words = [f"{totals.read + followed.waiting:,} records", f"{followed.rate:,.0f} a second"]
    if totals.set_aside:
        words.append(f"{totals.set_aside:,} set aside")
    if totals.duplicates:
        words.append(f"{totals.duplicates:,} known already")
    if lag.messages is not None:
        words.append(f"{lag.messages:,} messages behind")
    elif lag.seconds is not None:
        words.append(f"{duration(lag.seconds)} behind")
    return ", ".join(words)


def document(source: str, followed: Followed) -> FollowDocument:
    """Return the JSON document of what was followed."""
    from remit.wire.v1.following import FollowDocument

    totals = followed.totals
    return FollowDocument(
        source, totals.read, totals.normalised, totals.set_aside, totals.duplicates, followed.lag.messages
    )


def show(out: Console, source: str, followed: Followed) -> None:
    """Write what came of it, for people."""
    totals = followed.totals
    told = [
        ("source", source),
        ("read", f"{totals.read:,}"),
        ("normalised", f"{totals.normalised:,}"),
        ("set aside", f"{totals.set_aside:,}"),
        ("duplicates", f"{totals.duplicates:,}"),
    ]
    if followed.lag.messages:
        told.append(("behind", f"{followed.lag.messages:,} messages"))
    fields(out, told)
    if followed.reasons:
        out.print("\nSet aside:")
        for one in followed.reasons[:_SHOWN_REASONS]:
            paragraph(out, f"{one.records:,} x {one.reason}", indent=2, first="- ")
