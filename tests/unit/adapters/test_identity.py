"""Digests of lists and tables: what they cover and what they do not."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from remit.adapters.store import identity
from remit.adapters.store.identity import list_digest, payload_digest, table_digest
from remit.engine.strings import TextColumn


def digests(*numbers: int):
    return np.array([payload_digest(b"%d" % number) for number in numbers], dtype="S32")


@pytest.mark.parametrize("slice_rows", [1, 2, 3, 1 << 16])
def test_order_and_repetition_of_payloads_do_not_matter(slice_rows, monkeypatch):
    monkeypatch.setattr(identity, "_HASHED", slice_rows)
    plain = hashlib.sha256(b"".join(sorted(payload_digest(b"%d" % number) for number in range(5)))).hexdigest()
    assert list_digest(digests(0, 1, 2, 3, 4)) == plain
    assert list_digest(digests(4, 2, 2, 0, 3, 1, 4, 4)) == plain
    assert list_digest(digests(0, 1, 2, 3)) != plain


def test_a_digest_that_ends_in_zeros_counts_in_full():
    ending, other = b"a" * 31 + b"\0", b"a" * 30 + b"\0\0"
    assert list_digest(np.array([ending, other], dtype="S32")) == hashlib.sha256(other + ending).hexdigest()


def test_a_table_is_told_by_names_kinds_and_values():
    one = table_digest({"a": np.array([1, 2], dtype=np.int32)})
    assert one == table_digest({"a": np.array([1, 2], dtype=">i4").astype(np.int32)})
    others = (
        {"b": np.array([1, 2], dtype=np.int32)},
        {"a": np.array([1, 2], dtype=np.int64)},
        {"a": np.array([2, 1], dtype=np.int32)},
        {"a": TextColumn.of(["ab", "c"])},
        {"a": TextColumn.of(["a", "bc"])},
        {"a": TextColumn.of(["a", "bc", ""])},
    )
    assert len({one, *map(table_digest, others)}) == len(others) + 1
