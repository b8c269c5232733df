"""The queries to Resource Graph. All of them are ordered by id, so that a continuation means something."""

from __future__ import annotations

import msgspec

from remit.adapters.azure.known_types import KNOWN_TYPES

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


def request_body(query: str, continuation: str = "") -> bytes:
    """Return what is posted for one page of a query over the whole tenant."""
    options: dict[str, object] = {"$top": PAGE_SIZE}
    if continuation:
        options["$skipToken"] = continuation
    options["resultFormat"] = "objectArray"
    options["authorizationScopeFilter"] = "AtScopeAboveAndBelow"
    return msgspec.json.encode({"query": query, "options": options})
