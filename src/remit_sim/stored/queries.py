"""The query API of Log Analytics: `POST /v1/workspaces/{id}/query`, as far as a reader of logs needs it.

Understood is one table, conditions on `ingestion_time()`, on a text column with `in (...)`, on a share by `hash`, and
`take`; and `print NAME = now()`. Everything else is a 400 that says so. More rows than a page holds are cut off with a
`PartialError`, as Azure does it at 500,000. Anybody who can sign in may ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant
from remit_sim.call import LOGS, Answer, Call, Refusal, Router
from remit_sim.kept_logs import LogRow

MOST_ROWS = 500_000
_PRINT = re.compile(r"print\s+(\w+)\s*=\s*now\(\)")
_TABLE = re.compile(r"\w+")
_ARRIVED = re.compile(r"where\s+ingestion_time\(\)\s*(>=|<)\s*datetime\(([^)]+)\)")
_IN = re.compile(r"where\s+(\w+)\s+in\s+\(([^)]*)\)")
_SHARE = re.compile(r"where\s+hash\(tostring\(pack_all\(\)\),\s*(\d+)\)\s*==\s*(\d+)")
_TAKE = re.compile(r"take\s+(\d+)")
_KINDS = {bool: "bool", int: "long", float: "real"}

Keeps = Callable[[LogRow], bool]


def add_routes(router: Router) -> None:
    """Add the one call."""
    router.add(LOGS, "POST", "/v1/workspaces/{workspace}/query", query)


def query(call: Call) -> Answer:
    """Answer a query.

    Raises:
        Refusal: there is no such workspace or table, or the query is not understood.
    """
    text = str(call.json().get("query", "")).strip()
    tables = call.tenant.logs.tables(call.arguments["workspace"])
    if tables is None:
        raise Refusal(404, "PathNotFoundError", "The requested path does not exist")
    if found := _PRINT.fullmatch(text):
        now = f"{call.tenant.clock.now():%Y-%m-%dT%H:%M:%S.%fZ}"
        return Answer.of({"tables": [_table([found[1]], ["datetime"], [[now]])]})
    first, *steps = [part.strip() for part in text.split("|")]
    if not _TABLE.fullmatch(first):
        raise _not_understood(first)
    if first not in tables:
        return _no_such_table(first)
    rows: Sequence[LogRow] = tables[first]
    for step in steps:
        rows = rows[: int(taken[1])] if (taken := _TAKE.fullmatch(step)) else [*filter(_condition(step), rows)]
    return _answer(rows, call.page_rows(MOST_ROWS))


def _condition(step: str) -> Keeps:
    if found := _ARRIVED.fullmatch(step):
        return _arrived(found[1], _instant(found[2]))
    if found := _IN.fullmatch(step):
        column, words = found[1], {word.strip().strip('"') for word in found[2].split(",")}
        return lambda row: row.fields.get(column) in words
    if found := _SHARE.fullmatch(step):
        shares, share = int(found[1]), int(found[2])
        return lambda row: _hash(row) % shares == share
    raise _not_understood(step)


def _arrived(sign: str, instant: datetime) -> Keeps:
    return (lambda row: row.arrived < instant) if sign == "<" else (lambda row: row.arrived >= instant)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except InstantSyntaxError as error:
        raise _not_understood(text) from error


def _hash(row: LogRow) -> int:
    return int.from_bytes(blake2b(msgspec.json.encode(row.fields), digest_size=8).digest(), "big")


def _answer(rows: Sequence[LogRow], most: int) -> Answer:
    shown = rows[:most]
    names = list(dict.fromkeys(name for row in shown for name in row.fields))
    kinds = [_kind([row.fields.get(name) for row in shown]) for name in names]
    cells = [[_cell(row.fields.get(name)) for name in names] for row in shown]
    document: dict[str, Any] = {"tables": [_table(names, kinds, cells)]}
    if len(rows) > most:
        document["error"] = {
            "code": "PartialError",
            "message": "There were some errors when processing your query.",
            "details": [
                {
                    "code": "EngineError",
                    "message": "Something went wrong processing your query on the server.",
                    "innererror": {
                        "code": "-2133196797",
                        "message": f"The results of this query exceed the set limit of {most} records.",
                        "severity": 2,
                        "severityName": "Error",
                    },
                }
            ],
        }
    return Answer.of(document)


def _table(names: list[str], kinds: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    columns = [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)]
    return {"name": "PrimaryResult", "columns": columns, "rows": rows}


def _kind(values: list[Any]) -> str:
    value = next((one for one in values if one is not None), "")
    if isinstance(value, dict | list):
        return "dynamic"
    return _KINDS.get(type(value), "string")


def _cell(value: Any) -> Any:  # noqa: ANN401 - JSON
    # Dynamic values come as their JSON text.
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value


def _not_understood(words: str) -> Refusal:
    return Refusal(400, "BadArgumentError", f"the simulator does not know `{words[:100]}` in a query of logs")


def _no_such_table(name: str) -> Answer:
    inner = {
        "code": "SEM0100",
        "message": f"'where' operator: Failed to resolve table or column expression named '{name}'",
    }
    error = {
        "message": "The request had some invalid properties",
        "code": "BadArgumentError",
        "innererror": {"code": "SemanticError", "message": "A semantic error occurred.", "innererror": inner},
    }
    return Answer.of({"error": error}, 400)
