"""Which role assignments grant: D2 to D5, L6, L7, P1, P2, X3, X4, C18, C22; V2 to V6, V14 to V16."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remit.engine.actions import NO, NOT_COLLECTED, PLAIN
from remit.engine.asked import Asked, truth_of_all
from remit.engine.conditions import uses_guid_operator
from remit.engine.explain import assignment_facts, membership
from remit.engine.facts import AssignmentFlag, AssignmentKind
from remit.engine.index import TenantIndex
from remit.engine.inheritance import Chain
from remit.engine.membership import Caller
from remit.model.decision import ConditionResult, EligibleFor, Granted, GrantsNothing, MayGrant, Truth

_FEW = 32
_ACTIVE_KINDS = (AssignmentKind.ACTIVE, AssignmentKind.LIGHTHOUSE)
_LIGHTHOUSE_KINDS = (AssignmentKind.LIGHTHOUSE, AssignmentKind.LIGHTHOUSE_ELIGIBLE)
_STORAGE = "microsoft.storage/"


class Grants:
    """What the assignments of a caller come to for one question."""

    __slots__ = ("eligible", "granted", "may_grant", "nothing")

    def __init__(self) -> None:
        self.granted: list[Granted] = []
        self.may_grant: list[MayGrant] = []
        self.nothing: list[GrantsNothing] = []
        self.eligible: list[EligibleFor] = []


def grants(asked: Asked) -> Grants:
    """Judge every assignment that names the caller, one of its groups, or a group it may be in.

    Cost: the caller's groups times the scopes of the chain, or their assignments where those are fewer.
    """
    found = Grants()
    index, roles = asked.index, asked.match.roles
    for row in _held(index, asked.caller, asked.chain):
        if roles[index.v_role[row]] != NO:
            _judge(asked, row, found, "")
    if asked.chain.possible:
        why = "whether its management group holds the scope was not seen"
        for row in _held_by(index, asked.caller.identities, asked.chain.possible):
            if roles[index.v_role[row]] != NO:
                asked.placement_matters = True
                _judge(asked, row, found, why)
    if asked.caller.possible or asked.caller.any_group or not asked.listed:
        _possible_memberships(asked, found)
    if index.has_eligible_memberships:
        _eligible_memberships(asked, found)
    return found


def _held(index: TenantIndex, caller: Caller, chain: Chain) -> list[int]:
    """Return the assignments that name a caller or one of its groups on the certain part of a chain."""
    found: list[int] = []
    identities, kept = caller.identities, index.holders_kept
    for step, scope in enumerate(chain.rows):
        if step < chain.deep:
            # A resource group or resource: few assignments, and few questions that share it.
            first, last = index.v_by_scope[scope], index.v_by_scope[scope + 1]
            if last - first < _FEW:
                if first < last and not identities.isdisjoint(index.v_principal[first:last]):
                    found += [row for row in range(first, last) if index.v_principal[row] in identities]
                continue
        holders = kept.get(scope)
        if holders is None:
            holders = index.holders_at(scope)
        if holders:
            for one in holders.keys() & identities:
                found += range(*holders[one])
    return found


def _held_by(index: TenantIndex, identities: Iterable[int], scopes: Iterable[int]) -> Iterator[int]:
    """Yield the assignments of some principals at some scopes; for the rarer questions."""
    wanted = frozenset(scopes)
    for one in identities:
        for place in range(index.v_by_principal[one], index.v_by_principal[one + 1]):
            if index.v_held_scope[place] in wanted:
                yield index.v_held[place]


def _possible_memberships(asked: Asked, found: Grants) -> None:
    """Judge assignments to groups that the caller may be in, here or in a managing tenant (V3, V15)."""
    index = asked.index
    for scope in asked.chain.rows + asked.chain.possible:
        for row in range(index.v_by_scope[scope], index.v_by_scope[scope + 1]):
            named = index.v_principal[row]
            if asked.match.roles[index.v_role[row]] == NO:
                continue
            if index.v_kind[row] in _LIGHTHOUSE_KINDS:
                if not asked.listed and named != asked.caller.row:
                    _judge(asked, row, found, "the groups of the managing tenant are not seen")
            elif named not in asked.caller.identities and asked.may_be_in(named):
                _judge(asked, row, found, "whether the caller is in the group was not seen")


def _judge(asked: Asked, row: int, found: Grants, unseen: str) -> None:
    """Judge one assignment whose role covers the action; `unseen` says what else is not known, "" for nothing."""
    index = asked.index
    if index.v_plain[row] and asked.match.roles[index.v_role[row]] == PLAIN and not unseen and not asked.gone:
        way = membership(index, asked.caller, index.v_principal[row], asked.micros, asked.question.principal_id)
        found.granted.append(Granted(assignment_facts(index, row, way), _plain_block(asked, index.v_role[row])))
        return
    kind = index.v_kind[row]
    if kind in _LIGHTHOUSE_KINDS and not unseen and index.v_principal[row] != asked.caller.row:
        return  # V15: groups of this tenant are not those of the managing one
    if kind not in _ACTIVE_KINDS:
        _judge_eligible(asked, row, found)
        return
    if kind == AssignmentKind.LIGHTHOUSE and asked.is_data:
        return
    way = membership(index, asked.caller, index.v_principal[row], asked.micros, asked.question.principal_id)
    facts = assignment_facts(index, row, way)
    role = index.v_role[row]
    nothing = worthless(index, row, asked.micros)
    if nothing:
        found.nothing.append(GrantsNothing(facts, nothing[1], (), nothing[0]))
        return
    outcome = condition_outcome(asked, row, role)
    if outcome.truth is Truth.FALSE:
        found.nothing.append(GrantsNothing(facts, outcome.why, outcome.shown, outcome.clause))
    elif outcome.truth is Truth.UNKNOWN or unseen:
        why, clause = (outcome.why, outcome.clause) if outcome.truth is Truth.UNKNOWN else (unseen, "V3")
        found.may_grant.append(MayGrant(facts, outcome.block, why, outcome.shown, clause))
    elif _names_gone_caller(asked, row):
        found.nothing.append(GrantsNothing(facts, "the principal is not in the directory", outcome.shown, "G4"))
    else:
        found.granted.append(Granted(facts, outcome.block or 0, outcome.shown))


def _names_gone_caller(asked: Asked, row: int) -> bool:
    """Tell whether an assignment names the caller itself, and that identity is gone (V5)."""
    names_it = asked.index.v_principal[row] == asked.caller.row
    return asked.gone and names_it and not asked.index.v_flags[row] & AssignmentFlag.FOREIGN_PRINCIPAL


def worthless(index: TenantIndex, row: int, at: int) -> tuple[str, str] | None:
    """Return (clause, why) where an assignment grants nothing whatever is asked."""
    flags = index.v_flags[row]
    if index.role_invalid[index.v_role[row]]:
        return "L6", index.facts.roles[index.v_role[row]].invalid
    if flags & AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP:
        return "L7", "a custom role with data actions cannot be assigned at a management group"
    if flags & AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED:
        return "X3", "the role or the scope cannot be delegated through Lighthouse"
    if flags & AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL:
        return "P4", "a service principal cannot be eligible"
    if not index.v_start[row] <= at < index.v_end[row]:
        return "P2", "it is not in force at the instant asked"
    return None


def _plain_block(asked: Asked, role: int) -> int:
    """Return the place within the role of the first covering block without a condition."""
    table = asked.index.actions
    if table.role_start[role] + 1 == table.role_start[role + 1]:
        return 0
    numbers = table.role_blocks(role, asked.match)
    if len(numbers) > 1:
        numbers = [number for number in numbers if not table.blocks[number].condition] or numbers
    return numbers[0] - table.role_start[role]


@dataclass(frozen=True, slots=True)
class ConditionOutcome:
    """How the conditions of one assignment come out for one call: the truth, what decided it, and by which clause."""

    truth: Truth
    block: int | None
    shown: tuple[ConditionResult, ...]
    why: str
    clause: str


def condition_outcome(asked: Asked, row: int, role: int) -> ConditionOutcome:
    """Join the assignment's condition with those of the covering blocks: both must hold, any block will do (D4, D5)."""
    index = asked.index
    number = index.v_condition[row]
    own = None
    if number >= 0:
        table = index.facts.conditions
        text, version = table.text[number], table.version[number] or None
        storage = asked.is_data and asked.question.action.lower().startswith(_STORAGE)
        if storage and uses_guid_operator(text, version):
            why = "a condition with a GUID operator fails on a storage data action"
            return ConditionOutcome(
                Truth.FALSE, None, (ConditionResult("assignment", text, Truth.FALSE, why),), why, "C18"
            )
        own = asked.condition("assignment", text, version)
    if asked.match.roles[role] == NOT_COLLECTED:
        if own is not None and own.truth is Truth.FALSE:
            return ConditionOutcome(Truth.FALSE, None, (own,), own.why, "C1")
        why = f"role definition `{index.facts.roles[role].key}` was not collected"
        return ConditionOutcome(Truth.UNKNOWN, None, (own,) if own else (), why, "V6")
    best: ConditionOutcome | None = None
    for place in index.actions.role_blocks(role, asked.match):
        block = index.actions.blocks[place]
        inner = asked.condition("role", block.condition, block.condition_version)
        both = tuple(one for one in (own, inner) if one is not None)
        truth = truth_of_all([one.truth for one in both])
        why = next((one.why for one in both if one.truth is truth), "")
        clause = "C22" if truth is Truth.UNKNOWN else "C1"
        one = ConditionOutcome(truth, place - index.actions.role_start[role], both, why, clause)
        if truth is Truth.TRUE:
            return one
        if best is None or (best.truth is Truth.FALSE and truth is Truth.UNKNOWN):
            best = one
    return best or ConditionOutcome(Truth.FALSE, None, (), "no block covers the action", "D4")


def _judge_eligible(asked: Asked, row: int, found: Grants) -> None:
    """Report an eligible assignment that would grant once activated (P1, P4, P5); it never counts."""
    index = asked.index
    lighthouse = index.v_kind[row] == AssignmentKind.LIGHTHOUSE_ELIGIBLE
    if worthless(index, row, asked.micros):
        return
    named = index.v_principal[row]
    if (lighthouse and asked.is_data) or named not in asked.caller.identities:
        return
    way = membership(index, asked.caller, named, asked.micros, asked.question.principal_id)
    found.eligible.append(EligibleFor(assignment_facts(index, row, way), None, "X5" if lighthouse else "P1"))


def _eligible_memberships(asked: Asked, found: Grants) -> None:
    """Report assignments of groups that the caller may activate its membership of (P6)."""
    index = asked.index
    for one in asked.caller.identities:
        for place in range(index.v_eligible_by_member[one], index.v_eligible_by_member[one + 1]):
            if not index.eligible_start[place] <= asked.micros < index.eligible_end[place]:
                continue
            group = int(index.eligible_group[place])
            activated = index.directory.caller(group, asked.micros)
            reached = activated.identities - asked.caller.identities
            for row in _held_by(index, reached, asked.chain.rows):
                usable = asked.match.roles[index.v_role[row]] != NO and index.v_kind[row] == AssignmentKind.ACTIVE
                if usable and not worthless(index, row, asked.micros):
                    named = index.v_principal[row]
                    group_id = index.facts.principals.key[group]
                    way = membership(index, activated, named, asked.micros, group_id)
                    facts = assignment_facts(index, row, (asked.question.principal_id.lower(), *way))
                    found.eligible.append(EligibleFor(facts, group_id, "P6"))
