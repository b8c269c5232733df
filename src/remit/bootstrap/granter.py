"""Builds the one process that may write to Azure: `remit setup azure --apply` and `--remove`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import ARM, AzureClient, Call, Reply
from remit.adapters.clock import SystemClock
from remit.adapters.granter.granter import AzureGranter
from remit.adapters.granter.key_files import FolderKeyFiles
from remit.adapters.granter.records import FolderRecords
from remit.app.setting_up.doing import Setup, Told
from remit.app.setting_up.patience import Patience
from remit.bootstrap.connecting import Connection, connect
from remit.ports.clock import Clock


@contextmanager
def open_setup(
    connection: Connection,
    store: Path,
    told: Told,
    *,
    clock: Clock | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[tuple[str, Setup]]:
    """Sign in as the operator; give the tenant's id and what does plans there.

    Args:
        connection: how Azure is reached, and who the operator is.
        store: folder that keeps the record.
        told: called after each step.
        clock: None for the machine's.
        sleep: how to wait for Azure.

    Raises:
        CredentialError: the operator cannot sign in.
        SettingsError: something for that is missing.
    """
    now = clock or SystemClock()
    with asyncio.Runner() as runner:
        client = connect(connection, now)
        try:
            granter = AzureGranter(runner.run(_tenant(client)), _Sending(runner, client))
            yield (
                granter.tenant_id(),
                Setup(granter, FolderKeyFiles(), FolderRecords(store), now, patience=Patience(sleep), told=told),
            )
        finally:
            runner.run(client.aclose())


class _Sending:
    """Sends one call after the other."""

    def __init__(self, runner: asyncio.Runner, client: AzureClient) -> None:
        self._runner = runner
        self._client = client

    def __call__(self, call: Call, asked: Asked, /) -> Reply:
        return self._runner.run(self._client.exchange(call, asked))


async def _tenant(client: AzureClient) -> str:
    await client.learn()
    return (await client.claims(ARM)).tenant_id
