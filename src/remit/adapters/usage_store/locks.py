"""One process writes; parts that it replaces go only while nobody reads.

The system lets go of both locks when a process ends, however it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from remit.adapters.advisory_locks import take_exclusively, take_shared
from remit.model.errors import BusyError

_WRITER = "lock"
_READERS = "readers"


class WriterLock:
    """Holds a folder against other writers."""

    def __init__(self, folder: Path) -> None:
        """Take hold.

        Raises:
            BusyError: another process writes there.
            OSError: the folder cannot be written.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(folder / _WRITER, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(os.open(folder / _READERS, os.O_RDWR | os.O_CREAT, 0o600))
        if not take_exclusively(self._handle):
            self.release()
            raise BusyError(f"another process writes to {folder}", hint="wait for it to end, or name another --store")

    def is_held(self) -> bool:
        """Tell whether it has not been let go of."""
        return self._handle >= 0

    def release(self) -> None:
        """Let go; doing so twice is no error."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class ReaderHold:
    """Keeps the parts of a folder in place for as long as it lives; several may."""

    def __init__(self, folder: Path) -> None:
        """Take hold; a folder that was never written needs none."""
        self._handle = -1
        try:
            self._handle = os.open(folder / _READERS, os.O_RDONLY)
        except FileNotFoundError:
            return
        # Whoever removes parts is done in a moment.
        take_shared(self._handle)

    def __del__(self) -> None:
        """Let go."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextmanager
def unless_read(folder: Path) -> Iterator[bool]:
    """Tell whether nobody reads, and keep it so inside."""
    handle = os.open(folder / _READERS, os.O_RDWR)
    try:
        yield take_exclusively(handle)
    finally:
        os.close(handle)
