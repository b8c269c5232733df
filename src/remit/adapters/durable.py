"""What is to outlive a loss of power is brought to the disk itself."""

from __future__ import annotations

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk.

    Raises:
        OSError: it cannot be opened, or the disk fails.
    """
    if os.name == "nt" and path.is_dir():  # pragma: no cover - Windows cannot open a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
