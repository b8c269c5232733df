"""What granted observed operations, for those that settle usage: the engine's answer at the instant of each."""

from __future__ import annotations

from collections.abc import Sequence

from remit.app.history.tenant_history import TenantHistory
from remit.model.errors import InputError
from remit.model.interval import from_micros
from remit.model.question import Plane, Question, TimedQuestion, parse_action
from remit.model.scope import Scope
from remit.model.usage import ObservedPlane
from remit.ports.usage_store import UseQuestion


class HistoryAttribution:
    """Says what granted operations, from the snapshots and changes of a history."""

    def __init__(self, history: TenantHistory) -> None:
        self._history = history

    def instants(self) -> Sequence[int]:
        """Return the instants at which what is granted may have changed, ascending, in microseconds since 1970 UTC."""
        return self._history.instants()

    def granting(self, questions: Sequence[UseQuestion]) -> Sequence[tuple[str, ...] | None]:
        """Return the GUIDs of the assignments that grant each, the nearest scope first; None where nothing is known.

        A log may hold an action or a scope that nobody can ask about; nothing is known of it then.
        """
        asked: list[TimedQuestion] = []
        places: list[int] = []
        for place, one in enumerate(questions):
            question = _question(one)
            if question is not None:
                asked.append(question)
                places.append(place)
        found: list[tuple[str, ...] | None] = [None] * len(questions)
        for place, said in zip(places, self._history.granting(asked), strict=True):
            found[place] = said.assignment_ids if said.known else None
        return found


def _question(one: UseQuestion) -> TimedQuestion | None:
    if one.plane not in (ObservedPlane.CONTROL, ObservedPlane.DATA):
        return None
    plane = Plane.DATA if one.plane is ObservedPlane.DATA else Plane.CONTROL
    try:
        question = Question(one.principal_id, parse_action(one.action), plane, Scope.parse(one.scope))
        return TimedQuestion("", question, from_micros(one.at))
    except (InputError, OverflowError):
        return None
