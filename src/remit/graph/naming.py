"""Nodes as people and other programs name them: ids, kinds and labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from remit.engine.facts import PrincipalKind
from remit.graph.answers import NodeRef
from remit.graph.drawing import Drawing
from remit.graph.facts import DirectoryScope, ServiceFlag
from remit.graph.holding.targets import resource_scope
from remit.graph.nodes import NodeKind, kind_of, ref_of
from remit.model.scope import Scope, ScopeKind

TIER_ZERO_ID = "tier0"
TIER_ZERO_LABEL = "control of the tenant"


class NodeNames:
    """Names the nodes of one drawing."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def ref(self, key: int) -> NodeRef:
        """Return a visible node as it is shown; silent ones are `node`s without a label."""
        kind, row = kind_of(key), ref_of(key)
        named = self._by_kind.get(NodeKind(kind))
        return named(row) if named else NodeRef(str(key), "node", "")

    @cached_property
    def _by_kind(self) -> dict[NodeKind, Callable[[int], NodeRef]]:
        return {
            NodeKind.PRINCIPAL: self._principal,
            NodeKind.APPLICATION: self._application,
            NodeKind.RESOURCE: self.resource,
            NodeKind.SCOPE: self.scope,
            NodeKind.DIRECTORY_ROLE: self._role,
            NodeKind.SCOPED_ROLE: self._scoped_role,
            NodeKind.OUTSIDE: self._outside,
            NodeKind.TIER_ZERO: lambda _row: NodeRef(TIER_ZERO_ID, "tenant", TIER_ZERO_LABEL),
            NodeKind.UNSEEN: self._unseen,
            NodeKind.TENANT: lambda _row: NodeRef("tenant", "tenant", "guards and settings of the tenant"),
        }

    def _application(self, row: int) -> NodeRef:
        table = self._drawing.facts.applications
        return NodeRef(table.key[row], "application", table.display_name[row] or table.key[row])

    def _role(self, row: int) -> NodeRef:
        role = self._drawing.facts.directory_roles[row]
        return NodeRef(f"entraRole:{role.key}", "directoryRole", role.name or role.key)

    def _unseen(self, row: int) -> NodeRef:
        gap = self._drawing.index.facts.meta.gaps[row]
        return NodeRef(f"gap:{gap.api}@{gap.scope}", "gap", f"{gap.api}, not read")

    def _principal(self, row: int) -> NodeRef:
        table = self._drawing.index.facts.principals
        word = PrincipalKind.WORDS[int(table.kind[row])]
        if word == "servicePrincipal" and row in self._managed:
            word = "managedIdentity"
        label = table.display_name[row] or table.user_principal_name[row] or table.key[row]
        return NodeRef(table.key[row], word, label)

    @cached_property
    def _managed(self) -> frozenset[int]:
        table = self._drawing.facts.service_principals
        chosen = table.principal[(table.flags & ServiceFlag.MANAGED_IDENTITY) != 0]
        return frozenset([*chosen.tolist(), *np.unique(self._drawing.facts.identities.principal).tolist()])

    def resource(self, row: int) -> NodeRef:
        """Return a resource."""
        scope = resource_scope(self._drawing.index, self._drawing.facts, row)
        names = scope.resource_names()
        kind = scope.text.rpartition("/providers/")[2].split("/")
        spelled = "/".join([kind[0], *kind[1::2]])
        return NodeRef(scope.text, "resource", names[-1][1] if names else scope.text, spelled)

    def scope(self, row: int) -> NodeRef:
        """Return a scope, by its display name where it has one."""
        text = self._drawing.index.scope_text(row)
        scope = Scope.parse(text)
        if scope.kind is ScopeKind.ROOT:
            return NodeRef(text, "scope", "/ (the root of the tenant)")
        label = self._scope_labels.get(row) or text.rpartition("/")[2]
        return NodeRef(text, "scope", label)

    @cached_property
    def _scope_labels(self) -> dict[int, str]:
        table = self._drawing.facts.scope_names
        return dict(zip(table.scope.tolist(), table.name, strict=True))

    def _scoped_role(self, row: int) -> NodeRef:
        facts = self._drawing.facts
        table = facts.directory_assignments
        role = facts.directory_roles[int(table.role[row])]
        place, kind = int(table.scope[row]), int(table.scope_kind[row])
        if kind == DirectoryScope.ADMINISTRATIVE_UNIT:
            units = facts.administrative_units
            where, said = f"/administrativeUnits/{units.key[place]}", units.display_name[place]
        elif kind == DirectoryScope.APPLICATION:
            where, said = f"/{facts.applications.key[place]}", facts.applications.display_name[place]
        elif kind == DirectoryScope.PRINCIPAL:
            where, said = f"/{self._principal(place).id}", self._principal(place).label
        else:
            where, said = "", "a scope that was not read"
        return NodeRef(f"entraRole:{role.key}@{where}", "directoryRole", f"{role.name or role.key} at {said or where}")

    def _outside(self, row: int) -> NodeRef:
        table = self._drawing.facts.federated_credentials
        who = table.subject[row] or table.expression[row]
        return NodeRef(f"subject:{table.issuer[row]}#{who}", "subject", who or table.issuer[row])
