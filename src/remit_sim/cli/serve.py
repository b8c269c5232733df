"""`remit-sim serve`: serve a tenant export until a signal comes."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.model.errors import InputError, UnavailableError

if TYPE_CHECKING:
    from remit_sim.faults.plan import FaultPlan
    from remit_sim.server.listeners import Listeners
    from remit_sim.server.simulation import Simulation


def serve(
    *,
    tenant: Annotated[Path, Parameter(help="Folder of the tenant export to serve.")],
    port: Annotated[int, Parameter(help="Port of Resource Manager; the next three follow. 0: any four.")] = 0,
    state: Annotated[Path | None, Parameter(help="Folder that keeps CA, keys and secrets for the next run.")] = None,
    fault: Annotated[list[str] | None, Parameter(help="Fault as NAME=VALUE; may be repeated.", negative="")] = None,
    script: Annotated[Path | None, Parameter(help="File of edits that happen while the tenant is served.")] = None,
    seed: Annotated[int, Parameter(help="Seed of the faults.")] = 0,
    print_env: Annotated[
        bool, Parameter(help="Print the environment for clients as shell lines.", negative="")
    ] = False,
    env_file: Annotated[
        Path | None, Parameter(help="Write the environment to a file that only its owner reads.")
    ] = None,
) -> int:
    """Serve a tenant export."""
    from remit_sim.control.script import read_script
    from remit_sim.environment import environment_of, shell_lines
    from remit_sim.export_files import load_tenant
    from remit_sim.server.listeners import Listeners
    from remit_sim.server.simulation import Simulation
    from remit_sim.state import open_state

    faults = _faults(fault or [], seed)
    planned = read_script(script) if script is not None else None
    loaded = load_tenant(tenant, warn=_warn)
    gc.freeze()  # what was loaded stays: the collector need not walk over it again and again
    with ExitStack() as stack:
        folder = state or Path(stack.enter_context(TemporaryDirectory(prefix="remit-sim-")))
        kept = open_state(folder)
        listeners = Listeners(port, kept.ca)
        simulation = Simulation(loaded, kept, listeners.urls, faults, script=planned, warn=_warn)
        lines = shell_lines(environment_of(simulation) | {"REMIT_SIM_PID": str(os.getpid())})
        if env_file is not None:
            _write(env_file, lines)
        told = lines if print_env else _summary(simulation, env_file)
        asyncio.run(_serve(listeners, simulation, told, closing=print_env))
    return 0


async def _serve(listeners: Listeners, simulation: Simulation, told: str, *, closing: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(name) is not signal.SIG_IGN:  # a shell lets what it runs in the background ignore Ctrl-C
            # An event loop on Windows takes no handlers: there Ctrl-C ends it as it ends any program.
            with suppress(NotImplementedError):
                loop.add_signal_handler(name, stopped.set)
    await listeners.start(simulation)
    try:
        sys.stdout.write(told)
        sys.stdout.flush()
        if closing:
            _close_output()
        await stopped.wait()
    finally:
        await listeners.stop()


def _close_output() -> None:
    """End standard output while the process goes on: `eval "$(remit-sim serve ... --print-env &)"` waits for that."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _faults(pairs: list[str], seed: int) -> FaultPlan:
    from remit_sim.faults.plan import FaultPlan

    plan = FaultPlan(seed)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"`{pair}` is not NAME=VALUE", hint="for example --fault throttle=0.1:1-5")
        plan.set(name.strip(), value)
    return plan


def _summary(simulation: Simulation, env_file: Path | None) -> str:
    tenant, urls = simulation.tenant, simulation.urls
    rows = sum(len(table) for table in tenant.tables.values())
    told = "--print-env shows how to reach it" if env_file is None else f"environment for clients: {env_file}"
    return (
        f"Simulated Azure with {rows:,} rows, at {tenant.clock.now():%Y-%m-%d %H:%M} UTC\n"
        f"  tenant           {tenant.tenant_id}\n"
        f"  Resource Manager {urls.arm}\n"
        f"  Microsoft Graph  {urls.graph}\n"
        f"  authority        {urls.login}\n"
        f"  managed identity {urls.identity}\n"
        f"  CA certificate   {simulation.kept.ca_file}\n"
        f"{told}; Ctrl-C ends\n"
    )


def _write(path: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        path.chmod(0o600)
    except OSError as error:
        raise UnavailableError(f"{path}: {error.strerror or error}") from error


def _warn(line: str) -> None:
    sys.stderr.write(f"remit-sim: {line}\n")
    sys.stderr.flush()
