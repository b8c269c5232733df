"""A folder that one process at a time works in; the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import os
from pathlib import Path

from remit.adapters.advisory_locks import take_exclusively
from remit.model.errors import UnavailableError

_NAME = "lock"


class FolderLock:
    """Holds a folder, making it if need be."""

    def __init__(self, folder: Path) -> None:
        """Take hold.

        Raises:
            UnavailableError: another process works there.
            OSError: the folder cannot be made.
        """
        while True:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / _NAME
            try:
                self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            except FileNotFoundError:
                # Whoever held it has just removed the folder.
                continue
            if not take_exclusively(self._handle):
                os.close(self._handle)
                raise UnavailableError(
                    f"another collection is at work in {folder}", hint="wait for it to end, or name another --store"
                )
            if _is_at(self._handle, path):
                return
            os.close(self._handle)

    def is_held(self) -> bool:
        """Tell whether the folder has not been let go of."""
        return self._handle >= 0

    def release(self) -> None:
        """Let go; doing so twice is no error."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.fstat(handle).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
