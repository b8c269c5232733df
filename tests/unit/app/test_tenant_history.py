"""The history of a store: which snapshot answers, what its answers rest on, and what granted an operation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.engine_world import facts_of
from tests.fakes.usage import ChangesOnly
from tests.strategies.choices import seeded
from tests.strategies.histories import HOUR_US, START, History, activity, audit, history, member_target
from tests.strategies.questions import question
from tests.strategies.tenants import Tenant as Drawn

from remit.adapters.store.memory import MemoryStore
from remit.app.history.attributing import HistoryAttribution
from remit.app.history.subjects import subject_of
from remit.app.history.tenant_history import TenantHistory
from remit.app.history.timeline import events
from remit.engine.decide import decide
from remit.model.decision import Granted, Outcome
from remit.model.errors import InputError, NotFoundError
from remit.model.history import LogDays
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, from_micros, to_micros
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.scope import Scope
from remit.model.usage import LogKind, ObservedPlane
from remit.ports.usage_store import Coverage, UseQuestion
from remit.reference.export import Export
from remit.usage.changes import changes_of

DAY = timedelta(days=1)
READ = datetime(2026, 11, 1, tzinfo=UTC)
ALICE, BOB = "a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"
TEAM = "b0000000-0000-4000-8000-000000000001"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SUB = "/subscriptions/c0000000-0000-4000-8000-000000000001"
GROUP = f"{SUB}/resourceGroups/App"
ACT = "Microsoft.Compute/virtualMachines/read"


class _Clock:
    def now(self) -> datetime:
        return READ + 30 * DAY


def _role(key: str, name: str, *actions: str) -> dict:
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{key}",
        "properties": {"roleName": name, "type": "BuiltInRole", "permissions": [{"actions": list(actions)}]},
    }


def _assignment(name: str, who: str, role: str, scope: str) -> dict:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "properties": {
            "principalId": who,
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "scope": scope,
        },
    }


def _export(read: datetime, *assignments: dict, members: tuple = ()) -> Export:
    lists = {
        "arm/subscriptions": [{"id": SUB, "subscriptionId": SUB.rsplit("/", 1)[1]}],
        "arm/roleDefinitions": [_role(READER, "Reader", "*/read"), _role(OWNER, "Owner", "*")],
        "arm/roleAssignments": list(assignments),
        "arm/denyAssignments": [],
        "arm/registrationAssignments": [],
        "arm/managementGroups": [],
        "arm/roleEligibilityScheduleInstances": [],
        "graph/users": [{"id": ALICE, "displayName": "Alice"}, {"id": BOB, "displayName": "Bob"}],
        "graph/groups": [{"id": TEAM, "displayName": "Team"}],
        "graph/servicePrincipals": [],
        "graph/groupMembers": [{"parentId": group, "member": {"id": one}} for group, one in members],
        "graph/groupEligibilityScheduleInstances": [],
    }
    return Export(lists, {"collectedAt": read.isoformat(), "tenantId": "d0000000-0000-4000-8000-000000000001"})


def _store(*exports: Export) -> MemoryStore:
    store = MemoryStore(_Clock())
    for export in exports:
        store.keep(facts_of(export), {})
    return store


def _written(at: datetime, row: dict, *, gone: bool = False, caller: str = BOB):
    verb = "delete" if gone else "write"
    name = f"Microsoft.Authorization/roleAssignments/{verb}"
    record = activity(name, row["id"], to_micros(at), response=row, status="OK" if gone else "Created", caller=caller)
    return changes_of(*record)


def _can(history: TenantHistory, who: str, at: datetime, scope: str = GROUP) -> str:
    return history.at(at).can(Question(who, ACT, Plane.CONTROL, Scope.parse(scope)), at).outcome.value


def test_the_last_snapshot_before_an_instant_answers() -> None:
    row = _assignment("one", ALICE, READER, SUB)
    past = TenantHistory.open(_store(_export(READ), _export(READ + DAY, row)), None, _Clock())

    assert _can(past, ALICE, READ - DAY) == "not_allowed"
    assert _can(past, ALICE, READ + DAY / 2) == "not_allowed"
    assert _can(past, ALICE, READ + DAY) == "allowed"
    assert _can(past, ALICE, READ + 9 * DAY) == "allowed"
    assert [one.read_at for one in past.stretches] == [to_micros(READ), to_micros(READ + DAY)]


def test_changes_count_only_until_the_next_snapshot() -> None:
    row = _assignment("one", ALICE, READER, SUB)
    changes = _written(READ + DAY, row)
    past = TenantHistory.open(_store(_export(READ), _export(READ + 2 * DAY)), ChangesOnly(changes), _Clock())

    assert _can(past, ALICE, READ + DAY / 2) == "not_allowed"
    assert _can(past, ALICE, READ + 1.5 * DAY) == "allowed"
    assert _can(past, ALICE, READ + 2 * DAY) == "not_allowed"


def test_a_store_without_snapshots_knows_nothing_and_says_so() -> None:
    past = TenantHistory.open(MemoryStore(_Clock()), None, _Clock())
    asked = TimedQuestion("", Question(ALICE, ACT, Plane.CONTROL, Scope.parse(SUB)), READ)

    assert [(one.assignment_ids, one.known) for one in past.granting([asked])] == [((), False)]
    assert past.instants() == []
    assert past.epochs()["until"].tolist() == [ALWAYS_UNTIL]
    with pytest.raises(NotFoundError):
        past.at(READ)


def test_one_snapshot_without_logs_has_no_state_to_tell() -> None:
    assert TenantHistory.open(_store(_export(READ)), None, _Clock()).at(READ - DAY).state is None


def test_the_state_counts_changes_and_days() -> None:
    row, other = _assignment("one", ALICE, READER, SUB), _assignment("two", BOB, READER, SUB)
    begun = [replace(one, detail=one.detail[:-1] + ',"ended":"started"}') for one in _written(READ + 2 * DAY, other)]
    vague = changes_of(*audit("Add member to group", [{"id": ALICE, "type": "User"}], to_micros(READ + DAY)))
    day = to_micros(READ) // 86_400_000_000
    seen = Coverage(LogKind.ACTIVITY, SUB, 3, 0, 1, (day - 1, day, day + 1))
    usage = ChangesOnly([*_written(READ + DAY, row), *begun, *vague], [seen])
    past = TenantHistory.open(_store(_export(READ)), usage, _Clock())

    state = past.at(READ + 3 * DAY).state
    assert state is not None
    assert (state.applied, state.unconfirmed, state.left_out) == (1, 1, 1)
    assert state.coverage == (LogDays(LogKind.ACTIVITY, 4, 2), LogDays(LogKind.ENTRA_AUDIT, 4, 0))
    assert not state.is_covered
    before = past.at(READ + DAY / 2).state
    assert before is not None
    assert (before.applied, before.unconfirmed, before.left_out) == (0, 0, 0)


def test_granting_names_every_assignment_the_nearest_first() -> None:
    far, near, team = (
        _assignment("far", ALICE, OWNER, SUB),
        _assignment("NEAR", ALICE, READER, GROUP),
        _assignment("team", TEAM, READER, GROUP),
    )
    store = _store(_export(READ, far, near, team, members=((TEAM, ALICE),)))
    past = TenantHistory.open(store, ChangesOnly(_written(READ + DAY, near, gone=True)), _Clock())

    def ask(at: datetime, who: str = ALICE) -> tuple[tuple[str, ...], bool]:
        asked = TimedQuestion("", Question(who, ACT, Plane.CONTROL, Scope.parse(GROUP)), at)
        (found,) = past.granting([asked])
        return found.assignment_ids, found.known

    assert ask(READ) == (("near", "team", "far"), True)
    assert ask(READ + DAY) == (("team", "far"), True)
    assert ask(READ, BOB) == ((), True)


@pytest.mark.parametrize("seed", range(8))
def test_granting_is_what_the_engine_answers_at_each_instant(seed: int) -> None:
    choose = seeded(f"granting {seed}")
    made: History = history(choose)
    export = made.at(START)
    past = TenantHistory.open(_store(replace_read(export, START + 3 * HOUR_US)), ChangesOnly(made.changes), _Clock())
    asked = [
        TimedQuestion(
            "", question(choose, Drawn(export, made.first.scopes)), from_micros(START + choose.below(7 * HOUR_US))
        )
        for _ in range(40)
    ]
    for one, found in zip(asked, past.granting(asked), strict=True):
        assert one.at is not None
        decision = decide(past.at(one.at).index, one.question, at=one.at)
        assert found.known == (decision.outcome is not Outcome.UNKNOWN)
        grants = [each.assignment for each in decision.because if isinstance(each, Granted)]
        expected = {each.assignment_id.rpartition("/")[2].lower() for each in grants}
        assert set(found.assignment_ids) == (expected if decision.outcome is Outcome.ALLOWED else set())


def replace_read(export: Export, at: int) -> Export:
    return Export(export.lists, {**export.manifest, "collectedAt": from_micros(at).isoformat()})


@pytest.mark.parametrize("seed", range(12))
def test_between_two_instants_no_answer_changes(seed: int) -> None:
    choose = seeded(f"epochs {seed}")
    made = history(choose)
    export = replace_read(made.at(START), START + 3 * HOUR_US)
    past = TenantHistory.open(_store(export), ChangesOnly(made.changes), _Clock())
    columns = past.epochs()
    starts, ends = columns["start"].tolist(), columns["until"].tolist()
    assert (starts[0], ends[-1]) == (ALWAYS_FROM, ALWAYS_UNTIL)
    assert starts[1:] == ends[:-1]
    for _ in range(10):
        asked = question(choose, Drawn(export, made.first.scopes))
        for start, end in zip(starts, ends, strict=True):
            low, high = max(start, START - HOUR_US), min(end - 1, START + 9 * HOUR_US)
            if low <= high:
                first, last = (past.granting([TimedQuestion("", asked, from_micros(at))])[0] for at in (low, high))
                assert first == last


def test_attribution_leaves_open_what_nobody_can_ask() -> None:
    store = _store(_export(READ, _assignment("one", ALICE, READER, SUB)))
    found = HistoryAttribution(TenantHistory.open(store, None, _Clock())).granting(
        [
            UseQuestion(ALICE, ObservedPlane.CONTROL, ACT, GROUP, to_micros(READ)),
            UseQuestion(ALICE, ObservedPlane.CONTROL, "no action", GROUP, to_micros(READ)),
            UseQuestion(ALICE, ObservedPlane.CONTROL, ACT, "not a scope", to_micros(READ)),
            UseQuestion(ALICE, ObservedPlane.DIRECTORY, ACT, GROUP, to_micros(READ)),
            UseQuestion(BOB, ObservedPlane.CONTROL, ACT, GROUP, to_micros(READ)),
        ]
    )
    assert found == [("one",), None, None, None, ()]


def test_a_batch_travels_to_the_instant_of_each_question() -> None:
    row = _assignment("one", ALICE, READER, SUB)
    past = TenantHistory.open(_store(_export(READ)), ChangesOnly(_written(READ + DAY, row)), _Clock())
    asked = Question(ALICE, ACT, Plane.CONTROL, Scope.parse(GROUP))
    batch = [TimedQuestion("a", asked, READ + 2 * DAY), TimedQuestion("b", asked), TimedQuestion("c", asked, READ)]

    assert [one.outcome.value for one in past.newest().ask(batch)] == ["allowed", "not_allowed", "not_allowed"]


def test_a_timeline_tells_what_by_whom_and_where_it_was_seen() -> None:
    row, silent = _assignment("one", ALICE, READER, GROUP), _assignment("silent", ALICE, OWNER, SUB)
    changes = [
        *_written(READ + DAY, row),
        *changes_of(*audit("Add member to group", member_target(TEAM, ALICE), to_micros(READ + 2 * DAY))),
    ]
    second = _export(READ + 3 * DAY, row, silent, members=((TEAM, ALICE), (TEAM, BOB)))
    past = TenantHistory.open(_store(_export(READ), second), ChangesOnly(changes), _Clock())
    tenant = past.newest()

    told = events(past, subject_of("alice", tenant))
    assert [(one.kind, one.logs, one.object_name or one.object_id) for one in told] == [
        ("assignmentWritten", ("activityLog",), "one"),
        ("memberAdded", ("entraAudit",), "Team"),
        ("assignmentAppeared", (), "silent"),
    ]
    assert (told[0].actor_name, told[0].role_name, told[0].scope) == ("Bob", "Reader", GROUP)
    assert (told[2].since, told[2].time) == (READ, READ + 3 * DAY)
    assert [one.kind for one in events(past, subject_of("Team", tenant))] == ["memberAdded", "memberAppeared"]
    assert [one.kind for one in events(past, subject_of("owner", tenant))] == ["assignmentAppeared"]
    assert [one.kind for one in events(past, subject_of(SUB.upper(), tenant))] == [
        "assignmentWritten",
        "assignmentAppeared",
    ]
    assert [one.kind for one in events(past, subject_of(GROUP, tenant))] == ["assignmentWritten"]
    assert [one.kind for one in events(past, subject_of("alice", tenant), READ + 1.5 * DAY)] == [
        "memberAdded",
        "assignmentAppeared",
    ]
    with pytest.raises(InputError, match="no principal and no role `nobody`") as raised:
        subject_of("nobody", tenant)
    assert "a role (name, GUID), or a place in full" in (raised.value.hint() or "")
    assert subject_of(SUB.rpartition("/")[2].upper(), tenant).kind == "scope"
    with pytest.raises(InputError) as raised:
        subject_of(GROUP.rpartition("/")[2].upper(), tenant)
    assert raised.value.hint() == f"a place is given in full: {GROUP}"


def test_what_logs_say_and_a_snapshot_lacks_is_told() -> None:
    row = _assignment("one", ALICE, READER, GROUP)
    past = TenantHistory.open(
        _store(_export(READ), _export(READ + 3 * DAY)), ChangesOnly(_written(READ + DAY, row)), _Clock()
    )
    told = events(past, subject_of("alice", past.newest()))
    assert [one.kind for one in told] == ["assignmentWritten", "assignmentVanished"]
