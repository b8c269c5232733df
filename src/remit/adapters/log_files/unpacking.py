"""Unpacks a stream by its content: gzip, Zstandard, or as it is.

>>> import zstandard
>>> b"".join(unpacked([zstandard.compress(b"{}")], file="x.zst"))
b'{}'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import zstandard

from remit.model.errors import PayloadError
from remit.wire.gunzip import plain_chunks

GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"
_FED = 2 * 1024
"""Bytes unpacked at once: four of them may stand for 128 KiB, so this gives 64 MiB at most."""


def is_packed(head: bytes) -> bool:
    """Tell from the first four bytes whether a stream is packed."""
    return head.startswith((GZIP, ZSTANDARD))


def unpacked(chunks: Iterable[bytes], *, file: str) -> Iterator[bytes]:
    """Yield what is in a stream, whatever the file is called.

    Raises:
        PayloadError: it is damaged or cut short; what came before that has been yielded.
    """
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= len(ZSTANDARD):
            break
    whole = chain([head] if head else [], stream)
    if head.startswith(ZSTANDARD):
        return _zstandard(whole, file)
    return plain_chunks(whole, file=file)


def _zstandard(chunks: Iterable[bytes], file: str) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor()
    frame = unpacker.decompressobj()
    for chunk in chunks:
        for low in range(0, len(chunk), _FED):
            waiting = chunk[low : low + _FED]
            while waiting:
                if frame.eof:
                    frame = unpacker.decompressobj()
                try:
                    plain = frame.decompress(waiting)
                except zstandard.ZstdError as error:
                    raise PayloadError(file, 0, "", "the Zstandard stream is damaged") from error
                waiting = frame.unused_data if frame.eof else b""
                if plain:
                    yield plain
    if not frame.eof:
        raise PayloadError(file, 0, "", "the Zstandard stream is cut short")
