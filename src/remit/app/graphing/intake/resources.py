"""Resources: which are kept, where they stand, and what their payloads say.

Payloads come by key, that is by lower-case id. Within one container ids have one prefix, so their suffixes come in
order too, and a stable sort by container is all that is needed: no suffix is compared but in containers that have
assignments of policies, which stand in a list of their own, or ids with a final slash.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from remit.app.graphing.intake.attached import CLUSTERS, VAULT, WORKER, ClusterRows, VaultRows, WorkerRows
from remit.app.graphing.intake.columns import Names, Rows
from remit.app.graphing.intake.guards import GuardReader
from remit.app.graphing.intake.guards_below import GuardsBelow
from remit.app.graphing.intake.identities import USER_ASSIGNED, IdentityRows
from remit.app.graphing.intake.source import Source
from remit.app.graphing.intake.tags import TagRows
from remit.app.intake.columns import Ints, Longs, TextRows, gather, ints
from remit.graph.facts import Clusters, GuardStates, Identities, ResourceTable, Tags, VaultPolicies, Workers
from remit.graph.kinds import EdgeCatalogue
from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind
from remit.wire.azure import graph_shapes as shapes
from remit.wire.azure.tolerant import Tolerant

POLICY_ASSIGNMENT = "microsoft.authorization/policyassignments"
REVIEWED = frozenset(
    {
        "microsoft.botservice/botservices",
        "microsoft.cognitiveservices/accounts",
        "microsoft.cognitiveservices/accounts/projects",
        "microsoft.healthbot/healthbots",
        "microsoft.machinelearningservices/registries",
        "microsoft.machinelearningservices/workspaces",
        "microsoft.machinelearningservices/workspaces/batchendpoints",
        "microsoft.machinelearningservices/workspaces/computes",
        "microsoft.machinelearningservices/workspaces/onlineendpoints",
        "microsoft.machinelearningservices/workspaces/serverlessendpoints",
        "microsoft.powerplatform/accounts",
        "microsoft.search/searchservices",
        "microsoft.securitycopilot/capacities",
    }
)
"""Types that the review of AI workloads is about, whether or not an edge is."""

_ALWAYS_KEPT = CLUSTERS | {VAULT, USER_ASSIGNED} | REVIEWED
_PROVIDERS = "/providers/"
_GROUP_PARTS = 5
_NO_ROW = -1
_NO_PREFIX = "?"


@dataclass(frozen=True, slots=True)
class ReadResources:
    """The tables that resources fill."""

    resources: ResourceTable
    guards: GuardStates
    identities: Identities
    vault_policies: VaultPolicies
    tags: Tags
    clusters: Clusters
    workers: Workers


class ResourceReader:
    """Reads arm/resources and arm/policyAssignments.

    Attributes:
        tags: takes the tags of scopes, too.
    """

    def __init__(self, source: Source, catalogue: EdgeCatalogue, managed: Mapping[str, int]) -> None:
        self._source = source
        self._guards = GuardReader(catalogue.guards)
        targets = {target.lower() for kind in catalogue.kinds for target in kind.targets if "/" in target}
        self._kept = frozenset(targets | _ALWAYS_KEPT)
        self._guarded = self._guards.types & self._kept
        self._scope = array("i")
        self._own = array("i")
        self._suffix = TextRows()
        self._type = array("i")
        self._kind = array("i")
        self._types = Names()
        self._kinds = Names()
        self._states = Rows("iib")
        self._below = GuardsBelow(catalogue.guards, self._states.add)
        self._identities = IdentityRows(source, managed)
        self._vaults = VaultRows(source)
        self._clusters = ClusterRows(source, self._identities)
        self._workers = WorkerRows(source)
        self.tags = TagRows()
        self._from_policies = 0
        self._unsorted: set[int] = set()
        # Payloads come by key: most stand in the container of the one before.
        self._prefix, self._container, self._cut = _NO_PREFIX, _NO_ROW, 0

    def read(self) -> None:
        """Read both lists."""
        decode = Tolerant(shapes.GraphResource).decode
        for payload in self._source.payloads("arm/resources"):
            said = decode(payload)
            self._take(said, said.type.lower() if said.type else _type_of(said.id), payload)
        self._below.finish()
        self._from_policies = len(self._scope)
        for payload in self._source.payloads("arm/policyAssignments"):
            said = decode(payload)
            if said.identity:
                self._take(said, POLICY_ASSIGNMENT, payload)

    def _take(self, said: shapes.GraphResource, kind: str, payload: bytes) -> None:
        key = said.id.lower()
        if not key.startswith(self._prefix) and not self._enter(key, said):
            return
        if key[-1] == "/":
            key = key[:-1]
            self._unsorted.add(self._container)
        self._beside(kind, key, said)
        if kind not in self._kept and not self._identities.carries(key, said):
            return
        row = len(self._scope)
        self._scope.append(self._container)
        self._own.append(self._source.index.tree.row(key))
        self._suffix.add(said.id[self._cut : len(key)])
        self._type.append(self._types.code(kind))
        self._kind.append(self._kinds.code(said.kind or ""))
        self._identities.take(row, kind, key, said)
        self.tags.take_resource(said.tags)
        if kind == VAULT:
            self._vaults.take(row, said)
        elif kind in CLUSTERS:
            self._clusters.take(row, key, said)
        if kind in self._guarded:
            for guard, state in self._guards.states(kind, said.properties, payload):
                self._states.add(row, guard, state)
        if kind in self._below.types and kind in self._kept:
            self._below.enter(key, row, kind)

    def _beside(self, kind: str, key: str, said: shapes.GraphResource) -> None:
        """Take what a resource says of others, whether it is kept itself or not."""
        if kind == WORKER:
            self._workers.take(key, said)
        if kind in self._below.types_below:
            self._below.take(key, said.properties)

    def _enter(self, key: str, said: shapes.GraphResource) -> bool:
        """Turn to the container of a resource: its group, else its subscription, or a management group, or `/`.

        Returns:
            False for what is no resource: groups are scopes, only their tags are kept.
        """
        tree = self._source.index.tree
        parts = key.split("/", _GROUP_PARTS)
        # The usual ids, …/resourceGroups/{g} and what stands in it, without parsing all of them.
        if len(parts) >= _GROUP_PARTS and parts[3] == "resourcegroups" and parts[1] == "subscriptions":
            above = "/".join(parts[:_GROUP_PARTS])
            row = tree.row(above)
            if len(parts) == _GROUP_PARTS:
                self.tags.take_scope(row, said.tags)
                return False
            if row >= 0 and parts[_GROUP_PARTS].startswith("providers/"):
                self._prefix, self._container, self._cut = above + _PROVIDERS, row, len(above)
                return True
        try:
            scope = Scope.parse(key)
        except ScopeSyntaxError:
            return False
        if scope.kind is not ScopeKind.RESOURCE:
            self.tags.take_scope(tree.row(scope.key), said.tags)
            return False
        for cut in reversed(scope.cuts):
            above = key[:cut]
            row = tree.row(above)
            if row >= 0 and Scope.parse(above).kind is not ScopeKind.RESOURCE:
                self._prefix, self._container, self._cut = above + _PROVIDERS, row, cut
                return True
        # What stands at `/` has no prefix of its own: management groups begin alike.
        self._prefix, self._container, self._cut = _NO_PREFIX, 0, 0
        return True

    def finish(self) -> ReadResources:
        """Return the tables in their order."""
        order = self._order()
        table_row = np.empty(len(order), dtype=np.int32)
        table_row[order] = np.arange(len(order), dtype=np.int32)
        type_name, type_row = self._types.finish()
        kind_name, kind_row = self._kinds.finish()
        resources = ResourceTable(
            scope=ints(self._scope)[order],
            own=ints(self._own)[order],
            suffix=gather(self._suffix.column(), order),
            type=type_row[ints(self._type)][order],
            type_name=type_name,
            kind=kind_row[ints(self._kind)][order],
            kind_name=kind_name,
        )
        self._states.replace(0, table_row)
        guards = GuardStates(self._guards.names, *self._states.sorted())
        return ReadResources(
            resources=resources,
            guards=guards,
            identities=self._identities.finish(table_row),
            vault_policies=self._vaults.finish(table_row),
            tags=self.tags.finish(order),
            clusters=self._clusters.finish(table_row),
            workers=self._workers.finish(resources),
        )

    def _order(self) -> Longs:
        scope: Ints = ints(self._scope)
        order = np.argsort(scope, kind="stable")
        mixed = np.union1d(scope[self._from_policies :], np.array(sorted(self._unsorted), dtype=np.int32))
        there = scope[order]
        low, high = np.searchsorted(there, mixed, "left"), np.searchsorted(there, mixed, "right")
        for first, last in zip(low.tolist(), high.tolist(), strict=True):
            order[first:last] = sorted(order[first:last].tolist(), key=lambda row: self._suffix[row].lower())
        return order.astype(np.int64)


def _type_of(identity: str) -> str:
    """Return the lower-case type that an id tells, "" for none."""
    _, found, rest = identity.lower().rpartition(_PROVIDERS)
    parts = rest.split("/")
    return "/".join([parts[0], *parts[1::2]]) if found else ""
