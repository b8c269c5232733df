"""Ctrl-C while DuckDB is at work ends the command; it is no failure of the store."""

from __future__ import annotations

import duckdb
import pytest

from remit.adapters.sql_engine.duck import _as_store_error
from remit.adapters.store.parquet import as_store_error
from remit.model.errors import UnavailableError


@pytest.mark.parametrize("guard", [as_store_error, _as_store_error])
@pytest.mark.parametrize("error", [duckdb.InterruptException("INTERRUPT Error: Interrupted!"), KeyboardInterrupt()])
def test_an_interrupt_stays_one(guard, error) -> None:
    with pytest.raises(KeyboardInterrupt), guard("be written"):
        raise error


@pytest.mark.parametrize("guard", [as_store_error, _as_store_error])
def test_an_interrupt_below_duckdb_comes_back_as_one(guard) -> None:
    """DuckDB asks Python for a value, which is where the signal arrives."""

    def value() -> int:
        raise KeyboardInterrupt

    database = duckdb.connect(":memory:")
    database.create_function("value", value, [], "BIGINT")
    with pytest.raises(KeyboardInterrupt), guard("be written"):
        database.execute("SELECT value()").fetchall()


@pytest.mark.parametrize("guard", [as_store_error, _as_store_error])
def test_any_other_failure_is_one_of_the_store(guard) -> None:
    with pytest.raises(UnavailableError), guard("be read"):
        duckdb.connect(":memory:").execute("SELECT nothing")
