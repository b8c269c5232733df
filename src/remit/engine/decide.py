"""The decision: one question, one snapshot, one instant, one of four answers, with the reasons.

Steps, numbered in the code (D2, V1):
1. denies on the chain: one that certainly applies settles `denied`, grant or no grant;
2. grants on the chain: each assignment alone, with its own condition;
3. gaps: what was not read and could hold a grant or a deny;
4. the answer, and what merely could become one (eligible), apart;
5. guards: what acts beside RBAC, reported and not mixed in.
"""

from __future__ import annotations

from datetime import datetime

from remit.engine.asked import Asked
from remit.engine.denying import denies
from remit.engine.explain import not_seen, sort_reasons
from remit.engine.granting import Grants, grants
from remit.engine.guards import guards_for
from remit.engine.index import TenantIndex
from remit.model.decision import Decision, Denied, MayBeDenied, NotSeen, Outcome, Reason
from remit.model.question import Question
from remit.model.snapshot import Gap


def decide(index: TenantIndex, question: Question, *, at: datetime, beside: bool = True) -> Decision:
    """Answer one question from one snapshot.

    Args:
        index: the snapshot, indexed.
        question: who, what, where; its attributes count for conditions.
        at: instant asked about, aware UTC; windows and `UtcNow` are measured against it.
        beside: also gather the guards, what acts beside RBAC; they never change the outcome.

    Returns:
        A decision with every reason that settles or touches it: all denies if denied, all grants if allowed, all that
        is missing if unknown; eligible access and grants that come to nothing apart; guards.

    Source: D1 to D6, V1 to V22. Cost: about 20 us; groups of the caller times levels of the scope.
    """
    asked = Asked(index, question, at)
    certain, possible = denies(asked)  # 1
    found = grants(asked)  # 2
    grant_gaps, deny_gaps = gaps_of(asked, listed=asked.listed)  # 3
    outcome = _outcome(certain, possible, found, grant_gaps, deny_gaps)  # 4
    reasons: list[Reason] = [*certain, *possible, *found.granted, *found.may_grant, *found.eligible, *found.nothing]
    if grant_gaps or deny_gaps or asked.members_matter or asked.placement_matters:
        reasons += gap_reasons(asked, [*grant_gaps, *deny_gaps])
    because = sort_reasons(reasons) if len(reasons) > 1 else tuple(reasons)
    return Decision(question, at, outcome, because, guards_for(asked) if beside else ())  # 5


def _outcome(
    certain: list[Denied], possible: list[MayBeDenied], found: Grants, grant_gaps: list[Gap], deny_gaps: list[Gap]
) -> Outcome:
    """Weigh what is certain against what may be (V1)."""
    if certain:
        return Outcome.DENIED
    if found.granted:
        return Outcome.UNKNOWN if possible or deny_gaps else Outcome.ALLOWED
    return Outcome.UNKNOWN if found.may_grant or grant_gaps else Outcome.NOT_ALLOWED


def gaps_of(asked: Asked, *, listed: bool) -> tuple[list[Gap], list[Gap]]:
    """Return the gaps that could hold a grant for a (listed) caller, and those that could hold a deny (V3)."""
    index = asked.index
    if not (index.assignment_gaps or index.deny_gaps or index.lighthouse_gaps or index.departed_gaps):
        return [], []
    rows = asked.chain.rows + asked.chain.possible
    grant = [gap for row in rows for gap in index.assignment_gaps.get(row, ())]
    if not listed and not asked.is_data:
        grant += [gap for row in rows for gap in index.lighthouse_gaps.get(row, ())]
    if not listed:
        grant += index.departed_gaps
    return grant, [gap for row in rows for gap in index.deny_gaps.get(row, ())]


def gap_reasons(asked: Asked, gaps: list[Gap]) -> tuple[NotSeen, ...]:
    """Return gaps as reasons, with those behind what was merely possible: member lists, placement of groups."""
    index = asked.index
    found = not_seen(gaps)
    if asked.members_matter:
        found += not_seen(index.member_gaps)
    if asked.placement_matters:
        found += not_seen(index.placement_gaps or [Gap("arm/managementGroups", _subscription(asked), "not placed")])
    return tuple(found)


def _subscription(asked: Asked) -> str:
    scope = asked.question.scope
    return scope.text[: scope.cuts[0]] if scope.cuts else scope.text
