"""What a workspace answers: rows, some of the rows, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from remit.adapters.azure_client.answers import Asked, refusal
from remit.adapters.azure_client.http import Reply
from remit.adapters.log_analytics.queries import MOST_ROWS
from remit.model.errors import ForbiddenError, InputError, RemitError, UnexpectedAnswerError
from remit.model.interval import parse_instant

_BAD_REQUEST, _NOT_FOUND, _TOO_LONG = 400, 404, frozenset({413, 504})
_NO_SUCH_WORKSPACE = ("WorkspaceNotFoundError", "PathNotFoundError", "InvalidPathError")
_NEEDED = "Log Analytics Reader on the workspace"


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a query for rows.

    Attributes:
        count: how many there are.
        whole: whether these are all that were asked for.
        body: the answer as it came.
    """

    count: int
    whole: bool
    body: bytes


class NoSuchTableError(Exception):
    """The workspace has no table of this name."""


class _Table(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct):
    tables: list[_Table]
    error: Any = None


class _Moment(msgspec.Struct):
    rows: list[list[str]]


class _Moments(msgspec.Struct):
    tables: list[_Moment]


_ANSWER = msgspec.json.Decoder(_Answer)
_MOMENTS = msgspec.json.Decoder(_Moments)


def rows_in(reply: Reply, what: str) -> Rows:
    """Return the rows of an answer of 2xx.

    Raises:
        UnexpectedAnswerError: it is no such answer.
    """
    try:
        found = _ANSWER.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnexpectedAnswerError(what, "is no table of rows") from error
    count = sum(len(table.rows) for table in found.tables)
    return Rows(count, found.error is None and count <= MOST_ROWS, reply.body)


def instant_in(reply: Reply, what: str) -> datetime:
    """Return the one instant that an answer of 2xx holds, aware UTC.

    Raises:
        UnexpectedAnswerError: it holds none.
    """
    try:
        return parse_instant(_MOMENTS.decode(reply.body).tables[0].rows[0][0])
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError, RemitError) as error:
        raise UnexpectedAnswerError(what, "tells no time") from error


def is_too_long(reply: Reply) -> bool:
    """Tell whether an answer says that the query takes too long or gives too much."""
    return reply.status in _TOO_LONG


def failure_in(reply: Reply, asked: Asked, table: str) -> RemitError | None:
    """Return what an answer other than 2xx means, None for 2xx.

    Raises:
        NoSuchTableError: the workspace lacks the table.
    """
    failure = refusal(reply.status, reply.headers, reply.body, asked)
    if reply.status in {_BAD_REQUEST, _NOT_FOUND}:
        codes, words = _error_of(reply.body)
        if table and "SEM0100" in codes and f"'{table}'" in words:
            raise NoSuchTableError(table)
        if any(code in codes for code in _NO_SUCH_WORKSPACE):
            return InputError(
                f"there is no workspace `{asked.target}`, or the credential may not see it",
                hint="give the workspace id, a GUID, that the overview of the workspace shows",
            )
        return UnexpectedAnswerError(asked.what, f"answered {reply.status} {' '.join(codes)}".rstrip())
    if isinstance(failure, ForbiddenError):
        return ForbiddenError(asked.what, failure.code, _NEEDED)
    return failure


def _error_of(body: bytes) -> tuple[tuple[str, ...], str]:
    """Return the codes of an error, the outermost first, and all that it says."""
    try:
        at: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return (), ""
    codes, words = [], []
    at = at.get("error") if isinstance(at, dict) else None
    while isinstance(at, dict):
        codes.append(str(at.get("code", "")))
        words.append(str(at.get("message", "")))
        at = at.get("innererror")
    return tuple(code for code in codes if code.isalnum()), " ".join(words)
