"""The statements that fold and roll up give what a slow, literal reading gives, whatever the order of the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit.adapters.sql_engine.duck import DuckEngine
from remit.model.usage import LogKind, ObservedOutcome
from remit.usage.columns import COLUMNS
from remit.usage.statements import DAY, OPERATION

START = 20_000 * DAY
ACTIVITY = LogKind.ACTIVITY
SUCCEEDED, FAILED, REFUSED, UNFINISHED = ObservedOutcome


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("folding")


@pytest.fixture(scope="module")
def duck(folder):
    with DuckEngine(folder / "spill", threads=1) as engine:
        yield engine


@st.composite
def tables(draw) -> list[dict[str, int]]:
    """Rows of few callers and correlations, hours and days apart; identities are distinct."""
    count = draw(st.integers(0, 14))
    rows = []
    for number in range(count):
        row = dict.fromkeys(COLUMNS, 0)
        row |= {
            "identity_hi": number,
            "time": START + draw(st.sampled_from([0, 1, DAY // 2, DAY, DAY + 1, 2 * DAY, 2 * DAY + 1, 3 * DAY])),
            "log": draw(st.sampled_from([ACTIVITY, ACTIVITY, ACTIVITY, LogKind.KEY_VAULT])),
            "outcome": draw(st.sampled_from(ObservedOutcome)),
            "correlation_lo": draw(st.integers(0, 2)),
            "principal": draw(st.sampled_from([0, 7, -8])),
            "action": draw(st.sampled_from([5, -6])),
            "assignment": draw(st.sampled_from([0, 0, -3, 4])),
        }
        row["through"] = row["assignment"] * 10
        rows.append(row)
    return rows


TOLD = ("time", "outcome", "principal", "action", "assignment", "through")


def outcome_of(outcomes: set[int]) -> int:
    for first in (SUCCEEDED, FAILED):
        if first in outcomes:
            return first
    if REFUSED in outcomes:
        return FAILED if UNFINISHED in outcomes else REFUSED
    return UNFINISHED


def fold(rows: list[dict[str, int]]) -> list[tuple[int, ...]]:
    """(time, outcome, principal, action, assignment, through, rows) of every operation, read literally."""
    found = []
    together = defaultdict(list)
    for row in rows:
        if row["log"] == ACTIVITY and row["correlation_lo"]:
            together[row["correlation_lo"], row["action"]].append(row)
        else:
            found.append((*(row[key] for key in TOLD), 1))
    for several in together.values():
        named = max((row["principal"] for row in several if row["principal"]), default=0)
        callers = defaultdict(list)
        for row in several:
            callers[row["principal"] or named].append(row)
        for caller, own in callers.items():
            own.sort(key=lambda row: (row["time"], row["identity_hi"]))
            last, session = None, 0
            for row in own:
                session += last is not None and row["time"] - last > DAY
                last, row["session"] = row["time"], session
            for _, part in groupby(own, key=lambda row: row["session"]):
                members = list(part)
                grant = next((row for row in members if row["assignment"]), members[0])
                found.append(
                    (
                        members[0]["time"],
                        outcome_of({row["outcome"] for row in members}),
                        caller,
                        members[0]["action"],
                        grant["assignment"],
                        grant["through"],
                        len(members),
                    )
                )
    return found


def written(duck, folder, rows, name="rows"):
    path = folder / f"{name}.parquet"
    duck.write({key: np.array([row[key] for row in rows], dtype=np.int64) for key in COLUMNS}, path)
    return [path]


@given(rows=tables(), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_folding_is_as_a_literal_reading_has_it(rows, order, duck, folder) -> None:
    expected = Counter(fold([dict(row) for row in rows]))
    order.shuffle(rows)
    made = duck.rows("folded", {"rows": written(duck, folder, rows)}, {"gap": DAY})
    told = [made[key].tolist() for key in (*TOLD, "rows")]
    assert Counter(zip(*told, strict=True)) == expected


@given(rows=tables(), cut=st.integers(0, 14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_roll_up_of_parts_merged_is_the_roll_up_of_all(rows, cut, duck, folder) -> None:
    def rolled(chosen, name):
        operations = duck.run(
            "folded", {"rows": written(duck, folder, chosen, name)}, {"gap": DAY}, folder, f"{name}-f"
        )
        columns = duck.read(operations, OPERATION)
        (path := folder / f"{name}-a.parquet").unlink(missing_ok=True)
        duck.write({**columns, "computed": np.zeros(len(columns["time"]), dtype=np.int64)}, path)
        return duck.run("rolled_up", {"operations": [path]}, {"from_day": 0, "until_day": 30_000}, folder, f"{name}-r")

    for row in rows:  # each row an operation of its own, so that no fold is cut
        row["log"] = LogKind.STORAGE
    whole = duck.rows("merged", {"rollup": rolled(rows, "all")}, {})
    parts = duck.rows("merged", {"rollup": [*rolled(rows[:cut], "one"), *rolled(rows[cut:], "two")]}, {})
    assert {key: values.tolist() for key, values in whole.items()} == {
        key: values.tolist() for key, values in parts.items()
    }
    assert sum(whole["operations"].tolist()) == len(rows)


@given(rows=tables(), seen=st.sets(st.integers(0, 5)), again=st.lists(st.integers(0, 5), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_new_rows_are_the_first_of_each_identity_that_is_not_seen(rows, seen, again, duck, folder) -> None:
    rows += [dict(rows[number], line=100) for number in again if number < len(rows)]
    columns = {key: np.array([row[key] for row in rows], dtype=np.int64) for key in COLUMNS}
    columns |= {"file": np.arange(len(rows)) // 4, "ordinal": np.arange(len(rows)) % 4}
    duck.write(columns, incoming := folder / "incoming.parquet")
    duck.write(
        {"identity_hi": np.array(sorted(seen), dtype=np.int64), "identity_lo": np.zeros(len(seen), dtype=np.int64)},
        known := folder / "seen.parquet",
    )
    found: list[int] = []
    for bucket in range(3):
        numbers = {"bucket": bucket, "buckets": 3}
        made = duck.rows("new_rows", {"incoming": [incoming], "seen": [known]}, numbers)
        assert set(made["line"].tolist()) <= {0}, "the first one stays, not the repeated one"
        found += made["identity_hi"].tolist()
    assert sorted(found) == sorted({row["identity_hi"] for row in rows} - seen)
