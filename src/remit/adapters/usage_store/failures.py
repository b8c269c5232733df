"""What the system says of files, as the store's own error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        raise UnavailableError(f"the usage store cannot {doing}: {error.strerror or error}") from error
