"""One question put to one index at one instant: everything looked up once, before anything is judged."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from remit.engine.actions import has_condition
from remit.engine.conditions import Call, call_of, check_condition
from remit.engine.facts import PrincipalFlag, PrincipalKind
from remit.engine.index import TenantIndex
from remit.model.decision import ConditionResult, Truth
from remit.model.interval import to_micros
from remit.model.question import Plane, Question

_GROUP_LIKE = frozenset({PrincipalKind.UNKNOWN, PrincipalKind.GROUP, PrincipalKind.FOREIGN_GROUP})


class Asked:
    """A question with its caller, its chain of scopes and what its action means to every role.

    Attributes:
        caller: who asks, with its groups at the instant.
        chain: the place and what is above it.
        match: the action against all roles and denies.
        listed: the caller is in this tenant's directory.
        gone: the directory was read in full and the caller is not in it (V5, G4).
        members_matter, placement_matters: while judging, something was only possible because member lists, or the
            placement of management groups, were not read.
    """

    members_matter = False
    placement_matters = False

    def __init__(self, index: TenantIndex, question: Question, at: datetime) -> None:
        self.index = index
        self.question = question
        self.at = at
        self.micros = to_micros(at)
        self.match = index.actions.match(question.action, question.plane)
        self.chain = index.tree.chain(question.scope)
        row = index.principal_row(question.principal_id)
        self.caller = index.directory.caller(row, self.micros)
        self.listed = row >= 0 and bool(index.v_principal_flags[row] & PrincipalFlag.LISTED)
        self.gone = index.directory_complete and not self.listed

    @cached_property
    def call(self) -> Call:
        """Return what conditions may ask about."""
        return call_of(self.question, self.at)

    @property
    def is_data(self) -> bool:
        """Tell whether the data plane is asked (D6)."""
        return self.question.plane is Plane.DATA

    def condition(self, where: str, text: str | None, version: str | None) -> ConditionResult | None:
        """Return how a condition evaluates for this call, None where there is none."""
        if text is None or not has_condition(text):
            return None
        truth, why = check_condition(text, version, self.call)
        return ConditionResult(where, text, truth, why)

    def may_be_in(self, principal: int) -> bool:
        """Tell whether the caller may be in a group because member lists were not read (V3)."""
        caller = self.caller
        may_be = principal in caller.possible or (
            caller.any_group and self.index.v_principal_kind[principal] in _GROUP_LIKE
        )
        self.members_matter |= may_be
        return may_be


def truth_of_all(truths: list[Truth]) -> Truth:
    """Return the three-valued AND."""
    if Truth.FALSE in truths:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE
