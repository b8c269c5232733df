"""Builds the process that follows a stream of logs into a store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap.connecting import Connection, ca_file_of, cloud_for, connect, credential_for, sign_in_of
from remit.model.errors import InputError

if TYPE_CHECKING:
    from remit.adapters.event_hub.access import Hub
    from remit.app.following.follower import Followed
    from remit.ports.log_stream import LogStream

KAFKA_VARIABLE = "REMIT_KAFKA_ENDPOINT"
_HUB_URL = re.compile(r"(?:https|sb)://([a-z0-9-]+\.servicebus\.[a-z.]+)(?::\d+)?/([^/?#]+)/?", re.IGNORECASE)
_WORKSPACE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class FollowWish:
    """What to follow, and where to.

    Attributes:
        store: folder of the store.
        event_hub: `NAMESPACE/HUB`, "" for none.
        group: consumer group of it.
        workspace: id of a Log Analytics workspace, "" for none.
        first: how far back a table of it is read that was never read.
        once: end where the source ends now.
        keep_raw: days that records are kept as they were read.
        commit_s: how often what was read is committed.
    """

    store: Path
    event_hub: str = ""
    group: str = "$Default"
    workspace: str = ""
    first: timedelta = timedelta(days=90)
    once: bool = False
    keep_raw: int = 0
    commit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who is told what.

    Attributes:
        end: asked whether it is to end.
        watcher: shown how far it is.
        tell: takes a line for people now and then.
    """

    end: Callable[[], bool] = lambda: False
    watcher: Callable[[Followed], None] = field(default=lambda _: None)
    tell: Callable[[str], None] = lambda _: None


def follow(connection: Connection, wish: FollowWish, reporting: Reporting) -> tuple[str, Followed]:
    """Follow until the end is asked for; return the name of the source and what came of it.

    Args:
        connection: how Azure is reached, and who signs in.
        wish: what to follow.
        reporting: who is told.

    Raises:
        InputError: there is no such source.
        CollectionError, SettingsError: it cannot be read; what was read is in the store.
        StoreError: the store cannot be written.
    """
    from remit.app.following.follower import Follower, Rules
    from remit.bootstrap.logs import attribution_of, open_usage

    stream = _event_hub(connection, wish, reporting) if wish.event_hub else _workspace(connection, wish, reporting)
    follower = Follower(
        stream,
        open_usage(wish.store),
        rules=Rules(commit_s=wish.commit_s, keep_raw=wish.keep_raw),
        attribution=lambda: attribution_of(wish.store),
        end=reporting.end,
        watcher=reporting.watcher,
        tell=reporting.tell,
    )
    return stream.name, follower.run()


def hub_in(url: str) -> str:
    """Return `NAMESPACE/HUB` of an Event Hub's URL, "" where it is no such URL.

    >>> hub_in("https://telemetry.servicebus.windows.net/insights-logs")
    'telemetry.servicebus.windows.net/insights-logs'
    """
    found = _HUB_URL.fullmatch(url.strip())
    return f"{found[1]}/{found[2]}" if found else ""


def ingest_hub(store: Path, hub: str, keep_raw: int, tell: Callable[[str], None]) -> tuple[str, Followed]:
    """Read an Event Hub into a store, from where it was left to where it ends now; who signs in the environment says.

    Raises:
        CollectionError, SettingsError: it cannot be read; what was read is in the store.
        StoreError: the store cannot be written.
    """
    return follow(Connection(), FollowWish(store, hub, once=True, keep_raw=keep_raw), Reporting(tell=tell))


def _event_hub(connection: Connection, wish: FollowWish, reporting: Reporting) -> LogStream:
    from remit.adapters.event_hub.access import CONNECTION_VARIABLE, Access, hub_of
    from remit.adapters.event_hub.stream import EventHubStream

    environment = connection.environment
    suffix = cloud_for(connection).event_hubs
    hub = hub_of(wish.event_hub, suffix=suffix, endpoint=environment.get(KAFKA_VARIABLE, ""))
    said = environment.get(CONNECTION_VARIABLE, "")
    # On this machine there is no TLS: a token that is good elsewhere is not sent there.
    token = None if said or hub.is_here else _tokens(connection, hub)
    access = Access(said, token, ca_file_of(connection))
    return EventHubStream(hub, access, group=wish.group, once=wish.once, tell=reporting.tell)


def _tokens(connection: Connection, hub: Hub) -> Callable[[], tuple[str, float]]:
    from remit.adapters.azure_client.claims import claims_of
    from remit.adapters.azure_client.credentials import Tokens
    from remit.adapters.clock import SystemClock

    clock = SystemClock()
    tokens = Tokens(credential_for(connection, clock), clock, kind=sign_in_of(connection).kind)

    def token() -> tuple[str, float]:
        text = asyncio.run(tokens.token(hub.token_scope))
        expires = claims_of(text).expires
        return text, expires.timestamp() if expires else clock.now().timestamp() + 300

    return token


def _workspace(connection: Connection, wish: FollowWish, reporting: Reporting) -> LogStream:
    from remit.adapters.clock import SystemClock
    from remit.adapters.log_analytics.stream import LogAnalyticsStream

    workspace = wish.workspace.strip().lower()
    if not _WORKSPACE.fullmatch(workspace):
        raise InputError(
            f"`{wish.workspace}` is no workspace id",
            hint="it is a GUID, and the overview of the workspace shows it",
        )
    return LogAnalyticsStream(
        workspace,
        lambda: connect(connection, SystemClock()),
        once=wish.once,
        first=wish.first,
        tell=reporting.tell,
    )
