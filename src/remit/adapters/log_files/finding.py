"""What a path names: a file, every file below a folder, what fits a pattern, or standard input.

Large plain files of JSON lines are cut into ranges, so that several workers read one file.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from remit.adapters.log_files.opening import FILE, STDIN
from remit.adapters.log_files.unpacking import is_packed
from remit.model.errors import InputError, PayloadError
from remit.ports.log_source import LogUnit

RANGE_BYTES = 32 * 1024 * 1024
_HEAD_BYTES = 1 << 20
_MAGIC_CHARACTERS = "*?["


def find_files(text: str, *, range_bytes: int = RANGE_BYTES) -> list[LogUnit]:
    """Return the units of a path, in the order of their names; hidden files of a folder are left out.

    A folder that cannot be listed is a unit of its own, which cannot be read: whoever reads it says so.

    Args:
        text: path, pattern (`**` for any folders), or `-` for standard input.
        range_bytes: a plain file of JSON lines that is larger is cut into ranges of this size.

    Raises:
        PayloadError: there is no such file.
        InputError: no file fits the pattern, or the folder holds none.
    """
    if text == "-":
        return [LogUnit("standard input", STDIN, "-")]
    path = Path(text)
    if path.is_dir():
        found = sorted(_below(path))
        if not found:
            raise InputError(f"`{text}` holds no file", hint="name a folder with log files, or a file")
    elif path.exists():
        found = [path]
    elif any(character in text for character in _MAGIC_CHARACTERS):
        found = sorted(Path(one) for one in glob.glob(text, recursive=True) if Path(one).is_file())  # noqa: PTH207 - patterns may be absolute
        if not found:
            raise InputError(f"no file fits `{text}`", hint="put the pattern in quotes if the shell is not to read it")
    else:
        raise PayloadError(
            text, 0, "", "does not exist", hint="name a file, a folder, a pattern or - for standard input"
        )
    return [unit for one in found for unit in _units(one, range_bytes)]


def _below(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in files if not name.startswith("."))
        yield from (path for path in paths if path.is_file())
    yield from closed


def _units(path: Path, range_bytes: int) -> Iterator[LogUnit]:
    name = str(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise PayloadError(name, 0, "", f"cannot be read: {error.strerror or error}") from error
    if size <= range_bytes or not _is_json_lines(path):
        yield LogUnit(name, FILE, name, size=size)
        return
    for start in range(0, size, range_bytes):
        end = start + range_bytes
        yield LogUnit(name, FILE, name, start, None if end >= size else end, min(range_bytes, size - start))


def _is_json_lines(path: Path) -> bool:
    """Tell from its beginning whether a file is plain lines of one object each."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    lines = [line.strip() for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:-1]]
    whole = [line for line in lines if line]
    return not is_packed(head) and len(whole) > 1 and all(line[:1] == b"{" and line[-1:] == b"}" for line in whole)
