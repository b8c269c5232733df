"""The routes of ARM, Microsoft Graph, Resource Graph and kept logs, as far as their packages are there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from remit_sim.call import Router

_ROOMS = ("remit_sim.resource_graph", "remit_sim.arm", "remit_sim.graph", "remit_sim.stored")


def add_azure_routes(router: Router) -> None:
    """Add what each room offers; Resource Graph first, whose one path lies within ARM."""
    for room in _ROOMS:
        if find_spec(room) is not None and (add_routes := getattr(import_module(room), "add_routes", None)):
            add_routes(router)
