"""Builds the plan of a setup from the collector's own table of calls; asks nobody and writes nothing."""

from __future__ import annotations

from collections.abc import Collection

from remit.adapters.azure.endpoints import ALL_RESOURCES, KNOWN_RESOURCES, TABLE, lists_behind, needed_permissions
from remit.adapters.azure_client.clouds import cloud_of
from remit.app.setting_up.needs import ARM, EVERY_READ, GRAPH, Need
from remit.bootstrap.connecting import Connection


def needs_of(lists: Collection[str], *, every_type: bool = False) -> tuple[Need, ...]:
    """Return the permissions that reading some lists needs, sorted.

    Args:
        lists: names of the tenant export.
        every_type: read resources of every type, not only of those that are known to matter.
    """
    actions, permissions = needed_permissions(lists)
    needs = {
        Need(api, name, loss.lists, loss.sentence, tuple(one for one in loss.lists if name in _for_all_of(one)))
        for api, losses in ((ARM, actions), (GRAPH, permissions))
        for name, loss in losses.items()
    }
    if every_type and "arm/resources" in lists:
        known, every = TABLE[KNOWN_RESOURCES], TABLE[ALL_RESOURCES]
        types = {need.permission for need in known.needs}
        needs = {need for need in needs if need.permission not in types}
        lost = f"{known.needs[0].lost}; {every.needs[0].lost}"
        needs.add(Need(ARM, EVERY_READ, lists_behind(every, lists), lost))
    return tuple(sorted(needs))


def _for_all_of(list_name: str) -> frozenset[str]:
    """Return the permissions that every call for a list needs: without one of them nothing of it is read."""
    calls = [one for one in TABLE.values() if one.list_name == list_name and not one.later]
    return frozenset.intersection(
        *(frozenset({one.needs[0].permission, one.needs[0].included_in} - {""}) for one in calls)
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
