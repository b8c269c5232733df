"""Does one deny assignment take away what is asked? Every factor of section N, one function each."""

from __future__ import annotations

from collections.abc import Iterator

from remit.reference.conditions_eval import condition_truth
from remit.reference.denies import Deny
from remit.reference.export import gap_scopes
from remit.reference.facts import Asked
from remit.reference.grants import touches
from remit.reference.groups import belongs
from remit.reference.matching import block_matches
from remit.reference.truth import Truth, every, opposite, some


def deny_truth(deny: Deny, asked: Asked) -> Truth:
    """V1: three-valued AND of all factors of N3, N5, N6, N9, N12."""
    return every(factors(deny, asked))


def factors(deny: Deny, asked: Asked) -> Iterator[Truth]:
    """Yield every factor, the cheapest first."""
    yield not deny.is_audit
    yield reaches(deny, asked)
    yield named(deny, asked)
    yield opposite(some(belongs(asked.caller, one, asked.facts.directory) for one in deny.excluded))
    yield covers_call(deny, asked)


def reaches(deny: Deny, asked: Asked) -> Truth:
    """S1, N6: at or above the scope; only at exactly that scope when child scopes are left out."""
    if deny.this_scope_only:
        return deny.scope.key == asked.question.scope.key
    return asked.facts.places.is_above(deny.scope.key, asked.chain)


def named(deny: Deny, asked: Asked) -> Truth:
    """N4, N5: everyone, the caller, or one of its groups."""
    return deny.everyone or some(belongs(asked.caller, one, asked.facts.directory) for one in deny.principals)


def covers_call(deny: Deny, asked: Asked) -> bool:
    """N3, N12, V7: a block covers the action, and neither condition is false; a doubtful one is taken as true."""
    if condition_truth(deny.condition, deny.condition_version, asked.call) is False:
        return False
    return any(
        block_matches(block, asked.question.action, asked.question.plane)
        and condition_truth(block.get("condition") or "", block.get("conditionVersion") or "", asked.call) is not False
        for block in deny.blocks
    )


def gaps_that_may_deny(asked: Asked) -> list[tuple[str, str]]:
    """V3: gaps at or above the scope behind which a deny may lie, as (list, place)."""
    api = "arm/denyAssignments"
    return [(api, place) for place in gap_scopes(asked.facts.export, api) if touches(place, asked)]
