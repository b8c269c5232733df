"""Reasons as sentences for people: assignment, membership chain, role and block, scope, condition, deny, gap."""

from __future__ import annotations

from typing import assert_never

from remit.cli.places import Names, place, relation, short_id
from remit.model.decision import (
    AssignmentFacts,
    ConditionResult,
    Denied,
    EligibleFor,
    Granted,
    GrantKind,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Reason,
)

_HOLDERS = {"assignment": "the assignment's condition", "role": "the role's condition", "deny": "its condition"}


def sentences(  # noqa: PLR0911 - one return for each kind of reason
    reason: Reason, asked: str, names: Names, *, settles: bool = True, full: bool = False
) -> list[str]:
    """Return a reason as a headline and the sentences that prove it.

    Args:
        reason: what to tell.
        asked: the scope asked about.
        names: display names of principals by object id, of management groups and subscriptions by scope key.
        settles: False where a grant is not the last word, because something else denies or may deny.
        full: with ids, block numbers and the conditions' texts.
    """
    if isinstance(reason, Granted):
        head = f"The role {_role(reason.assignment)} {'grants' if settles else 'would grant'} it"
        return [f"{head}{_kind(reason.assignment)}.", *_assignment(reason, asked, names, full=full)]
    if isinstance(reason, MayGrant):
        head = f"The role {_role(reason.assignment)} may grant it{_kind(reason.assignment)}{_because(reason)}."
        return [head, *_assignment(reason, asked, names, full=full)]
    if isinstance(reason, GrantsNothing):
        head = f"The role {_role(reason.assignment)} covers the action but grants nothing here{_because(reason)}."
        return [head, *_assignment(reason, asked, names, full=full)]
    if isinstance(reason, EligibleFor):
        return _eligible(reason, asked, names, full=full)
    if isinstance(reason, Denied):
        return _denied(reason, asked, names, full=full)
    if isinstance(reason, MayBeDenied):
        head = f"The deny assignment “{reason.name}” may take it away: {reason.why}."
        return [head, f"It stands {relation(reason.scope, asked, names)}.", *_ids(reason.assignment_id, full=full)]
    if isinstance(reason, NotSeen):
        where = "" if reason.scope == "/" else f" for {place(reason.scope, names)}"
        return [f"{reason.api} was not read{where}: {reason.reason}."]
    assert_never(reason)


def _because(reason: MayGrant | GrantsNothing) -> str:
    """Return why, unless a condition is about to say the same."""
    told = any(condition.why == reason.why for condition in reason.conditions)
    return "" if told or not reason.why else f": {reason.why}"


def _assignment(reason: Granted | MayGrant | GrantsNothing, asked: str, names: Names, *, full: bool) -> list[str]:
    return [*_chain(reason.assignment, asked, names), *_proof(reason, full=full)]


def who_is_in(membership: tuple[str, ...], names: Names) -> str:
    """Return a membership chain as a sentence without its end; "" where the principal is named itself."""
    if len(membership) < 2:  # noqa: PLR2004 - a chain has two ends
        return ""
    first, *groups = (names.get(one, one) for one in membership)
    return f"{first} is in " + ", which is in ".join(groups)


def _role(facts: AssignmentFacts) -> str:
    return facts.role_name or facts.role_id


def _kind(facts: AssignmentFacts) -> str:
    return ", through Azure Lighthouse" if facts.kind in (GrantKind.LIGHTHOUSE, GrantKind.LIGHTHOUSE_ELIGIBLE) else ""


def _chain(facts: AssignmentFacts, asked: str, names: Names) -> list[str]:
    chain = who_is_in(facts.membership, names)
    named = names.get(facts.principal_id, facts.principal_id)
    said = [f"{chain}."] if chain else []
    return [*said, f"{named} is assigned it {relation(facts.scope, asked, names)}."]


def _proof(reason: Granted | MayGrant | GrantsNothing, *, full: bool) -> list[str]:
    said = [one for condition in reason.conditions for one in _condition(condition, full=full)]
    block = None if isinstance(reason, GrantsNothing) else reason.block
    if full and block is not None:
        said.append(f"Permission block {block + 1} of the role covers the action.")
    return said + _ids(reason.assignment.assignment_id, full=full)


def _eligible(reason: EligibleFor, asked: str, names: Names, *, full: bool) -> list[str]:
    facts = reason.assignment
    group = reason.through_eligible_group
    if group is None:
        head = f"The role {_role(facts)} would grant it once activated{_kind(facts)}."
        return [head, *_chain(facts, asked, names), *_ids(facts.assignment_id, full=full)]
    caller = names.get(facts.membership[0], facts.membership[0])
    head = f"The role {_role(facts)} would grant it once membership of {names.get(group, group)} is activated."
    onward = who_is_in(facts.membership[1:], names)
    said = [f"{caller} is an eligible member of {names.get(group, group)}."]
    said += [f"{onward}."] if onward else []
    named = names.get(facts.principal_id, facts.principal_id)
    said.append(f"{named} is assigned the role {relation(facts.scope, asked, names)}.")
    return [head, *said, *_ids(facts.assignment_id, full=full)]


def _denied(reason: Denied, asked: str, names: Names, *, full: bool) -> list[str]:
    said = [f"The deny assignment “{reason.name}” takes it away."]
    if reason.everyone:
        said.append(f"It stands {relation(reason.scope, asked, names)}, and names everyone it does not exclude.")
    else:
        chain = who_is_in(reason.membership, names)
        said += [f"{chain}."] if chain else []
        named = names.get(reason.membership[-1], reason.membership[-1]) if reason.membership else "the caller"
        said.append(f"It stands {relation(reason.scope, asked, names)}, and names {named}.")
    if reason.condition is not None:
        said += _condition(reason.condition, full=full)
    return said + _ids(reason.assignment_id, full=full)


def _condition(condition: ConditionResult, *, full: bool) -> list[str]:
    holder = _HOLDERS.get(condition.where, condition.where)
    why = f": {condition.why}" if condition.why else ""
    said = [f"{holder[:1].upper()}{holder[1:]} is {condition.truth.value}{why}."]
    return [*said, f"Its text: {' '.join(condition.text.split())}"] if full else said


def _ids(assignment_id: str, *, full: bool) -> list[str]:
    if full:
        return [f"Id: {assignment_id}"]
    return [f"(assignment {short_id(assignment_id.rsplit('/', 1)[-1])})"]
