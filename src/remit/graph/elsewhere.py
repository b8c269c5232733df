"""Where a principal holds what a way needs at a second place, such as any place to run code.

Drawing only asks whether there is such a place; telling a hop names it, and with it the way that is really there.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.engine.actions import NO
from remit.engine.decide import decide
from remit.graph.drawing import Drawing
from remit.graph.kinds import Need
from remit.model.decision import Decision, EligibleFor, Outcome
from remit.model.question import Question
from remit.model.scope import Scope, ScopeKind

SURE, LATER, MAYBE, NOT = 3, 2, 1, 0
"""How a decision speaks for a hop, best first: allowed, after activation, perhaps, not at all."""

_MOST_SCOPES = 200
"""So many scopes of one principal are asked about; one that is sure is mostly among the first."""


def sureness(decision: Decision) -> int:
    """Return how a decision speaks for a hop."""
    if decision.outcome is Outcome.ALLOWED:
        return SURE
    if any(isinstance(reason, EligibleFor) for reason in decision.because):
        return LATER
    return MAYBE if decision.outcome is Outcome.UNKNOWN else NOT


def type_before(scope: Scope) -> str:
    """Return what actions about the type of a resource begin with, lower case."""
    names = scope.resource_names()
    return f"{names[-1][0]}/".lower() if names else "/"


class Elsewhere:
    """Finds the second place of ways of one drawing; answers are remembered."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._known: dict[tuple[int, tuple[Need, ...]], tuple[int, Scope | None]] = {}

    def of(self, principal: int, needs: tuple[Need, ...]) -> tuple[int, Scope | None]:
        """Return how surely a principal holds some actions together at one scope, and at which.

        Without needs that is sure, and nowhere. Cost: a decision for each need at each scope of its own assignments
        and its groups' whose roles hold any of the needs, up to the first that is sure.
        """
        if not needs:
            return SURE, None
        found = self._known.get((principal, needs))
        if found is None:
            found = self._known[principal, needs] = self._best(principal, needs)
        return found

    def _best(self, principal: int, needs: tuple[Need, ...]) -> tuple[int, Scope | None]:
        index = self._drawing.index
        person = index.facts.principals.key[principal]
        best: tuple[int, Scope | None] = (NOT, None)
        for scope in self._scopes(principal, needs):
            questions = (Question(person, need.action, need.plane, scope) for need in needs)
            sure = min(sureness(decide(index, one, at=self._drawing.at, beside=False)) for one in questions)
            if sure > best[0]:
                best = sure, scope
            if sure == SURE:
                break
        return best

    def _scopes(self, principal: int, needs: tuple[Need, ...]) -> Iterator[Scope]:
        """Yield where roles with any of the actions are held, as far as the actions are of use there."""
        index = self._drawing.index
        roles = [index.actions.match(need.action, need.plane).roles for need in needs]
        rows = {
            index.v_scope[row]
            for one in index.directory.caller(principal, self._drawing.micros).identities
            for row in index.v_held[index.v_by_principal[one] : index.v_by_principal[one + 1]]
            if any(role[index.v_role[row]] != NO for role in roles)
        }
        for row in sorted(rows)[:_MOST_SCOPES]:
            scope = Scope.parse(index.scope_text(row))
            kind = type_before(scope)
            if scope.kind is not ScopeKind.RESOURCE or all(need.action.lower().startswith(kind) for need in needs):
                yield scope
