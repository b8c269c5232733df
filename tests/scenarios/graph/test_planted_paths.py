"""Recall on a generated tenant: each planted path is found, and none is left once a guard stands in its way."""

from __future__ import annotations

import pytest
from benchmarks.recall import Found, measure, table


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    return measure(tmp_path_factory.mktemp("recall"), size=1_000, seed=11)


def test_every_planted_path_is_found_through_its_principals(results: list[Found]) -> None:
    assert [one for one in results if not one.open] == []
    assert {one.kind for one in results} == {
        "applicationOwner",
        "automationContributor",
        "graphPermission",
        "groupOwner",
        "identityToAttach",
        "machineContributor",
        "outsideSubject",
    }


def test_no_planted_path_is_left_once_a_guard_stands_in_its_way(results: list[Found]) -> None:
    assert [one for one in results if not one.closed] == []
    assert {one.guard for one in results} == {"deny assignment", "ReadOnly lock", "disabled account"}


def test_the_table_counts_each_path_once(results: list[Found]) -> None:
    rows = table(results).splitlines()[2:]
    assert sum(int(row.split("|")[3]) for row in rows) == len(results)
