"""Management groups and subscriptions: the tree that everything hangs in.

Subscriptions come in rounds of six, and what is planted keeps to its own place in the round, so that one planted fact
does not make another true that no label tells of:

| place | environment | what is planted there |
|---|---|---|
| 0 | prod | the goals of escalation paths |
| 1 | dev | dev identities and what they run on |
| 2 | test | nothing |
| 3 | prod | grants that are larger than the need |
| 4 | dev | nothing |
| 5 | prod | what dev identities reach; guarded targets; eligible administrators |
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.generate.dice import Ids
from remit_sim.generate.sizes import Size
from remit_sim.generate.words import WORKLOADS

ROUND = ("prod", "dev", "test", "prod", "dev", "prod")
GOALS, DEV_HOSTS, LARGE_GRANTS, TARGETS = 0, 1, 3, 5
UNTOUCHED = (2, 4)
"""Places of the round where nothing is planted."""

_ORGANISATIONS = ("brightwater", "kestrel", "ironbark", "tessera", "fennimore", "oakhaven", "lumenfield", "saltmarsh")
_FIXED = (
    ("platform", "Platform", 1), ("landingzones", "Landing Zones", 1), ("prod", "Production", 3),
    ("nonprod", "Non-production", 3), ("sandbox", "Sandbox", 1), ("decommissioned", "Decommissioned", 1),
)  # fmt: skip
_PROD, _NONPROD = 4, 5


@dataclass(frozen=True, slots=True)
class ManagementGroup:
    """One management group; `parent` is the row of the one above, -1 for the tenant root group."""

    name: str
    title: str
    parent: int

    @property
    def scope(self) -> str:
        """Return its id."""
        return f"/providers/Microsoft.Management/managementGroups/{self.name}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription; `above` is the row of its management group."""

    number: int
    guid: str
    title: str
    environment: str
    above: int

    @property
    def scope(self) -> str:
        """Return its id."""
        return f"/subscriptions/{self.guid}"


@dataclass(frozen=True, slots=True)
class Estate:
    """The tree.

    Attributes:
        tenant_id: also the name of the tenant root group, the first management group.
        domain: what user principal names end with.
    """

    tenant_id: str
    organisation: str
    management_groups: tuple[ManagementGroup, ...]
    subscriptions: tuple[Subscription, ...]

    @property
    def domain(self) -> str:
        """Return the domain of the tenant's users."""
        return f"{self.organisation}.example"

    @property
    def root(self) -> ManagementGroup:
        """Return the tenant root group."""
        return self.management_groups[0]

    def planted_in(self, place: int, number: int) -> Subscription:
        """Return the subscription at a place of the round for the planted fact of that number."""
        rounds = len(self.subscriptions) // len(ROUND)
        return self.subscriptions[number % rounds * len(ROUND) + place]


def build_estate(size: Size, ids: Ids, seed: int) -> Estate:
    """Make the tree."""
    tenant_id = ids.guid("tenant", 0)
    organisation = _ORGANISATIONS[seed % len(_ORGANISATIONS)]
    groups = [
        ManagementGroup(tenant_id, "Tenant Root Group", -1),
        ManagementGroup(organisation, organisation.capitalize(), 0),
        *(ManagementGroup(f"{organisation}-{name}", title, above) for name, title, above in _FIXED),
    ]
    first = len(groups)
    for number in range(size.management_groups - first):
        word, above = WORKLOADS[number % len(WORKLOADS)], _PROD if number % 2 == 0 else _NONPROD
        stage = "prod" if above == _PROD else "nonprod"
        groups.append(
            ManagementGroup(f"{organisation}-{word}-{stage}-{number:03d}", f"{word.capitalize()} {stage}", above)
        )
    subscriptions = tuple(_subscription(number, ids, groups, first) for number in range(size.subscriptions))
    return Estate(tenant_id, organisation, tuple(groups), subscriptions)


def _subscription(number: int, ids: Ids, groups: list[ManagementGroup], first: int) -> Subscription:
    environment = ROUND[number % len(ROUND)]
    top = _PROD if environment == "prod" else _NONPROD
    below = [row for row in range(first, len(groups)) if groups[row].parent == top][:64]
    above = below[number % len(below)] if below and number % 4 else top
    title = f"{WORKLOADS[number % len(WORKLOADS)]}-{environment}-{number:03d}"
    return Subscription(number, ids.guid("subscription", number), title, environment, above)
