"""Batches: what stands in them, in which order, and that plain records go the fast way."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from uuid import UUID

import numpy as np
import pytest
from tests.strategies.log_records import ACTIVITY, GRAPH, PLAIN, SIGN_IN, put

from remit.model.usage import LogKind, ObservedOutcome
from remit.usage import batches
from remit.usage.batches import KEPT_BYTES, BatchMaker
from remit.usage.columns import COLUMNS, TEXT_COLUMNS, identities, text_key
from remit.usage.fast.operations import bytes_halves
from remit.usage.fast.texts import Texts

WRITTEN = put(
    put(
        put(ACTIVITY, ("operationName",), "Microsoft.Authorization/roleAssignments/write"),
        ("identity", "authorization", "action"),
        "Microsoft.Authorization/roleAssignments/write",
    ),
    ("properties", "requestbody"),
    json.dumps({"Properties": {"PrincipalId": "p", "RoleDefinitionId": "/x/r", "Scope": "/subscriptions/s"}}),
)


def line(record, **_):
    return json.dumps(record, separators=(",", ":")).encode()


def numbered(record, count, path=("correlationId",)):
    """Lines of one shape, each with a GUID of its own."""
    return [line(put(record, path, str(UUID(int=number + 1)))) for number in range(count)]


@pytest.fixture(params=[False, True], ids=["literal", "fast"])
def maker(request):
    if request.param:
        pytest.importorskip("numba")
    return BatchMaker(fast=request.param)


def test_a_batch_counts_blank_lines_as_nothing_and_keeps_the_order_of_the_others(maker):
    maker.add_lines(5, [line(ACTIVITY), b"", b"no json", b" \t", line(GRAPH), b"{}"])
    maker.add_broken(11, "cut short", 3, sha256(b"abc").digest(), b"abc")
    maker.add(12, line(SIGN_IN))
    batch = maker.take()
    assert batch.read == 6
    assert batch.columns["line"].tolist() == [5, 9, 12]
    assert [(row.line, row.reason) for row in batch.set_aside] == [
        (7, "no JSON"),
        (10, "of unknown form"),
        (11, "cut short"),
    ]
    assert batch.set_aside[2].identity == bytes_halves(sha256(b"abc").digest())
    assert batch.set_aside[0].identity == bytes_halves(sha256(b"no json").digest())


def test_a_batch_names_every_text_of_its_columns_and_begins_anew(maker):
    for _ in range(2):
        maker.add_lines(1, [line(record) for record in PLAIN])
        batch = maker.take()
        keys = {key for name in TEXT_COLUMNS for key in batch.columns[name].tolist()} - {0}
        assert keys == batch.texts.keys()
        assert all(text_key(text) == key for key, text in batch.texts.items())
    assert maker.take().read == 0
    assert not maker.take().texts


def test_the_columns_say_what_the_record_says(maker):
    maker.add_lines(1, [line(ACTIVITY)] * 3)
    batch = maker.take()
    row = {name: int(batch.columns[name][2]) for name in COLUMNS}
    assert row["log"] == LogKind.ACTIVITY
    assert row["outcome"] == ObservedOutcome.SUCCEEDED
    assert row["time"] == 1_772_337_906_789_012
    assert batch.texts[row["principal"]] == "2222aaaa-3333-4444-5555-666677778888"
    assert batch.texts[row["assignment"]] == "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    assert batch.texts[row["action"]] == "A.B/c/write"
    assert batch.texts[row["place"]] == "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"
    assert (row["digest_hi"], row["digest_lo"]) == bytes_halves(sha256(line(ACTIVITY)).digest())
    assert len(set(batch.columns["identity_hi"].tolist())) == 1


def test_a_change_carries_the_identity_of_its_record(maker):
    maker.add_lines(1, [line(ACTIVITY), line(ACTIVITY), line(WRITTEN), line(GRAPH)])
    batch = maker.take()
    ((identity, change),) = batch.changes
    assert change.kind == "assignmentWritten"
    assert identity == (int(batch.columns["identity_hi"][2]), int(batch.columns["identity_lo"][2]))


def test_of_a_record_set_aside_only_the_beginning_is_kept(maker):
    maker.add(1, b"x" * (KEPT_BYTES + 9))
    (row,) = maker.take().set_aside
    assert (row.size, len(row.record)) == (KEPT_BYTES + 9, KEPT_BYTES)


def test_without_digests_their_columns_are_zero():
    for fast in (False, True):
        maker = BatchMaker(digests=False, fast=fast)
        maker.add_lines(1, [line(GRAPH)] * 3)
        batch = maker.take()
        assert batch.columns["digest_hi"].tolist() == batch.columns["digest_lo"].tolist() == [0, 0, 0]


def test_the_spelling_that_stands_for_all_does_not_depend_on_the_order():
    spellings = ["A.B/C/WRITE", "a.b/c/write", "A.B/c/write", "A.b/c/write"]
    for _ in range(8):
        random.Random(len(spellings)).shuffle(spellings)
        one, all_at_once = Texts(), Texts()
        for text in spellings:
            one.learn(7, text)
        all_at_once.learn_all(np.full(len(spellings), 7), spellings)
        assert one == all_at_once == {7: "A.b/c/write"}
        spellings.append(spellings.pop(0))


class TestFast:
    """How much goes the fast way, and what it forgets."""

    pytestmark = pytest.mark.usefixtures("compiled")

    @pytest.fixture
    def compiled(self):
        pytest.importorskip("numba", reason="the fast way is compiled by the `fast` extra")

    @pytest.mark.parametrize("record", PLAIN, ids=lambda record: record["category"])
    def test_plain_records_go_the_fast_way_all_of_them(self, record):
        maker = BatchMaker(fast=True)
        lines = numbered(record, 500)
        maker.add_lines(1, lines)
        assert maker.take().read == 500
        assert maker.fast_records == 500

    def test_failures_of_the_activity_log_go_the_fast_way_and_are_told_apart(self):
        failed = put(ACTIVITY, ("resultType",), "Failure")
        refused = put(failed, ("properties", "statusMessage"), '{"error":{"code":"AuthorizationFailed"}}')
        other = put(failed, ("properties", "statusMessage"), '{"error":{"code":"Conflict"}}')
        maker = BatchMaker(fast=True)
        maker.add_lines(
            1, [line(refused), line(other), line(refused), line(put(other, ("resultSignature",), "Forbidden"))]
        )
        assert maker.take().columns["outcome"].tolist() == [2, 1, 2, 2]
        assert maker.fast_records == 4

    def test_changes_of_who_may_do_what_are_read_literally(self):
        maker = BatchMaker(fast=True)
        maker.add_lines(1, [line(ACTIVITY)] * 3 + [line(WRITTEN)] * 3)
        maker.take()
        assert maker.fast_records == 3

    def test_it_is_loaded_only_where_it_pays(self, monkeypatch):
        monkeypatch.setattr(batches, "_WORTH_LOADING", 100)
        maker = BatchMaker()
        maker.add_lines(1, numbered(GRAPH, 60))
        maker.take()
        assert maker.fast_records == 0
        maker.add_lines(1, numbered(GRAPH, 60))
        maker.take()
        assert maker.fast_records == 60

    def test_records_of_ever_new_shapes_are_not_all_studied(self):
        maker = BatchMaker(fast=True)
        maker.add_lines(1, [line(GRAPH | {f"key{number}": 1}) for number in range(3_000)])
        maker.take()
        assert 200 <= maker._reader.lessons <= 200 + 3_000 // 50

    def test_shapes_and_texts_are_forgotten_when_there_are_too_many(self, monkeypatch):
        monkeypatch.setattr("remit.usage.fast.shapes.MOST_NODES", 100)
        monkeypatch.setattr("remit.usage.fast.dictionary.MOST_TEXTS", 50)
        maker, literal = BatchMaker(fast=True), BatchMaker(fast=False)
        path = ("identity", "claims", "appid")
        for start in range(0, 900, 300):
            lines = numbered(ACTIVITY, 300, path)[start % 7 :] + [line(record) for record in PLAIN] * 20
            for one in (maker, literal):
                one.add_lines(1, lines)
            found, expected = maker.take(), literal.take()
            assert found.texts == expected.texts
            assert all(np.array_equal(found.columns[name], expected.columns[name]) for name in COLUMNS)
        assert maker.fast_records > 700

    def test_identities_are_those_of_hashlib(self):
        from remit.usage.fast.blake import blake_columns  # noqa: PLC0415 - compiled only where it is tested

        words = np.random.default_rng(3).integers(-(2**63), 2**63 - 1, (101, 8))
        high, low = np.empty(101, dtype=np.int64), np.empty(101, dtype=np.int64)
        blake_columns(np.ascontiguousarray(words.T).view(np.uint64), high, low)
        assert all(map(np.array_equal, (high, low), identities(words)))

    def test_random_instants_and_tokens_are_read_as_literally(self):
        rng = random.Random(5)
        lines = []
        for _ in range(1_500):
            year = rng.choice((1, 1600, 1900, 1970, 2000, 2024, 2026, 9999))
            day = f"{year:04}-{rng.randint(1, 12):02}-{rng.randint(1, 31):02}"
            clock = f"{rng.randint(0, 24):02}:{rng.randint(0, 60):02}:{rng.randint(0, 60):02}"
            fraction = rng.choice(("", ".", f".{rng.randrange(10 ** rng.randint(1, 10))}"))
            record = put(GRAPH, ("time",), f"{day}T{clock}{fraction}{rng.choice(('', 'Z', '+00:00', '+01:00'))}")
            token = "".join(rng.choices("ABCXYZabcxyz0189-_", k=rng.choice((21, 22, 22, 22, 22, 23))))
            lines.append(line(put(record, ("properties", "signInActivityId"), token)))
        fast, literal = BatchMaker(fast=True), BatchMaker(fast=False)
        for maker in (fast, literal):
            maker.add_lines(1, [*[line(GRAPH)] * 3, *lines])
        found, expected = fast.take(), literal.take()
        assert all(np.array_equal(found.columns[name], expected.columns[name]) for name in COLUMNS)
        assert fast.fast_records > 400
