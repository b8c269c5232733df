"""Role assignments that may be made under a condition: exactly the roles it lets the holder give itself (I1, AUT-02).

For each such assignment every role of the tenant is tried: would the condition let the holder assign it to itself?
What the role gives is then within reach. A condition written as a list of forbidden roles lets every other one pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from remit.engine.asked import Asked
from remit.engine.facts import PrincipalKind
from remit.engine.granting import condition_outcome
from remit.engine.index import TenantIndex
from remit.graph.holding.grants import SURE, UNDER_CONDITION, Worth
from remit.graph.holding.regions import ROLE_WRITE
from remit.graph.holding.tree import PlaceTree
from remit.model.decision import Truth
from remit.model.question import AttributeValue, Question
from remit.model.role import RoleSource

_ATTRIBUTE = "@Request[Microsoft.Authorization/roleAssignments:{}]"
_TYPES = {
    PrincipalKind.USER: ("User",),
    PrincipalKind.SERVICE_PRINCIPAL: ("ServicePrincipal",),
    PrincipalKind.GROUP: ("User", "ServicePrincipal"),
    PrincipalKind.UNKNOWN: ("User", "ServicePrincipal"),
}


class Delegated(NamedTuple):
    """One role that a conditioned assignment lets its holder take.

    Attributes:
        assignment: row of the assignment. role: row of the role that can be given. certain: the condition surely
            lets it pass. refuses: the condition forbids named roles, and this one is not among them.
    """

    assignment: int
    role: int
    certain: bool
    refuses: bool


class Delegation:
    """Tries conditions of one index at one instant."""

    def __init__(self, index: TenantIndex, tree: PlaceTree, worth: Worth, at: datetime) -> None:
        self._index = index
        self._tree = tree
        self._worth = worth
        self._at = at
        self._known: dict[tuple[int, int, int, str], tuple[tuple[int, bool], ...]] = {}

    def found(self) -> Iterator[Delegated]:
        """Yield every role that conditioned assignments in force let their holders take.

        Cost: for each distinct condition and kind of holder, the roles of the tenant times some 30 us.
        """
        ranks = self._worth.roles(ROLE_WRITE)
        table = self._index.facts.assignments
        active = self._worth.active
        some = ranks[table.role[active]]
        rows = active[(some == UNDER_CONDITION) | ((some == SURE) & self._worth.conditional[active])]
        for row in rows.tolist():
            refuses = "notequals" in self._text(row).lower()
            for role, certain in self._roles(row):
                yield Delegated(row, role, certain, refuses)

    def _text(self, row: int) -> str:
        number = self._index.v_condition[row]
        own = self._index.facts.conditions.text[number] if number >= 0 else ""
        blocks = self._index.facts.roles[self._index.v_role[row]].blocks
        return " ".join([own, *(block.condition or "" for block in blocks)])

    def _roles(self, row: int) -> tuple[tuple[int, bool], ...]:
        index = self._index
        principal = index.v_principal[row]
        kind = index.v_principal_kind[principal]
        person = index.facts.principals.key[principal]
        own = person if kind in (PrincipalKind.USER, PrincipalKind.SERVICE_PRINCIPAL) else ""
        # Few conditions name principals; without an id in the text one answer serves every holder of a kind.
        named = own if "principalid" in self._text(row).lower() else "*"
        key = (index.v_role[row], index.v_condition[row], kind, named)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(
                (role, truth is Truth.TRUE)
                for role, definition in enumerate(index.facts.roles)
                if definition.source is not RoleSource.NOT_COLLECTED
                and (truth := self._try(row, role, own, _TYPES.get(kind, ("User",)))) is not Truth.FALSE
            )
        return found

    def _try(self, row: int, role: int, own: str, types: tuple[str, ...]) -> Truth:
        best = Truth.FALSE
        for kind in types:
            attributes: dict[str, AttributeValue] = {
                _ATTRIBUTE.format("RoleDefinitionId"): self._index.facts.roles[role].key.partition("+")[0],
                _ATTRIBUTE.format("PrincipalType"): kind,
            }
            if own:
                attributes[_ATTRIBUTE.format("PrincipalId")] = own
            place = self._tree.scope(self._index.v_scope[row])
            question = Question(own, ROLE_WRITE.action, ROLE_WRITE.plane, place, attributes)
            asked = Asked(self._index, question, self._at)
            truth = condition_outcome(asked, row, self._index.v_role[row]).truth
            if truth is Truth.TRUE:
                return truth
            if truth is Truth.UNKNOWN:
                best = truth
        return best


def gives_roles(worth: Worth, role: int) -> bool:
    """Tell whether a role lets its holder give any role, without a condition."""
    return bool(worth.roles(ROLE_WRITE)[role] == SURE)
