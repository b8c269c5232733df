"""What every stream of logs promises."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from tests.fakes.kafka import Broker
from tests.fakes.streams import MemoryStream
from tests.simulator.core.asking import small_tenant

from remit.adapters.clock import SystemClock
from remit.adapters.event_hub.access import Access, hub_of
from remit.adapters.event_hub.stream import EventHubStream
from remit.adapters.log_analytics.queries import LogTable
from remit.adapters.log_analytics.stream import LogAnalyticsStream
from remit.bootstrap.connecting import Connection, connect
from remit.ports.log_stream import LogStream, Piece
from remit_sim.embedded import Simulator

WORKSPACE = "0f0e0d0c-0000-4000-8000-000000000001"
PARTS = ("0", "1", "2")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(small_tenant()) as sim:
        yield sim


class LogStreamContract:
    """Subclass it and provide `source`: `write(part, texts)`, `stream(once)`, `texts(piece)`."""

    exactly_once = True
    """Whether a stream that is resumed gives nothing again."""

    def read(self, source, offsets=None) -> list[Piece]:
        return [piece for piece in source.stream(once=True).resume(offsets or {}) if piece is not None]

    def written(self, source, count: int = 6, generation: int = 0) -> set[str]:
        texts = {part: [f"{generation}-{part}-{number}" for number in range(count)] for part in PARTS}
        for part, some in texts.items():
            source.write(part, some)
        return {text for some in texts.values() for text in some}

    def texts(self, source, pieces) -> list[str]:
        return [text for piece in pieces for text in source.texts(piece)]

    def test_everything_is_read_from_no_offsets_and_once(self, source):
        written = self.written(source)
        assert sorted(self.texts(source, self.read(source))) == sorted(written)

    def test_a_part_keeps_its_order_and_names_itself(self, source):
        self.written(source)
        pieces = self.read(source)
        assert {piece.part for piece in pieces if piece.data} == set(source.parts)
        for part in source.parts:
            found = self.texts(source, [piece for piece in pieces if piece.part == part])
            assert found == sorted(found)

    def test_from_any_offsets_everything_behind_them_comes(self, source):
        written = self.written(source)
        pieces = self.read(source)
        for cut in range(0, len(pieces) + 1, max(len(pieces) // 3, 1)):
            offsets = {piece.part: piece.offset for piece in pieces[:cut]}
            before = set(self.texts(source, pieces[:cut]))
            again = self.texts(source, self.read(source, offsets))
            assert before | set(again) == written
            if self.exactly_once:
                assert not before & set(again)

    def test_what_comes_later_is_read_from_the_last_offsets(self, source):
        self.written(source)
        offsets = {piece.part: piece.offset for piece in self.read(source)}
        new = self.written(source, generation=1)
        assert set(self.texts(source, self.read(source, offsets))) >= new

    def test_one_that_goes_on_lets_its_reader_look_up_and_ends_when_it_is_closed(self, source):
        self.written(source, 1)
        stream = source.stream(once=False)
        with closing(stream.resume({})) as pieces:
            began = time.monotonic()
            while next(pieces) is not None:
                pass
            while next(pieces) is None:
                assert time.monotonic() - began < 20
                self.written(source, 1, generation=1)
        assert stream.name == source.stream(once=False).name

    def test_a_stream_can_be_resumed_again(self, source):
        written = self.written(source)
        stream = source.stream(once=True)
        for _ in range(2):
            pieces = [piece for piece in stream.resume({}) if piece is not None]
            assert set(self.texts(source, pieces)) == written

    def test_one_that_has_read_everything_is_not_behind(self, source):
        self.written(source)
        stream = source.stream(once=True)
        assert list(stream.resume({}))
        assert stream.lag().messages in {0, None}


class TestMemory(LogStreamContract):
    @pytest.fixture
    def source(self):
        class Source:
            parts = PARTS
            kept: dict[str, list[bytes]] = {}  # noqa: RUF012 - one for each test

            def write(self, part, texts):
                self.kept.setdefault(part, []).extend(text.encode() for text in texts)

            def stream(self, *, once) -> LogStream:
                return MemoryStream(self.kept, once=once)

            def texts(self, piece):
                return [piece.data.decode()]

        source = Source()
        source.kept = {}
        return source


class TestEventHub(LogStreamContract):
    @pytest.fixture
    def source(self, broker, request):
        hub = "h" + str(abs(hash(request.node.name)))
        broker.make(hub, len(PARTS))

        class Source:
            parts = PARTS

            def write(self, part, texts):
                broker.write_to(hub, int(part), [text.encode() for text in texts])

            def stream(self, *, once) -> LogStream:
                return EventHubStream(
                    hub_of(f"ns/{hub}", suffix="example", endpoint=broker.address), Access(), once=once
                )

            def texts(self, piece):
                return [piece.data.decode()]

        return Source()


class TestLogAnalytics(LogStreamContract):
    exactly_once = False

    @pytest.fixture
    def source(self, sim, request):
        workspace = f"{abs(hash(request.node.name)):032x}"[:32]
        tables = {part: f"Table{part}" for part in PARTS}

        class Source:
            parts = tuple(tables.values())

            def write(self, part, texts):
                with sim.edit() as tenant:
                    now = tenant.clock.now()
                    tenant.logs.add_rows(workspace, tables[part], [{"Text": text} for text in texts], now)
                sim.advance(minutes=3)

            def stream(self, *, once) -> LogStream:
                connection = Connection(auth="secret", environment=sim.env())
                return LogAnalyticsStream(
                    workspace,
                    lambda: connect(connection, SystemClock()),
                    once=once,
                    tables=tuple(LogTable(name) for name in self.parts),
                    sleep=lambda _: None,
                )

            def texts(self, piece):
                return [row[0] for row in json.loads(piece.data)["tables"][0]["rows"]] if piece.data else []

        return Source()


def test_the_simulators_clock_is_not_this_machines():
    """Or the tests above would not notice a reader that goes by its own clock."""
    assert abs(small_tenant().clock.now() - datetime.now(UTC)).days > 0
