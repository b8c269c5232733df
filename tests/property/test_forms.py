"""Every form of a question agrees: can, who_can, what_can, and batches of any kind, on random tenants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.fakes.engine_world import EngineWorld
from tests.strategies.choices import seeded
from tests.strategies.questions import question
from tests.strategies.tenants import Tenant, tenant
from tests.strategies.vocabulary import AT, CONTROL_ACTIONS, DATA_ACTIONS, INSTANTS, PRINCIPALS

from remit.engine.batch import decide_many
from remit.engine.holdings import what_can
from remit.model.decision import EligibleFor, Granted, Outcome
from remit.model.effective import Standing, WhatCan
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.role import PermissionBlock
from remit.model.scope import Scope
from remit.reference.export import Export
from remit.reference.matching import covers_any
from remit.reference.places import Places

OPERATIONS = {
    "id": "/providers/Microsoft.Authorization/providerOperations/All",
    "operations": [{"name": name, "isDataAction": False} for name in CONTROL_ACTIONS],
    "resourceTypes": [{"operations": [{"name": name, "isDataAction": True} for name in DATA_ACTIONS]}],
}
"""The known operations, as the service lists those of one provider (D7)."""

_TENANTS = 60
_QUESTIONS = 25


def asked_tenants(name: str) -> Iterator[tuple[Tenant, EngineWorld, list[TimedQuestion]]]:
    """Yield random tenants, each behind the engine, with questions at several instants."""
    for seed in range(_TENANTS):
        choose = seeded(f"{name} {seed}")
        made = tenant(choose)
        questions = [
            TimedQuestion(str(number), question(choose, made), choose.pick(INSTANTS)) for number in range(_QUESTIONS)
        ]
        yield made, EngineWorld.of(made.export, AT), questions


def without_attributes(one: Question) -> Question:
    return Question(one.principal_id, one.action, one.plane, one.scope)


def test_a_batch_gives_what_single_questions_give():
    """D1: with reasons, in codes, in codes by the compiled pass: all in the order of the questions."""
    for _, world, questions in asked_tenants("batch"):
        single = [world.decide(one.question, one.at) for one in questions]
        assert list(decide_many(world.index, questions, at=AT)) == single
        plain = [one.question for one in questions]
        now = [world.decide(one).outcome for one in plain]
        assert world.outcomes(plain, compiled=False) == now
        assert world.outcomes(plain, compiled=True) == now


def test_who_can_is_everybody_who_can():
    """V22: who_can is exactly the principals for whom can, without attributes, says allowed, or unknown."""
    for _, world, questions in asked_tenants("who can"):
        everybody = list(world.index.facts.principals.key)
        for one in questions[:3]:
            asked = one.question
            outcomes = {
                who: world.decide(Question(who, asked.action, asked.plane, asked.scope), one.at).outcome
                for who in everybody
            }
            found = world.who_can(asked.action, asked.plane, asked.scope, one.at)
            assert world.ids(found.allowed) == {who for who, said in outcomes.items() if said is Outcome.ALLOWED}
            assert world.ids(found.unknown) == {who for who, said in outcomes.items() if said is Outcome.UNKNOWN}
            assert world.ids(found.denied) <= {who for who, said in outcomes.items() if said is Outcome.DENIED}


def test_eligible_in_who_can_is_everybody_who_can_shows_as_eligible():
    """P1, P5, P6: the list of who could is exactly those whose own answer names an eligible assignment."""
    found_any = 0
    for _, world, questions in asked_tenants("eligible"):
        everybody = list(world.index.facts.principals.key)
        for one in questions[:4]:
            asked = one.question
            answers = {
                who: world.decide(Question(who, asked.action, asked.plane, asked.scope), one.at) for who in everybody
            }
            expected = {
                who
                for who, answer in answers.items()
                if any(isinstance(reason, EligibleFor) for reason in answer.because)
            }
            found = world.who_can(asked.action, asked.plane, asked.scope, one.at)
            assert world.ids(found.eligible) == expected
            found_any += len(expected)
    assert found_any > _TENANTS // 2


def test_what_is_allowed_is_among_what_a_principal_holds():
    """D3, D4: every assignment that grants an action stands in what_can, with a block that covers the action."""
    checked = 0
    for _, world, questions in asked_tenants("what can"):
        for one in questions:
            asked = without_attributes(one.question)
            decision = world.decide(asked, one.at)
            if decision.outcome is not Outcome.ALLOWED:
                continue
            held = what_can(world.index, asked.principal_id, asked.scope, at=decision.at)
            granting = {reason.assignment.assignment_id for reason in decision.because if isinstance(reason, Granted)}
            covering = {
                item.assignment.assignment_id
                for item in held.permissions
                if item.standing in (Standing.HOLDS, Standing.CONDITIONAL) and covers(item.block, asked)
            }
            assert granting <= covering
            checked += 1
    assert checked > _TENANTS


def test_what_a_principal_holds_without_any_doubt_is_allowed():
    """D2, D3: a block held on the chain, with no condition, no deny in sight and nothing unread, allows its actions."""
    checked = 0
    for made, world, questions in asked_tenants("holds"):
        places = Places(made.export)
        for one in questions:
            asked = without_attributes(one.question)
            held = what_can(world.index, asked.principal_id, asked.scope, at=one.at or AT)
            chain = places.chain(asked.scope)
            sure = [
                item
                for item in held.permissions
                if item.standing is Standing.HOLDS
                and covers(item.block, asked)
                and Scope.parse(item.assignment.scope).key in chain.certain
            ]
            if sure and not _doubtful(held):
                assert world.decide(asked, one.at).outcome is Outcome.ALLOWED
                checked += 1
    assert checked > _TENANTS // 2


def test_operations_are_counted_where_they_are_allowed():
    """D6, D7, V7: what_can counts exactly the known operations that can allows without any condition."""
    counted = 0
    for made, _, questions in asked_tenants("operations"):
        lists = {**made.export.lists, "arm/providerOperations": [OPERATIONS]}
        world = EngineWorld.of(Export(lists, made.export.manifest), AT)
        for one in questions[:3]:
            asked = one.question
            held = what_can(world.index, asked.principal_id, asked.scope, at=AT)
            if held.gaps or any(reason.clause != "N12" for reason in held.may_be_denied):
                continue
            expected = Counter(
                (plane.word, verb_of(name))
                for plane, names in ((Plane.CONTROL, CONTROL_ACTIONS), (Plane.DATA, DATA_ACTIONS))
                for name in names
                if freely_allowed(world, Question(asked.principal_id, name, plane, asked.scope))
            )
            found = Counter({(count.plane, count.verb): count.count for count in held.operations})
            assert found == expected
            counted += expected.total()
    assert counted > _TENANTS


def freely_allowed(world: EngineWorld, asked: Question) -> bool:
    """Tell whether an assignment without any condition allows it."""
    decision = world.decide(asked)
    grants = [reason for reason in decision.because if isinstance(reason, Granted)]
    return decision.outcome is Outcome.ALLOWED and any(not grant.conditions for grant in grants)


def verb_of(name: str) -> str:
    last = name.rsplit("/", 1)[1].lower()
    return last if last in ("read", "write", "delete") else "action"


def test_what_can_shows_holdings_in_order():
    """D3: the order is defined: by scope, then by role and assignment."""
    for _, world, _ in asked_tenants("order"):
        for who in PRINCIPALS[::3]:
            held = what_can(world.index, who, None, at=AT).permissions
            scopes = [item.assignment.scope.lower() for item in held]
            assert scopes == sorted(scopes)


def covers(block: PermissionBlock | None, asked: Question) -> bool:
    """Match one block literally (M6)."""
    if block is None:
        return False
    data = asked.plane is Plane.DATA
    granted, subtracted = (block.data_actions, block.not_data_actions) if data else (block.actions, block.not_actions)
    return covers_any(granted, asked.action) and not covers_any(subtracted, asked.action)


def _doubtful(held: WhatCan) -> bool:
    return bool(held.denies or held.may_be_denied or held.gaps)
