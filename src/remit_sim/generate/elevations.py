"""PIM: eligible assignments, activations in force, and the requests behind both.

Every list walks the same elevations, drawn from one stream; nothing is kept between the lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit_sim.generate.azure_rows import ROLE, Row, assignment_id, authorization, role_assignment, under
from remit_sim.generate.calendar import Calendar
from remit_sim.generate.catalogue import role
from remit_sim.generate.crowd import Crowd
from remit_sim.generate.dice import Dice, Wheel
from remit_sim.generate.estate import ROUND, UNTOUCHED, Estate
from remit_sim.generate.soil import first_administrator
from remit_sim.generate.stock import Stock

_USERS_PER = 50
_ROLES = Wheel(
    [
        ("Contributor", 4),
        ("Virtual Machine Contributor", 2),
        ("Key Vault Administrator", 2),
        ("Network Contributor", 1),
        ("Storage Account Contributor", 1),
    ]
)
_REASONS = ("Incident follow-up", "Planned change", "Release support", "Access review", "Rotating keys")


@dataclass(frozen=True, slots=True)
class Elevation:
    """One eligible assignment; `active` where it is activated at the time of the collection."""

    number: int
    principal: str
    role: str
    scope: str
    start: str
    end: str
    active: bool
    reason: str


class Elevations:
    """The elevations of a tenant, and their rows."""

    def __init__(self, crowd: Crowd, stock: Stock, estate: Estate, calendar: Calendar, seed: int) -> None:
        self._crowd = crowd
        self._stock = stock
        self._estate = estate
        self._calendar = calendar
        self._seed = seed
        self._ids = crowd.ids

    def __iter__(self) -> Iterator[Elevation]:
        """Yield all, the same ones each time."""
        dice = Dice(self._seed, "elevations")
        for number in range(self._crowd.users // _USERS_PER + 1):
            yield Elevation(
                number=number,
                principal=self._crowd.user_id(dice.below(self._crowd.users)),
                role=role(_ROLES.spin(dice)),
                scope=self._scope(dice),
                start=self._calendar.around(-dice.between(30, 400), dice),
                end=self._calendar.around(dice.between(30, 330), dice),
                active=number % 10 == 0,
                reason=dice.pick(_REASONS),
            )

    def _scope(self, dice: Dice) -> str:
        if dice.chance(0.3):
            # Whole subscriptions only where no path is planted.
            rounds = len(self._estate.subscriptions) // len(ROUND)
            return self._estate.subscriptions[dice.below(rounds) * len(ROUND) + dice.pick(UNTOUCHED)].scope
        return self._stock.group_scope(dice.below(self._stock.groups))

    def eligible_instances(self) -> Iterator[Row]:
        """Yield arm/roleEligibilityScheduleInstances."""
        for one in self:
            yield eligible_instance(
                one.scope,
                self._name("eligibility", one),
                ROLE + one.role,
                one.principal,
                "User",
                schedule=self._name("eligibility-schedule", one),
                window=(one.start, one.end),
            )

    def assignments(self) -> Iterator[Row]:
        """Yield the role assignments that activations made."""
        for one in self:
            if one.active:
                yield role_assignment(
                    one.scope,
                    self._name("activated", one),
                    one.role,
                    (one.principal, "User"),
                    created=self._calendar.hours(-1),
                    author=one.principal,
                )

    def active_instances(self) -> Iterator[Row]:
        """Yield arm/roleAssignmentScheduleInstances."""
        for one in self:
            if not one.active:
                continue
            name = self._name("activated", one)
            said = {
                "scope": one.scope,
                "roleDefinitionId": ROLE + one.role,
                "principalId": one.principal,
                "principalType": "User",
                "status": "Provisioned",
                "originRoleAssignmentId": assignment_id(one.scope, name),
                "linkedRoleEligibilityScheduleInstanceId": self._name("eligibility", one),
                "startDateTime": self._calendar.hours(-1),
                "endDateTime": self._calendar.hours(7),
                "memberType": "Direct",
                "assignmentType": "Activated",
                "createdOn": self._calendar.hours(-1),
            }
            yield authorization(one.scope, "roleAssignmentScheduleInstances", name, said)

    def active_requests(self) -> Iterator[Row]:
        """Yield arm/roleAssignmentScheduleRequests: activations in force, and some that are over."""
        for one in self:
            if one.active or one.number % 3 == 1:
                status = "Provisioned" if one.active else "Revoked"
                when = self._calendar.hours(-1) if one.active else self._calendar.day(-1 - one.number % 25)
                said = self._request(
                    one,
                    "SelfActivate",
                    requestor=one.principal,
                    when=when,
                    lasts=("AfterDuration", "PT8H"),
                    status=status,
                )
                yield authorization(one.scope, "roleAssignmentScheduleRequests", self._name("activation", one), said)

    def eligible_requests(self) -> Iterator[Row]:
        """Yield arm/roleEligibilityScheduleRequests: who made whom eligible."""
        for one in self:
            said = self._request(
                one,
                "AdminAssign",
                requestor=first_administrator(self._ids),
                when=one.start,
                lasts=("AfterDuration", "P365D"),
                status="Provisioned",
            )
            yield authorization(one.scope, "roleEligibilityScheduleRequests", self._name("request", one), said)

    def _request(
        self, one: Elevation, kind: str, *, requestor: str, when: str, lasts: tuple[str, str], status: str
    ) -> Row:
        ticket = f"CHG{one.number:07d}" if one.number % 4 == 0 else None
        return {
            "scope": one.scope,
            "roleDefinitionId": ROLE + one.role,
            "principalId": one.principal,
            "principalType": "User",
            "requestType": kind,
            "status": status,
            "approvalId": None,
            "scheduleInfo": {
                "startDateTime": when,
                "expiration": {"type": lasts[0], "endDateTime": None, "duration": lasts[1]},
            },
            "ticketInfo": {"ticketNumber": ticket, "ticketSystem": "ServiceDesk" if ticket else None},
            "justification": one.reason,
            "requestorId": requestor,
            "createdOn": when,
        }

    def _name(self, kind: str, one: Elevation) -> str:
        return self._ids.guid(kind, one.number)


def eligible_instance(
    scope: str, name: str, role_id: str, principal: str, kind: str, *, schedule: str, window: tuple[str, str]
) -> Row:
    """Return a row of arm/roleEligibilityScheduleInstances."""
    said = {
        "scope": scope,
        "roleDefinitionId": role_id,
        "principalId": principal,
        "principalType": kind,
        "status": "Provisioned",
        "roleEligibilityScheduleId": under(scope, "roleEligibilitySchedules", schedule),
        "startDateTime": window[0],
        "endDateTime": window[1],
        "memberType": "Direct",
        "createdOn": window[0],
    }
    return authorization(scope, "roleEligibilityScheduleInstances", name, said)
