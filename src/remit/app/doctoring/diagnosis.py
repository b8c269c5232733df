"""The whole examination: from what was found out to what is well, what is not, and what to do.

Rules kept here:

- A warning names what grants what should not be, or what is missing and where.
- What could not be found out is said, and never taken for well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from remit.app.answering import Tenant
from remit.app.doctoring.beyond import Beyond, Excess, beyond_directory, beyond_graph, beyond_reading
from remit.app.doctoring.own_tenant import DENIES
from remit.app.doctoring.readable import Extent, ListReading, readable
from remit.app.setting_up.needs import GRAPH, Need
from remit.model.interval import format_instant
from remit.model.snapshot import Gap
from remit.ports.self_reading import SelfReading

EXPIRES_SOON = timedelta(days=30)
SKEW_NOTICED, SKEW_FATAL = timedelta(seconds=60), timedelta(minutes=5)


class Level(StrEnum):
    """How bad it is."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that the doctor says.

    Attributes:
        level: how bad it is.
        about: `clock`, `credential`, `lists`, `beyond`, `throttling` or `knowledge`.
        text: one sentence.
        advice: what to do, "" for nothing.
    """

    level: Level
    about: str
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the examination came to.

    Attributes:
        reading: what it rests on.
        skew: Azure's time minus this machine's, None where Azure did not say.
        lists: how much of each list can be read.
        excess: what can be done beyond reading.
        remarks: everything worth a word, the worst first.
    """

    reading: SelfReading
    skew: timedelta | None
    lists: tuple[ListReading, ...]
    excess: tuple[Excess, ...]
    remarks: tuple[Remark, ...]

    @property
    def is_well(self) -> bool:
        """Tell whether nothing is worse than a note."""
        return all(remark.level is Level.NOTE for remark in self.remarks)


def diagnose(reading: SelfReading, lists: Sequence[str], needs: Collection[Need], tenant: Tenant) -> Diagnosis:
    """Examine a credential.

    Args:
        reading: what was found out.
        lists: the lists that it shall read.
        needs: what they need.
        tenant: the principal's own tenant, see `own_tenant`.
    """
    who = reading.who
    read = readable(lists, needs, tenant, reading)
    needed = {need.permission for need in needs if need.api == GRAPH}
    excess = (
        *beyond_reading(tenant, who.object_id),
        *beyond_graph(who.permissions, needed, reading.app_roles),
        *beyond_directory(reading.directory_roles),
    )
    skew = None if reading.azure_time is None else reading.azure_time - reading.local_time
    remarks = [
        *_clock(skew),
        *_credentials(reading),
        *_lists(read),
        *_beyond(excess),
        *_throttling(reading),
        *_knowledge(reading),
    ]
    order = (Level.ERROR, Level.WARNING, Level.NOTE)
    return Diagnosis(reading, skew, read, excess, tuple(sorted(remarks, key=lambda one: order.index(one.level))))


def _clock(skew: timedelta | None) -> list[Remark]:
    if skew is None:
        return [Remark(Level.NOTE, "clock", "Azure did not say what time it is.")]
    if abs(skew) <= SKEW_NOTICED:
        return []
    seconds = round(abs(skew).total_seconds())
    word = "behind" if skew > timedelta(0) else "ahead of"
    level = Level.ERROR if abs(skew) > SKEW_FATAL else Level.WARNING
    text = f"This machine's clock is {seconds:,} seconds {word} Azure's."
    return [Remark(level, "clock", text, "Set the clock: tokens and certificates are refused beyond five minutes.")]


def _credentials(reading: SelfReading) -> list[Remark]:
    if reading.credentials is None:
        if reading.who.is_managed_identity or not reading.who.is_application:
            return []
        text = "When the certificate or secret expires cannot be read."
        return [Remark(Level.NOTE, "credential", text, "Microsoft Graph Application.Read.All would tell.")]
    found = []
    now = reading.azure_time or reading.local_time
    for one in reading.credentials:
        left = one.expires - now
        if left > EXPIRES_SOON:
            continue
        name = f"The {one.kind} `{one.name or one.key_id}`"
        if left <= timedelta(0):
            text = f"{name} expired on {_day(one.expires)}."
            found.append(Remark(Level.ERROR if one.in_use else Level.NOTE, "credential", text, "Remove it."))
        else:
            text = f"{name} expires on {_day(one.expires)}, in {left.days} days."
            advice = "Make a new one: remit setup azure --apply does, within 30 days of the end."
            found.append(Remark(Level.WARNING, "credential", text, advice))
    return found


def _lists(read: Sequence[ListReading]) -> list[Remark]:
    lacking = [one for one in read if one.extent is not Extent.ALL]
    if not lacking:
        return []
    count = {extent: sum(one.extent is extent for one in lacking) for extent in Extent}
    words = {Extent.NOTHING: "not readable", Extent.PART: "readable in part", Extent.UNKNOWN: "unknown"}
    said = ", ".join(f"{count[extent]} {word}" for extent, word in words.items() if count[extent])
    advice = "remit setup azure makes an identity that can; --lists names those that you want."
    return [Remark(Level.WARNING, "lists", f"Of {len(read)} lists: {said}.", advice)]


def _beyond(excess: Sequence[Excess]) -> list[Remark]:
    words = {
        Beyond.WRITE: "can change things",
        Beyond.SECRET: "can read secrets",
        Beyond.DATA: "can use data",
        Beyond.NOT_NEEDED: "is not needed",
    }
    found = []
    for one in excess:
        standing = "" if one.standing == "holds" else f" ({one.standing})"
        by = f", by {one.assignment_id}" if one.assignment_id else ""
        text = f"{one.what} {words[one.kind]}{standing}: {one.through}{by}."
        if one.kind is Beyond.NOT_NEEDED:
            found.append(Remark(Level.NOTE, "beyond", text))
        else:
            found.append(Remark(Level.WARNING, "beyond", text, "Remit only reads: take it away."))
    return found


def _throttling(reading: SelfReading) -> list[Remark]:
    spent = sorted(name for name, text in reading.limits.items() if "remaining" in name and text.strip() == "0")
    if not spent:
        return []
    return [Remark(Level.WARNING, "throttling", f"Azure's budget is spent: {', '.join(spent)}.", "Wait a minute.")]


def _knowledge(reading: SelfReading) -> list[Remark]:
    denies = [gap for gap in reading.gaps if gap.api == DENIES]
    found = [_not_known(gap) for gap in reading.gaps if gap not in denies]
    if denies:
        text = f"Deny assignments cannot all be read and are taken for none: {denies[0].reason}."
        found.append(Remark(Level.NOTE, "knowledge", text))
    if reading.app_roles is None and reading.who.is_application:
        text = "Which assignments grant the application permissions cannot be read."
        found.append(Remark(Level.NOTE, "knowledge", text, "Microsoft Graph Application.Read.All would tell."))
    if reading.directory_roles is None:
        text = "Which Entra roles the principal holds cannot be read."
        found.append(Remark(Level.NOTE, "knowledge", text, "Microsoft Graph RoleManagement.Read.Directory would tell."))
    return found


def _not_known(gap: Gap) -> Remark:
    where = "" if gap.scope == "/" else f" at {gap.scope}"
    return Remark(Level.NOTE, "knowledge", f"What {gap.api}{where} says of the principal is not known: {gap.reason}.")


def _day(at: datetime) -> str:
    return format_instant(at)[:10]
