"""The engine of one machine: DuckDB, in bounded memory, spilling beside what it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np

from remit.adapters.sql_engine.texts import checked, text_of
from remit.adapters.statement_engine import Inputs
from remit.model.errors import UnavailableError
from remit.usage.columns import Longs

MEMORY_LIMIT = "700MB"
"""What DuckDB may take before it spills to disk."""
_GROUP = 100_000
"""Rows of a Parquet row group: what one thread reads at once, and the grain at which rows are left out unread."""
_WRITE = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP}"


class DuckEngine:
    """Runs statements in this process. Close it, or use it in a `with`."""

    def __init__(self, spill: Path, *, memory_limit: str = MEMORY_LIMIT, threads: int | None = None) -> None:
        """Start DuckDB.

        Args:
            spill: folder for what does not fit in memory; made when needed.
            memory_limit: in DuckDB's words.
            threads: None for as many as there are processors.
        """
        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        with _as_store_error("start"):
            self._connection = duckdb.connect(":memory:", config=config)

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def run(self, statement: str, inputs: Inputs, numbers: Mapping[str, int], folder: Path, name: str) -> list[Path]:
        """Write a statement's result; see `SqlEngine`."""
        path = folder / f"{name}.parquet"
        with self._views(statement, inputs, numbers) as text, _as_store_error("write usage"):
            self._connection.execute(f"COPY ({text}) TO {_quoted(path)} ({_WRITE})")
        return [path]

    def rows(self, statement: str, inputs: Inputs, numbers: Mapping[str, int]) -> dict[str, Longs]:
        """Return a statement's result; see `SqlEngine`."""
        output = checked(statement, inputs, numbers).output
        with self._views(statement, inputs, numbers) as text, _as_store_error("read usage"):
            found = self._connection.execute(f"SELECT * FROM ({text}) ORDER BY ALL").fetchnumpy()  # noqa: S608 - ours
        return {column: np.ascontiguousarray(found[column], dtype=np.int64) for column in output}

    def write(self, columns: Mapping[str, Longs], path: Path) -> None:
        """Write columns; see `SqlEngine`."""
        with _as_store_error("write usage"):
            self._connection.register("columns_given", dict(columns))
            try:
                self._connection.execute(f"COPY (SELECT * FROM columns_given) TO {_quoted(path)} ({_WRITE})")  # noqa: S608 - ours
            finally:
                self._connection.unregister("columns_given")

    def read(self, files: Sequence[Path], columns: Sequence[str]) -> dict[str, Longs]:
        """Read columns; see `SqlEngine`."""
        if not files:
            return {column: np.zeros(0, dtype=np.int64) for column in columns}
        chosen = ", ".join(f'"{column}"' for column in columns)
        with _as_store_error("read usage"):
            found = self._connection.execute(f"SELECT {chosen} FROM {_parquet(files)}").fetchnumpy()  # noqa: S608 - ours
        return {column: np.ascontiguousarray(found[column], dtype=np.int64) for column in columns}

    @contextmanager
    def _views(self, statement: str, inputs: Inputs, numbers: Mapping[str, int]) -> Iterator[str]:
        """Name the inputs as the statement does, for as long as it runs."""
        reads = checked(statement, inputs, numbers).inputs
        with _as_store_error("read usage"):
            for table, columns in reads.items():
                self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {_table(inputs[table], columns)}")
        try:
            yield text_of(statement, numbers)
        finally:
            for table in reads:
                self._connection.execute(f"DROP VIEW IF EXISTS {table}")


def _table(files: Sequence[Path], columns: Sequence[str]) -> str:
    if files:
        chosen = ", ".join(f'"{column}"' for column in columns)
        return f"SELECT {chosen} FROM {_parquet(files)}"  # noqa: S608 - our own names
    return "SELECT " + ", ".join(f'CAST(NULL AS BIGINT) AS "{column}"' for column in columns) + " WHERE FALSE"


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(_quoted, files))}])"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def _as_store_error(doing: str) -> Iterator[None]:
    """Turn DuckDB's failures into the store's own error.

    Raises:
        KeyboardInterrupt: somebody ended the command, which DuckDB tells as a failure of its own.
        UnavailableError: DuckDB failed.
    """
    try:
        yield
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        if isinstance(error, duckdb.InterruptException) or KeyboardInterrupt.__name__ in first:
            raise KeyboardInterrupt from error
        raise UnavailableError(f"DuckDB cannot {doing}: {first}") from error
