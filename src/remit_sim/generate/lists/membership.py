"""graph/groupMembers, the lists of owners, and PIM for groups.

A user is in some four groups, and most of them in the same few: the number of members falls off like a power law.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit_sim.generate.azure_rows import Row
from remit_sim.generate.crowd import ASSIGNED, DEVICES, SYNCED, UNIFIED, environment, flavour
from remit_sim.generate.dice import Dice
from remit_sim.generate.directory_rows import group_instance, pair
from remit_sim.generate.lists.people import device_groups
from remit_sim.generate.tenant import GeneratedTenant
from remit_sim.generate.words import ENVIRONMENTS

_MEAN_GROUPS = 3.5
_STEP = len(ENVIRONMENTS)
_ONLY_ASSIGNED = frozenset({ASSIGNED})


def group_members(tenant: GeneratedTenant) -> Iterator[bytes]:
    """Yield direct members: users, software, devices, and groups in groups."""
    keys = [tenant.crowd.group_id(number) for number in range(tenant.crowd.groups)]
    yield from _users(tenant, keys)
    yield from _nested(tenant, keys)
    yield from _software(tenant, keys)
    yield from _devices(tenant, keys)


def _users(tenant: GeneratedTenant, keys: list[str]) -> Iterator[bytes]:
    dice, crowd = tenant.dice("graph/groupMembers users"), tenant.crowd
    for number in range(crowd.users):
        member = crowd.user_id(number)
        synced = crowd.is_synced(number)
        joined: set[int] = set()
        for _ in range(1 + dice.several(_MEAN_GROUPS)):
            group = dice.low(len(keys))
            kind = flavour(group)
            if group in joined or kind == DEVICES or (kind == SYNCED and not synced):
                continue
            joined.add(group)
            yield pair(keys[group], "user", member)


def _nested(tenant: GeneratedTenant, keys: list[str]) -> Iterator[bytes]:
    """A group stands in one of the same environment that has a lower number: there is no cycle."""
    dice = tenant.dice("graph/groupMembers groups")
    some = False
    for number in range(_STEP, len(keys)):
        if flavour(number) != ASSIGNED or (some and not dice.chance(0.3)):
            continue
        above = dice.below(number // _STEP) * _STEP + number % _STEP
        if flavour(above) == ASSIGNED:
            some = True
            yield pair(keys[above], "group", keys[number])


def _software(tenant: GeneratedTenant, keys: list[str]) -> Iterator[bytes]:
    dice, crowd, stock = tenant.dice("graph/groupMembers software"), tenant.crowd, tenant.stock
    for number in range(crowd.applications):
        if dice.chance(0.3):
            yield from _joins(tenant, dice, keys, environment(number), crowd.software_id(number))
    for place, subscription in enumerate(tenant.estate.subscriptions):
        for number in range(stock.identity_start[place], stock.identity_start[place + 1]):
            if dice.chance(0.1):
                yield from _joins(tenant, dice, keys, subscription.environment, stock.managed_id(number))


def _joins(tenant: GeneratedTenant, dice: Dice, keys: list[str], said: str, member: str) -> Iterator[bytes]:
    group = tenant.crowd.some_group(dice, said, _ONLY_ASSIGNED)
    if group >= 0:
        yield pair(keys[group], "servicePrincipal", member)


def _devices(tenant: GeneratedTenant, keys: list[str]) -> Iterator[bytes]:
    dice, found = tenant.dice("graph/groupMembers devices"), device_groups(tenant)
    for number in range(tenant.crowd.devices if found else 0):
        yield pair(keys[found[dice.low(len(found))]], "device", tenant.crowd.device_id(number))


def group_owners(tenant: GeneratedTenant) -> Iterator[bytes]:
    """Yield owners of the groups that have any: those that are managed in the cloud."""
    dice, crowd = tenant.dice("graph/groupOwners"), tenant.crowd
    for number in range(crowd.groups):
        if flavour(number) in {ASSIGNED, UNIFIED} and dice.chance(0.6):
            yield from _owners(tenant, dice, crowd.group_id(number))


def application_owners(tenant: GeneratedTenant) -> Iterator[bytes]:
    """Yield owners of applications."""
    dice, crowd = tenant.dice("graph/applicationOwners"), tenant.crowd
    for number in range(crowd.applications):
        # The first one always: even the smallest tenant shows every list.
        if dice.chance(0.5) or number == 0:
            yield from _owners(tenant, dice, crowd.application_id(number))


def service_principal_owners(tenant: GeneratedTenant) -> Iterator[bytes]:
    """Yield owners of service principals."""
    dice, crowd = tenant.dice("graph/servicePrincipalOwners"), tenant.crowd
    for number in range(crowd.applications):
        if dice.chance(0.15):
            yield from _owners(tenant, dice, crowd.software_id(number))


def _owners(tenant: GeneratedTenant, dice: Dice, owned: str) -> Iterator[bytes]:
    first = tenant.crowd.some_user(dice)
    yield pair(owned, "user", tenant.crowd.user_id(first))
    second = tenant.crowd.some_user(dice)
    if second != first and dice.chance(0.25):
        yield pair(owned, "user", tenant.crowd.user_id(second))


def group_eligibility(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield eligible members of some groups."""
    dice, crowd = tenant.dice("graph/groupEligibilityScheduleInstances"), tenant.crowd
    for number in _with_pim(tenant):
        yield group_instance(
            crowd.group_id(number),
            crowd.user_id(dice.below(crowd.users)),
            tenant.ids.guid("group-eligibility", number),
            tenant.calendar.around(-dice.between(20, 300), dice),
            tenant.calendar.around(dice.between(30, 300), dice),
        )


def group_activations(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield memberships for a time."""
    dice, crowd = tenant.dice("graph/groupAssignmentScheduleInstances"), tenant.crowd
    for number in _with_pim(tenant)[::3]:
        row = group_instance(
            crowd.group_id(number),
            crowd.user_id(dice.below(crowd.users)),
            tenant.ids.guid("group-activation", number),
            tenant.calendar.hours(-2),
            tenant.calendar.hours(6),
        )
        yield {**row, "assignmentType": "activated"}


def _with_pim(tenant: GeneratedTenant) -> list[int]:
    """PIM holds neither dynamic groups nor those of a directory on premises."""
    groups = [number for number in range(tenant.crowd.groups) if flavour(number) == ASSIGNED]
    return groups[3 % len(groups) :: 40]
