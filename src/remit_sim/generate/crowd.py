"""The principals that surround what is planted, as functions of their number: no table is kept.

Of the groups, applications and subscriptions three of four say an environment. Software of one environment is only
ever given rights in it, directly and through groups: whatever crosses from development to production was planted.
"""

from __future__ import annotations

from collections import Counter

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.sizes import Size
from remit_sim.generate.words import ENVIRONMENTS, group_name, software_name

ASSIGNED, SYNCED, UNIFIED, DYNAMIC, DEVICES = range(5)
_FLAVOURS = (ASSIGNED, ASSIGNED, SYNCED, ASSIGNED, UNIFIED, ASSIGNED, DYNAMIC, ASSIGNED, ASSIGNED, DEVICES)
_TRIES = 40


class Crowd:
    """Numbers, ids and attributes of the principals.

    Attributes:
        users, groups, applications, foreign, devices: how many there are.
    """

    def __init__(self, size: Size, ids: Ids, planted: Counter[str], managed: int) -> None:
        services = size.service_principals - planted["service"] - managed
        self.ids = ids
        self.users = size.users - planted["user"]
        self.groups = size.groups - planted["group"]
        self.foreign = max(1, services * 15 // 100)
        self.applications = services - self.foreign
        self.devices = size.devices

    def user_id(self, number: int) -> str:
        """Return the object id of a user."""
        return self.ids.guid("user", number)

    def is_guest(self, number: int) -> bool:
        """Tell whether a user is a guest: one in eleven."""
        return (number + 4) % 11 == 0

    def is_synced(self, number: int) -> bool:
        """Tell whether a user comes from a directory on premises."""
        return number % 3 != 0 and not self.is_guest(number)

    def is_enabled(self, number: int) -> bool:
        """Tell whether a user may sign in: all but one in 29."""
        return (number + 18) % 29 != 0

    def group_id(self, number: int) -> str:
        """Return the object id of a group."""
        return self.ids.guid("group", number)

    def group_name(self, number: int) -> str:
        """Return the display name of a group."""
        return group_name(number, environment(number))

    def application_id(self, number: int) -> str:
        """Return the object id of an application; its service principal and its appId have others."""
        return self.ids.guid("application", number)

    def app_id(self, number: int) -> str:
        """Return the appId of an application."""
        return self.ids.guid("app-id", number)

    def software_id(self, number: int) -> str:
        """Return the object id of an application's service principal."""
        return self.ids.guid("service-principal", number)

    def software_name(self, number: int) -> str:
        """Return the display name of an application."""
        return software_name(number, environment(number))

    def foreign_id(self, number: int) -> str:
        """Return the object id of the service principal of somebody else's application."""
        return self.ids.guid("foreign", number)

    def device_id(self, number: int) -> str:
        """Return the object id of a device."""
        return self.ids.guid("device", number)

    def some_group(self, dice: Dice, said: str, flavours: frozenset[int]) -> int:
        """Draw a group of an environment and of one of the flavours, -1 where none was met.

        The groups that most users are in are drawn least: rights are given to the small ones.
        """
        place = ENVIRONMENTS.index(said)
        rounds = (self.groups - place + len(ENVIRONMENTS) - 1) // len(ENVIRONMENTS)
        for _ in range(_TRIES if rounds else 0):
            number = (rounds - 1 - dice.low(rounds)) * len(ENVIRONMENTS) + place
            if flavour(number) in flavours:
                return number
        return -1

    def some_software(self, dice: Dice, said: str) -> int:
        """Draw an application of an environment, -1 where there is none; few are drawn often."""
        place = ENVIRONMENTS.index(said)
        rounds = (self.applications - place + len(ENVIRONMENTS) - 1) // len(ENVIRONMENTS)
        return dice.low(rounds) * len(ENVIRONMENTS) + place if rounds > 0 else -1

    def some_user(self, dice: Dice) -> int:
        """Draw a user; few are drawn often, most never."""
        # The stride spreads those few over the alphabet and over guests and members.
        return dice.low(self.users) * 7_919 % self.users


def environment(number: int) -> str:
    """Return what the group or application of a number is for, "" where it says nothing."""
    return ENVIRONMENTS[number % len(ENVIRONMENTS)]


def flavour(group: int) -> int:
    """Return what kind of group it is."""
    return _FLAVOURS[(group * 7 + group // len(ENVIRONMENTS) * 3) % len(_FLAVOURS)]
