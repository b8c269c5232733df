"""A commit in the making: new parts beside the ones that are named, then one manifest that names them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from remit.adapters.durable import flush
from remit.adapters.usage_store.locks import unless_read
from remit.adapters.usage_store.manifest import PARTS, Manifest, Part, write_manifest
from remit.adapters.usage_store.texts import unknown_texts, write_texts
from remit.usage.columns import Longs
from remit.usage.statements import DAY


class Draft:
    """What the next manifest will say, and the files that it names anew.

    Attributes:
        manifest: to be changed freely.
        parts: folder of the files.
        work: folder for what lasts no longer than this draft.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._made: list[Path] = []
        self.manifest = manifest.copy()
        self.parts = folder / PARTS
        self.work = folder / "work"
        self.work.mkdir(mode=0o700, exist_ok=True)

    def path(self, table: str, suffix: str) -> Path:
        """Return where a new part is to be written; it is brought to the disk before it is named."""
        path = self.parts / f"{self.stem(table)}{suffix}"
        self.written([path])
        return path

    def stem(self, table: str) -> str:
        """Return the beginning of a name that no part has had."""
        number = self.manifest.next_number
        self.manifest.next_number += 1
        return f"{table}-{number:08d}"

    def written(self, paths: list[Path]) -> None:
        """Take note of new files."""
        self._made += paths

    def paths(self, parts: list[Part]) -> list[Path]:
        """Return the files of some parts."""
        return [self.parts / part.name for part in parts]

    def commit(self) -> Manifest:
        """Name the new parts, and remove what is named no longer unless somebody reads."""
        for path in self._made:
            if path.exists():
                flush(path)
        flush(self.parts)
        self.manifest.generation += 1
        write_manifest(self._folder, self.manifest)
        with unless_read(self._folder) as nobody:
            if nobody:
                remove_unnamed(self._folder, self.manifest)
        shutil.rmtree(self.work, ignore_errors=True)
        return self.manifest


def add_texts(draft: Draft, texts: dict[int, bytes]) -> None:
    """Add texts to a draft, as far as the store does not know them.

    Raises:
        InvariantError: a key stands for two texts.
    """
    rest = unknown_texts(draft.paths(draft.manifest.texts), texts)
    if rest:
        path = draft.path("texts", "")
        write_texts(path, rest)
        draft.manifest.texts.append(Part(path.name, len(rest)))


def remove_unnamed(folder: Path, manifest: Manifest) -> None:
    """Remove parts that a manifest does not name."""
    named = set(manifest.names())
    for path in (folder / PARTS).iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)


def days_of(times: Longs) -> Longs:
    """Return the days of instants as the statements count them."""
    return (times - np.fmod(times, DAY)) // DAY
