"""Which deny assignments apply: N1 to N6, N9, N12; V3, V7, V17, V18."""

from __future__ import annotations

from remit.engine.actions import CONDITIONED, NO
from remit.engine.asked import Asked
from remit.engine.explain import membership
from remit.engine.facts import DenyFlag
from remit.model.decision import ConditionResult, Denied, MayBeDenied, Truth

_NOT_SEEN = "whether the caller is in a group it names was not seen"
_EXCLUDED_NOT_SEEN = "whether the caller is in a group it excludes was not seen"
_PLACE_NOT_SEEN = "whether its management group holds the scope was not seen"


def denies(asked: Asked) -> tuple[list[Denied], list[MayBeDenied]]:
    """Return the denies that certainly apply, and those that may.

    Cost: one look per scope of the chain; then linear in the denies there.
    """
    certain: list[Denied] = []
    possible: list[MayBeDenied] = []
    offsets = asked.index.v_deny_by_scope
    chain = asked.chain
    if not chain.possible and asked.index.scopes_with_denies.isdisjoint(chain.rows):
        return certain, possible
    for row in chain.rows:
        for deny in range(offsets[row], offsets[row + 1]):
            _judge(asked, deny, certain, possible, placed=True, exact=row == chain.own)
    for row in chain.possible:
        for deny in range(offsets[row], offsets[row + 1]):
            _judge(asked, deny, certain, possible, placed=False, exact=False)
    return certain, possible


def _judge(
    asked: Asked, deny: int, certain: list[Denied], possible: list[MayBeDenied], *, placed: bool, exact: bool
) -> None:
    table = asked.index.facts.denies
    flags = int(table.flags[deny])
    if asked.match.denies[table.permissions[deny]] == NO or flags & DenyFlag.AUDIT:
        return
    if flags & DenyFlag.THIS_SCOPE_ONLY and not exact:
        return
    applies, condition = _condition(asked, deny)
    if not applies:
        return
    named = _named(asked, deny)
    if named is None:
        return
    excluded = _excluded(asked, deny)
    if excluded is Truth.TRUE:
        return
    if placed and excluded is Truth.FALSE and named >= 0:
        certain.append(_denied(asked, deny, named, condition))
        return
    asked.placement_matters |= not placed
    why = _PLACE_NOT_SEEN if not placed else _NOT_SEEN if named < 0 else _EXCLUDED_NOT_SEEN
    scope = asked.index.facts.scopes.text[int(table.scope[deny])]
    possible.append(MayBeDenied(table.identity[deny], table.name[deny], scope, why, "S3" if not placed else "N5"))


def applying_denies(asked: Asked, rows: tuple[int, ...], *, own: int) -> list[int]:
    """Return the denies at some scopes that cover the action and whose condition does not switch them off."""
    index = asked.index
    table, offsets = index.facts.denies, index.v_deny_by_scope
    found: list[int] = []
    for row in rows:
        for deny in range(offsets[row], offsets[row + 1]):
            flags = int(table.flags[deny])
            covered = asked.match.denies[table.permissions[deny]] != NO and not flags & DenyFlag.AUDIT
            if covered and (row == own or not flags & DenyFlag.THIS_SCOPE_ONLY) and _condition(asked, deny)[0]:
                found.append(deny)
    return found


def audit_denies(asked: Asked) -> list[int]:
    """Return the denies that name the caller and cover the call, certainly or maybe, and only audit (N9, V18)."""
    table, offsets = asked.index.facts.denies, asked.index.v_deny_by_scope
    found: list[int] = []
    for row in asked.chain.rows:
        for deny in range(offsets[row], offsets[row + 1]):
            flags = int(table.flags[deny])
            covered = flags & DenyFlag.AUDIT and asked.match.denies[table.permissions[deny]] != NO
            if covered and (row == asked.chain.own or not flags & DenyFlag.THIS_SCOPE_ONLY):
                named = _condition(asked, deny)[0] and _named(asked, deny) is not None
                if named and _excluded(asked, deny) is not Truth.TRUE:
                    found.append(deny)
    return found


def _condition(asked: Asked, deny: int) -> tuple[bool, ConditionResult | None]:
    """Tell whether the deny's conditions let it apply, and show the one that was asked (N12, V7)."""
    index = asked.index
    permissions = int(index.facts.denies.permissions[deny])
    if asked.match.denies[permissions] != CONDITIONED:
        return True, None
    whole = index.facts.deny_permissions[permissions]
    shown = asked.condition("deny", whole.condition, whole.condition_version)
    if shown is not None and shown.truth is Truth.FALSE:
        return False, shown
    for number in index.actions.deny_blocks(permissions, asked.match):
        block = index.actions.blocks[number]
        result = asked.condition("deny", block.condition, block.condition_version)
        if result is None or result.truth is not Truth.FALSE:
            return True, shown or result
    return False, shown


def _named(asked: Asked, deny: int) -> int | None:
    """Return the row through which the caller is named; -2 through Everyone is its own row; None when not.

    -1 means that it may be, through a group whose members were not read.
    """
    table = asked.index.facts.denies
    if table.flags[deny] & DenyFlag.EVERYONE:
        return _EVERYONE
    rows = table.principal[table.principal_offsets[deny] : table.principal_offsets[deny + 1]].tolist()
    identities = asked.caller.identities
    if asked.caller.row in rows:
        return asked.caller.row
    for row in rows:
        if row in identities:
            return int(row)
    return -1 if any(asked.may_be_in(row) for row in rows) else None


_EVERYONE = 2**40
"""Stands for Everyone where a row of `Principals` is meant; larger than any row."""


def _excluded(asked: Asked, deny: int) -> Truth:
    """Tell whether the caller or one of its groups is excluded; exclusion wins (N5)."""
    table = asked.index.facts.denies
    rows = table.excluded[table.excluded_offsets[deny] : table.excluded_offsets[deny + 1]].tolist()
    if not asked.caller.identities.isdisjoint(rows):
        return Truth.TRUE
    return Truth.UNKNOWN if any(asked.may_be_in(row) for row in rows) else Truth.FALSE


def _denied(asked: Asked, deny: int, named: int, condition: ConditionResult | None) -> Denied:
    index, table = asked.index, asked.index.facts.denies
    everyone = named == _EVERYONE
    caller_id = asked.question.principal_id
    way = (caller_id.lower(),) if everyone else membership(index, asked.caller, named, asked.micros, caller_id)
    clause = "N12" if condition is not None else "N4" if everyone else "N1"
    return Denied(
        assignment_id=table.identity[deny],
        name=table.name[deny],
        scope=index.facts.scopes.text[int(table.scope[deny])],
        everyone=everyone,
        membership=way,
        condition=condition,
        clause=clause,
    )
