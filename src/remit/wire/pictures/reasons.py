"""Reasons in a sentence, by the ids they hold; who knows names says them better."""

from __future__ import annotations

from typing import assert_never

from remit.graph.answers import HopReason
from remit.model.decision import (
    AssignmentFacts,
    Denied,
    EligibleFor,
    Granted,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Reason,
)


def reason_text(reason: Reason | HopReason) -> str:  # noqa: PLR0911 - one return for each kind of reason
    """Return a reason as a sentence."""
    if isinstance(reason, HopReason):
        return reason.detail
    if isinstance(reason, Granted):
        return f"{_assigned(reason.assignment)} grants it ({_id(reason.assignment)})."
    if isinstance(reason, MayGrant):
        return f"{_assigned(reason.assignment)} may grant it: {reason.why} ({_id(reason.assignment)})."
    if isinstance(reason, GrantsNothing):
        return f"{_assigned(reason.assignment)} grants nothing here: {reason.why} ({_id(reason.assignment)})."
    if isinstance(reason, EligibleFor):
        through = f" of membership of {reason.through_eligible_group}" if reason.through_eligible_group else ""
        return f"{_assigned(reason.assignment)} would grant it after activation{through} ({_id(reason.assignment)})."
    if isinstance(reason, Denied):
        return f"The deny assignment “{reason.name}” at {reason.scope} takes it away."
    if isinstance(reason, MayBeDenied):
        return f"The deny assignment “{reason.name}” at {reason.scope} may take it away: {reason.why}."
    if isinstance(reason, NotSeen):
        return f"{reason.api} was not read for {reason.scope}: {reason.reason}."
    assert_never(reason)


def _assigned(facts: AssignmentFacts) -> str:
    through = " through " + " > ".join(facts.membership[1:]) if len(facts.membership) > 1 else ""
    return f"The role {facts.role_name or facts.role_id} at {facts.scope}{through}"


def _id(facts: AssignmentFacts) -> str:
    return f"assignment {facts.assignment_id}"
