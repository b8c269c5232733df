"""A gzip stream is read whole or refused, however it is cut."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.model.errors import PayloadError
from remit.wire.gunzip import plain_chunks


def cut(document: bytes, size: int) -> list[bytes]:
    return [document[at : at + size] for at in range(0, len(document), size)]


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.integers(1, 50))
def test_gzip_members_read_as_one_plain_stream(parts, size):
    document = b"".join(gzip.compress(part) for part in parts)
    assert b"".join(parts) == b"".join(plain_chunks(cut(document, size), file="f"))


@given(st.binary(max_size=50).filter(lambda plain: not plain.startswith(b"\x1f\x8b")), st.integers(1, 9))
def test_what_is_not_gzip_passes_unchanged(plain, size):
    assert plain == b"".join(plain_chunks(cut(plain, size), file="f"))


def test_a_large_stream_comes_in_pieces_of_bounded_size():
    pieces = list(plain_chunks([gzip.compress(bytes(5_000_000))], file="f"))
    assert sum(map(len, pieces)) == 5_000_000
    assert max(map(len, pieces)) <= 1 << 20


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_stream_cut_short_is_an_error_that_names_the_file(size):
    document = gzip.compress(b"[1, 2, 3]" * 100)
    for keep in (2, 10, len(document) // 2, len(document) - 1):
        with pytest.raises(PayloadError) as caught:
            list(plain_chunks(cut(document[:keep], size), file="f.gz"))
        assert caught.value.message == "f.gz: the gzip stream is cut short"


def test_a_damaged_stream_is_an_error_that_names_the_file():
    document = bytearray(gzip.compress(b"[1, 2, 3]" * 100))
    document[-6] ^= 0xFF
    with pytest.raises(PayloadError) as caught:
        list(plain_chunks([bytes(document)], file="f.gz"))
    assert caught.value.message == "f.gz: the gzip stream is damaged"
