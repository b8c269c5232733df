"""An Event Hub as a stream of logs.

    stream = EventHubStream(hub, Access(connection), group="$Default")
    for piece in stream.resume({"0": "1200"}):
        ...

Rules kept here:

- Partitions are assigned and read from given offsets. No group is joined and no offset committed, so that the offsets
  of the store are the only ones (the consumer group matters to Event Hubs all the same, which counts readers by it).
- A partition that no offset is known for is read from the oldest message that the hub keeps. One whose offset the hub
  keeps no longer is told of, and read from the oldest message that is left.
- Until the hub has answered for the first time there is an end to patience; from then on there is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING

from remit.adapters.event_hub.access import Access, Hub
from remit.adapters.event_hub.connection import HubConnection
from remit.model.errors import InterruptedAnswerError
from remit.ports.log_stream import Lag, Piece

if TYPE_CHECKING:
    from confluent_kafka import Message

_MOST_MESSAGES = 500
_BEAT_S = 0.5
_LOOK_UP_S = 1.0
_PARTITIONS_EVERY_S = 60.0
_END, _OFFSET_GONE = "_PARTITION_EOF", "_AUTO_OFFSET_RESET"


class EventHubStream:
    """Reads one Event Hub.

    Args:
        hub: which.
        access: what is signed in with.
        group: consumer group.
        once: end where the hub ended when it was asked first.
        patience_s: how long the hub is tried until it has answered for the first time.
        tell: takes a line for people now and then.
    """

    def __init__(
        self,
        hub: Hub,
        access: Access,
        *,
        group: str = "$Default",
        once: bool = False,
        patience_s: float = 60.0,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._hub = hub
        self._once = once
        self._patience_s = patience_s
        self._tell = tell
        self._connection = HubConnection(hub, access, group, tell)
        self._reached: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._until: dict[int, int] = {}
        self._newest_s = 0.0

    @property
    def name(self) -> str:
        """Return the hub with its namespace."""
        return f"eventhub:{self._hub.host}/{self._hub.name}"

    def lag(self) -> Lag:
        """Return the messages behind, as of the last answers, and the age of the newest message read."""
        if not self._ends:
            return Lag()
        behind = sum(max(end - self._reached[number], 0) for number, end in self._ends.items())
        return Lag(behind, max(time.time() - self._newest_s, 0.0) if self._newest_s else None)

    def resume(self, offsets: Mapping[str, str]) -> Generator[Piece | None]:
        """Yield the messages behind some offsets; see `remit.ports.log_stream.LogStream`."""
        begin = {int(part): int(offset) for part, offset in offsets.items()}
        with self._connection as connection:
            consumer = connection.consumer
            numbers = yield from self._answered()
            unread = (yield from self._unread(numbers, begin)) if self._once else set[int]()
            self._assign(numbers, begin)
            looked = time.monotonic()
            while unread or not self._once:
                # The first that comes, then what has come with it: waiting for many would wait in vain.
                messages = consumer.consume(1, _BEAT_S)
                messages += consumer.consume(_MOST_MESSAGES, 0) if messages else []
                for message in messages:
                    piece = self._taken(message, unread)
                    if piece is not None:
                        yield piece
                yield None
                if time.monotonic() - looked > _PARTITIONS_EVERY_S:
                    looked = time.monotonic()
                    self._assign([one for one in connection.partitions() if one not in self._reached], begin)

    # ---- beginning

    def _answered(self) -> Generator[None, None, list[int]]:
        """Return the partitions as soon as the hub answers."""
        give_up = time.monotonic() + self._patience_s
        while not (numbers := self._connection.partitions()):
            if time.monotonic() > give_up:
                raise InterruptedAnswerError(f"Event Hub {self._hub.host}/{self._hub.name}", "it cannot be reached")
            time.sleep(_BEAT_S)
            yield None
        return numbers

    def _unread(self, numbers: list[int], begin: Mapping[int, int]) -> Generator[None, None, set[int]]:
        """Return the partitions that hold something behind their offsets; note where each ends."""
        unread: set[int] = set()
        for number in numbers:
            while (edges := self._edges(number)) is None:
                yield None
            low, high = edges
            self._ends[number] = self._until[number] = high
            if low < high != begin.get(number, low):
                unread.add(number)
        return unread

    def _edges(self, number: int) -> tuple[int, int] | None:
        """Ask for the offsets at which a partition begins and ends; None where nobody answers for the moment."""
        from confluent_kafka import KafkaException, TopicPartition  # noqa: PLC0415 - an extra, and slow to load

        place = TopicPartition(self._hub.name, number)
        try:
            return self._connection.consumer.get_watermark_offsets(place, timeout=_LOOK_UP_S)
        except KafkaException as error:
            self._connection.note(error.args[0])
            return None

    def _assign(self, numbers: list[int], begin: Mapping[int, int]) -> None:
        from confluent_kafka import OFFSET_BEGINNING, TopicPartition  # noqa: PLC0415

        if numbers:
            wanted = [TopicPartition(self._hub.name, one, begin.get(one, OFFSET_BEGINNING)) for one in numbers]
            self._connection.consumer.incremental_assign(wanted)
            self._reached.update({one: begin.get(one, 0) for one in numbers})

    # ---- one message

    def _taken(self, message: Message, unread: set[int]) -> Piece | None:
        number, offset, error = message.partition() or 0, message.offset() or 0, message.error()
        if error is None:
            self._connection.reached()
            offset += 1
            self._reached[number] = offset
            self._newest_s = message.timestamp()[1] / 1000
            self._ends[number] = max(self._end(number), offset)
            if offset >= self._until.get(number, offset + 1):
                unread.discard(number)
            value = message.value()
            return Piece(str(number), value.encode() if isinstance(value, str) else value or b"", str(offset))
        if error.name() == _END:
            self._connection.reached()
            self._ends[number] = offset
            unread.discard(number)
        elif error.name() == _OFFSET_GONE:
            self._begin_again(number)
        else:
            self._connection.note(error)
        return None

    def _end(self, number: int) -> int:
        """Return where a partition ends, as its last answer told."""
        from confluent_kafka import TopicPartition  # noqa: PLC0415

        known = self._connection.consumer.get_watermark_offsets(TopicPartition(self._hub.name, number), cached=True)
        return known[1] if known else 0

    def _begin_again(self, number: int) -> None:
        """Read a partition from the oldest message that is left."""
        from confluent_kafka import OFFSET_BEGINNING, TopicPartition  # noqa: PLC0415

        self._tell(
            f"partition {number}: offset {self._reached[number]} is not there any more; "
            "messages may have been deleted before they were read. Reading from the oldest that is left"
        )
        consumer = self._connection.consumer
        consumer.incremental_unassign([TopicPartition(self._hub.name, number)])
        consumer.incremental_assign([TopicPartition(self._hub.name, number, OFFSET_BEGINNING)])
        self._reached[number] = 0
