"""The JSON files that hold what another tool printed: one, or all of a folder and of the folders in it.

Shared by the readers of `az` and AzureHound output; reads bytes and knows nothing of what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from remit.model.errors import PayloadError
from remit.wire.gunzip import plain_chunks

_ENDINGS = (".json", ".json.gz")
_CHUNK_BYTES = 1 << 20


def files_of(path: Path) -> list[Path]:
    """Return the file itself, or the JSON files of the folder and of the folders in it, in order of name.

    Raises:
        PayloadError: the folder cannot be read.
    """
    try:
        if not path.is_dir():
            return [path]
        return sorted(file for file in path.rglob("*") if file.name.lower().endswith(_ENDINGS) and file.is_file())
    except OSError as error:
        raise PayloadError(str(path), 0, "", f"cannot be read: {_words(error)}") from error


def name_of(path: Path, file: Path) -> str:
    """Return how the user knows a file: within the folder that was given, or by its own name."""
    return file.relative_to(path).as_posix() if file != path else file.name


def chunks_of(file: Path, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file, gunzipped if need be.

    Raises:
        PayloadError: the file cannot be read, or is gzip and damaged.
    """
    return plain_chunks(_raw_chunks(file, name), file=name)


def size_of(path: Path) -> int | None:
    """Return the bytes of all files on the disk, or None."""
    try:
        return sum(file.stat().st_size for file in files_of(path))
    except (OSError, PayloadError):
        return None


def _raw_chunks(file: Path, name: str) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise PayloadError(name, 0, "", f"cannot be read: {_words(error)}") from error


def _words(error: OSError) -> str:
    return error.strerror or "input failed"
