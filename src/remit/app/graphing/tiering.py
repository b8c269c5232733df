"""Which plane everybody reaches, and the path that shows it.

tiering = Tiering(escalation, rules)
tiering.of(named).path, tiering.everybody().counts

A tier is certain where every step is; where only a possible one leads higher, that is told besides. After activation
counts as reaching, and is told where no way without it leads as high.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from remit.app.graphing.asking import NOTHING_WITHOUT, unread_on
from remit.app.graphing.exposing import escalation_kinds
from remit.app.graphing.naming import Named
from remit.engine.facts import PrincipalKind
from remit.graph.answers import HopReason, NodeRef, Path
from remit.graph.naming import NodeNames
from remit.graph.network import Codes, EdgeFlag
from remit.graph.nodes import NodeKind, kind_of, ref_of, refs_of
from remit.graph.search import FoundPath, Search, Tree
from remit.graph.tier_nodes import Ground, TierNodes
from remit.graph.tiers import Tier, TierRules
from remit.graph.walking import Mask, Measure
from remit.model.scope import Scope
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

_LISTED = (PrincipalKind.USER, PrincipalKind.GROUP, PrincipalKind.SERVICE_PRINCIPAL)
_TIERS = (Tier.CONTROL, Tier.MANAGEMENT, Tier.WORKLOAD)


@dataclass(frozen=True, slots=True)
class Shown:
    """The path that shows a tier.

    Attributes:
        tier: that it shows. path: None where the principal has it by itself. end: where the tier is.
        because: why being there is that tier.
    """

    tier: Tier
    path: Path | None
    end: NodeRef
    because: tuple[HopReason, ...]
    certain: bool
    eligible: bool


@dataclass(frozen=True, slots=True)
class TierAnswer:
    """One principal.

    Attributes:
        tier: what it certainly reaches. own: what it has by itself, certainly. shown: how, None for no tier.
        higher: what it possibly reaches beyond, None for nothing.
        unread: what was not read and could lead higher.
    """

    ref: NodeRef
    tier: Tier
    own: Tier
    shown: Shown | None
    higher: Shown | None
    unread: tuple[Gap, ...]


class Ranked(NamedTuple):
    """One of all: `tier` certainly, `possible` if what is not known is so; `hops` to the certain one.

    `eligible`: the certain one is reached after activation alone.
    """

    ref: NodeRef
    tier: Tier
    possible: Tier
    own: Tier
    hops: int
    eligible: bool


@dataclass(frozen=True, slots=True)
class RoleAnswer:
    """A role or permission with its tier.

    Attributes:
        kind: `azureRole`, `directoryRole` or `permission`.
        possible: with what a condition decides, or was not read.
        above: where it is assigned to a management group or the root.
    """

    kind: str
    id: str
    name: str
    tier: Tier
    possible: Tier
    above: Tier


@dataclass(frozen=True, eq=False)
class EverybodyAnswer:
    """Everybody in order: by tier, by what is possible, by hops.

    Attributes:
        nodes: numbers. tier, possible, own, hops, eligible: per node. counts: how many by certain tier and kind.
    """

    tiering: Tiering
    nodes: Codes
    tier: Codes
    possible: Codes
    own: Codes
    hops: Codes
    eligible: Mask
    counts: dict[tuple[Tier, str], int]
    unread: tuple[Gap, ...]

    def shown(self, places: Iterable[int]) -> Iterator[Ranked]:
        """Yield some of them with names."""
        for place in places:
            yield Ranked(
                self.tiering.escalation.node_ref(int(self.nodes[place])),
                Tier(int(self.tier[place])),
                Tier(int(self.possible[place])),
                Tier(int(self.own[place])),
                int(self.hops[place]),
                bool(self.eligible[place]),
            )


class Tiering:
    """Tiers of one graph under some rules."""

    def __init__(self, escalation: Escalation, rules: TierRules) -> None:
        self.escalation = escalation
        self._nodes = TierNodes(escalation.graph, rules)
        self._network = escalation.graph.network
        self._names = NodeNames(escalation.graph.drawing)

    @cached_property
    def _certain(self) -> dict[Tier, Tree]:
        return self._trees(self.escalation.search.certain, self._nodes.certain)

    @cached_property
    def _possible(self) -> dict[Tier, Tree]:
        return self._trees(self.escalation.search, self._nodes.possible)

    @cached_property
    def _active(self) -> dict[Tier, Tree]:
        """Ways that need no activation."""
        search = self.escalation.search.certain
        return self._trees(search.but(without=search.without | EdgeFlag.ELIGIBLE), self._nodes.active)

    @staticmethod
    def _trees(search: Search, tiers: np.ndarray) -> dict[Tier, Tree]:
        return {tier: search.tree_to(np.flatnonzero(tiers == tier), measure=Measure.HOPS) for tier in _TIERS}

    @cached_property
    def unmatched(self) -> tuple[str, ...]:
        """What rules settle by name and nothing in the snapshot goes by, as sentences in order."""
        rules, index, facts = self._nodes.roles.rules, self.escalation.tenant.index, self.escalation.facts
        azure = {name for role in index.facts.roles for name in (role.key.partition("+")[0].lower(), role.name.lower())}
        directory = {name.lower() for role in facts.directory_roles for name in (role.key, role.name)}
        found = [f"no role of Azure goes by `{name}`" for name in sorted(set(rules.roles) - azure)]
        found += [f"no directory role goes by `{name}`" for name in sorted(set(rules.directory_roles) - directory)]
        found += [
            f"no principal has the id `{name}`" for name in sorted(rules.principals) if index.principal_row(name) < 0
        ]
        return (*found, *(f"no place is `{key}`" for key in sorted(rules.places) if not self._known_place(key)))

    def _known_place(self, key: str) -> bool:
        index = self.escalation.tenant.index
        row = index.tree.nearest(Scope.parse(key))
        # What stands in a known subscription may be a resource that no list names; the root is above everything.
        return row >= 0 and (
            index.facts.scopes.key[row] == key or index.scope_text(row).lower().startswith(_SUBSCRIPTION)
        )

    # One ---------------------------------------------------------------------------------------------------------

    def of(self, source: Named) -> TierAnswer:
        """Return the tier of a principal, and how it gets there. Cost: walks over the graph for each tier."""
        node = int(source.nodes[0]) if len(source.nodes) else -1
        if node < 0:
            return TierAnswer(source.ref, Tier.NONE, Tier.NONE, None, None, self._unread())
        certain, possible = self._best(self._certain, node), self._best(self._possible, node)
        trees = self._active if self._best(self._active, node) == certain else self._certain
        shown = None if certain is Tier.NONE else self._shown(trees[certain], node, certain)
        higher = self._shown(self._possible[possible], node, possible) if possible < certain else None
        own = Tier(int(self._nodes.certain[node]))
        unread = unread_on(self.escalation, self.escalation.search.reached([node]))
        return TierAnswer(source.ref, certain, own, shown, higher, unread)

    @staticmethod
    def _best(trees: dict[Tier, Tree], node: int) -> Tier:
        return next((tier for tier in _TIERS if trees[tier].reached[node]), Tier.NONE)

    def _shown(self, tree: Tree, node: int, tier: Tier) -> Shown:
        found = tree.path(node)
        if found is None:
            raise AssertionError(node)
        end = found.nodes[-1]
        grounds = self._because(end, tier)
        path = self._told(found)
        sure = found.certain and (not grounds or grounds[0][0])
        later = found.eligible or bool(grounds and grounds[0][1])
        return Shown(tier, path, self.escalation.node_ref(end), tuple(one[2] for one in grounds), sure, later)

    def _told(self, found: FoundPath) -> Path | None:
        return self.escalation.tell(found) if found.edges else None

    def _because(self, node: int, tier: Tier) -> list[tuple[bool, bool, HopReason]]:
        """Return why a node is a tier: whether that is certain, whether it needs activation, and the sentence."""
        key = int(self._network.keys[node])
        if kind_of(key) != NodeKind.PRINCIPAL:
            return [
                (
                    True,
                    False,
                    HopReason("note", _NODE_WORDS.get(NodeKind(kind_of(key)), _ELSE), self._names.ref(key).id),
                )
            ]
        found = [(one.certain, one.eligible, self._ground(one)) for one in self._nodes.grounds(ref_of(key), tier)]
        return found[:_MOST_GROUNDS]

    def _ground(self, one: Ground) -> HopReason:
        index = self.escalation.tenant.index
        if one.kind == "assignment":
            role = index.facts.roles[index.v_role[one.row]]
            scope = self._names.scope(index.v_scope[one.row])
            word = "is eligible for" if one.eligible else "holds"
            lets = "" if one.certain else ", as far as a condition or a deny assignment lets it"
            doubt = lets if one.known else _NOT_READ
            return HopReason("role", f"{word} {role.name or role.key} at {scope.label}{doubt}", scope.id)
        if one.kind == "appRole":
            grants = self.escalation.facts.app_role_grants
            name = grants.permission_name[int(grants.permission[one.row])]
            doubt = "" if one.known else _NOT_READ
            return HopReason("appRole", f"has the application permission {name}{doubt}", "")
        return HopReason("note", "the file of overrides says so")

    # Everybody ---------------------------------------------------------------------------------------------------

    def everybody(self) -> EverybodyAnswer:
        """Rank everybody who is in the directory. Cost: three walks over the graph for each tier."""
        first, last = self._network.of_kind(NodeKind.PRINCIPAL)
        nodes = np.arange(first, last, dtype=np.int32)
        kinds = self.escalation.tenant.index.facts.principals.kind[refs_of(self._network.keys[first:last])]
        tier, hops = self._ranked(self._certain, first, last)
        active, nearer = self._ranked(self._active, first, last)
        eligible = active > tier
        hops = np.where(eligible, hops, nearer)
        possible, _ = self._ranked(self._possible, first, last)
        own = self._nodes.certain[first:last].astype(np.int32)
        kept = np.flatnonzero(np.isin(kinds, _LISTED) | (possible < Tier.NONE))
        order = kept[np.lexsort((kept, hops[kept], possible[kept], tier[kept]))]
        words = escalation_kinds(self.escalation, nodes[order])
        counted = {
            (one, word): int((mask & (tier[order] == one)).sum()) for one in Tier for word, mask in words.items()
        }
        counts = {key: count for key, count in counted.items() if count}
        columns = (tier[order], np.minimum(tier, possible)[order], own[order], hops[order], eligible[order])
        return EverybodyAnswer(self, nodes[order], *columns, counts, self._unread())

    @staticmethod
    def _ranked(trees: dict[Tier, Tree], first: int, last: int) -> tuple[Codes, Codes]:
        tier = np.full(last - first, Tier.NONE, dtype=np.int32)
        hops = np.zeros(last - first, dtype=np.int32)
        for one in reversed(_TIERS):
            reached = trees[one].reached[first:last]
            tier[reached] = one
            hops[reached] = trees[one].hops[first:last][reached]
        return tier, hops

    def _unread(self) -> tuple[Gap, ...]:
        gaps = self.escalation.tenant.index.facts.meta.gaps
        return tuple(gap for gap in gaps if gap.api in (*NOTHING_WITHOUT, *LISTS))

    # Roles -------------------------------------------------------------------------------------------------------

    def roles(self) -> tuple[RoleAnswer, ...]:
        """Return every role of Azure and Entra, and every permission held, by tier and name."""
        facts, graph = self.escalation.tenant.index.facts, self.escalation.facts
        roles = self._nodes.roles
        found = [
            RoleAnswer("azureRole", role.key, role.name or role.key, *tier.below, tier.above.possible)
            for role, tier in zip(facts.roles, roles.azure, strict=True)
        ]
        found += [
            RoleAnswer("directoryRole", role.key, role.name or role.key, tier, possible, possible)
            for role, tier, possible in zip(
                graph.directory_roles, roles.directory, roles.directory_possible, strict=True
            )
        ]
        names = graph.app_role_grants.permission_name
        found += [
            RoleAnswer("permission", name, name, Tier(tier), Tier(tier), Tier(tier))
            for name, tier in zip(names, roles.permissions.tolist(), strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (one.kind, one.possible, one.tier, one.name.lower(), one.id)))


LISTS = (
    "graph/groupMembers",
    "graph/directoryRoleAssignments",
    "graph/directoryRoleDefinitions",
    "graph/appRoleAssignments",
    "arm/denyAssignments",
)
"""Lists that tiers rest on: a gap in one of them is told."""

_MOST_GROUNDS = 5
_SUBSCRIPTION = "/subscriptions/"
_NOT_READ = "; its account was not read and may be disabled, or gone"
_ELSE = "reaching it is on that plane"
_NODE_WORDS = {
    NodeKind.SCOPE: "any role can be given there",
    NodeKind.DIRECTORY_ROLE: "what the role allows is on that plane",
    NodeKind.SCOPED_ROLE: "what the role allows is on that plane, below the tenant",
    NodeKind.TIER_ZERO: "it is control of the tenant",
    NodeKind.RESOURCE: "the resource is reached from this side",
}
