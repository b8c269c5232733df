"""How many of everything a tenant of a size has.

>>> size = Size.of(1000, None)
>>> size.users + size.groups + size.service_principals + size.devices
1000
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from remit.model.errors import InputError

SMALLEST, LARGEST = 100, 1_000_000
FEWEST_RESOURCES, MOST_RESOURCES = 100, 10_000_000
LEAST_SUBSCRIPTIONS = 6
_FACTS_PER = 500
_PER_SUBSCRIPTION = 1_500
_RESOURCES_PER_GROUP = 8
_GROUPS_PER_PLANTED = 4
_NESTED = 10


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of a tenant; what is planted is part of them.

    Attributes:
        principals: users, groups, service principals and devices together: the size asked for.
        resources: resources without resource groups.
        facts: how many of every kind of fact are planted.
    """

    principals: int
    resources: int
    users: int
    groups: int
    service_principals: int
    devices: int
    facts: int
    admins: int
    subscriptions: int
    management_groups: int
    resource_groups: int
    custom_roles: int
    administrative_units: int

    @classmethod
    def of(cls, principals: int, resources: int | None) -> Self:
        """Return the numbers for a size.

        Raises:
            InputError: nobody generates a tenant of that size.
        """
        _within(principals, SMALLEST, LARGEST, "principals")
        resources = principals if resources is None else resources
        _within(resources, FEWEST_RESOURCES, MOST_RESOURCES, "resources")
        groups = principals * 15 // 100
        services = principals * 18 // 100
        devices = principals * 3 // 100
        # A tenant of few resources has no place for the facts of a large one.
        facts = 1 + min(principals, resources) // _FACTS_PER
        wanted = max(principals, resources) // _PER_SUBSCRIPTION
        subscriptions = max(LEAST_SUBSCRIPTIONS, wanted)
        return cls(
            principals=principals,
            resources=resources,
            users=principals - groups - services - devices,
            groups=groups,
            service_principals=services,
            devices=devices,
            facts=facts,
            admins=min(2 + principals // 10_000, 20),
            subscriptions=subscriptions,
            management_groups=8 + subscriptions // _NESTED,
            resource_groups=max(2 * subscriptions, resources // _RESOURCES_PER_GROUP),
            custom_roles=2 + min(principals // 5_000, 100),
            administrative_units=2 + principals // 5_000,
        )


def _within(asked: int, least: int, most: int, what: str) -> None:
    if not least <= asked <= most:
        raise InputError(f"{asked:,} {what} cannot be generated", hint=f"give a number from {least:,} to {most:,}")
