"""Random directories: objects, nested and cyclic groups, PIM for groups (section G, P6)."""

from __future__ import annotations

from typing import Any

from tests.strategies.choices import Choices
from tests.strategies.vocabulary import (
    DEVICES,
    FOREIGN_GROUPS,
    GROUPS,
    INSTANTS,
    SERVICE_PRINCIPALS,
    STRANGERS,
    TYPE_OF,
    USERS,
)

Payload = dict[str, Any]
_ODATA = {"User": "user", "Group": "group", "ServicePrincipal": "servicePrincipal", "Device": "device"}


def spelt_instant(choose: Choices) -> str | None:
    """Return an instant in one of the ways Azure and Graph write it; None is unbounded."""
    instant = choose.pick(INSTANTS)
    if instant is None:
        return None
    text = instant.isoformat().replace("+00:00", "")
    return text + choose.pick(("Z", ".0000000Z", ".0Z", "+00:00"))


def window(choose: Choices) -> Payload:
    """Return the two ends of a window; some are open on both sides, some are empty."""
    if choose.chance(35):
        return {"startDateTime": None, "endDateTime": None}
    return {"startDateTime": spelt_instant(choose), "endDateTime": spelt_instant(choose)}


def pair(choose: Choices, parent: str, member: str) -> Payload:
    """Return one line of a pair list."""
    found: Payload = {"id": choose.spell(member)}
    if TYPE_OF.get(member) in _ODATA and not choose.chance(10):
        found["@odata.type"] = f"#microsoft.graph.{_ODATA[TYPE_OF[member]]}"
    return {"parentId": choose.spell(parent), "member": found}


def directory(choose: Choices) -> dict[str, list[Payload]]:
    """Return the lists of Graph."""
    return {
        "graph/users": [
            {"id": choose.spell(one), "displayName": one[-2:], "accountEnabled": choose.chance(80)}
            for one in choose.some(USERS, 3, len(USERS))
        ],
        "graph/groups": [
            {"id": choose.spell(one), "displayName": one[-2:], "securityEnabled": True}
            for one in choose.some(GROUPS, 3, len(GROUPS))
        ],
        "graph/servicePrincipals": [
            {"id": choose.spell(one), "displayName": one[-2:], "appId": one.replace("cafe", "aaaa")}
            for one in choose.some(SERVICE_PRINCIPALS, 1, len(SERVICE_PRINCIPALS))
        ],
        "graph/devices": [{"id": choose.spell(one), "displayName": one[-2:]} for one in choose.some(DEVICES, 0, 1)],
        "graph/groupMembers": _members(choose),
        "graph/groupOwners": [pair(choose, choose.pick(GROUPS), choose.pick((*USERS, STRANGERS[0])))]
        if choose.chance(30)
        else [],
        "graph/groupAssignmentScheduleInstances": [
            _instance(choose, number) for number in range(choose.pick((0, 0, 1, 2, 3)))
        ],
        "graph/groupEligibilityScheduleInstances": [
            _instance(choose, 100 + number) for number in range(choose.pick((0, 0, 1, 2)))
        ],
    }


def _members(choose: Choices) -> list[Payload]:
    """Return members: users in groups, groups in groups at any depth, cycles included, each pair once."""
    found: dict[tuple[str, str], Payload] = {}
    everybody = (*USERS, *SERVICE_PRINCIPALS, *DEVICES, *FOREIGN_GROUPS)
    for _ in range(2 + choose.below(8)):
        group = choose.pick(GROUPS)
        member = choose.pick(GROUPS) if choose.chance(40) else choose.pick(everybody)
        if choose.chance(5):
            member = choose.pick(STRANGERS[:2])
        if member != group or choose.chance(20):
            found[group, member] = pair(choose, group, member)
    return list(found.values())


def _instance(choose: Choices, number: int) -> Payload:
    group = choose.pick(GROUPS)
    member = choose.pick((*USERS, *GROUPS, *SERVICE_PRINCIPALS))
    return {
        "id": f"{group}_{number}",
        "groupId": choose.spell(group),
        "principalId": choose.spell(member),
        "accessId": choose.pick(("member", "member", "member", "Member", "owner")),
        "assignmentType": choose.pick(("assigned", "activated")),
        **window(choose),
    }
