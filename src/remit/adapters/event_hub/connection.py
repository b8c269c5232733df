"""A consumer of librdkafka for one Event Hub, and what it says of its connections.

Rules kept here:

- What librdkafka does by itself, connecting again with growing pauses, is left to it; that nobody is reached is told
  once, and once that somebody is again.
- Signing in may fail for a while in the middle of a life; before the hub has answered at all it ends the reading.
- librdkafka writes nothing anywhere, and none of its texts gets out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from remit.adapters.event_hub.access import Access, Hub, security
from remit.adapters.event_hub.failures import Outage, is_outage, refused, signing_in
from remit.model.errors import RemitError, SettingsError

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError

_LOOK_UP_S = 1.0
_QUEUED_KB = 16 * 1024
_NO_TOKEN_S = 60


class HubConnection:
    """Holds the consumer of one hub while its `with` block lasts."""

    def __init__(self, hub: Hub, access: Access, group: str, tell: Callable[[str], None]) -> None:
        """Take everything down; nothing is opened yet.

        Args:
            hub: which.
            access: what is signed in with.
            group: consumer group.
            tell: takes a line for people now and then.
        """
        self._hub = hub
        self._access = access
        self._group = group
        self._outage = Outage(hub.bootstrap, tell)
        self._unsigned: RemitError | None = None
        self._was_reached = False
        self.consumer: Consumer

    def __enter__(self) -> Self:
        """Open the consumer; it connects by and by.

        Raises:
            SettingsError: confluent-kafka is not installed, or there is nothing to sign in with.
            CollectionError: there is no token.
        """
        try:
            from confluent_kafka import Consumer  # noqa: PLC0415 - an extra, and slow to load
        except ImportError as error:
            raise SettingsError(
                "reading an Event Hub needs confluent-kafka, which is not installed", hint="pip install 'remit[kafka]'"
            ) from error
        settings = self._settings()
        if "oauth_cb" in settings:
            self._first_token()
        self.consumer = Consumer(settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.consumer.close()

    def partitions(self) -> list[int]:
        """Return the numbers of the hub's partitions, [] where it does not answer for the moment.

        Raises:
            InputError, ForbiddenError, CredentialError: it never will.
        """
        from confluent_kafka import KafkaException  # noqa: PLC0415

        self.consumer.poll(0)  # lets errors and tokens come
        try:
            topic = self.consumer.list_topics(self._hub.name, timeout=_LOOK_UP_S).topics[self._hub.name]
        except KafkaException as error:
            self.failed(error.args[0])
            return []
        if topic.error is not None:
            self.note(topic.error)
            return []
        self.reached()
        return sorted(topic.partitions)

    def reached(self) -> None:
        """Take note that the hub answers."""
        self._was_reached = True
        self._unsigned = None
        self._outage.ended()

    def note(self, error: KafkaError) -> None:
        """Take note of an error about the hub; raise what it means if it will stay."""
        failure: RemitError | None = refused(error, self._hub)
        if failure is not None:
            raise failure
        self.failed(error)

    def failed(self, error: KafkaError) -> None:
        """Take note of an error of a connection.

        Raises:
            CredentialError: signing in fails, and the hub has never answered yet.
        """
        self._unsigned = self._unsigned or signing_in(error)
        if self._unsigned is not None and not self._was_reached:
            raise self._unsigned
        if is_outage(error):
            self._outage.began()

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "bootstrap.servers": self._hub.bootstrap,
            "group.id": self._group,
            "client.id": "remit",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
            "queued.max.messages.kbytes": _QUEUED_KB,
            # Azure closes connections that are idle for four minutes; these are what it advises for Event Hubs.
            "metadata.max.age.ms": 180_000,
            "connections.max.idle.ms": 180_000,
            "socket.keepalive.enable": True,
            "reconnect.backoff.max.ms": 10_000,
            "error_cb": self._called_back,
            "logger": _quiet(),
            **security(self._hub, self._access),
        }
        if self._access.token is not None and not self._access.connection:
            settings["oauth_cb"] = self._token
        return settings

    def _called_back(self, error: KafkaError) -> None:
        # librdkafka calls from inside its own functions: nothing is raised there, `partitions` looks at it again.
        self._unsigned = self._unsigned or signing_in(error)
        if is_outage(error):
            self._outage.began()

    def _first_token(self) -> None:
        if self._access.token is not None:
            self._access.token()

    def _token(self, _: str) -> tuple[str, float]:
        # Whatever is raised here breaks what librdkafka calls next. A token that is none is refused by the hub, and
        # another one is asked for soon.
        try:
            if self._access.token is not None:
                return self._access.token()
        except RemitError as error:
            self._unsigned = error
        return "none", time.time() + _NO_TOKEN_S


def _quiet() -> logging.Logger:
    logger = logging.getLogger("remit.event_hub")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
