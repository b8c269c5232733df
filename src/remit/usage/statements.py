"""The set logic over usage: which statements there are, and what each reads and writes.

A statement is a file of `remit/usage/sql`, in DuckDB's dialect and in the part of it that other engines have too:
common table expressions, joins, windows, CASE, aggregates and whole numbers (decision 30). Every column is a BIGINT;
instants are microseconds since 1970 UTC. `$name` stands for a whole number. An input without files is an empty table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.usage.columns import COLUMNS

DAY = 86_400_000_000
"""Microseconds of a day, and the longest time between two records of one operation."""

_PLACED = (*COLUMNS, "file", "ordinal")
OPERATION = (
    "time",
    "log",
    "plane",
    "outcome",
    "principal",
    "app",
    "host",
    "address",
    "action",
    "scope",
    "assignment",
    "through",
    "place",
    "token_hi",
    "token_lo",
    "correlation_hi",
    "correlation_lo",
    "rows",
)
"""Columns of folded operations; `rows` is the number of records."""

EPOCH = ("epoch", "start", "until")
"""Half-open stretches of time in which nothing is known to change; together they cover all of it."""

QUESTION = ("principal", "plane", "action", "scope", "assignment", "epoch")
"""What attribution is asked by."""

ROLL_UP = (
    "principal",
    "app",
    "plane",
    "action",
    "scope",
    "assignment",
    "through",
    "computed",
    "host",
    "outcome",
    "log",
    "day",
    "operations",
    "first_seen",
    "last_seen",
)
"""Columns of the roll-up; `computed` is 1 where the engine named the assignment, `day` counts from 1970."""

COVERAGE = ("log", "place", "day", "records", "first_seen", "last_seen")
_USED = tuple(column for column in ROLL_UP if column not in {"log", "day"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What one statement does.

    Attributes:
        says: in a sentence.
        inputs: columns of each input table.
        numbers: names of its numbers.
        output: columns of its result.
    """

    says: str
    inputs: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    output: tuple[str, ...]


STATEMENTS: Mapping[str, Statement] = {
    "new_rows": Statement(
        "Rows of records that are not seen yet, the first of equal identity by (file, ordinal). The rows of one record"
        " share identity and ordinal. Only identities of one bucket.",
        {"incoming": _PLACED, "seen": ("identity_hi", "identity_lo")},
        ("bucket", "buckets"),
        (*COLUMNS, "file"),
    ),
    "identities": Statement("The distinct identities of rows.", {"rows": COLUMNS}, (), ("identity_hi", "identity_lo")),
    "folded": Statement(
        "Operations: Activity Log rows of one correlation, action, scope and caller, each within `gap` of the one"
        " before, are one; rows of other logs are one each.",
        {"rows": COLUMNS},
        ("gap",),
        OPERATION,
    ),
    "questions": Statement(
        "What to ask about who granted: distinct caller, plane, action, scope, logged assignment and epoch of what was"
        " authorised on the control and data planes (Cosmos DB has grants of its own); `time` is the earliest,"
        " `operations` how many.",
        {"operations": OPERATION, "epochs": EPOCH},
        (),
        (*QUESTION, "time", "operations"),
    ),
    "attributed": Statement(
        "Operations with the assignment that the engine named (`granted`, 0 for none) where the log names none.",
        {"operations": OPERATION, "epochs": EPOCH, "answers": (*QUESTION, "granted")},
        (),
        (*OPERATION, "computed"),
    ),
    "rolled_up": Statement(
        "Attributed operations of days in [from_day, until_day) added together by day.",
        {"operations": (*OPERATION, "computed")},
        ("from_day", "until_day"),
        ROLL_UP,
    ),
    "merged": Statement("Several roll-ups as one.", {"rollup": ROLL_UP}, (), ROLL_UP),
    "covered": Statement("What was seen of each log at each place, by day.", {"rows": COLUMNS}, (), COVERAGE),
    "merged_coverage": Statement("Several of these as one.", {"coverage": COVERAGE}, (), COVERAGE),
    "used": Statement(
        "The roll-up over days from `from_day` on, of some principals (`by` 0) or assignments (`by` 1).",
        {"rollup": ROLL_UP, "chosen": ("key",)},
        ("by", "from_day"),
        _USED,
    ),
    "used_by_all": Statement(
        "The roll-up over days from `from_day` on, of everybody.", {"rollup": ROLL_UP}, ("from_day",), _USED
    ),
}
