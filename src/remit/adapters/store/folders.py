"""Folders that appear whole or not at all, also when the process is killed.

A snapshot is written under `tmp/` and renamed into place after everything was flushed to the disk. Each folder there
has a lock file held by its process; the system lets go of the lock when the process ends, however it ends, so that
the next one can tell rubbish from work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from secrets import token_hex

from remit.adapters.durable import flush
from remit.model.errors import StoreError, UnavailableError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no advisory locks: rubbish stays until it is removed by hand
    fcntl = None  # type: ignore[assignment] # the name stands for "no locks here"

_LOCK = ".lock"


class Workplace:
    """A temporary folder of one process, inside a store."""

    def __init__(self, root: Path) -> None:
        """Make the folder, and remove those of processes that are gone."""
        room = root / "tmp"
        self._made = [folder for folder in (room, *room.parents) if not folder.exists()]
        room.mkdir(parents=True, exist_ok=True)
        _clean(room)
        while True:
            name = token_hex(8)
            lock_path = room / f"{name}{_LOCK}"
            try:
                lock = FileIO(lock_path, "x")
            except FileNotFoundError:
                # Another process has just undone the room that it had made.
                room.mkdir(parents=True, exist_ok=True)
                continue
            # Another process may have taken the lock file for rubbish before it was locked.
            if _hold(lock) and _is_at(lock, lock_path):
                break
            lock.close()
        self._lock = lock
        self._lock_path = lock_path
        self.path = room / name
        self.path.mkdir()

    def remove(self) -> None:
        """Remove the folder with all that is still in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            self._lock_path.unlink(missing_ok=True)
        self._lock.close()

    def undo(self) -> None:
        """Remove the folder, and the folders around it that were made for it, as far as nothing else is in them."""
        self.remove()
        with suppress(OSError):
            for folder in self._made:
                folder.rmdir()


def _hold(lock: FileIO) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(lock: FileIO, path: Path) -> bool:
    try:
        return os.fstat(lock.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _clean(room: Path) -> None:
    if fcntl is None:
        return
    try:
        names = {entry.name for entry in room.iterdir()}
    except FileNotFoundError:
        return
    for name in sorted(names):
        if name.endswith(_LOCK):
            _clean_one(room / name.removesuffix(_LOCK), room / name)
        elif f"{name}{_LOCK}" not in names and not (room / f"{name}{_LOCK}").exists():
            # A lock file is made before its folder and goes after it: without one nobody works here.
            shutil.rmtree(room / name, ignore_errors=True)


def _clean_one(folder: Path, lock_path: Path) -> None:
    try:
        lock = FileIO(lock_path, "r+")
    except OSError:
        return
    with lock:
        if _hold(lock):
            shutil.rmtree(folder, ignore_errors=True)
            lock_path.unlink(missing_ok=True)


def put_in_place(made: Path, place: Path) -> bool:
    """Move a finished folder into place, so that a crash leaves all of it or nothing.

    Returns:
        False when something stands there already; then `made` is left where it is.
    """
    for folder, _, files in os.walk(made):
        for name in files:
            flush(Path(folder) / name)
        flush(Path(folder))
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(place)
    except OSError:
        if place.is_dir():
            return False
        raise
    flush(place.parent)
    return True


def write_in_place(path: Path, text: bytes) -> None:
    """Replace a small file, so that a reader sees the old or the new text and never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        made.write_bytes(text)
        flush(made)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    flush(path.parent)


def payload_folder(root: Path, list_name: str) -> Path:
    """Return the folder of the payloads of one list."""
    return root / list_name.replace("/", ".")


@contextmanager
def as_unavailable(doing: str) -> Iterator[None]:
    """Turn failures of the file system into the store's own error.

    Raises:
        UnavailableError: the file system failed.
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise UnavailableError(f"the store cannot {doing}: {error.strerror or type(error).__name__}") from error
