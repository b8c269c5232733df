"""Advisory locks of open files; the system lets go of them when a process ends, however it ends."""

from __future__ import annotations

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no advisory locks: keep two writers apart by hand there
    fcntl = None  # type: ignore[assignment] # the name stands for "no locks here"


def take_exclusively(handle: int) -> bool:
    """Lock a file against all others; tell whether that could be done at once."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def take_shared(handle: int) -> None:
    """Lock a file together with others that share it, waiting for who has it alone."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_SH)
