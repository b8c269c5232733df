"""What a request needs, told from the request alone: independent of the collector's own table.

Resource Manager's rule: the provider's name and the types of the path, every second segment after it, then the verb.
Resource Graph checks no action of its own, but each row it gives needs the `read` of the row's type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_GRAPH = (
    (r"/users\b", "User.Read.All"),
    (r"/groups\b", "GroupMember.Read.All"),
    (r"/(servicePrincipals|applications)\b", "Application.Read.All"),
    (r"/devices\b", "Device.Read.All"),
    (r"/directory/administrativeUnits\b", "AdministrativeUnit.Read.All"),
    (r"/oauth2PermissionGrants\b", "DelegatedPermissionGrant.Read.All"),
    (r"/roleManagement/directory/(roleDefinitions|roleAssignments)$", "RoleManagement.Read.Directory"),
    (r"/roleManagement/directory/roleAssignmentScheduleInstances$", "RoleAssignmentSchedule.Read.Directory"),
    (r"/roleManagement/directory/roleEligibilityScheduleInstances$", "RoleEligibilitySchedule.Read.Directory"),
    (
        r"/identityGovernance/privilegedAccess/group/assignmentScheduleInstances$",
        "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    ),
    (
        r"/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances$",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    ),
)
_WITHIN_ROLES = {"RoleAssignmentSchedule.Read.Directory", "RoleEligibilitySchedule.Read.Directory"}
_TYPES = re.compile(r"type\s*(?:=~\s*'([^']*)'|in~\s*\(([^)]*)\))")


def actions_of(requests: Iterable[tuple[str, str, bytes]], arm: str) -> set[str]:
    """Return the actions, lower case, that the requests to Resource Manager need."""
    found: set[str] = set()
    for method, address, body in requests:
        path = unquote(urlsplit(address).path)
        if not address.startswith(arm) or path.startswith("/metadata/"):
            continue
        if path.lower() == "/providers/microsoft.resourcegraph/resources":
            found |= {f"{one}/read" for one in types_of(json.loads(body)["query"])}
        else:
            found.add(action_of(method, path))
    return {action.lower() for action in found}


def types_of(query: str) -> set[str]:
    """Return the types that a query asks for; `*` where it asks for all."""
    named = [
        text for one, several in _TYPES.findall(query) for text in ([one] if one else re.findall(r"'([^']*)'", several))
    ]
    return set(named) or {"*"}


def action_of(method: str, path: str) -> str:
    """Return the action of a call to Resource Manager."""
    assert method == "GET"
    before, found, after = path.rstrip("/").rpartition("/providers/")
    if not found:
        return "/".join(["Microsoft.Resources", *path.strip("/").split("/")[0::2], "read"])
    assert not before.endswith("/providers")
    provider, *rest = after.split("/")
    return "/".join([provider, *rest[0::2], "read"])


def permissions_of(requests: Iterable[tuple[str, str, bytes]], graph: str) -> set[str]:
    """Return the application permissions that the requests to Microsoft Graph need, the least that do."""
    found: set[str] = set()
    for _, address, _ in requests:
        if not address.startswith(graph):
            continue
        parts = urlsplit(address)
        path = unquote(parts.path).removeprefix("/v1.0")
        needed = {permission for pattern, permission in _GRAPH if re.match(pattern, path)}
        assert len(needed) == 1, address
        found |= needed
        of_members = re.search(r"\bmembers\b", f"{path}?{unquote(parts.query)}")
        if of_members and path.startswith(("/groups", "/directory/administrativeUnits/")):
            found.add("Member.Read.Hidden")
    return found - _WITHIN_ROLES if "RoleManagement.Read.Directory" in found else found
