"""Resources as columns: which group and kind each has, and which of them bear a managed identity. No JSON yet.

Resources stand in the order of their groups, groups in the order of their subscriptions; so do the managed identities,
which are numbered along. Kept at about 13 bytes a resource.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from remit_sim.generate.dice import Dice, Ids, Wheel
from remit_sim.generate.estate import Estate, Subscription
from remit_sim.generate.kinds import DATABASE, IDENTITY, KINDS, SERVER
from remit_sim.generate.words import LOCATIONS, WORKLOADS

NONE = -1
_FLAT = {KINDS[row].short for row in range(len(KINDS)) if KINDS[row].short in {"st", "cr"}}
"""Names of these kinds hold no dashes."""


class Stock:
    """The resources that surround what is planted.

    Args:
        estate: the tree they hang in.
        groups: how many resource groups.
        resources: how many resources.
        managed: how many managed identities may exist: of resources, and of their own.
    """

    def __init__(
        self, estate: Estate, ids: Ids, seed: int, *, groups: int, resources: int, managed: tuple[int, int]
    ) -> None:
        self._estate = estate
        self._ids = ids
        dice = Dice(seed, "stock")
        self.group_start = _starts(dice, len(estate.subscriptions), groups)
        """First resource group of each subscription, and one more."""
        self.start = _starts(dice, groups, resources)
        """First resource of each resource group, and one more."""
        self.kind = self._kinds(dice, resources, managed[1])
        """Kind of each resource, a row of `KINDS`."""
        self.bearer = array("i")
        """The resource that bears each managed identity."""
        self.attached: dict[int, int] = {}
        """By resource: the managed identity of its own kind that is attached to it."""
        self.identity_start = array("i", [0])
        """First managed identity of each subscription, and one more."""
        self._bear(dice, managed[0])

    def _kinds(self, dice: Dice, resources: int, identities: int) -> array[int]:
        wheel = Wheel([(row, kind.share) for row, kind in enumerate(KINDS) if kind.share])
        kinds = array("b", bytes(resources))
        every = resources / identities if identities else 0.0
        due = every / 2
        for first, end in zip(self.start, self.start[1:], strict=False):
            server = False
            for row in range(first, end):
                if every and row >= due:
                    kinds[row] = IDENTITY
                    due += every
                    continue
                kind = wheel.spin(dice)
                # A database needs a server before it in its group.
                kinds[row] = SERVER if kind == DATABASE and not server else kind
                server = server or kinds[row] == SERVER
        return kinds

    def _bear(self, dice: Dice, wanted: int) -> None:
        hosts = sum(KINDS[kind].hosts for kind in self.kind)
        seen = 0
        for subscription in range(len(self._estate.subscriptions)):
            last = NONE
            for row in range(
                self.start[self.group_start[subscription]], self.start[self.group_start[subscription + 1]]
            ):
                kind = self.kind[row]
                if kind == IDENTITY:
                    last = len(self.bearer)
                    self.bearer.append(row)
                elif KINDS[kind].hosts:
                    if seen * wanted // hosts != (seen + 1) * wanted // hosts and seen < hosts:
                        self.bearer.append(row)
                    elif last != NONE and dice.chance(0.15):
                        self.attached[row] = last
                    seen += 1
            self.identity_start.append(len(self.bearer))

    @property
    def groups(self) -> int:
        """Return how many resource groups there are."""
        return self.group_start[-1]

    @property
    def resources(self) -> int:
        """Return how many resources there are."""
        return self.start[-1]

    def subscription_of(self, group: int) -> Subscription:
        """Return the subscription of a resource group."""
        return self._estate.subscriptions[bisect_right(self.group_start, group) - 1]

    def group_of(self, row: int) -> int:
        """Return the resource group of a resource."""
        return bisect_right(self.start, row) - 1

    def group_scope(self, group: int) -> str:
        """Return the id of a resource group."""
        subscription = self.subscription_of(group)
        return f"{subscription.scope}/resourceGroups/{group_name(group, subscription.environment)}"

    def name(self, row: int, environment: str) -> str:
        """Return the name of a resource."""
        short = KINDS[self.kind[row]].short
        return (
            f"{short}{environment}{row:07x}"
            if short in _FLAT
            else f"{short}-{WORKLOADS[row % 32]}-{environment}-{row:05x}"
        )

    def scope(self, row: int) -> str:
        """Return the id of a resource that does not stand below another."""
        group = self.group_of(row)
        subscription = self.subscription_of(group)
        name = self.name(row, subscription.environment)
        return f"{self.group_scope(group)}/providers/{KINDS[self.kind[row]].type}/{name}"

    def has_own_identity(self, managed: int) -> bool:
        """Tell whether a managed identity is a resource of its own."""
        return self.kind[self.bearer[managed]] == IDENTITY

    def managed_id(self, managed: int) -> str:
        """Return the object id of a managed identity's service principal."""
        return self._ids.guid("managed", managed)

    def managed_app_id(self, managed: int) -> str:
        """Return the application id of a managed identity."""
        return self._ids.guid("managed-app", managed)


def group_name(group: int, environment: str) -> str:
    """Return the name of a resource group."""
    return f"rg-{WORKLOADS[group % len(WORKLOADS)]}-{environment}-{group:04d}"


def location(group: int) -> str:
    """Return where a resource group and all that is in it stand."""
    return LOCATIONS[group * 7 // 3 % len(LOCATIONS)]


def _starts(dice: Dice, parts: int, total: int) -> array[int]:
    """Share `total` out among parts of different weight, and return where each share starts."""
    ends: list[float] = [0.0]
    for _ in range(parts):
        # From a fifth to five times the usual: few are large, most are small.
        roll = dice.roll()
        ends.append(ends[-1] + 0.2 + roll * roll * roll * 4.8)
    # The last one is set by hand: `x * total / x` may fall short of `total`.
    return array("q", (*(int(end / ends[-1] * total) for end in ends[:-1]), total))
