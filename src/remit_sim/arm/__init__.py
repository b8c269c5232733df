"""Azure Resource Manager: the calls of management groups, subscriptions, resources, roles, PIM and the Activity Log.

    >>> from remit_sim.call import Router
    >>> add_routes(Router())

Handlers are pure over `call.tenant`. Every call is checked against the roles of the caller (`remit_sim.rbac`), every
write is logged. What Azure does besides and this does not: docs/decisions/0026.
"""

from __future__ import annotations

from remit_sim.arm import (
    activity,
    authorization,
    identities,
    lighthouse,
    locks,
    management_groups,
    pim,
    resources,
    role_assignments,
    role_definitions,
    subscriptions,
)
from remit_sim.arm.pim import expire
from remit_sim.arm.routes import Routes
from remit_sim.call import Router

__all__ = ["add_routes", "expire"]


def add_routes(router: Router) -> None:
    """Add all routes of Resource Manager but those of Resource Graph."""
    routes = Routes(router)
    subscriptions.add_routes(routes)
    management_groups.add_routes(routes)
    role_assignments.add_routes(routes)
    role_definitions.add_routes(routes)
    locks.add_routes(routes)
    pim.add_routes(routes)
    authorization.add_routes(routes)
    lighthouse.add_routes(routes)
    routes.add("GET", "{scope*}/providers/Microsoft.Insights/eventtypes/management/values", activity.values)
    identities.add_routes(routes)
    resources.add_routes(routes)  # last: its patterns take any resource
