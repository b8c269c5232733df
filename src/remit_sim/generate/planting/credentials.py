"""Credentials of applications that have expired or soon will; all others last 90 days and more."""

from __future__ import annotations

from remit_sim.generate.directory_rows import certificate, password
from remit_sim.generate.labels import Credential
from remit_sim.generate.soil import Soil

SOON_DAYS = 30


def expired(soil: Soil, number: int) -> None:
    """A credential that is good no longer."""
    _credential(soil, number, "expired", -soil.dice.between(1, 400))


def expiring(soil: Soil, number: int) -> None:
    """A credential that is good for less than 30 days."""
    _credential(soil, number + 1, "expiring", soil.dice.between(1, SOON_DAYS - 1))


def _credential(soil: Soil, number: int, state: str, days: int) -> None:
    key = soil.fresh("credential")
    start, end = soil.calendar.day(days - 730), soil.calendar.day(days)
    if number % 2 == 0:
        kind, software = "password", soil.software(passwords=[password(key, "deployment", start, end)])
    else:
        thumbprint = key.replace("-", "").upper()
        row = certificate(key, thumbprint, "CN=deployment", start, end)
        kind, software = "certificate", soil.software(keys=[row])
    soil.labels.credentials.append(
        Credential(state, kind, software.application_id, software.principal_id, key, end, days)
    )
