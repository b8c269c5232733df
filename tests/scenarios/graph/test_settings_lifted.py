"""A setting that refuses keys stops who may only read them, not who may change the setting as well."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant
from tests.fakes.scenario_names import guid

from remit.bootstrap.edges import edge_catalogue
from remit.graph.nodes import Facet

OFF: dict[str, Any] = {"disableLocalAuth": True}
CLOSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "storage": ("Microsoft.Storage/storageAccounts", "listKeys/action", {"allowSharedKeyAccess": False}),
    "cosmos": ("Microsoft.DocumentDB/databaseAccounts", "listKeys/action", OFF),
    "redis": ("Microsoft.Cache/redis", "listKeys/action", {"disableAccessKeyAuthentication": True}),
    "bus": ("Microsoft.ServiceBus/namespaces", "authorizationRules/listkeys/action", OFF),
    "hubs": ("Microsoft.EventHub/namespaces", "authorizationRules/listkeys/action", OFF),
    "relay": ("Microsoft.Relay/namespaces", "authorizationRules/listkeys/action", OFF),
    "settings": ("Microsoft.AppConfiguration/configurationStores", "ListKeys/action", OFF),
    "devices": ("Microsoft.Devices/IotHubs", "listkeys/action", OFF),
    "signals": ("Microsoft.SignalRService/SignalR", "listkeys/action", OFF),
    "sockets": ("Microsoft.SignalRService/WebPubSub", "listkeys/action", OFF),
    "topics": ("Microsoft.EventGrid/topics", "listKeys/action", OFF),
    "domains": ("Microsoft.EventGrid/domains", "listKeys/action", OFF),
    "models": ("Microsoft.CognitiveServices/accounts", "listKeys/action", OFF),
    "search": ("Microsoft.Search/searchServices", "listAdminKeys/action", OFF),
    "images": ("Microsoft.ContainerRegistry/registries", "listCredentials/action", {"adminUserEnabled": False}),
    "batch": ("Microsoft.Batch/batchAccounts", "listkeys/action", {"allowedAuthenticationModes": ["AAD"]}),
    "jobs": ("Microsoft.Automation/automationAccounts", "listKeys/action", OFF),
    "mail": ("Microsoft.Communication/CommunicationServices", "ListKeys/action", OFF),
}

OTHERS: dict[str, tuple[str, list[str], list[str], dict[str, Any], Facet]] = {
    "disk": (
        "Microsoft.Compute/disks",
        ["disks/beginGetAccess/action"],
        ["disks/write"],
        {"networkAccessPolicy": "DenyAll"},
        Facet.SECRET,
    ),
    "snapshot": (
        "Microsoft.Compute/snapshots",
        ["snapshots/beginGetAccess/action"],
        ["snapshots/write"],
        {"networkAccessPolicy": "DenyAll", "dataAccessAuthMode": "AzureActiveDirectory"},
        Facet.SECRET,
    ),
    "sql": (
        "Microsoft.Sql/servers",
        ["servers/write"],
        ["servers/azureADOnlyAuthentications/write"],
        {"administrators": {"azureADOnlyAuthentication": True}},
        Facet.DATA,
    ),
    "files": (
        "Microsoft.Storage/storageAccounts",
        ["storageAccounts/localusers/write"],
        ["storageAccounts/write"],
        {"isSftpEnabled": True, "isLocalUserEnabled": False},
        Facet.SECRET,
    ),
}


def resource(name: str) -> str:
    return f"/subscriptions/{guid('subscription', 'sub1')}/resourceGroups/{name}/providers/{CLOSED[name][0]}/{name}"


@cache
def drawn() -> DrawnTenant:
    reads = {f"{name}-reader": [{"actions": [f"{kind}/{verb}"]}] for name, (kind, verb, _) in CLOSED.items()}
    both = {
        f"{name}-writer": [{"actions": [f"{kind}/{verb}", f"{kind}/write"]}] for name, (kind, verb, _) in CLOSED.items()
    }
    return DrawnTenant(
        {
            "users": [*reads, *both],
            "subscriptions": {"sub1": "root"},
            "roles": reads | both,
            "assignments": [f"{role} {role} sub1/{role.partition('-')[0]}" for role in [*reads, *both]],
            "resources": {f"/subscriptions/{guid('subscription', 'sub1')}/resourceGroups/{name}": {} for name in CLOSED}
            | {resource(name): said for name, (_, _, said) in CLOSED.items()},
        }
    )


def reached(who: str, name: str, *, certain: bool) -> bool:
    side = Facet.CODE if name in ("search", "batch") else Facet.SECRET
    return drawn().path(who, drawn().resource(resource(name), side), certain=certain) is not None


@pytest.mark.parametrize("name", CLOSED)
def test_keys_that_are_refused_are_reached_only_by_who_lets_them_in_again(name: str) -> None:
    assert not reached(f"{name}-reader", name, certain=False)
    assert reached(f"{name}-writer", name, certain=True)


@pytest.mark.parametrize("name", OTHERS)
def test_what_a_setting_stops_is_open_to_who_changes_the_setting_as_well(name: str) -> None:
    kind, needs, lifts, said, side = OTHERS[name]
    place = f"/subscriptions/{guid('subscription', 'sub1')}/resourceGroups/one"
    provider = kind.partition("/")[0]
    few, all_ = ([f"{provider}/{one}" for one in actions] for actions in (needs, needs + lifts))
    tenant = DrawnTenant(
        {
            "users": ["few", "all"],
            "subscriptions": {"sub1": "root"},
            "roles": {"few": [{"actions": few}], "all": [{"actions": all_}]},
            "assignments": ["few few sub1/one", "all all sub1/one"],
            "resources": {place: {}, f"{place}/providers/{kind}/{name}": said},
        }
    )
    target = tenant.resource(f"{place}/providers/{kind}/{name}", side)
    assert tenant.path("few", target) is None
    assert tenant.path("all", target) is not None


def test_a_list_of_keys_that_a_setting_stops_has_a_way_for_who_changes_the_setting() -> None:
    known = {kind.lower() for kind, _, _ in CLOSED.values()}
    left = set()
    for kind in edge_catalogue().kinds:
        for way in kind.way:
            if "keys" in way.guards and len(way.needs) == 1 and "listkeys" in way.needs[0].lower():
                left.update(one for one in kind.targets_of(way) if one.lower() not in known)
    assert left == set()
