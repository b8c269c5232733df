"""Builds the engine that runs the statements over usage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.model.errors import InputError, SettingsError

if TYPE_CHECKING:
    from remit.adapters.sql_engine.duck import DuckEngine
    from remit.adapters.sql_engine.spark import SparkEngine


def sql_engine(name: str, spill: Path) -> DuckEngine | SparkEngine:
    """Return an engine by its name; use it in a `with`.

    Args:
        name: `duckdb`, `spark` for Spark on this machine, or the URL of a Spark master (`spark://...`, `local[4]`).
        spill: folder for what does not fit in memory.

    Raises:
        InputError: no engine has this name.
        SettingsError: its package is not installed.
        UnavailableError: it does not start.
    """
    if name == "duckdb":
        from remit.adapters.sql_engine.duck import DuckEngine

        return DuckEngine(spill)
    if name != "spark" and not name.startswith(("spark:", "local", "yarn", "k8s:")):
        raise InputError(f"`{name}` is no engine", hint="choose duckdb, spark, or the URL of a Spark master")
    try:
        from remit.adapters.sql_engine.spark import LOCAL, SparkEngine
    except ImportError as error:
        raise SettingsError(
            "Spark is not installed", hint="pip install 'remit[spark]'; it needs Java 17 or 21 besides"
        ) from error
    return SparkEngine(LOCAL if name == "spark" else name)
