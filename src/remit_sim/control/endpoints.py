"""The control API: `/_sim/<token>/...` on ARM's listener.

| request | answer |
|---|---|
| `GET /_sim/<token>` | tenant id, clock, faults, requests so far |
| `GET /_sim/<token>/statistics` | what was counted |
| `POST /_sim/<token>/edits` | carries out one edit, or a list of them, and says what they answer |
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from remit.model.errors import InputError
from remit_sim.call import Answer, Call, Refusal, Router
from remit_sim.control.editing import carry_out
from remit_sim.control.verbs import read_edit
from remit_sim.control.world import World

CONTROL = "control"
CONTROL_PATH = "/_sim/"


@dataclass(frozen=True, slots=True)
class ControlApi:
    """Answers the control API of one simulation."""

    world: World
    token: str

    def add_routes(self, router: Router) -> None:
        """Add the routes of the control API."""
        router.add(CONTROL, "GET", CONTROL_PATH + "{token}", self.show)
        router.add(CONTROL, "GET", CONTROL_PATH + "{token}/statistics", self.statistics)
        router.add(CONTROL, "POST", CONTROL_PATH + "{token}/edits", self.edit)

    def show(self, call: Call) -> Answer:
        """Return where the simulation stands."""
        self._guard(call)
        tenant = self.world.tenant
        return Answer.of(
            {
                "tenantId": tenant.tenant_id,
                "now": f"{tenant.clock.now():%Y-%m-%dT%H:%M:%SZ}",
                "faults": self.world.faults.as_json(),
                "requests": self.world.statistics.requests,
                "changes": len(tenant.changes),
            }
        )

    def statistics(self, call: Call) -> Answer:
        """Return what was counted."""
        self._guard(call)
        return Answer.of(self.world.statistics.as_json())

    def edit(self, call: Call) -> Answer:
        """Carry out the edits of the body; the first that cannot be done ends it."""
        self._guard(call)
        said: Any = call.json()
        try:
            if isinstance(said, list):
                return Answer.of([carry_out(self.world, read_edit(one)) for one in said])
            return Answer.of(carry_out(self.world, read_edit(said)))
        except InputError as error:
            hint = error.hint()
            raise Refusal(400, "BadEdit", f"{error.message}; {hint}" if hint else error.message) from error

    def _guard(self, call: Call) -> None:
        if not hmac.compare_digest(call.arguments["token"].encode(), self.token.encode()):
            raise Refusal(403, "Forbidden", "that is not the token of the control API")
