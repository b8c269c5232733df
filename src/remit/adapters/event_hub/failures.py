"""What librdkafka's errors mean here. Their texts stay inside: they may repeat what was sent.

An error is for the moment, as most are, or it ends the reading: no such hub, no permission, a wrong credential.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from remit.adapters.event_hub.access import Hub
from remit.model.errors import CollectionError, CredentialError, ForbiddenError, InputError, RemitError

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

_NEEDED = "the role Azure Event Hubs Data Receiver, or a key with the right to listen"
_NO_SUCH_HUB = frozenset({"UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC", "_UNKNOWN_PARTITION"})
_NOT_ALLOWED = frozenset({"TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED"})
_NOT_SIGNED_IN = frozenset({"_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"})
_NOT_REACHED = frozenset({"_ALL_BROKERS_DOWN", "_RESOLVE", "_TRANSPORT", "_TIMED_OUT", "_SSL"})


class Outage:
    """Tells once that something cannot be reached, and once that it can be again."""

    def __init__(self, what: str, tell: Callable[[str], None]) -> None:
        self._what = what
        self._tell = tell
        self._lasts = False

    def began(self) -> None:
        """Take note of a failure."""
        if not self._lasts:
            self._lasts = True
            self._tell(f"{self._what} cannot be reached; trying again")

    def ended(self) -> None:
        """Take note of an answer."""
        if self._lasts:
            self._lasts = False
            self._tell(f"{self._what} is reached again")


def refused(error: KafkaError, hub: Hub) -> RemitError | None:
    """Return what an error about the hub means, None where it is for the moment."""
    if error.name() in _NO_SUCH_HUB:
        return InputError(f"there is no Event Hub `{hub.name}` in `{hub.host}`")
    if error.name() in _NOT_ALLOWED:
        return ForbiddenError(f"Event Hub {hub.host}/{hub.name}", error.name().lower(), _NEEDED)
    return None


def signing_in(error: KafkaError) -> CollectionError | None:
    """Return what an error of a connection means for signing in, None where it has nothing to do with it."""
    if error.name() in _NOT_SIGNED_IN:
        return CredentialError("the Event Hub refuses the credential", hint=f"it needs {_NEEDED}")
    return None


def is_outage(error: KafkaError) -> bool:
    """Tell whether an error says that nobody is reached. A single lost connection says so, too, where it is asked."""
    return error.name() in _NOT_REACHED
