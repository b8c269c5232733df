"""Where logs are followed as they come: an Event Hub, a workspace.

    for piece in stream.resume(writing.offsets(stream.name)):
        if piece is not None:
            intake.add(place, batch_of(piece.data))
            reached[piece.part] = piece.offset
    writing.commit(stream.name, reached)

A stream is read at least once: whoever resumes it names offsets, and gets everything behind them. That each record
counts once is the store's doing: it keeps the records and the offsets that they reach in one step, all or nothing.
INVARIANT: nothing else remembers offsets, the source neither.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a stream: a message, an answer.

    Attributes:
        part: of the stream: a partition, a table. Pieces of one part come in order.
        data: complete in itself, framed as a file is; b"" where only the offset moved on.
        offset: where reading the part goes on behind this piece; means something to its stream alone.
    """

    part: str
    data: bytes
    offset: str


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind the source a stream is.

    Attributes:
        messages: that are known to wait, None where the source does not count them.
        seconds: age of the newest thing read, None where nothing is known.
    """

    messages: int | None = None
    seconds: float | None = None


class LogStream(Protocol):
    """A source that goes on."""

    @property
    def name(self) -> str:
        """Return what its offsets are kept under; two streams of one name are one source."""

    def resume(self, offsets: Mapping[str, str]) -> Generator[Piece | None]:
        """Yield what stands behind some offsets, for ever, or to the present where the stream was made so.

        Interruptions are bridged inside: the source is asked again with growing pauses, and nothing is left out.

        Args:
            offsets: by part, as pieces gave them; a part that is not named is read from its beginning.

        Yields:
            Pieces, and None at least once a second while there is none: time to commit, or to end. Whoever has had
            enough closes the generator.

        Raises:
            CollectionError, SettingsError: it cannot be read, and asking again would not help.
        """

    def lag(self) -> Lag:
        """Return how far behind it is, as far as is known without asking."""
