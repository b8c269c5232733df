"""A graph drawn by hand over a small tenant, with the members of the real one.

world = hand_drawn()
world.escalation.graph.network

Ada -> Team -VM-01-> (held) -> vm -MI-03-> uami -AUT-01-> any role at the subscription -> (held) -> the vault's secrets
Bob -HAS-ROLE-> Global Administrator -EN-23-> tier zero
uami -EN-02, possible-> Global Administrator
Cleo -> a list that was not read -> (hub) -> Global Administrator
Team -EN-16, to activate-> Global Administrator
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.graphing.intake import read_graph_facts
from remit.app.importing import import_tenant
from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.graph.drawing import Drawing
from remit.graph.facts import GraphFacts
from remit.graph.kinds import EdgeCatalogue, read_catalogue
from remit.graph.naming import NodeNames
from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network
from remit.graph.nodes import Facet, NodeKind, facet_of, kind_of, node_key
from remit.graph.search import FoundPath, Search

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
SUBSCRIPTION = "/subscriptions/bbbbbbbb-0000-4000-8000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uami"
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SILENT = "-"

KINDS = """
service = "Tiny"
[[edge]]
id = "VM-01"
name = "RunCommand"
says = "Runs commands."
targets = ["Microsoft.Compute/virtualMachines"]
facet = "code"
gain = "run-as"
log = ["activity"]
sources = ["https://learn.microsoft.com/azure/virtual-machines/run-command-overview"]
basis = "documented"
[[edge.way]]
needs = ["Microsoft.Compute/virtualMachines/runCommand/action"]
[[edge]]
id = "KV-03"
name = "ReadSecret"
says = "Reads secrets."
targets = ["Microsoft.KeyVault/vaults"]
facet = "secret"
gain = "credential"
log = ["data"]
sources = ["https://learn.microsoft.com/azure/key-vault/general/rbac-guide"]
basis = "documented"
[[edge.way]]
needs = ["data:Microsoft.KeyVault/vaults/secrets/getSecret/action"]
"""


def guid(number: int) -> str:
    return f"dddddddd-0000-4000-8000-{number:012}"


ADA, BOB, CLEO, TEAM, UAMI, APP, APP_OBJECT, LONE_APP = map(guid, range(1, 9))


def resource(resource_id: str, **more: Any) -> dict[str, Any]:
    provider = resource_id.rsplit("/providers/", maxsplit=1)[-1].split("/")
    kind = "/".join(provider[:2]) if "/providers/" in resource_id else "Microsoft.Resources/resourceGroups"
    return {"id": resource_id, "name": resource_id.rsplit("/", 1)[-1], "type": kind, "location": "westeurope", **more}


def assignment(number: int, principal_id: str) -> dict[str, Any]:
    return {
        "id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{guid(number)}",
        "name": guid(number),
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
            "principalId": principal_id,
            "principalType": "User",
            "scope": SUBSCRIPTION,
        },
    }


LISTS: dict[str, list[dict[str, Any]]] = {
    "arm/managementGroups": [
        {
            "id": ROOT,
            "name": TENANT,
            "type": "Microsoft.Management/managementGroups",
            "properties": {"displayName": "Tenant Root Group", "parent": {"id": None}},
        },
        {
            "id": SUBSCRIPTION,
            "name": SUBSCRIPTION.rsplit("/", 1)[-1],
            "type": "/subscriptions",
            "properties": {"displayName": "Only", "parent": {"id": ROOT}},
        },
    ],
    "arm/subscriptions": [
        {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION.rsplit("/", 1)[-1], "displayName": "Only"}
    ],
    "arm/resources": [
        resource(GROUP),
        resource(VM, identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {"principalId": UAMI}}}),
        resource(VAULT, properties={"enableRbacAuthorization": True}),
        resource(IDENTITY, properties={"principalId": UAMI, "clientId": guid(21)}),
    ],
    "arm/roleDefinitions": [],
    "arm/roleAssignments": [assignment(place, who) for place, who in enumerate((ADA, TEAM, UAMI), start=31)],
    "graph/users": [
        {"id": ADA, "displayName": "Ada", "userPrincipalName": "ada@tiny.example"},
        {"id": BOB, "displayName": "Bob", "userPrincipalName": "bob@tiny.example"},
        {"id": CLEO, "displayName": "Cleo", "userPrincipalName": "cleo@tiny.example"},
    ],
    "graph/groups": [{"id": TEAM, "displayName": "Team", "securityEnabled": True, "groupTypes": []}],
    "graph/groupMembers": [{"parentId": TEAM, "member": {"@odata.type": "#microsoft.graph.user", "id": ADA}}],
    "graph/servicePrincipals": [
        {"id": UAMI, "appId": guid(21), "displayName": "uami", "servicePrincipalType": "ManagedIdentity"},
        {"id": APP, "appId": guid(22), "displayName": "app", "servicePrincipalType": "Application"},
    ],
    "graph/applications": [
        {"id": APP_OBJECT, "appId": guid(22), "displayName": "app"},
        {"id": LONE_APP, "appId": guid(23), "displayName": "lone app"},
    ],
    "graph/directoryRoleAssignments": [
        {"id": guid(61), "principalId": BOB, "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/"}
    ],
    "graph/directoryRoleEligibilityScheduleInstances": [
        {"id": guid(62), "principalId": TEAM, "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/"}
    ],
    "graph/appRoleAssignments": [{"id": guid(63), "principalId": UAMI, "resourceId": APP, "appRoleId": guid(64)}],
    "graph/directoryRoleDefinitions": [
        {
            "id": GLOBAL_ADMIN,
            "templateId": GLOBAL_ADMIN,
            "displayName": "Global Administrator",
            "isBuiltIn": True,
            "rolePermissions": [],
        },
        {
            "id": guid(51),
            "templateId": guid(51),
            "displayName": "Directory Readers",
            "isBuiltIn": True,
            "rolePermissions": [],
        },
    ],
}
MANIFEST = {
    "tenantId": TENANT,
    "collectedAt": "2026-11-02T09:00:00Z",
    "cloud": "AzureCloud",
    "gaps": [{"api": "graph/groupOwners", "scope": "/", "reason": "403 Forbidden"}],
}


@dataclass(frozen=True, eq=False)
class HandGraph:
    """As `EscalationGraph`."""

    network: Network
    tier_zero: int
    drawing: Drawing


@dataclass(frozen=True, eq=False)
class HandEscalation:
    """As `Escalation`; a reason is one sentence."""

    tenant: Tenant
    facts: GraphFacts
    catalogue: EdgeCatalogue
    graph: HandGraph
    at: datetime

    def node_ref(self, number: int) -> NodeRef:
        return NodeNames(self.graph.drawing).ref(int(self.graph.network.keys[number]))

    @cached_property
    def search(self) -> Search:
        return Search(self.graph.network)

    def tell(self, found: FoundPath) -> Path:
        return Path(found.cost, found.certain, found.eligible, self.hops(found))

    def hops(self, found: FoundPath) -> tuple[Hop, ...]:
        """One hop for each node that is shown."""
        network, hops = self.graph.network, []
        begin: list[int] = []
        for edge in found.edges:
            begin.append(edge)
            end = int(network.target[edge])
            if kind_of(int(network.keys[end])) in (NodeKind.HELD, NodeKind.HUB):
                continue
            label = network.labels[int(network.label[begin[0]])]
            flags = int(np.bitwise_or.reduce(network.flags[begin]))
            facet = Facet(facet_of(int(network.keys[end])))
            hops.append(
                Hop(
                    self.node_ref(int(network.source[begin[0]])),
                    self.node_ref(end),
                    label.name,
                    label.name.title(),
                    f"what {label.name} needs",
                    not flags & EdgeFlag.POSSIBLE,
                    bool(flags & EdgeFlag.ELIGIBLE),
                    (HopReason("note", f"drawn by hand as {label.name}", "", label.name),),
                    ("activity",),
                    "" if facet is Facet.NONE else facet.name.lower(),
                )
            )
            begin = []
        return tuple(hops)


@dataclass(frozen=True, eq=False)
class HandWorld:
    """The graph, and the keys of its nodes."""

    escalation: Any
    keys: dict[str, int]

    def number(self, name: str) -> int:
        return self.escalation.graph.network.number(self.keys[name])


def hand_drawn(*also: tuple[str, str, str]) -> HandWorld:
    """Draw it, and more edges of (source, target, label)."""
    catalogue = read_catalogue({"tiny": KINDS})
    store = MemoryStore(FixedClock())
    import_tenant(PayloadReader(LISTS, MANIFEST), store, starter_roles())
    tenant = Tenant.open(store, None, FixedClock())
    facts = read_graph_facts(store, tenant.snapshot_id, tenant.index, catalogue)
    keys = _keys(tenant, facts)
    labels, batches = Labels(), []
    rows = _rows(tenant, facts)

    def draw(source: str, target: str, name: str, table: str = "", flags: int = 0, *, cost: int = 2) -> None:
        number = labels.number(name, (name,), cost, table)
        ends = (np.asarray([keys[one]], dtype=np.int64) for one in (source, target))
        batches.append(EdgeBatch.of(*ends, label=number, flags=flags, evidence=rows.get((table, source), -1)))

    def silent(source: str, target: str) -> None:
        draw(source, target, SILENT, flags=EdgeFlag.SILENT, cost=0)

    draw("ada", "team", "MEMBER-OF", "memberships", cost=0)
    draw("team", "can run", "VM-01", "assignments")
    silent("can run", "vm code")
    draw("vm code", "uami", "MI-03", "identities", cost=1)
    draw("uami", "sub grant", "AUT-01", "assignments")
    draw("sub grant", "can read", "KV-03")
    silent("can read", "vault secret")
    silent("sub grant", "group grant")
    draw("group grant", "can read", "KV-03")
    draw("bob", "admin", "HAS-ROLE", "directory_assignments", cost=0)
    draw("admin", "tier zero", "EN-23", cost=1)
    draw("uami", "admin", "EN-02", "app_role_grants", EdgeFlag.POSSIBLE)
    draw("cleo", "unread", "EN-08", flags=EdgeFlag.POSSIBLE)
    draw("unread", "some owner", "EN-08", flags=EdgeFlag.POSSIBLE)
    silent("some owner", "admin")
    draw("team", "admin", "EN-16", "directory_assignments", EdgeFlag.ELIGIBLE)
    for source, target, name in also:
        draw(source, target, name)
    network = Network.assemble(batches, labels, nodes=[np.asarray([keys["app"]], dtype=np.int64)])
    drawing = Drawing(tenant.index, facts, catalogue, tenant.at)
    graph = HandGraph(network, network.number(keys["tier zero"]), drawing)
    return HandWorld(HandEscalation(tenant, facts, catalogue, graph, tenant.at), keys)


def _keys(tenant: Tenant, facts: GraphFacts) -> dict[str, int]:
    people = {"ada": ADA, "bob": BOB, "cleo": CLEO, "team": TEAM, "uami": UAMI, "app": APP}
    keys = {name: node_key(NodeKind.PRINCIPAL, tenant.index.principal_row(key)) for name, key in people.items()}
    names = [text.rsplit("/", 1)[-1] for text in facts.resources.suffix]
    keys["vm code"] = node_key(NodeKind.RESOURCE, names.index("vm1"), Facet.CODE)
    keys["vm data"] = node_key(NodeKind.RESOURCE, names.index("vm1"), Facet.DATA)
    keys["vm gate"] = node_key(NodeKind.RESOURCE, names.index("vm1"), Facet.GATE)
    keys["vault gate"] = node_key(NodeKind.RESOURCE, names.index("kv"), Facet.GATE)
    keys["vault secret"] = node_key(NodeKind.RESOURCE, names.index("kv"), Facet.SECRET)
    keys["sub grant"] = node_key(NodeKind.SCOPE, tenant.index.tree.row(SUBSCRIPTION), Facet.GRANT)
    keys["group grant"] = node_key(NodeKind.SCOPE, tenant.index.tree.row(GROUP.lower()), Facet.GRANT)
    roles = [role.key for role in facts.directory_roles]
    keys["admin"] = node_key(NodeKind.DIRECTORY_ROLE, roles.index(GLOBAL_ADMIN))
    gaps = [gap.api for gap in tenant.index.facts.meta.gaps]
    keys["unread"] = node_key(NodeKind.UNSEEN, gaps.index("graph/groupOwners"))
    keys["can run"], keys["can read"] = node_key(NodeKind.HELD, 0), node_key(NodeKind.HELD, 1)
    keys["some owner"], keys["tier zero"] = node_key(NodeKind.HUB, 0), node_key(NodeKind.TIER_ZERO, 0)
    return keys


def _rows(tenant: Tenant, facts: GraphFacts) -> dict[tuple[str, str], int]:
    """The rows that edges rest on, by table and source."""
    held, roles = tenant.index.facts.assignments.principal.tolist(), facts.directory_assignments.principal.tolist()
    row = tenant.index.principal_row
    return {
        ("assignments", "team"): held.index(row(TEAM)),
        ("assignments", "uami"): held.index(row(UAMI)),
        ("memberships", "ada"): 0,
        ("identities", "vm code"): next(
            place
            for place, resource in enumerate(facts.identities.resource.tolist())
            if facts.resources.suffix[resource].endswith("vm1")
        ),
        ("directory_assignments", "bob"): roles.index(row(BOB)),
        ("directory_assignments", "team"): roles.index(row(TEAM)),
        ("app_role_grants", "uami"): 0,
    }
