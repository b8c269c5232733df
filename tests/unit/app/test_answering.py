"""Asking a snapshot of a store: the sample tenant in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.asking import answer_lines
from remit.app.importing import import_tenant
from remit.bootstrap.reader import reader_for, sample_tenant
from remit.engine.index import INDEX_VERSION
from remit.model.decision import Outcome
from remit.model.errors import NotFoundError, PayloadError
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.scope import Scope

PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
CI = "f6e0892a-331f-5d87-a3ed-89bbec0b3780"
PRIYA = "7a8ae96b-d220-51e6-a06c-57ec7f592656"
WRITE = "Microsoft.Sql/servers/databases/write"
COLLECTED = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 3, tzinfo=UTC)
DATA = Scope.parse(f"{PROD}/resourceGroups/rg-data-prod")


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    made = MemoryStore(StoppedClock())
    import_tenant(reader_for(sample_tenant()), made, {})
    return made


@pytest.fixture(scope="module")
def tenant(store) -> Tenant:
    return Tenant.open(store, None, StoppedClock())


def test_opening_keeps_the_index_and_a_kept_index_answers_the_same(store, tenant) -> None:
    assert store.load_index(tenant.snapshot_id, INDEX_VERSION) is not None
    again = Tenant.open(store, tenant.snapshot_id[:8], StoppedClock())
    question = Question(CI, WRITE, Plane.CONTROL, DATA)
    assert again.can(question) == tenant.can(question)


def test_a_store_without_snapshots_has_nothing_to_open() -> None:
    with pytest.raises(NotFoundError):
        Tenant.open(MemoryStore(StoppedClock()), None, StoppedClock())


def test_the_instant_is_that_of_collection_unless_one_is_asked(tenant) -> None:
    question = Question(PRIYA, WRITE, Plane.CONTROL, DATA)
    assert (tenant.at, tenant.can(question).at) == (COLLECTED, COLLECTED)
    assert tenant.can(question).outcome is Outcome.ALLOWED
    assert tenant.can(question, LATER).outcome is Outcome.NOT_ALLOWED
    batch = tenant.ask([TimedQuestion("a", question), TimedQuestion("b", question, LATER)])
    assert [one.outcome for one in batch] == [Outcome.ALLOWED, Outcome.NOT_ALLOWED]


def test_who_can_gives_rows_and_holders_their_decisions(tenant) -> None:
    found = tenant.who_can(WRITE, Plane.CONTROL, DATA)
    holders = list(tenant.holders(found, found.allowed))
    assert {one.principal.label for one in holders} == {
        "ci-release",
        "Priya Raman",
        "Emergency Access",
        "Emergency access 1",
    }
    assert {one.decision.outcome for one in holders} == {Outcome.ALLOWED}


def test_names_of_principals_scopes_and_blocks_are_looked_up(tenant) -> None:
    held = tenant.what_can(CI, None)
    assert tenant.names_in(held.permissions)[CI] == "ci-release"
    scopes = [PROD, "/providers/Microsoft.Management/managementGroups/HALDEN", "/", DATA.text, "/subscriptions/none"]
    assert tenant.scope_names(scopes) == {
        PROD: "Tracking Prod",
        "/providers/microsoft.management/managementgroups/halden": "Halden Freight",
    }
    block = tenant.block("acdd72a7-3385-48ef-bd42-f606fba81ae7", 0)
    assert block is not None
    assert block.actions == ("*/read",)
    assert tenant.block("acdd72a7-3385-48ef-bd42-f606fba81ae7", 1) is None
    assert tenant.block("no such role", 0) is None


def test_lines_are_answered_in_batches_across_blocks(tenant, monkeypatch) -> None:
    monkeypatch.setattr("remit.app.asking.BATCH", 2)
    line = b'{"id":"%d","principal":"ci-release","action":"A/read","scope":"/"}'
    blocks = [[line % 1, b"", line % 2, line % 3], [line % 4]]
    named = list(answer_lines(tenant, "q", blocks))
    assert [[name for name, _ in batch] for batch in named] == [["1"], ["2", "3"], ["4"]]


@pytest.mark.parametrize(
    ("bad", "field", "why"),
    [
        (b'{"id":"x","principal":"nobody","action":"A/read","scope":"/"}', "principal", "no principal `nobody`"),
        (b'{"id":"x","principal":"Alex Kim","action":"A/read","scope":"/"}', "principal", "names 2 principals"),
        (b"{}", "id", "it is missing"),
        (b" " * (1 << 20) + b"{}", "", "the line is longer than"),
    ],
)
def test_a_bad_line_is_named_after_those_before_it_are_answered(tenant, bad, field, why) -> None:
    good = b'{"id":"g","principal":"ci-release","action":"A/read","scope":"/"}'
    answered = []
    with pytest.raises(PayloadError) as caught:
        answered.extend(answer_lines(tenant, "q", [[good, b""], [good, bad, good]]))
    assert (caught.value.file, caught.value.line, caught.value.field) == ("q", 4, field)
    assert why in caught.value.why
    assert len(answered) == 2
