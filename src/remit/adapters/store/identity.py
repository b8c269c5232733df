"""What a snapshot is called: the digest of all it holds.

The digest covers the meaning, not the files: columns as bytes, payloads without their order. The same payloads give the
same id whatever version of DuckDB or zstd wrote them, on any machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np
from numpy.typing import DTypeLike, NDArray

from remit.adapters.store.tables import Table
from remit.engine.strings import TextColumn
from remit.model.interval import format_instant
from remit.model.snapshot import Flag, SnapshotMeta

FORMAT = 1
"""Raised with every change of tables or meaning that an older Remit would misread."""

DESCRIBED = ("format", "meta", "flags", "tables", "payloads")
"""The members of a manifest that the id is the digest of, as `content` makes them."""

DIGEST_BYTES = 32
_HASHED = 1 << 16
Digests = NDArray[np.bytes_]


def payload_digest(payload: bytes) -> bytes:
    """Return the digest of one payload."""
    return hashlib.sha256(payload).digest()


def list_digest(digests: Digests) -> str:
    """Return the digest of one list from those of its payloads; their order and repetition do not matter.

    Sorts in place: the digests of the largest lists take a third of a gigabyte.
    """
    digests.sort()
    total = hashlib.sha256()
    for low in range(0, len(digests), _HASHED):
        part = digests[low : low + _HASHED]
        new = np.ones(len(part), dtype=bool)
        new[1:] = part[1:] != part[:-1]
        new[0] = low == 0 or part[0] != digests[low - 1]
        total.update(part[new].tobytes())
    return total.hexdigest()


def table_digest(table: Table) -> str:
    """Return the digest of one table: names, kinds and values of its columns in order."""
    total = hashlib.sha256()
    for name, column in table.items():
        if isinstance(column, TextColumn):
            total.update(f"{name}:text:{len(column)}:".encode())
            total.update(_little(column.offsets, np.int64))
            total.update(_little(column.data, np.uint8))
        else:
            total.update(f"{name}:{column.dtype.name}:{len(column)}:".encode())
            total.update(_little(column, column.dtype))
    return total.hexdigest()


def _little(column: NDArray[Any], kind: DTypeLike) -> memoryview:
    return np.ascontiguousarray(column, dtype=np.dtype(kind).newbyteorder("<")).data


def content(
    meta: SnapshotMeta, flags: tuple[Flag, ...], tables: Mapping[str, Table], payloads: Mapping[str, str]
) -> dict[str, Any]:
    """Return the part of the manifest that the id is the digest of.

    Args:
        meta: what the snapshot says about itself.
        flags: what looked odd.
        tables: all tables of the facts.
        payloads: digest of every list.
    """
    return {
        "format": FORMAT,
        "meta": {
            "tenantId": meta.tenant_id,
            "collectedAt": format_instant(meta.collected_at) if meta.collected_at else None,
            "cloud": meta.cloud,
            "source": meta.source,
            "collected": sorted(meta.collected),
            "gaps": [asdict(gap) for gap in meta.gaps],
        },
        "flags": [asdict(one) for one in flags],
        "tables": {name: table_digest(table) for name, table in tables.items()},
        "payloads": dict(payloads),
    }


def snapshot_id(described: Mapping[str, Any]) -> str:
    """Return the id of described content: 64 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(described, order="sorted")).hexdigest()
