"""What happened: one operation with all that logs could tell of it, and what labels say.

A record is what one log keeps of it: when it was, when it arrived, where that log is switched on, and its content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from remit_sim.generate.usage.calls import Call
from remit_sim.generate.usage.facts import Person, Resource
from remit_sim.generate.usage.holdings import Holding

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; times in microseconds."""

    guid: str
    issued: int
    expires: int


@dataclass(slots=True)
class Operation:
    """One operation.

    Attributes:
        number: in order of time within a day, counted on over days.
        log: the word of the log that tells of it, or would.
        outcome: succeeded, failed, refused, or "" where the log tells of the beginning only.
        granting: what granted it then, the nearest first; empty where nothing did or Azure RBAC did not decide.
        hidden: why no log tells of it, "" where one does.
        native: the assignment of the service's own roles that the log names (Cosmos DB).
        body: what was written, for changes.
        told: whether its records name the assignment that granted it.
    """

    number: int
    time: int
    who: Person
    log: str
    plane: str
    action: str
    scope: str
    outcome: str
    granting: list[Holding] = field(default_factory=list)
    correlation: str = ""
    token: Token | None = None
    address: str = ""
    client: str = ""
    hidden: str = ""
    native: str = ""
    call: Call | None = None
    target: Resource | None = None
    body: Fields | None = None
    status: int = 200
    told: bool = False
    extra: Fields = field(default_factory=dict)

    @property
    def assignment_id(self) -> str:
        """Return the GUID of what granted it, "" where nothing known did."""
        return self.granting[0].assignment.guid if self.granting else self.native

    @property
    def through_id(self) -> str:
        """Return whom that assignment names."""
        return self.granting[0].assignment.principal if self.granting else ""


@dataclass(slots=True)
class Record:
    """What one log keeps.

    Attributes:
        log: its word.
        place: where it is switched on: key of a subscription or resource, or "tenant".
        fields: the record as a diagnostic setting writes it; of the Activity Log: its row (see `records.activity`).
        operation: whose record it is, -1 for those that tell of no call.
        again: whether it is the copy of an overlapping export.
    """

    log: str
    place: str
    time: int
    arrived: int
    fields: Fields
    operation: int = -1
    again: bool = False
