"""A stream of logs in memory, the twin of those that ask somebody."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping

from remit.ports.log_stream import Lag, Piece


class MemoryStream:
    """Gives the messages of each part in order; `fails` is raised once so many pieces were given."""

    def __init__(self, parts: Mapping[str, list[bytes]], *, once: bool = True, name: str = "memory:test") -> None:
        self.parts = parts
        self.name = name
        self.fails: tuple[int, Exception] | None = None
        self.idle: Callable[[], None] = lambda: None
        self._once = once
        self._reached: dict[str, int] = {}

    def lag(self) -> Lag:
        return Lag(sum(len(found) - self._reached.get(part, 0) for part, found in self.parts.items()))

    def resume(self, offsets: Mapping[str, str]) -> Generator[Piece | None]:
        self._reached = {part: int(offset) for part, offset in offsets.items()}
        given = 0
        while True:
            for part, messages in list(self.parts.items()):
                while self._reached.get(part, 0) < len(messages):
                    if self.fails and given == self.fails[0]:
                        raise self.fails[1]
                    at = self._reached.get(part, 0)
                    self._reached[part] = at + 1
                    given += 1
                    yield Piece(part, messages[at], str(at + 1))
            self.idle()
            yield None
            if self._once:
                return
