"""What the system says of files, as the store's own error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import fsdecode
from pathlib import Path

from remit.model.errors import UnavailableError


@contextmanager
def as_unavailable(doing: str) -> Iterator[None]:
    """Turn what the system says of files into the store's own error.

    Raises:
        UnavailableError: a file cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        named = "" if error.filename is None else f": {fsdecode(error.filename)}"
        raise UnavailableError(f"the usage store cannot {doing}: {error.strerror or error}{named}") from error


def damaged(path: Path) -> UnavailableError:
    """Return the error of a file that does not hold what its own head, or the manifest, says that it holds."""
    return UnavailableError(f"{path} is damaged", hint=AGAIN)


AGAIN = "move the `usage` folder of the store away and ingest the logs again; snapshots are not touched"
