"""The queries to Resource Graph. All of them are ordered by id, so that a continuation means something."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from remit.adapters.azure.known_types import KNOWN_TYPES, LOGGED_TYPES

PAGE_SIZE = 1000
_ORDER = "order by id asc"
_COLUMNS = "id, name, type, kind, location, managedBy, sku, plan, identity, zones, extendedLocation, tags, properties"

CONTAINERS = (
    "resourcecontainers"
    " | where type in~ ('microsoft.management/managementgroups', 'microsoft.resources/subscriptions')"
    f" | project id, name, type, properties | {_ORDER}"
)
RESOURCE_GROUPS = (
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups'"
    f" | project id, name, type, location, managedBy, tags, properties | {_ORDER}"
)
RESOURCES = f"resources | project {_COLUMNS} | {_ORDER}"
_KNOWN = ", ".join(f"'{one.lower()}'" for one in KNOWN_TYPES)
KNOWN_RESOURCES = f"resources | where type in~ ({_KNOWN}) | project {_COLUMNS} | {_ORDER}"
IDENTITIES = (
    f"resources | where type in~ ('microsoft.managedidentity/userassignedidentities') | project {_COLUMNS} | {_ORDER}"
)
_LOGGED = ", ".join(f"'{one.lower()}'" for one in LOGGED_TYPES)
LOGGED_RESOURCES = f"resources | where type in~ ({_LOGGED}) | project {_COLUMNS} | {_ORDER}"
_SINCE = "todatetime(properties.changeAttributes.timestamp) >= datetime({target})"
_CHANGED = f"project id, targetResourceId = tostring(properties.targetResourceId) | {_ORDER}"
RESOURCE_CHANGES = f"resourcechanges | where {_SINCE} | {_CHANGED}"
GROUP_CHANGES = (
    "resourcecontainerchanges"
    " | where properties.targetResourceType =~ 'microsoft.resources/subscriptions/resourcegroups'"
    f" | where {_SINCE} | {_CHANGED}"
)
CHANGED_RESOURCES = f"resources | where id in~ ({{target}}) | project {_COLUMNS} | {_ORDER}"
CHANGED_GROUPS = (
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' | where id in~ ({target})"
    f" | project id, name, type, location, managedBy, tags, properties | {_ORDER}"
)
ROLE_DEFINITIONS = (
    "authorizationresources | where type =~ 'microsoft.authorization/roledefinitions'"
    f" | project id, name, type, properties | {_ORDER}"
)
ROLE_ASSIGNMENTS = (
    "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"
    f" | project id, name, type, properties | {_ORDER}"
)
REGISTRATIONS = (
    "managedservicesresources | where type =~ 'microsoft.managedservices/registrationassignments'"
    f" | project id | {_ORDER}"
)


def quoted(texts: Iterable[str]) -> str:
    """Return texts as the elements of a list in a query.

    >>> quoted(["/a", "/b"])
    "'/a', '/b'"
    """
    return ", ".join("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in texts)


def request_body(query: str, continuation: str = "", target: str = "") -> bytes:
    """Return what is posted for one page of a query over the whole tenant; `{target}` in it is filled in."""
    query = query.replace("{target}", target)
    options: dict[str, object] = {"$top": PAGE_SIZE}
    if continuation:
        options["$skipToken"] = continuation
    options["resultFormat"] = "objectArray"
    options["authorizationScopeFilter"] = "AtScopeAboveAndBelow"
    return msgspec.json.encode({"query": query, "options": options})
