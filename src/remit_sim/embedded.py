"""The simulator inside a test: a tenant served by a thread, editable between two requests.

    with Simulator(Path("tenant"), faults={"throttle": "0.1:1-1"}) as sim:
        collect(arm=sim.arm_url, graph=sim.graph_url, secret=sim.client_secret)
        with sim.edit() as tenant:
            tenant.remove("arm/roleAssignments", assignment_id)
        assert sim.statistics.throttled

Starting and stopping costs about a tenth of a second.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from uuid import uuid4

from remit_sim.control.script import read_script
from remit_sim.control.verbs import Advance, Edit
from remit_sim.control.world import Result
from remit_sim.counts import Statistics
from remit_sim.credentials import add_secret
from remit_sim.environment import environment_of
from remit_sim.export_files import load_tenant
from remit_sim.faults.plan import FaultPlan
from remit_sim.login.issuers import AUDIENCE
from remit_sim.server.listeners import Listeners
from remit_sim.server.simulation import Simulation
from remit_sim.state import OPERATOR_CLIENT_ID, open_state
from remit_sim.tenant import SimTenant


class Simulator:
    """A simulator that runs as long as its `with` block."""

    def __init__(
        self,
        tenant: SimTenant | Path,
        *,
        faults: Mapping[str, str] | None = None,
        seed: int = 0,
        port: int = 0,
        state: Path | None = None,
        script: Path | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take a tenant, or the folder of its export.

        Args:
            tenant: what is served; a `SimTenant` is served itself, not a copy.
            faults: values by name, as `--fault` takes them.
            seed: of the faults.
            port: of ARM; 0 for any.
            state: folder that keeps CA and keys; a new one every time if left out.
            script: file of edits that happen while the tenant is served.
            warn: takes a line for each edit of the script that cannot be done.

        Raises:
            RemitError: the export, a fault or the port is not good.
        """
        self.tenant = load_tenant(tenant) if isinstance(tenant, Path) else tenant
        self.faults = FaultPlan(seed)
        for name, value in (faults or {}).items():
            self.faults.set(name, value)
        self._script = read_script(script) if script is not None else None
        self._warn = warn
        self._state = state
        self._port = port
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start to answer; return once every listener does.

        Raises:
            SettingsError: the port is taken.
        """
        with ExitStack() as stack:
            folder = self._state or Path(stack.enter_context(TemporaryDirectory(prefix="remit-sim-")))
            kept = open_state(folder)
            self._listeners = Listeners(self._port, kept.ca)
            stack.callback(self._listeners.close)
            self._simulation = Simulation(
                self.tenant, kept, self._listeners.urls, self.faults, script=self._script, warn=self._warn
            )
            self._loop = asyncio.new_event_loop()
            stack.callback(self._loop.close)
            self._loop.run_until_complete(self._listeners.start(self._simulation))
            thread = threading.Thread(target=self._run, name="remit-sim", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(self._loop.call_soon_threadsafe, self._loop.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and end every connection."""
        self._stack.close()

    @property
    def arm_url(self) -> str:
        """Return where ARM listens."""
        return self._simulation.urls.arm

    @property
    def graph_url(self) -> str:
        """Return where Microsoft Graph listens, without a version."""
        return self._simulation.urls.graph

    @property
    def authority(self) -> str:
        """Return the authority, without a tenant."""
        return self._simulation.urls.login

    @property
    def identity_url(self) -> str:
        """Return where managed identities get their tokens."""
        return self._simulation.urls.identity

    @property
    def identity_header(self) -> str:
        """Return what App Service's identity endpoint wants in `X-IDENTITY-HEADER`."""
        return self._simulation.kept.identity_header

    @property
    def ca_file(self) -> Path:
        """Return the file of the certificate that clients must trust."""
        return self._simulation.kept.ca_file

    @property
    def tenant_id(self) -> str:
        """Return the tenant's id."""
        return self.tenant.tenant_id

    @property
    def client_id(self) -> str:
        """Return the client id of the operator, who may do everything."""
        return OPERATOR_CLIENT_ID

    @property
    def client_secret(self) -> str:
        """Return the secret of the operator."""
        return self._simulation.kept.operator_secret

    @property
    def statistics(self) -> Statistics:
        """Return what was counted."""
        return self._simulation.statistics

    def env(self) -> dict[str, str]:
        """Return the environment with which clients reach this simulator."""
        return environment_of(self._simulation)

    @contextmanager
    def edit(self) -> Iterator[SimTenant]:
        """Give the tenant while no request is being answered: one that is made inside the block waits for its end."""
        with self._simulation.lock:
            yield self.tenant

    def advance(self, **step: float) -> None:
        """Move the clock on by days, hours, minutes, seconds; what waits for the time then reached happens."""
        self._simulation.carry_out(Advance(**step))

    def apply(self, edit: Edit) -> Result:
        """Carry out an edit of the control API and return what it answers.

        Raises:
            InputError: it cannot be done.
        """
        return self._simulation.carry_out(edit)

    def add_secret(self, app_id: str) -> str:
        """Let an application of the tenant sign in, without a trace in its row; return its new secret."""
        text = token_urlsafe(30)
        with self._simulation.lock:
            add_secret(self.tenant, app_id, text, key_id=str(uuid4()))
        return text

    def federated_token(self, issuer: str, subject: str, audience: str = AUDIENCE) -> str:
        """Return a token that an outside issuer gives to a subject; its keys are believed from then on."""
        with self._simulation.lock:
            return self._simulation.issuers.issue(issuer, subject, audience)

    def be_identity(self, client_id: str) -> None:
        """Let the managed identity endpoints take this identity for the host's own."""
        with self._simulation.lock:
            self._simulation.host.client_id = client_id.lower()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._listeners.stop())
