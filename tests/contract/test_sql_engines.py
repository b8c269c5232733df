"""Every statement over usage gives the same on every engine, and says what it says it does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pytest
import sqlglot
from tests.fakes.java import provide_java

from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.sql_engine.spark import SparkEngine
from remit.model.errors import InvariantError, UnavailableError
from remit.usage.statements import DAY, EPOCH, QUESTION, ROLL_UP, STATEMENTS

NUMBERS = {
    "bucket": 1,
    "buckets": 3,
    "gap": DAY,
    "from_day": 20_001,
    "until_day": 20_004,
    "by": 0,
}
PORTABLE = {"COALESCE", "COUNT", "LAG", "MAX", "MIN", "NULLIF", "ROW_NUMBER", "SUM"}
"""Functions that every engine has under the same name and with the same meaning."""


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    provide_java(tmp_path_factory.mktemp("java"))
    with SparkEngine("local[2]", settings={"spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g"}) as engine:
        yield engine


@pytest.fixture(scope="module")
def duck(tmp_path_factory):
    with DuckEngine(tmp_path_factory.mktemp("spill")) as engine:
        yield engine


def table(columns: tuple[str, ...], seed: int) -> dict[str, np.ndarray]:
    """Rows whose values meet often enough for every join, window and group to have work."""
    dice = np.random.default_rng(seed)
    count = 1_500
    made = {column: dice.integers(0, 4, count) for column in columns}
    ranges = {
        "identity_lo": (-400, 400),
        "identity_hi": (0, 2),
        "correlation_lo": (-30, 30),
        "time": (20_000 * DAY, 20_005 * DAY),
        "first_seen": (20_000 * DAY, 20_005 * DAY),
        "last_seen": (20_000 * DAY, 20_005 * DAY),
        "day": (19_999, 20_006),
        "log": (1, 3),
        "token_hi": (-(2**62), 2**62),
    }
    for column in made.keys() & ranges.keys():
        made[column] = dice.integers(*ranges[column], count)
    if "ordinal" in made:
        made["ordinal"] = np.arange(count)
    if columns == EPOCH:
        edges = np.array([-(2**63), 20_001 * DAY, 20_002 * DAY + 5, 20_003 * DAY, 2**63 - 1])
        return {"epoch": np.arange(4), "start": edges[:-1], "until": edges[1:]}
    if "granted" in made:  # one answer for one question
        _, first = np.unique(np.stack([made[column] for column in QUESTION]), axis=1, return_index=True)
        return {column: values[first] for column, values in made.items()}
    if columns == ("key",):
        return {"key": np.array([1, 3])}
    return made


def inputs_of(name: str, engine, folder):
    given = {}
    for place, (input_name, columns) in enumerate(STATEMENTS[name].inputs.items()):
        path = folder / f"{name}-{input_name}.parquet"
        engine.write({key: values.astype(np.int64) for key, values in table(columns, place).items()}, path)
        given[input_name] = [path]
    return given


def digest(rows: Mapping[str, np.ndarray]) -> str:
    stacked = np.stack(list(rows.values())) if rows else np.zeros((0, 0))
    order = np.lexsort(stacked[::-1])
    return hashlib.sha256(np.ascontiguousarray(stacked[:, order]).tobytes()).hexdigest()


@pytest.mark.parametrize("name", STATEMENTS)
def test_duckdb_and_spark_give_the_same(name, duck, spark, tmp_path) -> None:
    given = inputs_of(name, duck, tmp_path)
    numbers = {key: NUMBERS[key] for key in STATEMENTS[name].numbers}
    expected = duck.rows(name, given, numbers)
    assert len(next(iter(expected.values()))) > 5, "the rows do not put the statement to the test"
    assert tuple(expected) == STATEMENTS[name].output
    found = spark.rows(name, given, numbers)
    assert digest(expected) == digest(found)
    for engine in (duck, spark):
        (folder := tmp_path / type(engine).__name__).mkdir()
        parts = engine.run(name, given, numbers, folder, "made")
        assert sorted(folder.iterdir()) == sorted(parts), "nothing but the parts is left behind"
        assert digest(expected) == digest(engine.read(parts, STATEMENTS[name].output))


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_input_without_files_is_an_empty_table(name, duck) -> None:
    found = duck.rows(name, dict.fromkeys(STATEMENTS[name].inputs, ()), dict.fromkeys(STATEMENTS[name].numbers, 1))
    assert {len(column) for column in found.values()} == {0}


def test_spark_reads_an_input_without_files_too(spark) -> None:
    found = spark.rows("merged", {"rollup": ()}, {})
    assert tuple(found) == ROLL_UP
    assert len(found["day"]) == 0


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_keeps_to_what_every_engine_has(name) -> None:
    text = files("remit.usage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").replace("$", "1 + ")
    (parsed,) = sqlglot.parse(text, read="duckdb")
    used = {node.sql_name() for node in parsed.find_all(sqlglot.exp.Func)}
    assert used - PORTABLE - {"AND", "OR", "CAST", "CASE", "IF"} == set()  # IF is what the parser calls a WHEN
    assert not list(parsed.find_all(sqlglot.exp.Qualify))


def test_every_statement_has_its_file_and_every_file_its_statement() -> None:
    found = {one.name for one in files("remit.usage").joinpath("sql").iterdir() if one.name.endswith(".sql")}
    assert found == {f"{name}.sql" for name in STATEMENTS}


def test_a_statement_with_other_inputs_is_a_bug_of_ours(duck) -> None:
    with pytest.raises(InvariantError, match="no statement `merged` reads"):
        duck.rows("merged", {"rollups": ()}, {})


@pytest.mark.parametrize("engine_name", ["duck", "spark"])
def test_a_damaged_part_is_an_error_of_the_store(engine_name, request, tmp_path) -> None:
    engine = request.getfixturevalue(engine_name)
    (path := tmp_path / "part.parquet").write_bytes(b"PAR1 and nothing more PAR1")
    with pytest.raises(UnavailableError, match="cannot read usage"):
        engine.rows("merged_coverage", {"coverage": [path]}, {})
