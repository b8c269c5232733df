"""graph/users, graph/groups, graph/devices, graph/administrativeUnits and its members."""

from __future__ import annotations

from collections.abc import Iterator

from remit_sim.generate import directory_rows
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.crowd import DEVICES, DYNAMIC, SYNCED, UNIFIED, flavour
from remit_sim.generate.tenant import GeneratedTenant
from remit_sim.generate.words import TEAMS, person

_PARTNERS = ("nordkai.example", "quayside.example", "altamont.example")


def users(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield members and guests."""
    dice, crowd, domain = tenant.dice("graph/users"), tenant.crowd, tenant.estate.domain
    for number in range(crowd.users):
        name, upn = person(number)
        guest = crowd.is_guest(number)
        if guest:
            partner = _PARTNERS[number % len(_PARTNERS)]
            upn = f"{upn}_{partner}#EXT#@{tenant.estate.organisation}.onmicrosoft.com"
        else:
            upn = f"{upn}@{domain}"
        yield directory_rows.user(
            crowd.user_id(number),
            name,
            upn,
            tenant.calendar.past(dice),
            guest=guest,
            enabled=crowd.is_enabled(number),
            synced=crowd.is_synced(number),
        )


def groups(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield groups of every kind; none of them can be given Entra roles."""
    dice, crowd = tenant.dice("graph/groups"), tenant.crowd
    for number in range(crowd.groups):
        kind = flavour(number)
        dynamic = kind == DYNAMIC
        yield directory_rows.group(
            crowd.group_id(number),
            crowd.group_name(number),
            tenant.calendar.past(dice),
            types=("Unified",) if kind == UNIFIED else ("DynamicMembership",) if dynamic else (),
            rule=f'(user.department -eq "{TEAMS[number % len(TEAMS)]}")' if dynamic else None,
            synced=kind == SYNCED,
        )


def devices(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield devices."""
    dice, crowd = tenant.dice("graph/devices"), tenant.crowd
    for number in range(crowd.devices):
        managed = dice.chance(0.8)
        yield {
            "id": crowd.device_id(number),
            "deviceId": tenant.ids.guid("device-id", number),
            "displayName": f"{dice.pick(('LT', 'WS', 'MB'))}-{number:06d}",
            "accountEnabled": not dice.chance(0.05),
            "trustType": dice.pick(("AzureAd", "AzureAd", "ServerAd", "Workplace")),
            "isCompliant": dice.chance(0.9) if managed else None,
            "isManaged": managed,
        }


def administrative_units(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield administrative units, named after regions."""
    for number in range(tenant.size.administrative_units):
        yield {
            "id": tenant.ids.guid("administrative-unit", number),
            "displayName": f"Region {number:03d}",
            "visibility": None,
            "isMemberManagementRestricted": number % 7 == 1,
            "membershipType": "Assigned",
            "membershipRule": None,
        }


def administrative_unit_members(tenant: GeneratedTenant) -> Iterator[bytes]:
    """Yield users and groups of the administrative units; each is in one at most."""
    crowd, units = tenant.crowd, tenant.size.administrative_units
    for number in range(0, crowd.users, 6):
        unit = tenant.ids.guid("administrative-unit", number // 6 % units)
        yield directory_rows.pair(unit, "user", crowd.user_id(number))
    for number in range(0, crowd.groups, 12):
        unit = tenant.ids.guid("administrative-unit", number // 12 % units)
        yield directory_rows.pair(unit, "group", crowd.group_id(number))


def device_groups(tenant: GeneratedTenant) -> list[int]:
    """Return the groups that devices are in."""
    return [number for number in range(tenant.crowd.groups) if flavour(number) == DEVICES]
