"""Ctrl-C and SIGTERM as a wish to end, for commands that run until they are told to.

The first signal is a wish: the command ends when what it is doing is done. The second ends it at once, as Ctrl-C ends
any other command.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Self


class Stopping:
    """Takes the signals while its `with` block lasts."""

    def __init__(self) -> None:
        self.wanted = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take the signals; those that are ignored stay so, as a shell wants it for what runs in the background."""
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._signalled)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, before in self._before.items():
            signal.signal(number, before)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True
        sys.stderr.write("remit: ending; once more ends at once, and what was not committed is read again next time\n")
        sys.stderr.flush()
