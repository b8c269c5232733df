"""What facts are planted with: objects, grants and places, counted so that what surrounds them knows its own numbers.

Names and ids look like all others; only that planted rows stand first in their lists would give them away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from remit_sim.generate import azure_rows, directory_rows
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.calendar import Calendar
from remit_sim.generate.catalogue import role
from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.estate import Estate, Subscription
from remit_sim.generate.kinds import IDENTITY, KINDS
from remit_sim.generate.labels import Labels
from remit_sim.generate.sizes import Size
from remit_sim.generate.stock import group_name, location
from remit_sim.generate.words import group_name as name_of_group
from remit_sim.generate.words import person, software_name


@dataclass(frozen=True, slots=True)
class Room:
    """A resource group of its own for one fact."""

    scope: str
    subscription: Subscription
    location: str
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Software:
    """An application with its service principal."""

    application_id: str
    app_id: str
    principal_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A managed identity; `resource` is what bears it, or the resource that it is."""

    principal_id: str
    app_id: str
    resource: str


class Soil:
    """Takes what is planted: rows by list, and labels."""

    def __init__(self, size: Size, ids: Ids, estate: Estate, calendar: Calendar, *, seed: int, labels: Labels) -> None:
        self.size = size
        self.ids = ids
        self.estate = estate
        self.calendar = calendar
        self.dice = Dice(seed, "planting")
        self.labels = labels
        self.rows: defaultdict[str, list[bytes]] = defaultdict(list)
        self.eligible: list[tuple[str, str]] = []
        """(scope, role GUID) of eligible assignments: each has rules."""
        self.used: Counter[str] = Counter()
        self.author = first_administrator(ids)

    def add(self, list_name: str, row: Row | bytes) -> None:
        """Take a row of a list."""
        self.rows[list_name].append(row if isinstance(row, bytes) else msgspec.json.encode(row))

    def fresh(self, kind: str) -> str:
        """Return a new GUID for something of this kind."""
        return self.ids.guid(f"planted-{kind}", self._next(kind))

    def _next(self, kind: str) -> int:
        self.used[kind] += 1
        return self.used[kind]

    def user(self, *, admin: bool = False) -> str:
        """Return a new user: an ordinary one, or an account for administration only."""
        key = self.fresh("user")
        who = person(self.size.users - self.used["user"])
        name, upn = (f"{who.name} (Admin)", f"adm-{who.upn}") if admin else who
        created = self.calendar.past(self.dice, oldest=1_800, newest=200)
        self.add("graph/users", directory_rows.user(key, name, f"{upn}@{self.estate.domain}", created))
        return key

    def group(self, environment: str = "", *, assignable: bool = False) -> str:
        """Return a new security group, role-assignable or not."""
        key = self.fresh("group")
        name = name_of_group(self.size.groups - self.used["group"], environment)
        created = self.calendar.past(self.dice, oldest=1_500, newest=200)
        self.add("graph/groups", directory_rows.group(key, name, created, assignable=assignable))
        return key

    def software(self, environment: str = "", *, keys: Sequence[Row] = (), passwords: Sequence[Row] = ()) -> Software:
        """Return a new application with its service principal."""
        number = self._next("application")
        key, app_id, principal = (
            self.ids.guid(f"planted-{part}", number) for part in ("application", "app-id", "service-principal")
        )
        name = software_name(self.size.service_principals - number, environment)
        created = self.calendar.past(self.dice, oldest=1_500, newest=800)
        self.add(
            "graph/applications",
            directory_rows.application(key, app_id, name, created, keys=keys, passwords=passwords),
        )
        self.add(
            "graph/servicePrincipals",
            directory_rows.service_principal(principal, app_id, name, self.estate.tenant_id),
        )
        return Software(key, app_id, principal, name)

    def own(self, list_name: str, parent: str, owner: str) -> None:
        """Make a user the owner of an object."""
        self.add(list_name, directory_rows.pair(parent, "user", owner))

    def room(self, place: int, number: int) -> Room:
        """Return a new resource group in the subscription at that place of the round."""
        subscription = self.estate.planted_in(place, number)
        row = self.size.resource_groups + self._next("room")
        tags = {"env": subscription.environment, "owner": "platform"}
        scope = f"{subscription.scope}/resourceGroups/{group_name(row, subscription.environment)}"
        self.add("arm/resources", azure_rows.resource_group(scope, location(row), tags))
        return Room(scope, subscription, location(row), tags)

    def resource(
        self, room: Room, kind: int, *, own: bool = False, attached: Sequence[Identity] = (), says: Row | None = None
    ) -> Identity:
        """Return a new resource; its principal is "" unless it has an identity of its own."""
        what = KINDS[kind]
        number = self.size.resources + self._next("resource")
        dash = "" if what.short == "st" else "-"
        name = f"{what.short}{dash}{room.subscription.environment}{dash}{number:07x}"
        scope = f"{room.scope}/providers/{what.type}/{name}"
        principal = app_id = ""
        if own or kind == IDENTITY:
            principal, app_id = self.fresh("managed"), self.fresh("managed-app")
            bearer = directory_rows.managed_identity(principal, app_id, scope, own=kind == IDENTITY)
            self.add("graph/servicePrincipals", bearer)
        properties = {**what.says(self.dice, name), **(says or {})}
        tenant = self.estate.tenant_id
        if kind == IDENTITY:
            properties = azure_rows.identity_properties(tenant, principal, app_id)
        bears = azure_rows.identity(
            tenant,
            principal if own else None,
            [(one.resource, one.principal_id, one.app_id) for one in attached],
        )
        row = azure_rows.resource(
            scope, what, location=room.location, tags=room.tags, properties=properties, identity=bears
        )
        self.add("arm/resources", row)
        return Identity(principal, app_id, scope)

    def grant(self, principal: str, kind: str, role_name: str, scope: str, *, created: str | None = None) -> str:
        """Assign a built-in role and return the assignment's id; kind is User, Group or ServicePrincipal."""
        name = self.fresh("assignment")
        when = created or self.calendar.past(self.dice, oldest=700, newest=100)
        row = azure_rows.role_assignment(
            scope, name, role(role_name), (principal, kind), created=when, author=self.author
        )
        self.add("arm/roleAssignments", row)
        return azure_rows.assignment_id(scope, name)

    def principals_used(self) -> Counter[str]:
        """Return how many principals of each kind were planted."""
        services = self.used["application"] + self.used["managed"] + self.used["foreign"]
        return Counter(user=self.used["user"], group=self.used["group"], service=services)


def first_administrator(ids: Ids) -> str:
    """Return the object id of the first user that is planted: an administrator, who granted most of what is granted."""
    return ids.guid("planted-user", 1)
