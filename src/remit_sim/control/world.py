"""What edits reach, and how they ask the simulated Azure for what Azure itself offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from remit.model.errors import InputError
from remit_sim.call import ARM, GRAPH, Call, Caller, Router
from remit_sim.counts import Statistics
from remit_sim.faults.plan import FaultPlan
from remit_sim.login.issuers import Issuers
from remit_sim.login.managed import Host
from remit_sim.state import OPERATOR_CLIENT_ID
from remit_sim.tenant import SimTenant, Table

_OPERATOR = Caller(OPERATOR_CLIENT_ID, operator=True)
_ERRORS = 400

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """One simulation as its operator reaches it.

    Attributes:
        tenant: what is served.
        azure: finds the handlers of ARM and Microsoft Graph.
        faults: what is on.
        statistics: what was counted.
        issuers: whose federated tokens are believed.
        host: whom the managed identity endpoints speak for.
        clock_moved: called when the clock has moved on.
    """

    tenant: SimTenant
    azure: Router
    faults: FaultPlan
    statistics: Statistics
    issuers: Issuers
    host: Host
    clock_moved: Callable[[], None] = lambda: None

    def table(self, list_name: str) -> Table:
        """Return a list of the export.

        Raises:
            InputError: there is no such list.
        """
        try:
            return self.tenant.table(list_name)
        except KeyError as error:
            raise InputError(f"a tenant export has no list `{list_name}`", hint="for example graph/users") from error

    def ask_arm(self, method: str, path: str, version: str, body: object = None) -> Result:
        """Ask Resource Manager as the operator, struck by no fault.

        Raises:
            InputError: it refuses.
        """
        return self._ask(Call(ARM, method, path, self.tenant, {"api-version": version}, version=version), body)

    def ask_graph(self, method: str, path: str, body: object = None) -> Result:
        """Ask Microsoft Graph as the operator, struck by no fault.

        Raises:
            InputError: it refuses.
        """
        return self._ask(Call(GRAPH, method, path, self.tenant, version="v1.0"), body)

    def _ask(self, call: Call, body: object) -> Result:
        said = b"" if body is None else msgspec.json.encode(body)
        answer = self.azure.handle(replace(call, body=said, caller=_OPERATOR))
        found = msgspec.json.decode(answer.body) if answer.body else {}
        if answer.status >= _ERRORS:
            error = found.get("error", {})
            raise InputError(f"refused with {error.get('code')}: {error.get('message')}")
        return found if isinstance(found, dict) else {}
