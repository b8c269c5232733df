"""A tenant in a dictionary that a setup writes to: it is slow to show things, refuses, and dies where it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1

from remit.model.errors import SetupError, UnsettledError
from remit.ports.granter import (
    Found,
    NewApplication,
    NewRole,
    NewRoleAssignment,
    NewServicePrincipal,
    PublicCertificate,
    Thing,
)

TENANT = "11111111-1111-4111-8111-111111111111"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


class KilledError(Exception):
    """The process ends here."""


@dataclass
class FakeGranter:
    """Keeps things by place.

    Attributes:
        slow: how often a thing is looked for in vain before it shows.
        before: called with the name of the method and the thing or place, before it does anything; may raise.
        after: the same, after it is done and before its answer arrives.
        made: places in the order of making, the removed ones too.
    """

    slow: int = 0
    before: Callable[[str, object], None] = lambda _method, _what: None
    after: Callable[[str, object], None] = lambda _method, _what: None
    things: dict[str, Thing] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    _hidden: dict[str, int] = field(default_factory=dict)

    def tenant_id(self) -> str:
        return TENANT

    def find(self, thing: Thing) -> Found | None:
        self.before("find", thing)
        place = place_of(thing)
        if self._hidden.get(place, 0) > 0:
            self._hidden[place] -= 1
            return None
        there = self.things.get(place)
        if there is None:
            return None
        if isinstance(thing, NewApplication) and isinstance(there, NewApplication) and there.mark != thing.mark:
            raise SetupError("somebody else's")
        return replace(self._found(place), same=comparable(there) == comparable(thing))

    def make(self, thing: Thing) -> Found:
        self.before("make", thing)
        if isinstance(thing, NewRoleAssignment) and f"arm:{thing.role}" not in self.things:
            raise UnsettledError("the role")
        place = place_of(thing)
        if place not in self.things:
            self.made.append(place)
            self._hidden[place] = self.slow
        self.things[place] = thing
        self.after("make", thing)
        return self._found(place)

    def remove(self, place: str) -> None:
        self.before("remove", place)
        if self.things.pop(place, None) is not None:
            self.removed.append(place)
        self.after("remove", place)

    def gone(self, place: str) -> bool:
        return place not in self.things

    @staticmethod
    def _found(place: str) -> Found:
        if place.startswith(("graph:/applications/app", "graph:/servicePrincipals/sp", "arm:/identities")):
            return Found(place, {"appId": "the-app", "objectId": "the-principal"})
        return Found(place)


def comparable(thing: Thing) -> Thing:
    return replace(thing, actions=sorted(thing.actions)) if isinstance(thing, NewRole) else thing


def place_of(thing: Thing) -> str:
    match thing:
        case NewApplication():
            return f"graph:/applications/app-{thing.name}"
        case NewServicePrincipal():
            return f"graph:/servicePrincipals/sp-{thing.app_id}"
        case NewRole():
            return f"arm:{thing.scope}/roles/{thing.role_id}"
        case NewRoleAssignment():
            return f"arm:{thing.scope}/assignments/{thing.assignment_id}"
    kind = type(thing).__name__
    name = next(
        getattr(thing, word) for word in ("permission", "thumbprint", "resource_id", "name") if hasattr(thing, word)
    )
    return f"arm:/identities{name}" if kind == "NewManagedIdentity" else f"graph:/{kind}/{name}"


@dataclass
class FakeKeyFiles:
    """Keys that are only remembered."""

    files: dict[str, str] = field(default_factory=dict)

    def certificate(self, file: str, name: str, now: datetime) -> PublicCertificate:
        thumbprint = self.files.setdefault(file, sha1(f"{file}{name}{len(self.files)}".encode()).hexdigest().upper())  # noqa: S324
        return PublicCertificate(thumbprint, "der", now, now + timedelta(days=365))

    def discard(self, file: str) -> None:
        self.files.pop(file, None)


@dataclass
class FakeRecords:
    """Records in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def load(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def save(self, name: str, record: bytes) -> None:
        self.kept[name] = record

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)

    def place(self, name: str) -> str:
        return f"setup-{name}.json"


class StandingClock:
    """Always now."""

    def now(self) -> datetime:
        return NOW
