"""A broker of Kafka that comes with librdkafka, as a test steers it: partitions, outages, messages that are deleted.

    with Broker() as broker:
        broker.make("hub", partitions=4)
        broker.write("hub", [b"..."])
        stream = EventHubStream(hub_of("ns/hub", suffix="example", endpoint=broker.address), Access())

It is a real server on this machine, in this process. confluent-kafka has no words for its controls; the library that
it brings along has.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import confluent_kafka


def _library() -> ctypes.CDLL:
    folder = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    found = ctypes.CDLL(str(next(folder.glob("librdkafka*.so*"))))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("rd_kafka_conf_new", pointer, []),
        ("rd_kafka_conf_set", number, [pointer, text, text, pointer, ctypes.c_size_t]),
        ("rd_kafka_new", pointer, [number, pointer, text, ctypes.c_size_t]),
        ("rd_kafka_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_new", pointer, [pointer, number]),
        ("rd_kafka_mock_cluster_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_bootstraps", text, [pointer]),
        ("rd_kafka_mock_topic_create", number, [pointer, text, number, number]),
        ("rd_kafka_mock_broker_set_down", number, [pointer, ctypes.c_int32]),
        ("rd_kafka_mock_broker_set_up", number, [pointer, ctypes.c_int32]),
        ("rd_kafka_mock_partition_set_leader", number, [pointer, text, ctypes.c_int32, ctypes.c_int32]),
        ("rd_kafka_mock_partition_delete_records", number, [pointer, text, ctypes.c_int32, ctypes.c_int64]),
        ("rd_kafka_mock_topic_set_error", None, [pointer, text, number]),
    ):
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


class Broker:
    """A cluster of some brokers; `address` is that of the first."""

    def __init__(self, brokers: int = 1) -> None:
        self._library = _library()
        settings = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(settings, b"log_level", b"0", None, 0)
        self._handle = self._library.rd_kafka_new(0, settings, None, 0)
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._handle, brokers)
        self.addresses = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self.address = self.addresses.split(",")[0]
        self._producer = confluent_kafka.Producer({"bootstrap.servers": self.addresses, "log_level": 0})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        del self._producer
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._handle)

    def make(self, hub: str, partitions: int = 4) -> None:
        assert self._library.rd_kafka_mock_topic_create(self._cluster, hub.encode(), partitions, 1) == 0

    def write(self, hub: str, messages: Sequence[bytes | None], partitions: int = 4) -> None:
        """Write messages, one partition after the other."""
        for place, message in enumerate(messages):
            self._producer.produce(hub, message, partition=place % partitions)
        assert self._producer.flush(10) == 0

    def write_to(self, hub: str, partition: int, messages: Sequence[bytes | None]) -> None:
        """Write messages to one partition."""
        for message in messages:
            self._producer.produce(hub, message, partition=partition)
        assert self._producer.flush(10) == 0

    def down(self, broker: int = 1) -> None:
        self._library.rd_kafka_mock_broker_set_down(self._cluster, broker)

    def up(self, broker: int = 1) -> None:
        self._library.rd_kafka_mock_broker_set_up(self._cluster, broker)

    def move(self, hub: str, partition: int, broker: int) -> None:
        """Let another broker lead a partition."""
        self._library.rd_kafka_mock_partition_set_leader(self._cluster, hub.encode(), partition, broker)

    def delete(self, hub: str, partition: int, before: int) -> None:
        """Delete the messages of a partition before an offset, as retention does."""
        code = self._library.rd_kafka_mock_partition_delete_records(self._cluster, hub.encode(), partition, before)
        assert code == 0

    def refuse(self, hub: str, code: int) -> None:
        """Answer every question about a hub with an error."""
        self._library.rd_kafka_mock_topic_set_error(self._cluster, hub.encode(), code)
