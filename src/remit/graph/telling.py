"""From a row of edges to hops: what each is called, which permission makes it possible, and why, to the assignment.

Edges are drawn in classes; which kind is behind one is found here, by asking the engine about the very target.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from remit.engine.decide import decide
from remit.graph.accounts import Accounts
from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.graph.directory import tell_directory, tell_doubt
from remit.graph.drawing import GAP
from remit.graph.elsewhere import NOT, Elsewhere, sureness
from remit.graph.escalation import EscalationGraph
from remit.graph.facts import THROUGH_APPLICATION, Demand, GuardState, IdentityLink, VaultRight
from remit.graph.federation import tell_federation
from remit.graph.holding.classes import HoldingClass, HoldingWay
from remit.graph.holding.targets import resource_scope
from remit.graph.kinds import EdgeKind, Need
from remit.graph.naming import NodeNames
from remit.graph.network import EdgeFlag, Label
from remit.graph.nodes import Facet, NodeKind, facet_of, kind_of, ref_of
from remit.graph.resources import NODE_GROUP
from remit.graph.search import FoundPath
from remit.model.decision import Decision, EligibleFor, Granted, MayBeDenied, MayGrant, NotSeen, Outcome, Reason
from remit.model.question import Question
from remit.model.scope import Scope

CONTAINS = "CONTAINS"
CONTROLS = "TIER-ZERO"
_HELD, _GIVEN = "held:", "given:"
_HIDDEN = frozenset({NodeKind.HELD, NodeKind.HUB, NodeKind.ELIGIBLE})
_FEDERATION = frozenset({"DEV-03", "DEV-06", "AKS-12"})
_ELEVATION = "AUT-04"
_IDENTITY_WORDS = {
    IdentityLink.SYSTEM: "its own, system-assigned identity",
    IdentityLink.USER_ASSIGNED: "a user-assigned identity that is attached to it",
    IdentityLink.NODES: "an identity that its nodes carry",
    IdentityLink.ITSELF: "the principal that the identity signs in as",
}
_DEMANDS = (
    (Demand.MFA, "multifactor authentication"),
    (Demand.AUTHENTICATION_CONTEXT, "an authentication context"),
    (Demand.JUSTIFICATION, "a justification"),
    (Demand.TICKET, "a ticket"),
    (Demand.APPROVAL, "an approval"),
)


class _Told(NamedTuple):
    """What is said of a hop."""

    edge: str
    permission: str
    because: tuple[Reason | HopReason, ...]
    also: tuple[str, ...] = ()


class Teller:
    """Tells paths of one graph."""

    def __init__(self, graph: EscalationGraph) -> None:
        self._graph = graph
        self._drawing = graph.drawing
        self._network = graph.network
        self._names = NodeNames(graph.drawing)
        self._kinds = {kind.id: kind for kind in graph.drawing.catalogue.kinds}
        self._elsewhere = Elsewhere(graph.drawing)
        self._accounts = Accounts.of(graph.drawing)

    def ref(self, number: int) -> NodeRef:
        """Return a node by its number."""
        return self._names.ref(int(self._network.keys[number]))

    def path(self, found: FoundPath) -> Path:
        """Tell a path."""
        return Path(found.cost, found.certain, found.eligible, self.hops(found.nodes, found.edges))

    def hops(self, nodes: Sequence[int], edges: Sequence[int]) -> tuple[Hop, ...]:
        """Tell the visible steps of a row of edges. Cost: some decisions of the engine for each step."""
        shown = [place for place, node in enumerate(nodes) if kind_of(int(self._network.keys[node])) not in _HIDDEN]
        return tuple(
            self._hop(nodes[first], nodes[last], edges[first:last]) for first, last in pairwise(shown) if first < last
        )

    def _hop(self, source: int, target: int, edges: Sequence[int]) -> Hop:
        network = self._network
        loud = [edge for edge in edges if not network.flags[edge] & EdgeFlag.SILENT]
        source_key, target_key = int(network.keys[source]), int(network.keys[target])
        flags = 0
        for edge in edges:
            flags |= int(network.flags[edge])
        if loud:
            label = network.labels[int(network.label[loud[0]])]
            told = self._tell(label, int(network.evidence[loud[0]]), source_key, target_key, flags)
        elif kind_of(source_key) == NodeKind.UNSEEN:
            flags |= EdgeFlag.POSSIBLE
            told = self._gap(source_key)
        else:
            told = _silent(target_key)
        kind = self._kinds.get(told.edge)
        return Hop(
            self._names.ref(source_key),
            self._names.ref(target_key),
            told.edge,
            kind.name if kind else told.edge,
            told.permission,
            not flags & EdgeFlag.POSSIBLE,
            bool(flags & EdgeFlag.ELIGIBLE),
            (*told.because, *self._not_read(source_key, target_key)),
            kind.log if kind else (),
            _facet_word(target_key),
            told.also,
        )

    def _not_read(self, *ends: int) -> list[HopReason]:
        """Return whose account was not read, so that nobody knows whether it can be used."""
        found = []
        for key in ends:
            if kind_of(key) == NodeKind.PRINCIPAL and self._accounts.unsure[ref_of(key)]:
                one = self._names.ref(key)
                detail = f"{one.label} is in no list that was read: it may be disabled, or gone"
                found.append(HopReason("gap", detail, one.id, "V3"))
        return found

    def _tell(self, label: Label, evidence: int, source: int, target: int, flags: int) -> _Told:
        name, kind = label.name, self._kinds.get(label.name)
        if name.startswith(_HELD):
            told = self._held(self._class(label), evidence, source, target, flags)
        elif name.startswith(_GIVEN):
            told = self._given(self._class(label), source, target)
        elif name == GAP:
            told = self._gap(target)
        elif label.table == "identities":
            told = self._identity(evidence)
        elif label.table == "vault_policies":
            told = self._policy(name, evidence, flags)
        elif name in _FEDERATION:
            told = _Told(*tell_federation(self._drawing, label, evidence, source, target))
        elif kind is not None and kind.targets[0] == "scope" and name != _ELEVATION:
            told = self._taking(kind, evidence, source, target, flags)
        elif name == NODE_GROUP:
            detail = "the machines of its node resource group are its nodes"
            told = _Told(name, "", (HopReason("note", detail, "", name),))
        else:
            edge, permission, reasons = tell_directory(self._drawing, label, evidence, source, target)
            doubt = tell_doubt(self._drawing, label, target, reasons) if flags & EdgeFlag.POSSIBLE else ()
            told = _Told(edge, permission, (*reasons, *doubt))
        return told

    def _class(self, label: Label) -> HoldingClass:
        return self._graph.classes[int(label.name.partition(":")[2])]

    # Azure RBAC --------------------------------------------------------------------------------------------------

    def _place(self, target: int) -> Scope:
        if kind_of(target) == NodeKind.RESOURCE:
            return resource_scope(self._drawing.index, self._drawing.facts, ref_of(target))
        return Scope.parse(self._drawing.index.scope_text(ref_of(target)))

    def _decide(self, principal: int, need: Need, place: Scope) -> Decision:
        person = self._drawing.index.facts.principals.key[principal]
        question = Question(person, need.action, need.plane, place)
        return decide(self._drawing.index, question, at=self._drawing.at, beside=False)

    def _part(self, place: Scope, evidence: int) -> Scope | None:
        """Return the scope of an assignment that is given at a part of the target alone."""
        if evidence < 0:
            return None
        index = self._drawing.index
        scope = Scope.parse(index.scope_text(index.v_scope[evidence]))
        return scope if scope.key.startswith(place.key.rstrip("/") + "/") else None

    def _held(self, held: HoldingClass, evidence: int, source: int, target: int, flags: int) -> _Told:
        """Find the way that the principal has at the very target, or at a part of it, the surest first."""
        place = self._place(target)
        part = self._part(place, evidence)
        place = part or place
        judged: list[tuple[tuple[int, int], HoldingWay, list[Decision], Scope | None]] = []
        for way in held.ways:
            decisions = [self._decide(ref_of(source), need, place) for need in way.needs]
            here = min(sureness(decision) for decision in decisions)
            there, where = self._elsewhere.of(ref_of(source), way.way.elsewhere) if here else (NOT, None)
            judged.append(((min(here, there), here), way, decisions, where))
        best = max(sure for sure, _, _, _ in judged)
        _, way, decisions, where = next(one for one in judged if one[0] == best)
        also = dict.fromkeys(one.kind.id for sure, one, _, _ in judged if sure == best and one.kind.id != way.kind.id)
        because: list[Reason | HopReason] = []
        for decision in decisions:
            because += [reason for reason in decision.because if _supports(reason, decision)]
        because = list(dict.fromkeys(because))
        if way.way.anywhere:
            held_too = ", ".join(need.action for need in way.way.elsewhere)
            said = f"and holds {held_too} at {where.text}" if where else f"and may hold {held_too} at some scope"
            because.append(HopReason("elsewhere", said, where.text if where else "", way.kind.id))
        if part is not None:
            because.append(HopReason("note", "only for this part of it", part.text, "S1"))
        because += self._beside(held, target, flags)
        if flags & EdgeFlag.ELIGIBLE:
            because += self._activation(evidence)
        return _Told(way.kind.id, _permission(way.needs), tuple(because), tuple(also))

    def _beside(self, held: HoldingClass, target: int, flags: int) -> list[HopReason]:
        """Return what stands beside the permissions: guards that are not known, locks to be lifted first."""
        found = []
        if kind_of(target) == NodeKind.RESOURCE:
            states = self._drawing.facts.guards
            unknown = (states.resource == ref_of(target)) & (states.state == GuardState.UNKNOWN)
            for guard in states.guard[unknown].tolist():
                if guard in held.guards:
                    says = self._drawing.catalogue.guards[guard].says.rstrip(".")
                    detail = f"whether a setting stops it is not known: {says[:1].lower()}{says[1:]}"
                    found.append(HopReason("guard", detail, self._names.ref(target).id, "V19"))
        if not held.certain:
            found.append(HopReason("note", "it is not sure that Azure lets this pass", "", held.kinds[0]))
        if flags & EdgeFlag.LIFTS:
            found.append(HopReason("guard", "a lock stops it; whoever can delete the lock lifts it first", "", "B1"))
        return found

    def _activation(self, evidence: int) -> list[HopReason]:
        """Return what activating the assignment asks for, as far as its rules were read."""
        if evidence < 0:
            return []
        index, rules = self._drawing.index, self._drawing.facts.activation_rules
        same = (rules.scope == index.v_scope[evidence]) & (rules.role == index.v_role[evidence])
        rows = same.nonzero()[0].tolist()
        role = index.facts.roles[index.v_role[evidence]].name
        if not rows:
            return [HopReason("activation", f"{role} must be activated first; its rules were not read", "", "P8")]
        row = rows[0]
        asked = [word for bit, word in _DEMANDS if rules.demands[row] & bit]
        approvers = rules.approver[rules.approver_offsets[row] : rules.approver_offsets[row + 1]].tolist()
        names = ", ".join(self._names.ref(one << 3).label for one in approvers)
        detail = f"{role} must be activated first, which asks for {', '.join(asked) or 'nothing'}"
        if names:
            detail += f" (approvers: {names})"
        if rules.minutes[row] > 0:
            detail += f", for at most {rules.minutes[row]} minutes"
        return [HopReason("activation", detail, "", "P8")]

    def _given(self, held: HoldingClass, source: int, target: int) -> _Told:
        way = held.ways[0]
        scope = self._names.ref(source)
        detail = f"any role can be given at {scope.label}, also one with this permission"
        because = (HopReason("gained", detail, scope.id, "AUT-01"), *self._beside(held, target, 0))
        return _Told(way.kind.id, _permission(way.needs), because, held.kinds[1:])

    def _taking(self, kind: EdgeKind, evidence: int, source: int, target: int, flags: int) -> _Told:
        """Tell an edge about giving roles: to everything at a scope, or to what one given role reaches."""
        needs = kind.way[0].at_target
        place = self._place(target)
        if evidence >= 0:
            place = Scope.parse(self._drawing.index.scope_text(self._drawing.index.v_scope[evidence]))
        because: list[Reason | HopReason] = []
        for need in needs:
            decision = self._decide(ref_of(source), need, place)
            because += [reason for reason in decision.because if _supports(reason, decision)]
        if kind_of(target) == NodeKind.RESOURCE:
            detail = "and so can take a role that reaches this"
            because.append(HopReason("gained", detail, place.text, kind.id))
        if flags & EdgeFlag.LIFTS:
            because.append(HopReason("guard", "a lock stops it; a role that deletes it can be taken first", "", "B1"))
        return _Told(kind.id, _permission(needs), tuple(dict.fromkeys(because)))

    # What rests on other tables ----------------------------------------------------------------------------------

    def _identity(self, evidence: int) -> _Told:
        table = self._drawing.facts.identities
        word = _IDENTITY_WORDS[int(table.link[evidence])]
        resource = self._names.resource(int(table.resource[evidence]))
        detail = f"code on {resource.label} gets tokens of {word}"
        if table.link[evidence] == IdentityLink.ITSELF:
            detail = f"{resource.label} is a managed identity; tokens for it are tokens of {word}"
        return _Told("MI-03", "", (HopReason("identity", detail, resource.id, "MI-03"),))

    def _policy(self, name: str, evidence: int, flags: int) -> _Told:
        table = self._drawing.facts.vault_policies
        rights = [
            word.lower().replace("_", " ")
            for word, bit in vars(VaultRight).items()
            if word.isupper() and int(table.rights[evidence]) & bit
        ]
        vault = self._names.resource(int(table.resource[evidence]))
        detail = f"an access policy of {vault.label} names it ({', '.join(rights)})"
        because = [HopReason("accessPolicy", detail, vault.id, "K1")]
        if int(table.rights[evidence]) & THROUGH_APPLICATION:
            detail = "it holds only through one application, on behalf of it; whether that can be used is not known"
            because.append(HopReason("note", detail, vault.id, "K1"))
        elif flags & EdgeFlag.POSSIBLE:
            because.append(HopReason("guard", "whether access policies rule this vault was not read", vault.id, "K1"))
        return _Told(name, "access policy: " + ", ".join(rights), tuple(because))

    def _gap(self, unseen: int) -> _Told:
        gap = self._drawing.index.facts.meta.gaps[ref_of(unseen)]
        detail = f"{gap.api} was not read for {gap.scope}: {gap.reason}"
        return _Told("NOT-READ", "", (HopReason("gap", detail, f"{gap.api}@{gap.scope}", "V3"),))


def _silent(target: int) -> _Told:
    """Tell a hop that is no step of its own: from a scope to what is below it, or to the tenant."""
    if kind_of(target) == NodeKind.TIER_ZERO:
        return _Told(CONTROLS, "", (HopReason("note", "whoever has this controls the tenant", "", "AUT-04"),))
    return _Told(CONTAINS, "", (HopReason("note", "what can be given here can be given below", "", "S2"),))


def _permission(needs: Sequence[Need]) -> str:
    return " + ".join(need.action for need in needs)


def _facet_word(key: int) -> str:
    facet = facet_of(key)
    return Facet(facet).name.lower() if facet else ""


def _supports(reason: Reason, decision: Decision) -> bool:
    """Tell whether a reason speaks for the hop: grants where it is allowed, else what it hangs on."""
    if decision.outcome is Outcome.ALLOWED:
        return isinstance(reason, Granted)
    return isinstance(reason, Granted | MayGrant | EligibleFor | MayBeDenied | NotSeen)
