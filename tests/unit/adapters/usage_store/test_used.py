"""The files that questions are answered from say what the statements say."""

from __future__ import annotations

import numpy as np
import pytest

from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.usage_store.used import DAY, FIRST, LAST, OPERATIONS, UsedPart, done_together, together, write_used
from remit.usage.statements import ROLL_UP


@pytest.fixture(scope="module")
def duck(tmp_path_factory):
    with DuckEngine(tmp_path_factory.mktemp("spill"), threads=1) as engine:
        yield engine


def rollup(seed: int, rows: int = 3000) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(seed)
    made = {name: dice.integers(0, 3, rows) for name in ROLL_UP}
    made["principal"] = dice.integers(-9, 9, rows)
    made["assignment"] = dice.integers(-5, 5, rows)
    made["computed"] = dice.integers(0, 2, rows)
    made["outcome"] = dice.integers(0, 4, rows)
    made["day"] = dice.integers(20_000, 20_010, rows)
    made["first_seen"], made["last_seen"] = dice.integers(0, 1000, rows), dice.integers(1000, 2000, rows)
    return made


def expected(duck, path, chosen, by, from_day) -> list[tuple[int, ...]]:
    keys = path.with_name("keys.parquet")
    keys.unlink(missing_ok=True)
    duck.write({"key": np.asarray(chosen, dtype=np.int64)}, keys)
    found = duck.rows("used", {"rollup": [path], "chosen": [keys]}, {"by": by, "from_day": from_day})
    names = ("principal", "app", "action", "scope", "assignment", "through", "host")
    marks = found["plane"] + 4 * found["outcome"] + 16 * found["computed"]
    told = [
        *(found[name] for name in names),
        marks,
        *(found[name] for name in ("operations", "first_seen", "last_seen")),
    ]
    return sorted(zip(*(column.tolist() for column in told), strict=True))


def given(rows) -> list[tuple[int, ...]]:
    return sorted((*row[:DAY], row[OPERATIONS], row[FIRST], row[LAST]) for row in rows.tolist())


@pytest.mark.parametrize("from_day", [0, 20_000, 20_004, 20_010])
def test_rows_of_a_principal_and_of_an_assignment_are_those_of_the_statement(duck, tmp_path, from_day) -> None:
    columns = rollup(1)
    duck.write(columns, tmp_path / "r.parquet")
    write_used(tmp_path / "r.used", columns)
    part = UsedPart(tmp_path / "r.used", 20_000)
    for key in (-9, 0, 8):
        assert given(together(part.by(key), from_day)) == expected(duck, tmp_path / "r.parquet", [key], 0, from_day)
    for key in (-5, 0, 4):
        assert given(together(part.through(key), from_day)) == expected(
            duck, tmp_path / "r.parquet", [key], 1, from_day
        )
    several = np.asarray([8, -9, 77])
    assert given(together(part.by_several(several), from_day)) == expected(
        duck, tmp_path / "r.parquet", several, 0, from_day
    )


def test_nobody_did_nothing(tmp_path) -> None:
    write_used(tmp_path / "r.used", {name: column[:0] for name, column in rollup(1).items()})
    part = UsedPart(tmp_path / "r.used", 0)
    assert len(part.by(1)) == len(part.through(1)) == len(part.by_several(np.asarray([1]))) == len(part.done(0)) == 0
    assert len(done_together([])) == 0


@pytest.mark.parametrize("from_day", [0, 20_003])
def test_what_was_done_at_all_leaves_refused_calls_out(tmp_path, from_day) -> None:
    parts = []
    wanted: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for seed in (1, 2):
        columns = rollup(seed, 200)
        write_used(tmp_path / f"{seed}.used", columns)
        parts.append(UsedPart(tmp_path / f"{seed}.used", 20_000))
        names = ("plane", "action", "scope", "outcome", "day", "first_seen", "last_seen")
        for plane, action, scope, outcome, day, first, last in zip(
            *(columns[name].tolist() for name in names), strict=True
        ):
            if outcome != 2 and day >= from_day:
                wanted.setdefault((plane, action, scope), []).append((first, last))
    found = done_together([part.done(from_day) for part in parts]).tolist()
    assert [tuple(row) for row in found] == [
        (*key, min(first for first, _ in at), max(last for _, last in at)) for key, at in sorted(wanted.items())
    ]
