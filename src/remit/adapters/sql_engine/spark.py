"""The engine of a cluster: Apache Spark, given the same statements in its own dialect by sqlglot.

The master is named by its URL; `local[2]` is this machine. The store's folder must be one that the cluster reads and
writes under the same path.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import sqlglot
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.sql_engine.texts import checked, text_of
from remit.adapters.statement_engine import Inputs
from remit.model.errors import UnavailableError
from remit.usage.columns import Longs

LOCAL = "local[*]"


def translated(text: str) -> str:
    """Return a statement in Spark's dialect."""
    return sqlglot.transpile(text, read="duckdb", write="spark")[0]


class SparkEngine:
    """Runs statements in one Spark session. Close it, or use it in a `with`."""

    def __init__(self, master: str = LOCAL, *, settings: Mapping[str, str] | None = None) -> None:
        """Start a session.

        Args:
            master: URL of the cluster's master.
            settings: more of Spark's own settings.

        Raises:
            UnavailableError: Spark does not start; most often there is no Java.
        """
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master(master).appName("remit")
        for key, value in (_SETTINGS | dict(settings or {})).items():
            builder = builder.config(key, value)
        with _as_store_error("start"):
            self._session: SparkSession = builder.getOrCreate()
        self._session.sparkContext.setLogLevel("ERROR")

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the session."""
        self._session.stop()

    def run(self, statement: str, inputs: Inputs, numbers: Mapping[str, int], folder: Path, name: str) -> list[Path]:
        """Write a statement's result; see `SqlEngine`."""
        apart = folder / f"{name}.spark"
        with self._views(statement, inputs, numbers) as text, _as_store_error("write usage"):
            self._session.sql(text).write.mode("overwrite").option("compression", "zstd").parquet(_url(apart))
        return _moved(apart, folder, name)

    def rows(self, statement: str, inputs: Inputs, numbers: Mapping[str, int]) -> dict[str, Longs]:
        """Return a statement's result; see `SqlEngine`."""
        output = checked(statement, inputs, numbers).output
        with self._views(statement, inputs, numbers) as text, _as_store_error("read usage"):
            return _columns(self._session.sql(text).orderBy(*output), output)

    def write(self, columns: Mapping[str, Longs], path: Path) -> None:
        """Write columns; see `SqlEngine`. Small tables only: they pass through the driver."""
        with DuckEngine(path.parent / "spill", threads=1) as duck:
            duck.write(columns, path)

    def read(self, files: Sequence[Path], columns: Sequence[str]) -> dict[str, Longs]:
        """Read columns; see `SqlEngine`. What comes back is held here at once, so it is read here, too."""
        if not files:
            return {column: np.zeros(0, dtype=np.int64) for column in columns}
        with DuckEngine(files[0].parent / "spill", threads=1) as duck:
            return duck.read(files, columns)

    @contextmanager
    def _views(self, statement: str, inputs: Inputs, numbers: Mapping[str, int]) -> Iterator[str]:
        reads = checked(statement, inputs, numbers).inputs
        with _as_store_error("read usage"):
            for table, columns in reads.items():
                self._table(inputs[table], columns).createOrReplaceTempView(table)
        try:
            yield translated(text_of(statement, numbers))
        finally:
            for table in reads:
                self._session.catalog.dropTempView(table)

    def _table(self, files: Sequence[Path], columns: Sequence[str]) -> DataFrame:
        if files:
            return self._parquet(files).select(*columns)
        return self._session.createDataFrame([], ", ".join(f"`{column}` BIGINT" for column in columns))

    def _parquet(self, files: Sequence[Path]) -> DataFrame:
        return self._session.read.parquet(*map(_url, files))


_SETTINGS: dict[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}


def _url(path: Path) -> str:
    return path.resolve().as_uri()


def _moved(apart: Path, folder: Path, name: str) -> list[Path]:
    """Take the parts that Spark wrote into a folder of their own out of it."""
    found = []
    for number, part in enumerate(sorted(apart.glob("part-*.parquet"))):
        found.append(folder / f"{name}-{number}.parquet")
        part.replace(found[-1])
    shutil.rmtree(apart)
    return found


def _columns(frame: DataFrame, names: Sequence[str]) -> dict[str, Longs]:
    rows: list[Any] = frame.collect()
    return {name: np.asarray([row[place] for row in rows], dtype=np.int64) for place, name in enumerate(names)}


@contextmanager
def _as_store_error(doing: str) -> Iterator[None]:
    """Turn Spark's failures into the store's own error.

    Raises:
        UnavailableError: Spark failed.
    """
    try:
        yield
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:
        # What py4j says begins with where in its own protocol it was; the second line is Spark's.
        said = str(error).strip().splitlines() or [type(error).__name__]
        first = said[1] if isinstance(error, Py4JError) and len(said) > 1 else said[0]
        raise UnavailableError(f"Spark cannot {doing}: {first}") from error
