"""Small directories for tests of the graph: who stands in which list, and what is drawn of it.

tenant = DirectoryTenant()
ada = tenant.user("ada")
tenant.role(ada, "Helpdesk Administrator")
tenant.draw().steps(ada, tenant.user("bob"))
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.fakes.scenario_draft import LIST_NAMES, Lists, Row
from tests.fakes.scenario_names import TENANT_ID
from tests.fakes.scenario_names import guid as guid_of

from remit.bootstrap.edges import edge_catalogue
from remit.graph.directory import tell_directory
from remit.graph.directory.permissions import MICROSOFT_GRAPH
from remit.graph.drawing import SILENT, Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.network import EdgeFlag
from remit.graph.nodes import Facet, NodeKind, kind_of, node_key, ref_of
from remit.model.interval import parse_instant


def guid(name: str) -> str:
    return guid_of("directory", name)


AT = "2026-11-01T00:00:00Z"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
OTHER_TENANT = guid("another tenant")
BUILT_IN = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Password Administrator": "966707d0-3269-4727-9be2-8c3a10f19b9d",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    "Guest Inviter": "95e79109-95c0-4d8e-aee3-d01accf2d47b",
    "Reports Reader": "4a5d8f65-41da-4de4-8968-e035b65339cf",
    "Message Center Reader": "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b",
    "Usage Summary Reports Reader": "75934031-6c7e-415a-99d7-48dbd49e875e",
    "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
    "Partner Tier2 Support": "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
    "Directory Synchronization Accounts": "d29b2b05-8046-44ba-8758-1e26182fcf32",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
}
ACTIONS = {
    "Global Administrator": (
        "roleAssignments/allProperties/allTasks",
        "users/allProperties/allTasks",
        "groups/allProperties/allTasks",
        "groupsAssignableToRoles/allProperties/update",
        "applications/allProperties/allTasks",
        "servicePrincipals/allProperties/allTasks",
    ),
    "Privileged Role Administrator": ("roleAssignments/allProperties/allTasks",),
    "Helpdesk Administrator": ("users/password/update",),
    "User Administrator": ("users/password/update", "groups/members/update", "users/basic/update"),
    "Groups Administrator": ("groups/members/update", "groups/dynamicMembershipRule/update"),
}


class DirectoryTenant:
    """A tenant export in the making. Every list is there, empty, unless it is `absent`."""

    def __init__(self, absent: Iterable[str] = (), gaps: Iterable[tuple[str, str]] = ()) -> None:
        self.lists: Lists = {name: [] for name in LIST_NAMES if name not in set(absent)}
        self._gaps = [{"api": api, "scope": scope, "reason": "403"} for api, scope in gaps]
        self._gaps += [{"api": name, "scope": "/", "reason": "not collected"} for name in absent]
        self._kinds: dict[str, str] = {}
        self._roles: set[str] = set()

    def add(self, name: str, **row: Any) -> None:
        """Add a row to a list, if the list is there."""
        if f"graph/{name}" in self.lists:
            self.lists[f"graph/{name}"].append({"id": guid(f"{name} {len(self.lists[f'graph/{name}'])}"), **row})

    def _principal(self, name: str, word: str, list_name: str, row: Row) -> str:
        found = guid(name)
        if found not in self._kinds:
            self._kinds[found] = word
            self.add(list_name, id=found, displayName=name, **row)
        return found

    def user(self, name: str, **fields: Any) -> str:
        row = {"userPrincipalName": f"{name}@t.onmicrosoft.com", "accountEnabled": True, "userType": "Member", **fields}
        return self._principal(name, "user", "users", row)

    def group(self, name: str, **fields: Any) -> str:
        row = {"securityEnabled": True, "groupTypes": [], "isAssignableToRole": None, **fields}
        return self._principal(name, "group", "groups", row)

    def software(self, name: str, **fields: Any) -> str:
        """Return a service principal; without an `appId` of an application here it has none."""
        row = {"appId": guid(f"app of {name}"), "accountEnabled": True, "servicePrincipalType": "Application", **fields}
        row.setdefault("appOwnerOrganizationId", TENANT_ID)
        return self._principal(name, "servicePrincipal", "servicePrincipals", row)

    def application(self, name: str, **fields: Any) -> str:
        """Return the object id of an application; `software(name)` is its service principal."""
        found = guid(f"application {name}")
        row = {"signInAudience": "AzureADMyOrg", "servicePrincipalLockConfiguration": None, **fields}
        if found in self._kinds:
            return found
        self._kinds[found] = "application"
        self.add("applications", id=found, displayName=name, appId=guid(f"app of {name}"), **row)
        return found

    def member(self, parent: str, member: str, list_name: str = "groupMembers") -> None:
        """Put one object under another in a list of pairs: members or owners."""
        kind = {"@odata.type": f"#microsoft.graph.{self._kinds[member]}", "id": member}
        self.add(list_name, parentId=parent, member=kind)

    def define(self, name: str, *actions: str) -> str:
        """Return a role: built-in by its name, else custom with some actions."""
        role = BUILT_IN.get(name, guid(f"role {name}"))
        if role not in self._roles:
            self._roles.add(role)
            allowed = [one if one.startswith("microsoft.") else f"microsoft.directory/{one}" for one in actions]
            allowed = allowed or [f"microsoft.directory/{one}" for one in ACTIONS.get(name, ("users/standard/read",))]
            permissions = [{"allowedResourceActions": allowed}]
            built_in = name in BUILT_IN
            row = {"displayName": name, "isBuiltIn": built_in, "templateId": role, "rolePermissions": permissions}
            self.add("directoryRoleDefinitions", id=role, **row)
        return role

    def role(
        self, principal: str, name: str, *actions: str, scope: str = "/", eligible: bool = False, **row: Any
    ) -> None:
        """Let somebody hold a role."""
        lists = ("directoryRoleAssignments", "directoryRoleEligibilityScheduleInstances")
        windows = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": None, "memberType": "Direct"}
        held = {"principalId": principal, "roleDefinitionId": self.define(name, *actions), "directoryScopeId": scope}
        self.add(
            lists[eligible], id=guid(f"{principal}{name}{scope}"), **held, **({**windows, **row} if eligible else row)
        )

    def unit(self, name: str, *members: str, restricted: bool = False) -> str:
        """Return the scope of an administrative unit."""
        found = guid(f"unit {name}")
        self.add("administrativeUnits", id=found, displayName=name, isMemberManagementRestricted=restricted)
        for member in members:
            self.member(found, member, "administrativeUnitMembers")
        return f"/administrativeUnits/{found}"

    def permit(self, principal: str, *permissions: str) -> None:
        """Grant application permissions of Microsoft Graph."""
        roles = [{"id": guid(name), "value": name} for name in PERMISSIONS]
        graph = self.software(
            "Microsoft Graph", appId=MICROSOFT_GRAPH, appOwnerOrganizationId=MICROSOFT, appRoles=roles
        )
        for name in permissions:
            assert name in PERMISSIONS, name
            row = {"principalId": principal, "principalType": "ServicePrincipal", "appRoleId": guid(name)}
            self.add("appRoleAssignments", id=guid(f"{principal}{name}"), resourceId=graph, **row)

    def draw(self, at: str = AT) -> Drawn:
        manifest = {"tenantId": TENANT_ID, "collectedAt": AT, "cloud": "AzureCloud", "gaps": self._gaps}
        catalogue = edge_catalogue()
        index, facts = graph_facts_of_lists(self.lists, manifest, catalogue)
        return Drawn(build(Drawing(index, facts, catalogue, parse_instant(at))))


PERMISSIONS = sorted(
    {"User.Read.All"}
    | {
        name
        for service in edge_catalogue().services
        if service.file == "entra"
        for kind in service.kinds
        for way in kind.way
        for name in way.permissions
    }
    | {"Application.ReadWrite.OwnedBy"}
)

_ROLES = (NodeKind.DIRECTORY_ROLE, NodeKind.SCOPED_ROLE)
_WORDS = ((EdgeFlag.POSSIBLE, "possible"), (EdgeFlag.ELIGIBLE, "eligible"), (EdgeFlag.LIFTS, "lifts"))


class Drawn:
    """A graph, asked by object ids."""

    def __init__(self, graph: EscalationGraph) -> None:
        self.graph = graph

    def key(self, node: str) -> int:
        """Return the node of an object id, `role:<name>`, `tenant`, `tenant:gate`, `tenant:control` or `azure`."""
        named = {
            "tenant": node_key(NodeKind.TIER_ZERO, 0),
            "tenant:gate": node_key(NodeKind.TENANT, 0, Facet.GATE),
            "tenant:control": node_key(NodeKind.TENANT, 0, Facet.CONTROL),
            "azure": node_key(NodeKind.SCOPE, 0, Facet.GRANT),
        }
        facts = self.graph.drawing.facts
        if node in named:
            return named[node]
        if node.startswith("role:"):
            names = [role.name for role in facts.directory_roles]
            return node_key(NodeKind.DIRECTORY_ROLE, names.index(node.removeprefix("role:")))
        if node in set(facts.applications.key):
            return node_key(NodeKind.APPLICATION, list(facts.applications.key).index(node))
        row = self.graph.drawing.index.principal_row(node)
        assert row >= 0, node
        return node_key(NodeKind.PRINCIPAL, row)

    def steps(self, source: str, target: str) -> set[str]:
        """Return what leads from one to the other in one step, or in one step from a role that it holds.

        Each is the id of its kind with what it is besides certain: `EN-11`, `EN-11 possible`, `EN-16 eligible`.
        """
        wanted = self.graph.network.number(self.key(target))
        start = self.graph.network.number(self.key(source))
        found = set()
        for name, flags, node, _ in self._visible(start):
            if node == wanted:
                found.add(_word(name, flags))
            elif name in ("HAS-ROLE", "EN-16") and kind_of(int(self.graph.network.keys[node])) in _ROLES:
                found |= {_word(more, flags | bits) for more, bits, end, _ in self._visible(node) if end == wanted}
        return found - {"-"}

    def reaches(self, source: str, target: str, *, certain: bool = True) -> bool:
        """Tell whether any row of steps leads from one to the other."""
        network = self.graph.network
        seen = {network.number(self.key(source))}
        waiting = list(seen)
        while waiting:
            node = waiting.pop()
            for edge in range(network.offsets[node], network.offsets[node + 1]):
                end = int(network.target[edge])
                if end not in seen and not (certain and network.flags[edge] & EdgeFlag.POSSIBLE):
                    seen.add(end)
                    waiting.append(end)
        return network.number(self.key(target)) in seen

    def told(self, source: str, target: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return what is told of each step: its kind, its permission, the kinds of its reasons."""
        network = self.graph.network
        start, wanted = network.number(self.key(source)), network.number(self.key(target))
        found = []
        for _, _, node, edge in self._visible(start):
            if node == wanted:
                label = network.labels[int(network.label[edge])]
                evidence = int(network.evidence[edge])
                keys = int(network.keys[start]), int(network.keys[wanted])
                kind, permission, because = tell_directory(self.graph.drawing, label, evidence, *keys)
                found.append((kind, permission, tuple(reason.kind for reason in because)))
        return sorted(found)

    def hub_sizes(self) -> dict[str, int]:
        """Return how many edges leave each hub."""
        network, hubs = self.graph.network, self.graph.drawing.hubs
        first, last = network.of_kind(NodeKind.HUB)
        out = network.offsets
        return {
            hubs.names[ref_of(int(network.keys[node]))]: int(out[node + 1] - out[node]) for node in range(first, last)
        }

    def _visible(self, start: int) -> list[tuple[str, int, int, int]]:
        """Return the steps that leave a node: kind, flags, where to, and the edge that says it."""
        network = self.graph.network
        found = []
        waiting = [(start, "", 0, -1)]
        while waiting:
            node, name, flags, said = waiting.pop()
            for edge in range(network.offsets[node], network.offsets[node + 1]):
                end, bits = int(network.target[edge]), flags | int(network.flags[edge])
                label = network.labels[int(network.label[edge])].name
                loud = said >= 0
                step = (end, name if loud else label, bits, said if loud or label == SILENT else edge)
                if kind_of(int(network.keys[end])) == NodeKind.HUB:
                    waiting.append(step)
                else:
                    found.append((step[1], bits, end, step[3]))
        return found


def _word(name: str, flags: int) -> str:
    return " ".join([name, *(word for bit, word in _WORDS if flags & bit)])
