"""Logs by the gigabyte: understood, no two alike but those that are meant to be, and counted exactly."""

from __future__ import annotations

from functools import cache
from itertools import chain, zip_longest

import pytest

from remit.model.usage import LogKind, Normalised, ObservedOperation
from remit.usage.records import normalise
from remit_sim.generate.usage.bulk import LINES, Bulk

RECORDS = 13 * LINES + 777
"""More than a round of all blocks, and no whole number of them."""


@cache
def bulk() -> Bulk:
    return Bulk(seed=3)


@cache
def lines() -> list[bytes]:
    return b"".join(bulk().chunks(RECORDS)).splitlines()


def test_the_totals_are_those_of_the_lines() -> None:
    totals = bulk().totals(RECORDS)
    assert totals.records == RECORDS == len(lines())
    assert totals.bytes == sum(map(len, lines())) + RECORDS
    assert totals.records - totals.duplicates == len(set(lines()))
    assert sum(totals.by_log.values()) == RECORDS


def operation(one: ObservedOperation) -> tuple[object, ...]:
    if one.log is LogKind.ACTIVITY:
        return one.correlation_id, one.action, one.scope, one.principal_id
    return one.log, one.event_id


def test_operations_are_as_many_as_the_totals_say_in_every_part_of_a_round() -> None:
    read = [normalise(line) for line in lines()[: LINES + 5]] + [normalise(line) for line in lines()[12 * LINES :: 7]]
    assert all(isinstance(one, Normalised) for one in read)
    seen: set[tuple[object, ...]] = set()
    for count, one in enumerate(read[: LINES + 5], start=1):
        assert isinstance(one, Normalised)
        seen.add(operation(one.operations[0]))
        if count in {1, 100, LINES - 1, LINES, LINES + 5}:
            assert bulk().totals(count).operations == len(seen)


def test_what_a_record_is_read_as_agrees_with_its_log_and_token() -> None:
    for line in lines()[:400]:
        read = normalise(line)
        assert isinstance(read, Normalised)
        one = read.operations[0]
        assert one.principal_id
        if one.log in {LogKind.USER_SIGN_IN, LogKind.MANAGED_IDENTITY_SIGN_IN, LogKind.SERVICE_PRINCIPAL_SIGN_IN}:
            assert one.token_id == one.event_id
        if one.log is LogKind.ACTIVITY:
            assert not one.assignment_id or one.through_id == one.principal_id


def test_shares_of_the_work_are_the_whole() -> None:
    parts = [list(bulk().chunks(RECORDS, first, 3)) for first in range(3)]
    whole = b"".join(chunk for turn in zip_longest(*parts, fillvalue=b"") for chunk in turn)
    assert whole.splitlines() == lines()


def test_another_seed_gives_other_records_and_the_same_seed_the_same() -> None:
    assert next(Bulk(seed=3).chunks(10)) == next(bulk().chunks(10))
    assert next(Bulk(seed=4).chunks(10)) != next(bulk().chunks(10))


@pytest.mark.parametrize("size", [1, 1_000_000, 7_654_321])
def test_a_file_of_a_size_is_at_least_that_large(tmp_path, size) -> None:
    records = bulk().records_of(size)
    totals = bulk().write(tmp_path / "bulk.jsonl", records)
    assert (tmp_path / "bulk.jsonl").stat().st_size == totals.bytes >= size
    assert records == 1 or bulk().totals(records - 40).bytes < size + 100_000


def test_a_line_has_the_size_of_a_real_one() -> None:
    totals = bulk().totals(12 * LINES)
    assert 1_550 < totals.bytes / totals.records < 1_850
    assert len(set(chain.from_iterable(line[:36] for line in lines()[:5]))) > 1
