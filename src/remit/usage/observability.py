"""Where the use of an operation would have been seen: for every kind of operation, at every scope, and why.

    seeing = Seeing(logs, since=20_700)
    seeing.of(Need.KEY_VAULT, below).why
    <Why.NO_SETTING: 'data plane: no diagnostic setting on this resource'>

An operation is observable at a scope only if it would have been seen at every place at and below it where it can be
used, all of which are known. What is not sure is not observable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from remit.model.usage import LogKind
from remit.usage.observable_days import Window, days_of, last_stretch, silent_days, window_of
from remit.usage.observable_days import since as days_since
from remit.usage.observable_days import span as days_between
from remit.usage.observable_operations import SERVICE_NEEDS, Need
from remit.usage.observable_services import SERVICES, ServiceLog


class Why(StrEnum):
    """Why the use of an operation is, or is not, visible at a scope."""

    LOGGED = "logged"
    MANAGEMENT_READ = "management read: never logged"
    LINKED = "checked within another call: never logged by itself"
    OWN_ENDPOINT = "also called at the service's own endpoint: not in the Activity Log"
    NOT_KNOWN = "not known to be logged"
    NO_SETTING = "data plane: no diagnostic setting on this resource"
    NOT_READ = "data plane: the service's log is not read by Remit"
    LEFT_OUT = "data plane: the log does not tell every such call"
    CATEGORY = "data plane: which categories are switched on is not known"
    BEFORE = "before the window"
    NOT_INGESTED = "log source not ingested"
    PLACES = "places below this scope were not read"
    FOREIGN = "the principal is of another tenant"
    MEMBERS = "the members of a group were not read"
    NAMELESS = "a call names no caller"
    NOTHING = "nothing at or below this scope that it can be used on"


@dataclass(frozen=True, slots=True)
class LogDays:
    """One log at one place.

    Attributes:
        log: which.
        place: lower case; where it is switched on.
        days: numbers of the days with at least one record.
    """

    log: LogKind
    place: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A diagnostic setting that is known of.

    Attributes:
        place: lower-case id of what it is of.
        categories: what it switches on; None where that is not told.
        since: day from which on it is known to stand so; None where only its being there is known.
    """

    place: str
    categories: frozenset[str] | None
    since: int | None = None


@dataclass(frozen=True, slots=True)
class SeenVerb:
    """Calls of one verb were in the log of one service of a resource: its category is switched on.

    Attributes:
        place: as in `LogDays`, or the service below it.
        verb: `read`, `write` or `delete`.
        first, last: days between which such calls were seen.
    """

    place: str
    verb: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Below:
    """What is at and below a scope.

    Attributes:
        subscriptions, management_groups: lower-case ids; of a scope inside a subscription just that one.
        tenant: the place of the tenant's own log where the scope is the root, else "".
        containers_known: every subscription below is known.
        resources: lower-case ids of resources by lower-case type, for the types of `SERVICES`.
        unnamed: how many resources of a type are there whose id is not known.
        resources_known: the list of resources was read here.
        as_of: day of the snapshot, beyond which nobody knows what is below; None for a scope with nothing below.
    """

    subscriptions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    tenant: str = ""
    containers_known: bool = True
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unnamed: Mapping[str, int] = field(default_factory=dict)
    resources_known: bool = True
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Observable:
    """Whether the use of an operation would have been seen at a scope.

    Attributes:
        why: `LOGGED`, or what stands in the way.
        days: the set of days on which it would have been seen; 0 unless logged.
        missing: lower-case ids of the places whose log is missing.
        unnamed: how many more there are whose id is not known.
        of: how many places there are.
    """

    why: Why
    days: int = field(default=0, repr=False)
    missing: tuple[str, ...] = ()
    unnamed: int = 0
    of: int = 0

    @property
    def observable(self) -> bool:
        """Tell whether use would have been seen."""
        return self.why is Why.LOGGED

    @property
    def window(self) -> Window | None:
        """Return the days an "unused" claim is about."""
        return window_of(self.days)

    def within(self, days: int) -> Observable:
        """Return what is left on some days."""
        if not self.observable:
            return self
        left = self.days & days
        return Observable(Why.LOGGED, left, of=self.of) if left else Observable(Why.BEFORE, of=self.of)


_FIXED = {
    Need.MANAGEMENT_READ: Why.MANAGEMENT_READ,
    Need.LINKED: Why.LINKED,
    Need.OWN_ENDPOINT: Why.OWN_ENDPOINT,
    Need.NOT_KNOWN: Why.NOT_KNOWN,
    Need.KUBERNETES: Why.LEFT_OUT,
    Need.OTHER_DATA: Why.NOT_READ,
    Need.UNTOLD_DATA: Why.LEFT_OUT,
}


class Seeing:
    """What was ingested, ready to be asked what it shows.

    Args:
        logs: coverage.
        since, until: days asked about, both included; None for all.
        settings: diagnostic settings that are known.
        verbs: evidence of categories.

    Cost: linear in the days of what is asked for; places are worked out when first asked about.
    """

    def __init__(
        self,
        logs: Iterable[LogDays],
        *,
        since: int | None = None,
        until: int | None = None,
        settings: Iterable[Setting] = (),
        verbs: Iterable[SeenVerb] = (),
    ) -> None:
        self._asked = days_since(since or 0) if until is None else days_between(since or 0, until)
        self._days: dict[tuple[LogKind, str], tuple[int, ...]] = {}
        self._every: dict[LogKind, set[int]] = {}
        for one in logs:
            key = (one.log, one.place)
            self._days[key] = (*self._days.get(key, ()), *one.days)
            self._every.setdefault(one.log, set()).update(one.days)
        self._silent = {log: silent_days(days) for log, days in self._every.items()}
        self._settings: dict[str, list[Setting]] = {}
        for setting in settings:
            self._settings.setdefault(setting.place, []).append(setting)
        self._verbs = {(one.place, one.verb): days_between(one.first, one.last) for one in verbs}
        self._known: dict[tuple[LogKind, str], int] = {}

    def ingested(self, log: LogKind) -> bool:
        """Tell whether any record of a log came in at all."""
        return log in self._silent

    def has_setting(self, place: str, categories: frozenset[str]) -> bool:
        """Tell whether a diagnostic setting with these categories is known to be there."""
        return any(one.categories is not None and categories <= one.categories for one in self._settings.get(place, ()))

    def seen(self, log: LogKind, place: str) -> int:
        """Return the days on which a log was seen at one place, whatever was asked."""
        key = (log, place)
        found = self._known.get(key)
        if found is None:
            days = days_of(self._days.get(key, ()))
            found = self._known[key] = last_stretch(days) & ~self._silent.get(log, 0)
        return found

    def seen_in_tenant(self, log: LogKind) -> int:
        """Return the days asked about on which a log was seen at any place."""
        days = self._every.get(log, set())
        return last_stretch(days_of(days)) & ~silent_days(days) & self._asked

    def of(self, need: Need, below: Below) -> Observable:
        """Say whether the use of what has a need would have been seen at and below a scope."""
        if need in _FIXED:
            return Observable(_FIXED[need])
        if need in SERVICE_NEEDS:
            return self._of_service(need, below)
        places = [*below.subscriptions]
        if need is Need.ANYWHERE:
            places += below.management_groups
        if below.tenant and need in (Need.ANYWHERE, Need.TENANT):
            places.append(below.tenant)
        if need is Need.TENANT:
            places = places[-1:] if below.tenant else []
            if not places:
                # It is used at the root, and further down nowhere.
                return Observable(Why.NOTHING)
        elif not below.containers_known:
            return Observable(Why.PLACES)
        # What happens above subscriptions comes from several logs that do not tell which of them was ingested.
        found = {place: 0 if _is_above(place) else self.seen(LogKind.ACTIVITY, place) for place in places}
        return self._meet(found, below, 0, Why.NOT_INGESTED)

    def _of_service(self, need: Need, below: Below) -> Observable:
        service, verb = SERVICE_NEEDS[need]
        row = SERVICES[service]
        if not below.resources_known or not below.containers_known:
            return Observable(Why.PLACES)
        resources = below.resources.get(row.resource_type, ())
        unnamed = below.unnamed.get(row.resource_type, 0)
        if not self.ingested(row.log) and resources:
            return Observable(Why.NOT_INGESTED, 0, tuple(map(row.place, resources)), unnamed, len(resources) + unnamed)
        found = {row.place(one): self._at_service(row, one) for one in resources}
        there = any(self._settings.get(place) for place, days in found.items() if not days)
        met = self._meet(found, below, unnamed, Why.NOT_INGESTED if there else Why.NO_SETTING)
        if not met.observable or row.log is not LogKind.STORAGE:
            return met
        told = {place: days & self._category(row, place, verb) for place, days in found.items()}
        return self._meet(told, below, unnamed, Why.CATEGORY)

    def _at_service(self, row: ServiceLog, resource: str) -> int:
        """Return the days on which the log of a resource's service was seen; some logs name the resource alone."""
        place = row.place(resource)
        return self._since_setting(place, self.seen(row.log, place) or self.seen(row.log, resource))

    def _since_setting(self, place: str, days: int) -> int:
        """Leave out what was before the last known change of a diagnostic setting."""
        changed = [one.since for one in self._settings.get(place, ()) if one.since is not None]
        return days & days_since(max(changed) + 1) if changed else days

    def _category(self, row: ServiceLog, place: str, verb: str) -> int:
        """Return the days on which the category that holds calls of a verb is known to have been switched on."""
        days = self._verbs.get((place, verb), 0)
        for setting in self._settings.get(place, ()):
            if setting.categories is not None and row.categories[verb] in setting.categories:
                days |= days_since(0 if setting.since is None else setting.since)
        return days

    def _meet(self, found: Mapping[str, int], below: Below, unnamed: int, missing: Why) -> Observable:
        """Take together what was seen at all places where an operation can be used."""
        gone = tuple(sorted(place for place, days in found.items() if not days))
        if gone or unnamed:
            return Observable(missing, 0, gone, unnamed, len(found) + unnamed)
        days = reduce(lambda one, other: one & other, found.values(), self._asked)
        if below.as_of is not None:
            days &= days_between(0, below.as_of)
        if not found or not days:
            return Observable(Why.BEFORE if found else Why.NOTHING, of=len(found))
        return Observable(Why.LOGGED, days, of=len(found))


def _is_above(place: str) -> bool:
    return not place.startswith("/subscriptions/")
