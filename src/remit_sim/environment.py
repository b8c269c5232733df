"""The environment variables with which `az`, the Azure SDKs and `remit` reach a simulator.

Where a proxy is set, what it must not be asked for grows by this machine. Both spellings are told: clients look at the
lower-case one first.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from remit_sim.control.endpoints import CONTROL_PATH
from remit_sim.login.managed import APP_SERVICE_PATH
from remit_sim.server.simulation import Simulation
from remit_sim.state import OPERATOR_CLIENT_ID

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_THIS_MACHINE = "127.0.0.1,localhost"


def environment_of(simulation: Simulation) -> dict[str, str]:
    """Return the variables by name."""
    kept, urls = simulation.kept, simulation.urls
    return {
        "REQUESTS_CA_BUNDLE": str(kept.ca_file.resolve()),
        "REMIT_CA_FILE": str(kept.ca_file.resolve()),
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "REMIT_ARM_ENDPOINT": urls.arm,
        "REMIT_GRAPH_ENDPOINT": urls.graph,
        "REMIT_LOGS_ENDPOINT": urls.arm,
        "AZURE_AUTHORITY_HOST": urls.login,
        "AZURE_TENANT_ID": simulation.tenant.tenant_id,
        "AZURE_CLIENT_ID": OPERATOR_CLIENT_ID,
        "AZURE_CLIENT_SECRET": kept.operator_secret,
        "REMIT_SIM_CONTROL": f"{urls.arm}{CONTROL_PATH}{kept.control_token}",
        "REMIT_SIM_IDENTITY_ENDPOINT": f"{urls.identity}{APP_SERVICE_PATH}",
        "REMIT_SIM_IDENTITY_HEADER": kept.identity_header,
        **_direct(os.environ),
    }


def _direct(around: Mapping[str, str]) -> dict[str, str]:
    """Return what keeps a proxy out; nothing where none is set.

    >>> _direct({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"})
    {'NO_PROXY': 'intranet,127.0.0.1,localhost', 'no_proxy': 'intranet,127.0.0.1,localhost'}
    """
    if not any(around.get(name) for name in _PROXIES):
        return {}
    before = around.get("no_proxy") or around.get("NO_PROXY") or ""
    spared = ",".join(part for part in (before, _THIS_MACHINE) if part)
    return {"NO_PROXY": spared, "no_proxy": spared}


def shell_lines(environment: Mapping[str, str]) -> str:
    """Return the lines that a shell evaluates."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
