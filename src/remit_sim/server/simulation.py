"""One simulated Azure without sockets: a call goes in, its reply comes out, with what faults make of it.

Everything happens under one lock, so that a test or the control API can edit the tenant between two requests.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from remit.model.errors import InputError
from remit_sim.arm import expire
from remit_sim.call import ARM, BLOB, GRAPH, LOGS, Answer, Call, Refusal, Router
from remit_sim.control.editing import carry_out
from remit_sim.control.endpoints import ControlApi
from remit_sim.control.script import Script
from remit_sim.control.verbs import Edit
from remit_sim.control.world import Result, World
from remit_sim.counts import Statistics
from remit_sim.faults.plan import FaultPlan
from remit_sim.faults.settings import CUT
from remit_sim.faults.watcher import FaultWatcher
from remit_sim.login.audiences import Audiences
from remit_sim.login.endpoints import Authority
from remit_sim.login.issuers import Issuers
from remit_sim.login.managed import Host, ManagedIdentities
from remit_sim.login.tokens import Tokens
from remit_sim.server.metadata import Metadata
from remit_sim.server.routes import add_azure_routes
from remit_sim.state import Kept
from remit_sim.tenant import SimTenant

_WITH_TOKEN = frozenset({ARM, GRAPH, LOGS, BLOB})


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a simulator listens; no slash at the end."""

    arm: str
    graph: str
    login: str
    identity: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and how it gets to the client.

    Attributes:
        answer: what is said.
        delay_s: how long it is held back.
        cut: whether the connection ends in the middle of the body.
    """

    answer: Answer
    delay_s: float = 0.0
    cut: bool = False


class Simulation:
    """A tenant, who may sign in to it, its faults and its statistics; `lock` guards all of them."""

    def __init__(
        self,
        tenant: SimTenant,
        kept: Kept,
        urls: Urls,
        faults: FaultPlan,
        *,
        script: Script | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.tenant = tenant
        self.kept = kept
        self.urls = urls
        self.faults = faults
        self.statistics = Statistics()
        self.issuers = Issuers()
        self.host = Host(kept.identity_header)
        self.lock = threading.RLock()
        audiences = Audiences(urls.arm, urls.graph)
        self._tokens = Tokens(kept.token_key, tenant.tenant_id, tenant.clock, audiences, urls.login)
        authority = Authority(self._tokens, self.issuers, kept.operator_secret)
        self._open = Router()
        authority.add_routes(self._open)
        ManagedIdentities(authority, self.host).add_routes(self._open)
        Metadata(urls.arm, urls.graph, urls.login).add_routes(self._open)
        self._azure = Router(FaultWatcher(faults, self.statistics))
        add_azure_routes(self._azure)
        faults.serve(tenant)
        self._warn = warn
        self._script = script or Script()
        self._world = World(tenant, self._azure, faults, self.statistics, self.issuers, self.host, self._clock_moved)
        ControlApi(self._world, kept.control_token).add_routes(self._open)

    def reply(self, call: Call) -> Reply:
        """Answer one request; where answering it fails, that is a 500 which says how."""
        try:
            return self._reply(call)
        except Exception as error:
            if os.environ.get("REMIT_DEBUG"):
                raise
            words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            self._warn(f"internal error at {call.method} {call.path}: {words}")
            return Reply(Refusal(500, "InternalServerError", f"the simulator failed: {words}").answer())

    def _reply(self, call: Call) -> Reply:
        with self.lock:
            if call.api not in _WITH_TOKEN:
                return Reply(self._open.dispatch(call))
            self._play()
            self.statistics.requests += 1
            try:
                signed = call.api == BLOB and "sig" in call.query  # a shared access signature stands for a token
                caller = None if signed else self._tokens.caller(call.api, call.headers.get("authorization", ""))
                if not signed and self.faults.ends_token(call):
                    raise self._tokens.refusal(call.api, "expired")
            except Refusal as refusal:
                answer = refusal.answer()
                self.statistics.note(call, "(no token)", answer)
                return Reply(answer)
            answer = self._azure.dispatch(self.faults.seen_by(replace(call, caller=caller)))
            return Reply(answer, self.faults.delay_s(call), self.faults.strikes(CUT, call) is not None)

    def carry_out(self, edit: Edit) -> Result:
        """Carry out an edit and return what it answers.

        Raises:
            InputError: it cannot be done.
        """
        with self.lock:
            return carry_out(self._world, edit)

    def _clock_moved(self) -> None:
        """Let PIM's windows begin and end, then go on with the script."""
        expire(self.tenant)
        self._play()

    def _play(self) -> None:
        """Carry out the edits of the script that are due; one that cannot be done is told and left out."""
        for edit in self._script.due(self.statistics.requests, self.tenant.clock.now()):
            try:
                carry_out(self._world, edit)
            except InputError as error:
                self._warn(f"script: {error.message}")
