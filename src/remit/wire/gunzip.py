"""Gunzip a stream, telling a truncated or damaged one from a whole one.

>>> import gzip
>>> b"".join(plain_chunks([gzip.compress(b"[1]")], file="x.json.gz"))
b'[1]'
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from remit.model.errors import PayloadError

_MAGIC = b"\x1f\x8b"
_GZIP_ONLY = 16 + zlib.MAX_WBITS
_MOST_AT_ONCE = 1 << 20


def plain_chunks(chunks: Iterable[bytes], *, file: str) -> Iterator[bytes]:
    """Yield the chunks as they are, or gunzipped when the stream starts as gzip does (whatever the file is called).

    Several gzip members one after the other are one stream, as `cat a.gz b.gz` makes it. A chunk yielded is never
    longer than 1 MiB or the chunk it came in.

    Raises:
        PayloadError: the gzip stream is damaged or cut short.
    """
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= len(_MAGIC):
            break
    if head.startswith(_MAGIC):
        yield from _inflate(head, stream, file)
        return
    if head:
        yield head
    yield from stream


def _inflate(head: bytes, stream: Iterator[bytes], file: str) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_ONLY)
    waiting = head
    while True:
        while waiting:
            if member.eof:
                member = zlib.decompressobj(_GZIP_ONLY)
            try:
                plain = member.decompress(waiting, _MOST_AT_ONCE)
            except zlib.error as error:
                raise PayloadError(file, 0, "", "the gzip stream is damaged") from error
            waiting = member.unused_data if member.eof else member.unconsumed_tail
            if plain:
                yield plain
        following = next(stream, None)
        if following is None:
            break
        waiting = following
    # A last piece may be left in the decompressor although all input was taken.
    if not member.eof:
        raise PayloadError(file, 0, "", "the gzip stream is cut short")
