"""The statements over usage on ten million rows: DuckDB and Spark over the same Parquet files, results compared."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.places import Work
from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.statement_engine import SqlEngine
from remit.usage.columns import COLUMNS
from remit.usage.statements import DAY, ROLL_UP

ROWS = 10_000_000
PART = 1_000_000
PRINCIPALS, ACTIONS, SCOPES = 20_000, 400, 60_000
FIRST = 20_600 * DAY


def make_rows(folder: Path, rows: int, seed: int = 7) -> list[Path]:
    """Write rows of one day: half Activity Log, two or three records an operation, 3 % of all records twice."""
    dice = np.random.default_rng(seed)
    files = []
    with DuckEngine(folder / "spill") as duck:
        for number, low in enumerate(range(0, rows, PART)):
            count = min(PART, rows - low)
            operation = (np.arange(count) // 2) + low
            once = dice.random(count) < 0.5
            who = (PRINCIPALS * dice.random(count) ** 3).astype(np.int64)
            columns = {name: np.zeros(count, dtype=np.int64) for name in COLUMNS}
            scattered = operation * -7_046_029_254_386_353_131
            identity = np.where(dice.random(count) < 0.03, np.roll(np.arange(count), 1), np.arange(count)) + low
            columns |= {
                "identity_hi": identity * 6_364_136_223_846_793_005,
                "identity_lo": identity * -3_335_678_366_873_096_957,
                "time": FIRST + dice.integers(0, DAY, count),
                "log": np.where(once, 1, dice.integers(2, 10, count)),
                "outcome": dice.choice(4, count, p=[0.6, 0.03, 0.02, 0.35]),
                "principal": who[np.arange(count) // 2 * 2 % count] + 1,
                "app": who % 97 + 1,
                "action": operation % ACTIONS + 1,
                "scope": scattered % SCOPES + 1,
                "assignment": np.where(dice.random(count) < 0.5, who % 4_001, 0),
                "correlation_hi": scattered,
                "correlation_lo": ~scattered,
                "file": np.full(count, number),
                "ordinal": np.arange(count),
            }
            path = folder / f"rows-{number}.parquet"
            duck.write({name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}, path)
            files.append(path)
    return files


def roll_up(engine: SqlEngine, incoming: list[Path], folder: Path) -> list[Path]:
    """Do all that a settling does but asking the engine who granted: there is one epoch and no answer."""
    folder.mkdir()
    new = [
        path
        for bucket in range(4)
        for path in engine.run(
            "new_rows", {"incoming": incoming, "seen": ()}, {"bucket": bucket, "buckets": 4}, folder, f"new-{bucket}"
        )
    ]
    operations = engine.run("folded", {"rows": new}, {"gap": DAY}, folder, "folded")
    epochs = folder / "epochs.parquet"
    engine.write({"epoch": np.array([0]), "start": np.array([-(2**63)]), "until": np.array([2**63 - 1])}, epochs)
    given = {"operations": operations, "epochs": [epochs], "answers": ()}
    attributed = engine.run("attributed", given, {}, folder, "attributed")
    days = {"from_day": 0, "until_day": 100_000}
    return engine.run("rolled_up", {"operations": attributed}, days, folder, "rolled")


def digest(rows: Mapping[str, np.ndarray]) -> str:
    """Return a hash of rows that their order does not change."""
    stacked = np.stack([rows[name] for name in ROLL_UP])
    return hashlib.sha256(np.ascontiguousarray(stacked[:, np.lexsort(stacked[::-1])]).tobytes()).hexdigest()


def measure(work: Work) -> dict[str, float]:
    """Time both engines over the same rows."""
    from remit.adapters.sql_engine.spark import SparkEngine  # noqa: PLC0415 - starts a Java

    found: dict[str, float] = {"rows": float(ROWS)}
    work.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work.folder, prefix="folding-") as name:
        folder = Path(name)
        incoming = make_rows(folder, ROWS)
        digests = set()
        with DuckEngine(folder / "spill") as duck:
            started = time.perf_counter()
            parts = roll_up(duck, incoming, folder / "duckdb")
            found["duckdb_s"] = time.perf_counter() - started
            made = duck.read(parts, ROLL_UP)
            found["rolled"] = float(len(made["day"]))
            digests.add(digest(made))
            with SparkEngine("local[2]", settings={"spark.driver.memory": "6g"}) as spark:
                started = time.perf_counter()
                parts = roll_up(spark, incoming, folder / "spark")
                found["spark_s"] = time.perf_counter() - started
            digests.add(digest(duck.read(parts, ROLL_UP)))
        if len(digests) != 1:
            raise SystemExit("DuckDB and Spark do not agree")
    return found
