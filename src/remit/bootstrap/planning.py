"""Builds the plan of a setup from the collector's own table of calls; asks nobody and writes nothing."""

from __future__ import annotations

from collections.abc import Collection

from remit.adapters.azure.endpoints import needed_permissions
from remit.adapters.azure_client.clouds import cloud_of
from remit.app.setting_up.needs import ARM, GRAPH, Need
from remit.bootstrap.connecting import Connection


def needs_of(lists: Collection[str]) -> tuple[Need, ...]:
    """Return the permissions that reading some lists needs, sorted."""
    actions, permissions = needed_permissions(lists)
    return tuple(
        sorted(
            Need(api, name, loss.lists, loss.sentence)
            for api, losses in ((ARM, actions), (GRAPH, permissions))
            for name, loss in losses.items()
        )
    )


def graph_address(connection: Connection) -> str:
    """Return where Microsoft Graph is, as far as that is known without asking."""
    cloud = cloud_of(
        connection.cloud,
        arm=connection.arm,
        graph=connection.graph,
        authority=connection.authority,
        environment=connection.environment,
    )
    return cloud.graph or cloud_of(connection.cloud).graph
