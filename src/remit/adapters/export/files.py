"""The files of an export folder: which list each one holds, and which are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from remit.adapters.export.manifest import NAME
from remit.model.errors import PayloadError
from remit.wire.azure.lists import LISTS

LINES, DOCUMENT = "lines", "document"
_ENDINGS = {".jsonl": LINES, ".jsonl.gz": LINES, ".json": DOCUMENT, ".json.gz": DOCUMENT}
_ROOMS = ("arm", "graph")
_LISTS = {name.lower(): name for name in LISTS}
_GZIP_TRAILER = 4


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that holds rows of a list.

    Attributes:
        list_name: the list.
        path: where it is.
        name: how people see it: relative to the folder.
        form: `lines`, or one `document`.
    """

    list_name: str
    path: Path
    name: str
    form: str

    def size(self) -> int:
        """Return the bytes to read, for gzip what its trailer says they unfold to."""
        size = self.path.stat().st_size
        if not self.name.endswith(".gz") or size < _GZIP_TRAILER:
            return size
        with self.path.open("rb") as stream:
            stream.seek(-_GZIP_TRAILER, 2)
            return max(size, int.from_bytes(stream.read(_GZIP_TRAILER), "little"))


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds.

    Attributes:
        lists: files of lists, in order of name.
        manifest: the manifest, or None.
        logs: how many files stand under `logs/`; they are no part of a snapshot.
        ignored: names of files that are no part of an export.
    """

    lists: tuple[ListFile, ...]
    manifest: Path | None
    logs: int
    ignored: tuple[str, ...]


def read_folder(root: Path) -> Folder:
    """Look at a folder; opens no file.

    Raises:
        PayloadError: it cannot be read, is no export, or a folder stands where a file is expected.
    """
    if not root.is_dir():
        why = "is a file, not the folder of a tenant export" if root.exists() else "does not exist"
        raise PayloadError(str(root), 0, "", why)
    lists: list[ListFile] = []
    ignored: list[str] = []
    manifest: Path | None = None
    logs = 0
    for path in _sorted(root, root):
        if path.name in _ROOMS:
            if not path.is_dir():
                raise PayloadError(path.name, 0, "", "is a file, not a folder")
            _room(root, path, lists, ignored)
        elif path.name == NAME:
            if path.is_dir():
                raise PayloadError(NAME, 0, "", "is a folder, not a file")
            manifest = path
        elif path.name == "logs" and path.is_dir():
            logs = sum(1 for one in _walk(root, path) if not one.is_dir())
        else:
            ignored.extend(_names(root, path))
    if not lists and manifest is None:
        raise PayloadError(
            str(root), 0, "", "holds no list of a tenant export", hint="expected files like arm/roleAssignments.jsonl"
        )
    return Folder(tuple(lists), manifest, logs, tuple(ignored))


def _room(root: Path, room: Path, lists: list[ListFile], ignored: list[str]) -> None:
    for path in _sorted(root, room):
        name = path.relative_to(root).as_posix()
        stem, dot, ending = path.name.partition(".")
        form = _ENDINGS.get((dot + ending).lower())
        list_name = _LISTS.get(f"{room.name}/{stem}".lower())
        if form is None or list_name is None:
            ignored.extend(_names(root, path))
        elif path.is_dir():
            raise PayloadError(name, 0, "", "is a folder, not a file")
        else:
            lists.append(ListFile(list_name, path, name, form))


def _names(root: Path, path: Path) -> list[str]:
    return [one.relative_to(root).as_posix() for one in _walk(root, path) if not one.is_dir()]


def _walk(root: Path, path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir() and not path.is_symlink():
        for one in _sorted(root, path):
            yield from _walk(root, one)


def _sorted(root: Path, folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        name = folder.relative_to(root).as_posix() if folder != root else str(root)
        raise PayloadError(name, 0, "", f"cannot be read: {error.strerror}") from error
