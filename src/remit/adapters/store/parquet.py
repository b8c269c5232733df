"""Tables as Parquet files, written and read by DuckDB. Imported only where a snapshot is written or its facts read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from remit.adapters.store.tables import SCHEMA, TEXT, Column, Table
from remit.engine.strings import TextColumn
from remit.model.errors import UnavailableError

MEMORY_LIMIT = "256MB"
_KINDS = {"text": "VARCHAR", "uint8": "UTINYINT", "int32": "INTEGER", "int64": "BIGINT"}
_SYSTEM_ERROR = re.compile(r'"errno":"(\d+)"')
_WRITTEN_ROWS = 100_000
_READ_ROWS = 500_000


def connect(spill: Path, *, memory: str = "") -> duckdb.DuckDBPyConnection:
    """Open a database in memory, of which little is taken, or as much as is said: it spills into `spill`."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory or MEMORY_LIMIT,
            "temp_directory": str(spill),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


@contextmanager
def as_store_error(doing: str) -> Iterator[None]:
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
        system = _SYSTEM_ERROR.search(first)
        why = os.strerror(int(system[1])) if system else first
        raise UnavailableError(f"the store cannot {doing}: {why}") from error


def quoted(path: Path) -> str:
    """Return a path as an SQL literal."""
    return "'" + str(path).replace("'", "''") + "'"


def write_table(connection: duckdb.DuckDBPyConnection, name: str, table: Table, path: Path) -> None:
    """Write one table; rows keep their order."""
    columns = ", ".join(f'"{column}" {_KINDS[kind]}' for column, kind in SCHEMA[name].items())
    connection.execute(f"CREATE TABLE made ({columns})")
    try:
        count = len(next(iter(table.values())))
        for low in range(0, count, _WRITTEN_ROWS):
            chunk = {column: _slice(value, low, min(low + _WRITTEN_ROWS, count)) for column, value in table.items()}
            with columns_as_table(connection, chunk) as given:
                connection.execute(f"INSERT INTO made SELECT * FROM {given}")  # noqa: S608 - our own names
        connection.execute(f"COPY made TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
    finally:
        connection.execute("DROP TABLE made")


@contextmanager
def columns_as_table(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """Let equally long columns be read as a table of the name given back."""
    connection.register("columns_given", dict(columns))
    try:
        yield "columns_given"
    finally:
        connection.unregister("columns_given")


def _slice(column: Column, low: int, high: int) -> NDArray[Any]:
    if not isinstance(column, TextColumn):
        return column[low:high]
    offsets = column.offsets[low : high + 1]
    data = column.data[offsets[0] : offsets[-1]].tobytes()
    ends = (offsets - offsets[0]).tolist()
    made = np.empty(high - low, dtype=object)
    if data.isascii():
        text = data.decode("ascii")
        made[:] = [text[start:end] for start, end in pairwise(ends)]
    else:
        made[:] = [data[start:end].decode() for start, end in pairwise(ends)]
    return made


def read_table(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> dict[str, Column]:
    """Read one table back. Cost: texts pass through Python strings, a bounded slice at a time."""
    schema = SCHEMA[name]
    numbers = [column for column, kind in schema.items() if kind != TEXT]
    found: dict[str, Column] = {}
    if numbers:
        chosen = ", ".join(f'"{column}"' for column in numbers)
        read = connection.execute(f"SELECT {chosen} FROM read_parquet({quoted(path)})").fetchnumpy()  # noqa: S608 - our own names
        found.update({column: np.ascontiguousarray(read[column], dtype=schema[column]) for column in numbers})
    for column, kind in schema.items():
        if kind == TEXT:
            found[column] = _read_text(connection, column, path)
    return {column: found[column] for column in schema}


def _read_text(connection: duckdb.DuckDBPyConnection, column: str, path: Path) -> TextColumn:
    source = f"read_parquet({quoted(path)}, file_row_number = true)"
    sizes = connection.execute(f'SELECT strlen("{column}") AS size FROM read_parquet({quoted(path)})').fetchnumpy()  # noqa: S608 - our own names
    lengths = np.asarray(sizes["size"], dtype=np.int64)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    for low in range(0, len(lengths), _READ_ROWS):
        high = min(low + _READ_ROWS, len(lengths))
        rows = connection.execute(
            f'SELECT "{column}" AS text FROM {source}'  # noqa: S608 - our own names
            f" WHERE file_row_number >= {low} AND file_row_number < {high}"
        ).fetchnumpy()["text"]
        joined = "".join(rows.tolist()).encode()
        data[offsets[low] : offsets[high]] = np.frombuffer(joined, dtype=np.uint8)
    return TextColumn(data, offsets)
