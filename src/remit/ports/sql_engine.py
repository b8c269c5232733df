"""Runs the statements of `remit/usage/sql` over Parquet files: on this machine, or on a cluster.

    engine.run("folded", {"rows": parts}, {"gap": DAY}, folder, "folded")

Statements and what they read and write (every column BIGINT unless a text is named; times are microseconds UTC):

- `new_rows`: `incoming` (COLUMNS, file, ordinal), `seen` (identity_hi, identity_lo) -> COLUMNS, file, of every record
  whose identity is not in `seen` and that is the first of its identity by (file, ordinal). Parts of one record share
  identity and ordinal. Numbers: bucket, buckets (only identities of that bucket; 0 of 1 for all).
- `identities`: `rows` (COLUMNS) -> identity_hi, identity_lo, distinct.
- `folded`: `rows` (COLUMNS) -> operations: time (earliest), log, plane, outcome, principal, app, host, address, action, scope,
  assignment, through, place, token_hi, token_lo, correlation_hi, correlation_lo, rows. Numbers: gap (24 h in microseconds).
- `questions`: `operations`, `epochs` (epoch, start, until: half-open stretches in which nothing is known to change, covering
  all of time) -> distinct principal, plane, action, scope, assignment, epoch, time (earliest), operations (how many);
  only planes control and data, outcome not refused, principal, action and scope present.
- `attributed`: `operations`, `epochs`, `answers` (principal, plane, action, scope, assignment, epoch, granted) -> columns of
  operations with assignment replaced by `granted` where it was 0 and granted is not, and `computed` (1 then, else 0).
- `rolled_up`: `operations` (attributed) -> principal, app, plane, action, scope, assignment, through, computed, host, outcome, log,
  day, operations, first_seen, last_seen. Numbers: from_day, until_day (half-open, of the operation's time).
- `merged`: `rollup` -> the same columns, equal keys added together.
- `covered`: `rows` (COLUMNS) -> log, place, day, records, first_seen, last_seen.
- `merged_coverage`: `coverage` -> the same, equal (log, place, day) added together.
- `used`: `rollup`, `chosen` (key) -> principal, app, plane, action, scope, assignment, through, computed, host, outcome, operations,
  first_seen, last_seen over days >= from_day, of the principals (numbers: by = 0) or assignments (by = 1) in `chosen`.
- `used_by_all`: `rollup` -> the same of everybody, ordered by principal. Numbers: from_day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from remit.usage.columns import Longs


class SqlEngine(Protocol):
    """Runs statements by name. Raises `UnavailableError` where it cannot."""

    def run(
        self,
        statement: str,
        inputs: Mapping[str, Sequence[Path]],
        numbers: Mapping[str, int],
        folder: Path,
        name: str,
    ) -> list[Path]:
        """Write a statement's result into `folder` as Parquet files whose names begin with `name`.

        An input without files is an empty table. The files are complete when this returns; their order has no meaning.
        """

    def rows(
        self, statement: str, inputs: Mapping[str, Sequence[Path]], numbers: Mapping[str, int]
    ) -> dict[str, Longs]:
        """Return a statement's result as columns, ordered by all of them. For results that fit in memory."""

    def write(self, columns: Mapping[str, Longs], path: Path) -> None:
        """Write columns as one Parquet file."""

    def read(self, files: Sequence[Path], columns: Sequence[str]) -> dict[str, Longs]:
        """Read columns of Parquet files."""
