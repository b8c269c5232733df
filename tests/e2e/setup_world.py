"""A simulated tenant in which Remit is given an identity, and collects with it, all in one process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import httpx2
import msgspec
from tests.e2e.tiny_tenant import tiny_tenant

from remit.adapters.azure.source import AzureSource
from remit.adapters.azure_client.clouds import cloud_of
from remit.adapters.azure_client.credentials import SignIn, Tokens, credential_of
from remit.adapters.azure_client.http import AzureClient, trust
from remit.adapters.spool.memory import MemorySpool
from remit.adapters.waiter import LoopWaiter
from remit.app.collecting.driver import Driver
from remit.app.setting_up.doing import SetupDone
from remit.app.setting_up.needs import choose_lists
from remit.app.setting_up.plan import ApplicationChoice, Credential, ManagedIdentityChoice, SetupPlan, scope_of
from remit.bootstrap.connecting import Connection
from remit.bootstrap.granter import open_setup
from remit.bootstrap.planning import needs_of
from remit.model.snapshot import Gap
from remit_sim.embedded import Simulator
from remit_sim.graph_permissions import GRAPH_PERMISSIONS

_KEYS: list[bytes] = []
_OPERATORS = {"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"}


@dataclass(frozen=True)
class Collected:
    """What a collection saw."""

    gaps: frozenset[Gap]
    rows: Mapping[str, int]
    requests: tuple[tuple[str, str, bytes], ...]


class SimClock:
    """The simulator's time for Remit: this machine is then neither ahead nor behind."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim

    def now(self) -> datetime:
        return self._sim.tenant.clock.now()


@dataclass
class World:
    """A simulator and a folder.

    Attributes:
        signed_in: who sets up; None for the simulator's operator.
    """

    sim: Simulator
    folder: Path
    signed_in: Connection | None = None
    _credentials: dict[str, object] = field(default_factory=dict)

    @property
    def operator(self) -> Connection:
        return self.signed_in or Connection(auth="secret", environment=self.sim.env())

    @property
    def pem(self) -> Path:
        return self.folder / "key.pem"

    def plan(self, *lists: str, every_type: bool = False, **changes) -> SetupPlan:
        chosen = choose_lists(lists or None, ())
        tenant = self.sim.tenant_id
        identity = ApplicationChoice(Credential.CERTIFICATE, str(self.pem))
        scope = scope_of(None, tenant)
        plan = SetupPlan(
            "collector", tenant, "AzureCloud", scope, identity, chosen, needs_of(chosen, every_type=every_type)
        )
        return replace(plan, **changes)

    @contextmanager
    def setup(self) -> Iterator:
        with open_setup(
            self.operator,
            self.folder,
            lambda _deed, _words: None,
            clock=SimClock(self.sim),
            sleep=lambda _seconds: None,
        ) as (_, setup):
            yield setup

    def apply(self, plan: SetupPlan) -> SetupDone:
        # Making a key takes longer than all the rest: the first one serves every test of this process.
        if _KEYS and not self.pem.exists():
            self.pem.write_bytes(_KEYS[0])
            self.pem.chmod(0o600)
        with self.setup() as setup:
            done = setup.apply(plan)
        if not _KEYS and self.pem.exists():
            _KEYS.append(self.pem.read_bytes())
        return done

    def identity(self, done: SetupDone, **changes) -> Connection:
        """The connection with which the new identity signs in: by its certificate unless told otherwise."""
        environment = {name: text for name, text in self.sim.env().items() if name not in _OPERATORS}
        own = Connection(auth="certificate", client_id=done.client_id, certificate=self.pem, environment=environment)
        return replace(own, **changes)

    def collect(self, connection: Connection, lists: tuple[str, ...], *, sign_in_again: bool = False) -> Collected:
        """Collect into memory.

        Signing in takes longer than a small collection: a credential is used again unless its token has to tell of
        what was granted since.
        """
        if sign_in_again:
            self._credentials.clear()
        return asyncio.run(self._collect(connection, lists))

    async def _collect(self, connection: Connection, lists: tuple[str, ...]) -> Collected:
        recorder = Recorder(self.sim.ca_file)
        clock = SimClock(self.sim)
        cloud = cloud_of(environment=connection.environment)
        sign_in = SignIn(
            connection.auth, connection.tenant_id, connection.client_id, connection.certificate, connection.token_file
        )
        key = f"{connection.auth} {connection.client_id}"
        if key not in self._credentials:
            make = credential_of(cloud, sign_in, ca_file=self.sim.ca_file, environment=connection.environment)
            self._credentials[key] = make()
        tokens = Tokens(lambda: self._credentials[key], clock, kind=connection.auth)
        async with AzureClient(cloud, tokens, ca_file=self.sim.ca_file, transport=recorder) as client:
            await client.learn()
            spool = MemorySpool()
            await Driver(AzureSource(client, lists, clock), spool, LoopWaiter()).run({})
        return Collected(frozenset(spool.gaps()), dict(spool.rows()), tuple(recorder.requests))

    @contextmanager
    def without_action(self, plan: SetupPlan, action: str) -> Iterator[None]:
        """The custom role lacks one action for a while."""

        def drop(role) -> None:
            role["properties"]["permissions"][0]["actions"].remove(action)

        with self._edited("arm/roleDefinitions", lambda role: role["name"] == plan.role_id, drop):
            yield

    @contextmanager
    def without_permission(self, done: SetupDone, permission: str) -> Iterator[None]:
        """The application permission is not granted for a while."""
        role = next(key for key, name in GRAPH_PERMISSIONS.items() if name == permission)
        with self._edited(
            "graph/appRoleAssignments",
            lambda row: row["principalId"] == done.object_id and row["appRoleId"] == role,
            None,
        ):
            yield

    @contextmanager
    def _edited(self, name: str, wanted: Callable, change: Callable | None) -> Iterator[None]:
        with self.sim.edit() as tenant:
            row = next(row for row in tenant.table(name).rows() if wanted(json.loads(row)))
            if change is None:
                assert tenant.remove(name, json.loads(row)["id"])
            else:
                fields = json.loads(row)
                change(fields)
                tenant.put(name, msgspec.json.encode(fields))
        try:
            yield
        finally:
            with self.sim.edit() as tenant:
                tenant.put(name, row)


class Recorder(httpx2.AsyncBaseTransport):
    """Lets requests through and keeps (method, address, body), those within a batch as requests of their own."""

    def __init__(self, ca_file: Path) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=trust(ca_file))
        self.requests: list[tuple[str, str, bytes]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        if request.url.path.endswith("/$batch"):
            home = str(request.url).removesuffix("/$batch")
            self.requests += [(one["method"], home + one["url"], b"") for one in json.loads(body)["requests"]]
        else:
            self.requests.append((request.method, str(request.url), body))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A fresh tiny tenant, served."""
    with Simulator(tiny_tenant()) as sim:
        yield World(sim, folder)


def managed(resource_group: str, subscription: str) -> ManagedIdentityChoice:
    return ManagedIdentityChoice(subscription, resource_group, "westeurope")
