"""A derived index beside its snapshot: all arrays in one file, mapped into memory, and what they are called in another.

It is a cache: it can be removed at any time, is no part of the snapshot's digest, and failing to keep it is no error.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.adapters.store.folders import put_in_place

_ALIGNED = 64
_ARRAYS = "arrays.bin"
_HEADER = "header.json"


class _Array(msgspec.Struct):
    name: str
    kind: str
    shape: tuple[int, ...]
    offset: int
    bytes: int


class _Header(msgspec.Struct):
    version: str
    arrays: list[_Array]
    values: dict[str, Any]


_DECODER = msgspec.json.Decoder(_Header)


def _place(snapshot: Path, version: str) -> Path:
    return snapshot / f"index-{hashlib.sha256(version.encode()).hexdigest()[:16]}"


def load(snapshot: Path, version: str) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]] | None:
    """Return the arrays, read-only and mapped from disk, and the values; None where there is no whole index."""
    place = _place(snapshot, version)
    try:
        header = _DECODER.decode((place / _HEADER).read_bytes())
        size = (place / _ARRAYS).stat().st_size
        if header.version != version or any(one.offset + one.bytes > size for one in header.arrays):
            return None
        whole = np.memmap(place / _ARRAYS, dtype=np.uint8, mode="r") if size else np.zeros(0, dtype=np.uint8)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    base = whole.view(np.ndarray)
    arrays = {
        one.name: base[one.offset : one.offset + one.bytes].view(np.dtype(one.kind)).reshape(one.shape)
        for one in header.arrays
    }
    return arrays, header.values


def save(
    snapshot: Path,
    workplace: Path,
    version: str,
    arrays: Mapping[str, NDArray[np.generic]],
    values: Mapping[str, Any],
) -> None:
    """Keep an index, and remove those of the same family under other versions."""
    made = workplace / "index"
    made.mkdir()
    described: list[_Array] = []
    with (made / _ARRAYS).open("wb") as stream:
        for name, array in arrays.items():
            plain = np.ascontiguousarray(array)
            gap = -stream.tell() % _ALIGNED
            stream.write(bytes(gap))
            described.append(_Array(name, plain.dtype.str, plain.shape, stream.tell(), plain.nbytes))
            stream.write(plain.reshape(-1).view(np.uint8).data)
    (made / _HEADER).write_bytes(msgspec.json.encode(_Header(version, described, dict(values))))
    place = _place(snapshot, version)
    if load(snapshot, version) is None:
        with suppress(OSError):
            shutil.rmtree(place)
        put_in_place(made, place)
    for other in snapshot.glob("index-*"):
        if other != place and _family(_version_at(other)) in (None, _family(version)):
            shutil.rmtree(other, ignore_errors=True)


def _family(version: str | None) -> str | None:
    """Return what an index is of: `graph` of `graph@1`, "" of a version that names none."""
    return None if version is None else version.rpartition("@")[0]


def _version_at(place: Path) -> str | None:
    """Return the version of a kept index, None where it is damaged."""
    try:
        return _DECODER.decode((place / _HEADER).read_bytes()).version
    except (OSError, msgspec.MsgspecError):
        return None
