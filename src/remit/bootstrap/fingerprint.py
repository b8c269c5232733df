"""Knowing a source again without reading all of it: what `--tenant` is cached by.

The digest covers the name, size and times of every file, and the content of those up to `SMALL` bytes; also Remit's
version and the catalogue, since the facts of a snapshot depend on both. A change to a large file that keeps its size
and both of its times goes unnoticed; `remit import` always reads everything.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from remit import __version__
from remit.model.errors import CollectionError

SMALL = 1 << 20
"""Bytes up to which a file's content counts."""


def fingerprint(source: Path, catalogue: bytes) -> str:
    """Return 64 hexadecimal digits for the present state of a file or folder.

    Raises:
        CollectionError: it cannot be read.
    """
    total = hashlib.sha256(f"remit {__version__}\0{source.resolve()}\0".encode("utf-8", "surrogateescape"))
    total.update(hashlib.sha256(catalogue).digest())
    try:
        for path in _files(source):
            found = path.stat()
            name = os.fsencode(path.relative_to(source))
            total.update(b"\0%b\0%d\0%d\0%d\0" % (name, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
            if found.st_size <= SMALL:
                total.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise CollectionError(f"{error.filename or source}: cannot be read: {error.strerror}") from error
    return total.hexdigest()


def _files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    for folder, names, files in os.walk(source, onerror=_raise):
        names.sort()
        for name in sorted(files):
            yield Path(folder, name)


def _raise(error: OSError) -> None:
    raise error
