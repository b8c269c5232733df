"""A plain client of the simulator, and small tenants for it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from remit_sim.clock import SimClock
from remit_sim.embedded import Simulator
from remit_sim.graph_permissions import GRAPH_APP_ID
from remit_sim.tenant import SimTenant

SAMPLE = Path(__file__).parents[3] / "src" / "remit" / "sample" / "tenant"
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
TENANT_ID = "7e000000-0000-4000-8000-000000000001"
ARM_SCOPE = "https://management.core.windows.net//.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
APP_ID, APP_OBJECT, APP_PRINCIPAL = (f"a0000000-0000-4000-8000-00000000000{n}" for n in range(3))
GRAPH_PRINCIPAL = "a0000000-0000-4000-8000-000000000009"


def user_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def small_tenant(users: int = 5) -> SimTenant:
    """Users, one application with its service principal, and Microsoft Graph's own service principal."""
    tenant = SimTenant(TENANT_ID, SimClock(NOW))
    for number in range(users):
        tenant.load("graph/users", b'{"id":"%s","displayName":"User %d"}' % (user_id(number).encode(), number))
    tenant.load("graph/applications", f'{{"id":"{APP_OBJECT}","appId":"{APP_ID}"}}'.encode())
    tenant.load("graph/servicePrincipals", f'{{"id":"{APP_PRINCIPAL}","appId":"{APP_ID}"}}'.encode())
    tenant.load("graph/servicePrincipals", f'{{"id":"{GRAPH_PRINCIPAL}","appId":"{GRAPH_APP_ID}"}}'.encode())
    return tenant


class Client:
    """Asks one simulator; trusts its CA and nothing else."""

    def __init__(self, sim: Simulator, http: httpx2.Client) -> None:
        self.sim = sim
        self.http = http
        self.token = ""

    def ask_token(self, scope: str, **form: str) -> httpx2.Response:
        said = {"grant_type": "client_credentials", "scope": scope, **form}
        return self.http.post(f"{self.sim.authority}/{self.sim.tenant_id}/oauth2/v2.0/token", data=said)

    def sign_in(self, scope: str = GRAPH_SCOPE, client_id: str = "", secret: str = "") -> str:
        form = {"client_id": client_id or self.sim.client_id, "client_secret": secret or self.sim.client_secret}
        self.token = self.ask_token(scope, **form).json()["access_token"]
        return self.token

    def arm(self, path: str, token: str | None = None) -> httpx2.Response:
        return self._get(self.sim.arm_url + path, token)

    def graph(self, path: str, token: str | None = None) -> httpx2.Response:
        return self._get(f"{self.sim.graph_url}/v1.0{path}", token)

    def edit(self, *edits: dict[str, object]) -> httpx2.Response:
        return self.http.post(f"{self.sim.env()['REMIT_SIM_CONTROL']}/edits", json=list(edits))

    def _get(self, url: str, token: str | None) -> httpx2.Response:
        said = self.token if token is None else token
        return self.http.get(url, headers={"Authorization": f"Bearer {said}"} if said else {})


@contextmanager
def client_of(sim: Simulator) -> Iterator[Client]:
    trust = ssl.create_default_context(cafile=str(sim.ca_file))
    with httpx2.Client(verify=trust, timeout=10.0) as http:
        yield Client(sim, http)
