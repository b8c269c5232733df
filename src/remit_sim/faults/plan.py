"""Which faults are on, and whom they strike.

    >>> plan = FaultPlan(seed=7)
    >>> plan.set("cut", "0.01")
    >>> plan.as_json()
    {'cut': '0.01'}

Whether a request is struck is drawn from the seed, the fault, the request itself and how often it has been made: the
order in which requests arrive does not matter, a request that is made again has a chance of its own, and two runs of
one client meet the same faults.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

from remit_sim.call import Call
from remit_sim.faults.settings import (
    EVENTUAL,
    EXPIRE_CONTINUATION,
    EXPIRED_TOKEN,
    OFF,
    SMALL_PAGES,
    Eventual,
    Forbid,
    Setting,
    Share,
    Slow,
    SmallPages,
    Throttle,
    read,
    require_known,
)
from remit_sim.tenant import SimTenant

_WHOLE = 1 << 64


class FaultPlan:
    """The faults of one simulator."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._texts: dict[str, str] = {}
        self._settings: dict[str, Setting] = {}
        self._made: dict[bytes, int] = {}
        self._refused: set[str] = set()
        self._used: set[bytes] = set()
        self._ended: set[bytes] = set()
        self._tenant: SimTenant | None = None

    def serve(self, tenant: SimTenant) -> None:
        """Let a tenant show edits late as long as `eventual` says so."""
        self._tenant = tenant
        self._delay_edits()

    def set(self, name: str, value: str) -> None:
        """Switch a fault on, or off with the value `off`; `forbid` adds a path to those that are there.

        Raises:
            InputError: no such fault, or no such value of it.
        """
        if value.strip().lower() in OFF:
            require_known(name)
            self._texts.pop(name, None)
            self._settings.pop(name, None)
            self._delay_edits()
            return
        setting = read(name, value)
        before = self._settings.get(name)
        if isinstance(setting, Forbid) and isinstance(before, Forbid):
            setting = Forbid((*before.paths, *setting.paths))
            value = f"{self._texts[name]} {value}"
        self._settings[name] = setting
        self._texts[name] = value
        self._delay_edits()

    def clear(self) -> None:
        """Switch every fault off."""
        self._texts.clear()
        self._settings.clear()
        self._delay_edits()

    def setting(self, name: str) -> Setting | None:
        """Return the setting of a fault that is on."""
        return self._settings.get(name)

    def as_json(self) -> dict[str, str]:
        """Return the values by name."""
        return dict(sorted(self._texts.items()))

    def strikes(self, name: str, call: Call) -> float | None:
        """Draw for one call; return None where it is spared, else a number from 0 to 1 to choose with."""
        setting = self._settings.get(name)
        if not isinstance(setting, Share):
            return None
        drawn = self._draw(name, identity_of(call))
        return drawn / setting.share if drawn < setting.share else None

    def retry_after_s(self, chosen: float) -> int:
        """Return the seconds of a `Retry-After` for a call that throttling struck."""
        setting = self._settings["throttle"]
        if not isinstance(setting, Throttle):
            return 1
        return setting.least_s + int(chosen * (setting.most_s - setting.least_s + 1))

    def delay_s(self, call: Call) -> float:
        """Return how long the answer to a call is held back."""
        setting = self._settings.get("slow")
        return setting.seconds if isinstance(setting, Slow) and self.strikes("slow", call) is not None else 0.0

    def ends_token(self, call: Call) -> bool:
        """Return whether the access token of a call is refused as expired; a new one is always good at first."""
        token = blake2b(call.headers.get("authorization", "").encode(), digest_size=16).digest()
        if token in self._ended or (token in self._used and self.strikes(EXPIRED_TOKEN, call) is not None):
            self._ended.add(token)
            return True
        self._used.add(token)
        return False

    def seen_by(self, call: Call) -> Call:
        """Return a call as its handler meets it."""
        small = self._settings.get(SMALL_PAGES)
        rows = small.rows if isinstance(small, SmallPages) else 0
        return replace(call, token_expires=self.token_expires, most_rows=rows)

    def token_expires(self, token: str) -> bool:
        """Return whether a continuation token is refused; each only once, so that a list read again gets further."""
        setting = self._settings.get(EXPIRE_CONTINUATION)
        if not isinstance(setting, Share) or token in self._refused:
            return False
        if self._draw(EXPIRE_CONTINUATION, token.encode()) >= setting.share:
            return False
        self._refused.add(token)
        return True

    def _delay_edits(self) -> None:
        if self._tenant is not None:
            setting = self._settings.get(EVENTUAL)
            late = setting if isinstance(setting, Eventual) else Eventual(0.0, 0)
            self._tenant.delay_edits(timedelta(seconds=late.seconds), late.requests)

    def _draw(self, name: str, identity: bytes) -> float:
        about = blake2b(identity, digest_size=12, person=name.encode()[:16]).digest()
        time = self._made[about] = self._made.get(about, 0) + 1
        drawn = blake2b(about + f"{self._seed} {time}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "big") / _WHOLE


def identity_of(call: Call) -> bytes:
    """Return what tells a request from all others, its repetitions aside: no header is part of it."""
    query = "&".join(f"{name}={text}" for name, text in sorted(call.query.items()))
    return f"{call.api} {call.method} {call.path.lower()}?{query} ".encode() + call.body
