"""What an answer of Azure means: the one table from status and headers to errors.

Rules kept here:

- An error says the endpoint, the status and Azure's code for it. Azure's sentence is left out: it may repeat what was
  sent. No address is ever named with its query.
- How long to wait is read from `retry-after-ms`, `x-ms-retry-after-ms`, `Retry-After` (seconds, or a date against the
  server's own `Date`) and `x-ms-user-quota-resets-after` (h:mm:ss), the first of them that is there.

    >>> refusal(429, {"retry-after": "7"}, b"", Asked("graph/users")).retry_after_s
    7.0
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from remit.model.errors import (
    CollectionError,
    ForbiddenError,
    InterruptedAnswerError,
    MovedOnError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")
_CLOCK = re.compile(r"(\d+):(\d{2}):(\d{2})(?:\.\d+)?")
_EXPIRED = frozenset(
    {
        "directory_expiredpagetoken",
        "directory_invalidpagetoken",
        "invalidskiptoken",
        "expiredskiptoken",
        "skiptokenexpired",
        "resyncrequired",
        "syncstatenotfound",
        "syncstateinvalid",
    }
)
_NO_SUCH_API = frozenset(
    {"invalidresourcetype", "invalidresourcenamespace", "noregisteredproviderfound", "invalidapiversionparameter"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for: for counting it, and in words for its errors.

    Attributes:
        endpoint: key of the endpoint.
        target: what it is asked for: a scope, an object id; no query.
        needs: the permission without which the answer is 403.
        may_vanish: it asks about one thing, which may have been deleted meanwhile; a 404 is no fault.
        goes_on: it follows a continuation, which may have expired.
    """

    endpoint: str
    target: str = ""
    needs: str = ""
    may_vanish: bool = False
    goes_on: bool = False

    @property
    def what(self) -> str:
        """Return both in one text."""
        return f"{self.endpoint} {self.target}".rstrip()


def refusal(  # noqa: PLR0911 - one line for each kind of answer
    status: int, headers: Mapping[str, str], body: bytes, asked: Asked
) -> CollectionError | None:
    """Return what an answer other than 2xx means, None for 2xx.

    A 401 is an `UnexpectedAnswerError` here: whoever holds the token deals with it before.

    Args:
        status: of the answer.
        headers: by lower-case name.
        body: the answer, for its error code.
        asked: what was asked for.
    """
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP
        return None
    code = code_of(body)
    said = f"{status} {code}".rstrip()
    if status == 429:  # noqa: PLR2004 - HTTP
        return ThrottledError(asked.what, wait_of(headers))
    if status == 408 or status >= 500:  # noqa: PLR2004 - HTTP
        return InterruptedAnswerError(asked.what, f"answered {said}", wait_of(headers))
    if status == 403:  # noqa: PLR2004 - HTTP
        return ForbiddenError(asked.what, said, asked.needs)
    if code.lower() in _EXPIRED or (asked.goes_on and status in {400, 410}):
        return MovedOnError(asked.what)
    if status == 404 and asked.may_vanish and code.lower() not in _NO_SUCH_API:  # noqa: PLR2004 - HTTP
        return VanishedError(asked.what)
    return UnexpectedAnswerError(asked.what, f"answered {said}")


def code_of(body: bytes) -> str:
    """Return Azure's code for an error, "" where the body has none that is one word."""
    try:
        code = _REFUSAL.decode(body).error.code
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return code if _CODE.fullmatch(code) else ""


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Azure asks to wait, None where it does not say."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        text = headers.get(name, "")
        if text.isdecimal():
            return int(text) / 1000
    if (said := _retry_after(headers)) is not None:
        return said
    return resets_after(headers)


def resets_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until Resource Graph's quota is whole again, None where it does not say."""
    found = _CLOCK.fullmatch(headers.get("x-ms-user-quota-resets-after", ""))
    return sum(int(part) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else None


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the server's time, aware UTC, None where it does not say."""
    return _http_date(headers.get("date", ""))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text)) if text[:1].isdigit() else _until(text, headers)
    except ValueError:
        return None


def _until(text: str, headers: Mapping[str, str]) -> float | None:
    until, present = _http_date(text), date_of(headers)
    return None if until is None or present is None else max(0.0, (until - present).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(text)
    except ValueError:
        return None
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)


class _Error(msgspec.Struct):
    code: str = ""


class _Refusal(msgspec.Struct):
    error: _Error


_REFUSAL = msgspec.json.Decoder(_Refusal)
