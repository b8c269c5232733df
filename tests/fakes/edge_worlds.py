"""One tenant for many cases of declared edges: for each a resource group, a resource, a user and a role.

world = EdgeWorld(catalogue, cases)
world.found(case), world.expected(case)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from tests.fakes.edge_cases import SCOPE, EdgeCase, standing
from tests.fakes.edge_reading import BELOW, MAYBE, NO, YES, Held, reads
from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.fakes.scenario_draft import LIST_NAMES, Lists, Row

from remit.graph.drawing import Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.kinds import EdgeCatalogue
from remit.graph.network import EdgeFlag
from remit.graph.nodes import Facet, NodeKind, kind_of, node_key
from remit.graph.telling import Teller

AT = datetime(2026, 11, 1, tzinfo=UTC)
TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
SUBSCRIPTION_ID = "bbbbbbbb-0000-4000-8000-000000000001"
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
ELSEWHERE = f"{SUBSCRIPTION}/resourceGroups/elsewhere"
EVERYBODY = "00000000-0000-0000-0000-000000000000"
_DATA = "data:"
_HIDDEN = frozenset({NodeKind.HELD, NodeKind.HUB, NodeKind.ELIGIBLE})


def _guid(number: int, series: str) -> str:
    return f"{series * 8}-0000-4000-8000-{number:012}"


def _block(held: Held) -> Row:
    """Write a role's lists as a permission block."""
    block: Row = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": []}
    for texts, plain, data in (
        (held.actions, "actions", "dataActions"),
        (held.not_actions, "notActions", "notDataActions"),
    ):
        for text in texts:
            block[data if text.startswith(_DATA) else plain].append(text.removeprefix(_DATA))
    return block


class EdgeWorld:
    """Every case in one tenant, imported and drawn."""

    def __init__(self, catalogue: EdgeCatalogue, cases: Iterable[EdgeCase]) -> None:
        self.catalogue = catalogue
        self.cases = list(cases)
        self._number = {id(case): number for number, case in enumerate(self.cases)}
        self._roles: dict[Held, str] = {}
        self._lists: Lists = {name: [] for name in LIST_NAMES}
        self._places()
        for number, case in enumerate(self.cases):
            self._write(number, case)
        index, facts = graph_facts_of_lists(self._lists, self._manifest(), catalogue)
        self.graph: EscalationGraph = build(Drawing(index, facts, catalogue, AT))
        self._person = {text: row for row, text in enumerate(index.facts.principals.key)}
        self._resource = {
            index.scope_text(int(scope)).lower() + suffix.lower(): row
            for row, (scope, suffix) in enumerate(zip(facts.resources.scope, facts.resources.suffix, strict=True))
        }
        self._scope = {text.lower(): row for row, text in enumerate(index.facts.scopes.key)}

    def found(self, case: EdgeCase) -> int:
        """Return what the graph says of a case: NO, MAYBE or YES."""
        reached = self._within_one_step(case)
        if reached is None:
            return NO
        return MAYBE if reached & EdgeFlag.POSSIBLE else YES

    def flags(self, case: EdgeCase) -> int:
        """Return the flags of the surest way to the target of a case."""
        reached = self._within_one_step(case)
        assert reached is not None, str(case)
        return reached

    def expected(self, case: EdgeCase) -> int:
        """Return what a literal reading says of a case."""
        return reads(self.catalogue, standing(case), case.kind.facet)

    def wrong(self, cases: Iterable[EdgeCase]) -> list[str]:
        """Return what the graph says otherwise than a literal reading."""
        words = ("no edge", "a possible edge", "an edge")
        return [
            f"{case}: {words[self.found(case)]}, expected {words[self.expected(case)]}"
            for case in cases
            if self.found(case) != self.expected(case)
        ]

    def told(self, case: EdgeCase) -> Any:
        """Return the hop that leads to the target of a case, as it is told."""
        nodes, edges = self._walk(case)
        (hop,) = Teller(self.graph).hops(nodes, edges)
        return hop

    def assignment_of(self, case: EdgeCase) -> str:
        """Return the id of the role assignment here."""
        return self._assignment(self._number[id(case)], 1)

    # The tenant ---------------------------------------------------------------------------------------------------

    def _manifest(self) -> Row:
        return {"tenantId": TENANT, "collectedAt": "2026-11-01T00:00:00Z", "cloud": "AzureCloud", "gaps": []}

    def _places(self) -> None:
        self._lists["arm/managementGroups"] += [
            {
                "id": ROOT,
                "name": TENANT,
                "type": "Microsoft.Management/managementGroups",
                "properties": {"parent": None},
            },
            {
                "id": SUBSCRIPTION,
                "name": SUBSCRIPTION_ID,
                "type": "/subscriptions",
                "properties": {"parent": {"id": ROOT}},
            },
        ]
        self._lists["arm/subscriptions"].append(
            {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION_ID, "displayName": "one", "state": "Enabled"}
        )
        self._group(ELSEWHERE)

    def _group(self, scope: str) -> None:
        kind = "Microsoft.Resources/resourceGroups"
        self._lists["arm/resources"].append(
            {"id": scope, "name": scope.rsplit("/", maxsplit=1)[-1], "type": kind, "properties": {}}
        )

    def _write(self, number: int, case: EdgeCase) -> None:
        person, scope = _guid(number, "c"), self._group_of(number)
        self._lists["graph/users"].append(
            {"id": person, "displayName": f"user {number}", "userPrincipalName": f"u{number}@x", "accountEnabled": True}
        )
        self._group(scope)
        if case.target != SCOPE:
            row = {"id": self._id_of(number, case), "name": f"r{number}", "type": case.target}
            said = deepcopy(dict(case.row))
            for path, below in said.pop(BELOW, {}).items():
                kind = "/".join([case.target, *path.split("/")[::2]])
                self._lists["arm/resources"].append(below | {"id": f"{row['id']}/{path}", "type": kind})
            self._lists["arm/resources"].append(row | said)
        self._assign(
            number, 1, case.here, scope, "roleEligibilityScheduleInstances" if case.eligible else "roleAssignments"
        )
        if case.elsewhere.actions:
            self._assign(number, 2, case.elsewhere, ELSEWHERE, "roleAssignments")
        if case.denied:
            properties = {
                "denyAssignmentName": f"deny {number}",
                "permissions": [_block(Held(case.denied))],
                "scope": scope,
                "doNotApplyToChildScopes": False,
                "principals": [{"id": EVERYBODY, "type": "SystemDefined"}],
                "excludePrincipals": [{"id": person, "type": "User"}] if case.spared else [],
                "isSystemProtected": True,
            }
            self._extension("denyAssignments", scope, _guid(number, "d"), properties)
        if case.locked:
            self._extension("locks", scope, f"lock{number}", {"level": "ReadOnly"})

    def _group_of(self, number: int) -> str:
        return f"{SUBSCRIPTION}/resourceGroups/rg{number}"

    def _id_of(self, number: int, case: EdgeCase) -> str:
        provider, *types = case.target.split("/")
        steps = "/".join(f"{step}/r{number}" for step in types)
        return f"{self._group_of(number)}/providers/{provider}/{steps}"

    def _assignment(self, number: int, place: int) -> str:
        scope = self._group_of(number) if place == 1 else ELSEWHERE
        return f"{scope}/providers/Microsoft.Authorization/roleAssignments/{_guid(number * 10 + place, 'e')}"

    def _assign(self, number: int, place: int, held: Held, scope: str, api: str) -> None:
        if held not in self._roles:
            self._roles[held] = self._role(held)
        properties: Row = {
            "roleDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{self._roles[held]}",
            "principalId": _guid(number, "c"),
            "principalType": "User",
            "scope": scope,
        }
        if api != "roleAssignments":
            properties |= {"status": "Provisioned", "startDateTime": "2026-01-01T00:00:00Z", "memberType": "Direct"}
        self._extension(api, scope, _guid(number * 10 + place, "e"), properties)

    def _role(self, held: Held) -> str:
        name = _guid(len(self._roles), "f")
        properties: Row = {
            "roleName": f"role {len(self._roles)}",
            "type": "CustomRole",
            "assignableScopes": [SUBSCRIPTION],
            "permissions": [_block(held)],
        }
        self._extension("roleDefinitions", "", name, properties)
        return name

    def _extension(self, kind: str, scope: str, name: str, properties: Row) -> None:
        identity = f"{scope}/providers/Microsoft.Authorization/{kind}/{name}"
        row = {"id": identity, "name": name, "type": f"Microsoft.Authorization/{kind}", "properties": properties}
        self._lists[f"arm/{kind}"].append(row)

    # The graph ----------------------------------------------------------------------------------------------------

    def _ends(self, case: EdgeCase) -> tuple[int, int]:
        number, network = self._number[id(case)], self.graph.network
        start = network.number(node_key(NodeKind.PRINCIPAL, self._person[_guid(number, "c")]))
        facet = Facet[case.kind.facet.upper()]
        if case.target == SCOPE:
            key = node_key(NodeKind.SCOPE, self._scope[self._group_of(number).lower()], facet)
        else:
            key = node_key(NodeKind.RESOURCE, self._resource[self._id_of(number, case).lower()], facet)
        return start, network.number(key)

    def _within_one_step(self, case: EdgeCase) -> int | None:
        """Return the flags of the surest single step to the target, SILENT left out; None for none."""
        found = self._search(case, EdgeFlag.POSSIBLE)
        if found is None:
            found = self._search(case, 0)
        if found is None:
            return None
        flags = 0
        for edge in found[1]:
            flags |= int(self.graph.network.flags[edge])
        return flags & ~EdgeFlag.SILENT

    def _walk(self, case: EdgeCase) -> tuple[Sequence[int], Sequence[int]]:
        found = self._search(case, EdgeFlag.POSSIBLE) or self._search(case, 0)
        assert found is not None, str(case)
        return found

    def _search(self, case: EdgeCase, without: int) -> tuple[list[int], list[int]] | None:
        """Walk over nodes that are not shown; edges with any of some flags are left out."""
        network = self.graph.network
        start, end = self._ends(case)
        came: dict[int, tuple[int, int]] = {start: (-1, -1)}
        todo = [start]
        while todo and end not in came:
            node = todo.pop(0)
            for edge in range(int(network.offsets[node]), int(network.offsets[node + 1])):
                target = int(network.target[edge])
                hidden = kind_of(int(network.keys[target])) in _HIDDEN
                if target not in came and not int(network.flags[edge]) & without and (hidden or target == end):
                    came[target] = (node, edge)
                    todo.append(target)
        if end < 0 or end not in came:
            return None
        nodes, edges = [end], []
        while nodes[-1] != start:
            node, edge = came[nodes[-1]]
            nodes.append(node)
            edges.append(edge)
        return nodes[::-1], edges[::-1]
