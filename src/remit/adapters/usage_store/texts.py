"""What keys stand for: sorted keys and their texts in files that are mapped, not read.

A key that stands for two texts would mix up two principals, so it is refused. Letter case makes no difference to a key;
of several spellings the one that people rather read is kept, whichever came first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remit.adapters.usage_store.failures import damaged
from remit.model.errors import InvariantError
from remit.usage.columns import Longs

_HEAD = 16
"""Bytes of a file without texts."""
_MERGED_AT_ONCE = 100_000


class TextPart:
    """One file: the number of keys, the keys, where each text begins (and the last ends), the texts in UTF-8."""

    def __init__(self, path: Path) -> None:
        """Map a file. Cost: the same for every size.

        Raises:
            UnavailableError: it is damaged.
        """
        self.path = path
        size = path.stat().st_size
        if size < _HEAD:
            raise damaged(path)
        raw = np.memmap(path, dtype=np.uint8, mode="r")
        count = int(raw[:8].view(np.int64)[0])
        if not 0 <= count <= (size - _HEAD) // 16:
            raise damaged(path)
        self.keys: Longs = raw[8 : 8 + 8 * count].view(np.int64)
        self._starts: Longs = raw[8 + 8 * count : 16 + 16 * count].view(np.int64)
        self._data: NDArray[np.uint8] = raw[16 + 16 * count :]
        if int(self._starts[-1]) != len(self._data):
            raise damaged(path)

    def find(self, keys: Longs) -> Longs:
        """Return the place of each key, -1 where it is not here."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)

    def text(self, place: int) -> bytes:
        """Return the text at a place."""
        return self._data[self._starts[place] : self._starts[place + 1]].tobytes()

    def items(self) -> Iterator[tuple[int, bytes]]:
        """Yield keys and texts, by key."""
        for low in range(0, len(self.keys), _MERGED_AT_ONCE):
            high = min(low + _MERGED_AT_ONCE, len(self.keys))
            starts = self._starts[low : high + 1].tolist()
            data = self._data[starts[0] : starts[-1]].tobytes()
            first = starts[0]
            for at, key in enumerate(self.keys[low:high].tolist()):
                yield key, data[starts[at] - first : starts[at + 1] - first]


def write_texts(path: Path, texts: Mapping[int, bytes]) -> None:
    """Write a file of texts."""
    keys = np.fromiter(texts.keys(), dtype=np.int64, count=len(texts))
    keys.sort()
    ordered = [texts[key] for key in keys.tolist()]
    starts = np.zeros(len(ordered) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, ordered), dtype=np.int64, count=len(ordered)), out=starts[1:])
    with path.open("wb") as file:
        file.write(np.asarray([len(keys)], dtype=np.int64).tobytes())
        file.write(keys.tobytes())
        file.write(starts.tobytes())
        for low in range(0, len(ordered), _MERGED_AT_ONCE):
            file.write(b"".join(ordered[low : low + _MERGED_AT_ONCE]))


def to_bytes(text: str) -> bytes:
    """Return a text as it is kept."""
    return text.encode("utf-8", "surrogatepass")


def add_text(texts: dict[int, bytes], key: int, text: bytes) -> None:
    """Put a text under its key.

    Raises:
        InvariantError: the key stands for another text.
    """
    known = texts.setdefault(key, text)
    if known is not text and known != text:
        texts[key] = preferred(known, text)


def unknown_texts(parts: Sequence[Path], texts: Mapping[int, bytes]) -> dict[int, bytes]:
    """Return those texts that some files, the oldest first, do not hold, or not in the better spelling.

    Raises:
        InvariantError: a key stands for two texts.
    """
    rest = dict(texts)
    missing = np.fromiter(texts.keys(), dtype=np.int64, count=len(texts))
    for part in map(TextPart, reversed(parts)):
        places = part.find(missing)
        found = places >= 0
        for key, place in zip(missing[found].tolist(), places[found].tolist(), strict=True):
            kept = part.text(place)
            if kept == rest[key] or preferred(kept, rest[key]) == kept:
                del rest[key]
        missing = missing[~found]
    return rest


def merge_texts(path: Path, parts: Sequence[Path]) -> int:
    """Write several files, the oldest first, as one; return how many keys it holds."""
    merged: dict[int, bytes] = {}
    for part in map(TextPart, parts):
        merged.update(part.items())
    write_texts(path, merged)
    return len(merged)


def preferred(one: bytes, other: bytes) -> bytes:
    """Return the spelling that people rather read: neither all small nor all capital letters.

    Raises:
        InvariantError: these are two texts, not two spellings of one.
    """
    first, second = (text.decode("utf-8", "surrogatepass") for text in (one, other))
    if first.lower() != second.lower():
        raise InvariantError(
            f"`{first[:80]}` and `{second[:80]}` have the same key", hint="please report both; nothing was stored"
        )
    return max((first, one), (second, other), key=_rank)[1]


def _rank(spelling: tuple[str, bytes]) -> tuple[bool, str]:
    """Order spellings as batches do: one of both letter cases tells more than one that somebody flattened."""
    text, _ = spelling
    return text not in (text.lower(), text.upper()), text


class Texts:
    """Finds texts in some files, the oldest first; a later file wins."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._parts = [TextPart(path) for path in reversed(paths)]

    def of(self, keys: Longs) -> dict[int, str]:
        """Return the texts of some keys; 0 is the empty text.

        Raises:
            InvariantError: a key has none.
            UnavailableError: a file is damaged.
        """
        missing = np.unique(keys)
        missing = missing[missing != 0]
        found = {0: ""}
        for part in self._parts:
            places = part.find(missing)
            here = places >= 0
            for key, place in zip(missing[here].tolist(), places[here].tolist(), strict=True):
                try:
                    found[key] = part.text(place).decode("utf-8", "surrogatepass")
                except UnicodeDecodeError as error:
                    raise damaged(part.path) from error
            missing = missing[~here]
            if not len(missing):
                return found
        if len(missing):
            raise InvariantError(f"{len(missing)} keys of the usage store stand for no text")
        return found
