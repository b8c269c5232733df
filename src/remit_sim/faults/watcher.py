"""Lets faults strike single calls: those over HTTP and those inside a Graph `$batch`."""

from __future__ import annotations

from fnmatch import fnmatchcase

from remit_sim.call import Answer, Call
from remit_sim.counts import Statistics
from remit_sim.faults.answers import forbidden, server_error, too_many
from remit_sim.faults.plan import FaultPlan
from remit_sim.faults.settings import FORBID, SERVER_ERROR, THROTTLE, VANISH, Forbid
from remit_sim.faults.vanishing import is_continued, let_vanish

BATCH = "/$batch"


class FaultWatcher:
    """Watches a router: see `remit_sim.call.Watcher`. A `$batch` as a whole is never throttled, its parts are."""

    def __init__(self, plan: FaultPlan, statistics: Statistics) -> None:
        self._plan = plan
        self._statistics = statistics

    def before(self, call: Call) -> Answer | None:
        """Return what a fault answers, or None."""
        call.tenant.tick()
        plan = self._plan
        forbid = plan.setting(FORBID)
        if isinstance(forbid, Forbid) and any(fnmatchcase(call.path.lower(), path) for path in forbid.paths):
            return forbidden(call)
        if call.path.lower() != BATCH and (chosen := plan.strikes(THROTTLE, call)) is not None:
            return too_many(call, plan.retry_after_s(chosen))
        if (chosen := plan.strikes(SERVER_ERROR, call)) is not None:
            return server_error(chosen)
        if plan.setting(VANISH) is not None and is_continued(call):
            chosen = plan.strikes(VANISH, call)
            if chosen is not None:
                let_vanish(call, chosen)
        return None

    def after(self, call: Call, family: str, answer: Answer) -> None:
        """Count the answer."""
        self._statistics.note(call, family, answer)
