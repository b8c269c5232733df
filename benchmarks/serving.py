"""`python -m benchmarks.serving EXPORT ENV_FILE RECORD`: a simulator whose requests can be written down and made again.

While the file RECORD exists, every request to Resource Manager and Microsoft Graph that gets a 2xx is appended to it,
one JSON array (api, method, address, body) a line.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

from remit_sim.call import GRAPH, Call
from remit_sim.environment import environment_of, shell_lines
from remit_sim.export_files import load_tenant
from remit_sim.faults.plan import FaultPlan
from remit_sim.server.listeners import Listeners
from remit_sim.server.simulation import Reply, Simulation
from remit_sim.state import open_state


class Recorded(Simulation):
    """Writes requests down."""

    record: Path

    def reply(self, call: Call) -> Reply:
        reply = super().reply(call)
        if call.api in ("arm", "graph") and reply.answer.status < 300 and self.record.exists():
            version = f"/{call.version}" if call.api == GRAPH else ""
            query = urlencode(call.query, safe="$(),/:'=", quote_via=quote)
            address = f"{version}{quote(call.path)}?{query}"
            with self.record.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([call.api, call.method, address, call.body.decode()]) + "\n")
        return reply


def serve(export: Path, env_file: Path, record: Path) -> None:
    with TemporaryDirectory(prefix="remit-bench-") as folder:
        tenant = load_tenant(export)
        gc.freeze()
        kept = open_state(Path(folder))
        listeners = Listeners(0, kept.ca)
        simulation = Recorded(tenant, kept, listeners.urls, FaultPlan(7))
        simulation.record = record
        loop = asyncio.new_event_loop()
        loop.run_until_complete(listeners.start(simulation))
        env_file.write_text(shell_lines(environment_of(simulation)), encoding="utf-8")
        loop.run_forever()


if __name__ == "__main__":
    serve(*map(Path, sys.argv[1:4]))
