"""Where logs are read from once: files, folders, standard input, blob containers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LogUnit:
    """A piece that one worker reads: a file, a range of a large one, a blob.

    Attributes:
        name: shown to people; the same for all ranges of one file.
        opened_by: names the opener (see `LogOpener`); with `place` all that another process needs.
        place: path or URL.
        start, end: bytes; a range begins after the first line end at or after `start` (0: at once) and ends with the
            line that `end` falls into. None: to the end.
        size: bytes that reading takes, None where not known; for progress.
        source: what it is a part of, where that tells of changes (a container); "" elsewhere.
        modified: microseconds since 1970 UTC at which it was written last, by the clock of its source.
    """

    name: str
    opened_by: str
    place: str
    start: int = 0
    end: int | None = None
    size: int | None = None
    source: str = ""
    modified: int | None = None


class LogOpener(Protocol):
    """Opens units. A worker makes its own."""

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        """Yield the unit's bytes, unpacked, cut anywhere.

        Raises:
            PayloadError: it cannot be read or unpacked, with file and what to do.
            CollectionError: a service refuses or does not answer.
        """
