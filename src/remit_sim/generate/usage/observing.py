"""Which logs are switched on where and when, in which form they are exported, and why an operation is not seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from remit_sim import places
from remit_sim.generate.dice import Dice
from remit_sim.generate.usage.calls import ACTIVITY, CONTROL
from remit_sim.generate.usage.holdings import ALWAYS, Span
from remit_sim.generate.usage.settings import UsageSettings

MANAGEMENT_READ, NO_SETTING, NOT_EXPORTED = "managementRead", "noDiagnosticSetting", "notExported"
SIGN_INS = ("userSignIn", "nonInteractiveUserSignIn", "servicePrincipalSignIn", "managedIdentitySignIn")
AUDIT, GRAPH, AAD_GRAPH = "entraAudit", "microsoftGraph", "aadGraph"
OF_TENANT = frozenset({*SIGN_INS, AUDIT, GRAPH, AAD_GRAPH})
"""Logs that are switched on for the tenant as a whole."""
TENANT = "tenant"
_NEVER: Span = (0, 0)
_EXPORTED = {"nonInteractiveUserSignIn": 0.85, "managedIdentitySignIn": 0.9, "microsoftGraph": 0.75}
_FORWARDED = ("beats", "splunk", "datadog", "wazuh")
_PLAIN = ("diagnostic", "records", "eventHub", "query", *_FORWARDED)
_FITS: dict[str, tuple[str, ...]] = {
    ACTIVITY: (*_PLAIN, "api", "csv"),
    "userSignIn": (*_PLAIN, "api", "csv"),
    AUDIT: (*_PLAIN, "api", "unified", "csv"),
    AAD_GRAPH: tuple(one for one in _PLAIN if one != "query"),
}
"""Forms in which a log is found; the rest has those of diagnostic settings and tables."""


@dataclass(frozen=True, slots=True)
class Logging:
    """How one log is kept at one place: when, and in which form."""

    span: Span
    form: str

    def at(self, instant: int) -> bool:
        """Tell whether it is on at an instant."""
        return self.span[0] <= instant < self.span[1]


class Observing:
    """What the logs see, as a function of seed and place: nothing is kept but what was asked for."""

    def __init__(self, settings: UsageSettings, start: int, end: int) -> None:
        self._settings = settings
        self._start = start
        self._whole = end - start
        self.of = cache(self._of)
        """`of(log, place)`: how a log is kept at a place."""

    def hidden(self, log: str, place: str, plane: str, instant: int) -> str:
        """Return why an operation is not seen, "" where it is."""
        if not log:
            return MANAGEMENT_READ if plane == CONTROL else NO_SETTING
        if self.of(log, place).at(instant):
            return ""
        return NO_SETTING if place.count("/") > 2 else NOT_EXPORTED  # noqa: PLR2004 - a resource, not a subscription

    def _of(self, log: str, place: str) -> Logging:
        dice = Dice(self._settings.seed, f"usage/logging/{log}/{place}")
        return Logging(self._span(log, place, dice), self._form(log, dice))

    def _span(self, log: str, place: str, dice: Dice) -> Span:
        if place == TENANT:
            return ALWAYS if dice.chance(_EXPORTED.get(log, 1.0)) else _NEVER
        if log == ACTIVITY:
            return ALWAYS if dice.chance(self._settings.exported) else _NEVER
        roll, when = dice.roll(), self._start + int((0.15 + 0.5 * dice.roll()) * self._whole)
        when -= when % 1_000_000
        for part, span in (
            (self._settings.logged, ALWAYS),
            (self._settings.begun, (when, ALWAYS[1])),
            (self._settings.ended, (ALWAYS[0], when)),
        ):
            if roll < part:
                return span
            roll -= part
        return _NEVER

    def _form(self, log: str, dice: Dice) -> str:
        fits = [form for form in self._settings.forms if form in _FITS.get(log, _PLAIN)]
        return dice.pick(fits) if fits else "diagnostic"


def place_of(log: str, scope: str) -> str:
    """Return where the log that tells of a scope is switched on: a subscription, a resource, or the tenant."""
    if log in OF_TENANT:
        return TENANT
    place = places.key(scope)
    if log == ACTIVITY:
        return places.subscription_of(place) or TENANT
    return place
