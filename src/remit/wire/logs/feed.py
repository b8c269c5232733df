"""Bytes that arrive in chunks, looked at in windows whose places do not depend on where the chunks were cut."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

_MARK = b"\xef\xbb\xbf"
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PIECE = 1 << 18


class Feed:
    """What was not read yet, and the number of the line at its beginning. Holds one window and one chunk."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read from the beginning of some chunks; a byte order mark is left out, UTF-16 is turned into UTF-8."""
        self._chunks = _narrowed(iter(chunks))
        self._buffer = b""
        self._at = 0
        self.line = 1

    def window(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only where the end comes sooner."""
        missing = size - (len(self._buffer) - self._at)
        if missing > 0:
            pieces = [self._buffer[self._at :]]
            while missing > 0 and (chunk := next(self._chunks, None)) is not None:
                pieces.append(chunk)
                missing -= len(chunk)
            self._buffer, self._at = b"".join(pieces), 0
        return self._buffer[self._at : self._at + size]

    def ends_after(self, count: int) -> bool:
        """Say whether `count` bytes are all that is left."""
        return len(self.window(count + 1)) <= count

    def skip(self, count: int, lines: int | None = None) -> None:
        """Go on behind the next `count` bytes, which must have been looked at; `lines` line ends stand in them."""
        if lines is None:
            lines = self._buffer.count(b"\n", self._at, self._at + count)
        self._at += count
        self.line += lines


def _narrowed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield UTF-8 without a mark, whatever of the two the chunks hold, in chunks that are not tiny."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(_MARK):
            break
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            yield decoder.decode(head[len(mark) :]).encode("utf-8", "replace")
            yield from (decoder.decode(chunk).encode("utf-8", "replace") for chunk in chunks)
            yield decoder.decode(b"", final=True).encode("utf-8", "replace")
            return
    yield head.removeprefix(_MARK)
    yield from chunks
