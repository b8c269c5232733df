"""What the usage store needs of an engine: to run the statements of `remit.usage.statements` over Parquet files.

engine.run("folded", {"rows": parts}, {"gap": DAY}, folder, "folded")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from remit.usage.columns import Longs

Inputs = Mapping[str, Sequence[Path]]
"""The Parquet files of each input of a statement. An input without files is an empty table."""


class SqlEngine(Protocol):
    """Runs statements by name. Raises `UnavailableError` where it cannot."""

    def run(self, statement: str, inputs: Inputs, numbers: Mapping[str, int], folder: Path, name: str) -> list[Path]:
        """Write a statement's result into a folder as Parquet files whose names begin with `name`.

        The files are complete when this returns; their order has no meaning, nor has that of their rows.
        """

    def rows(self, statement: str, inputs: Inputs, numbers: Mapping[str, int]) -> dict[str, Longs]:
        """Return a statement's result as columns, ordered by all of them. For results that fit in memory."""

    def write(self, columns: Mapping[str, Longs], path: Path) -> None:
        """Write columns as one Parquet file."""

    def read(self, files: Sequence[Path], columns: Sequence[str]) -> dict[str, Longs]:
        """Read columns of Parquet files."""
