"""The faults that there are, and how their values are read.

>>> read("throttle", "10%:1-5")
Throttle(share=0.1, least_s=1, most_s=5)
>>> read("slow", "0.2:1.5")
Slow(share=0.2, seconds=1.5)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from remit.model.errors import InputError

THROTTLE, SERVER_ERROR, SLOW, CUT = "throttle", "server-error", "slow", "cut"
EXPIRED_TOKEN, EXPIRE_CONTINUATION = "expired-token", "expire-continuation"
FORBID, EVENTUAL, VANISH, SMALL_PAGES = "forbid", "eventual", "vanish", "small-pages"
OFF = frozenset({"off", "0", ""})

_SHARE = re.compile(r"(\d+(?:\.\d+)?)(%?)")
_SECONDS = re.compile(r"\d+(?:\.\d+)?")
_RANGE = re.compile(r"(\d+)-(\d+)|(\d+)")
_DEFAULT_WAIT = (1, 3)
_DEFAULT_REQUESTS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all requests, from 0 to 1."""

    share: float


@dataclass(frozen=True, slots=True)
class Throttle(Share):
    """429 with a `Retry-After` of whole seconds."""

    least_s: int
    most_s: int


@dataclass(frozen=True, slots=True)
class Slow(Share):
    """Answers that come late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Forbid:
    """Paths that are answered with 403; `*` stands for any text, slashes included."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Eventual:
    """Edits that reads see only later: after simulated seconds or a number of requests, whichever comes first."""

    seconds: float
    requests: int


@dataclass(frozen=True, slots=True)
class SmallPages:
    """Pages that hold fewer rows than asked for, so that small tenants have many."""

    rows: int


Setting = Share | Forbid | Eventual | SmallPages


def read(name: str, value: str) -> Setting:
    """Return the setting of a fault.

    Raises:
        InputError: no such fault, or no such value of it.
    """
    require_known(name)
    try:
        return FAULTS[name](value.strip())
    except ValueError as error:
        raise InputError(f"`{value}` is no value of the fault {name}", hint=f"expected {error}") from error


def require_known(name: str) -> None:
    """Check the name of a fault.

    Raises:
        InputError: no such fault.
    """
    if name not in FAULTS:
        raise InputError(f"there is no fault `{name}`", hint=f"one of {', '.join(FAULTS)}")


def _share(text: str) -> float:
    found = _SHARE.fullmatch(text)
    share = float(found.group(1)) / (100 if found.group(2) else 1) if found else -1.0
    if not 0 <= share <= 1:
        raise ValueError("a share from 0 to 1, or a percentage")
    return share


def _read_share(value: str) -> Setting:
    return Share(_share(value))


def _read_throttle(value: str) -> Setting:
    share, colon, waits = value.partition(":")
    found = _RANGE.fullmatch(waits)
    if colon and not found:
        raise ValueError("SHARE:SECONDS or SHARE:LEAST-MOST, for example 0.1:1-5")
    least, most = _DEFAULT_WAIT
    if found:
        least = int(found.group(1) or found.group(3))
        most = max(least, int(found.group(2) or found.group(3)))
    return Throttle(_share(share), least, most)


def _read_slow(value: str) -> Setting:
    share, _, seconds = value.partition(":")
    if not _SECONDS.fullmatch(seconds):
        raise ValueError("SHARE:SECONDS, for example 0.05:2")
    return Slow(_share(share), float(seconds))


def _read_forbid(value: str) -> Setting:
    if not value.startswith(("/", "*")):
        raise ValueError("a path, for example /subscriptions/*/locks")
    return Forbid((value.lower(),))


def _read_eventual(value: str) -> Setting:
    seconds, colon, requests = value.partition(":")
    if not _SECONDS.fullmatch(seconds) or (colon and not requests.isdigit()):
        raise ValueError("SECONDS or SECONDS:REQUESTS, for example 30:10")
    return Eventual(float(seconds), int(requests) if requests else _DEFAULT_REQUESTS)


def _read_small_pages(value: str) -> Setting:
    if not value.isdecimal() or not int(value):
        raise ValueError("a number of rows, for example 7")
    return SmallPages(int(value))


FAULTS: Mapping[str, Callable[[str], Setting]] = MappingProxyType(
    {
        THROTTLE: _read_throttle,
        SERVER_ERROR: _read_share,
        SLOW: _read_slow,
        CUT: _read_share,
        EXPIRED_TOKEN: _read_share,
        EXPIRE_CONTINUATION: _read_share,
        FORBID: _read_forbid,
        EVENTUAL: _read_eventual,
        VANISH: _read_share,
        SMALL_PAGES: _read_small_pages,
    }
)
"""Reader of the value by name of the fault."""
