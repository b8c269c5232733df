"""Microsoft Graph v1.0 over the lists of a tenant export.

    router = Router()
    add_routes(router)

Handlers are plain functions of a `Call`; every route is guarded by the table in `permissions`.
"""

from remit_sim.graph.routes import add_routes

__all__ = ["add_routes"]
