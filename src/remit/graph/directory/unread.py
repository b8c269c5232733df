"""Which lists of the directory were not read, so that none of them reads as "no"."""

from __future__ import annotations

from remit.model.snapshot import Gap

USERS, GROUPS, SERVICE_PRINCIPALS = "graph/users", "graph/groups", "graph/servicePrincipals"
APPLICATIONS, GROUP_MEMBERS, GROUP_OWNERS = "graph/applications", "graph/groupMembers", "graph/groupOwners"
APPLICATION_OWNERS, SERVICE_PRINCIPAL_OWNERS = "graph/applicationOwners", "graph/servicePrincipalOwners"
UNITS, UNIT_MEMBERS = "graph/administrativeUnits", "graph/administrativeUnitMembers"
ROLES, APP_ROLES = "graph/directoryRoleDefinitions", "graph/appRoleAssignments"
ROLE_ASSIGNMENTS = "graph/directoryRoleAssignments"
ROLE_INSTANCES = "graph/directoryRoleAssignmentScheduleInstances"
ELIGIBLE_ROLES = "graph/directoryRoleEligibilityScheduleInstances"
ELIGIBLE_MEMBERS = "graph/groupEligibilityScheduleInstances"


class Unread:
    """Gaps of the directory by list."""

    def __init__(self, gaps: tuple[Gap, ...], *, roles_held: bool = True) -> None:
        """Sort the gaps of a snapshot; `roles_held`: some active assignment of a role was read."""
        self.gaps = gaps
        self._roles_held = roles_held
        self._by_list: dict[str, list[int]] = {}
        for place, gap in enumerate(gaps):
            self._by_list.setdefault(gap.api, []).append(place)

    def places(self, name: str) -> list[int]:
        """Return the places, in the snapshot's gaps, of those of a list."""
        return self._by_list.get(name, [])

    def any(self, *names: str) -> bool:
        """Return whether any of some lists is not whole."""
        return any(name in self._by_list for name in names)

    def definition(self, role: str) -> int:
        """Return the place of the gap by which a role is not defined: its own, else that of the list; -1 for none."""
        own, whole = f"/{role}", ("", "/")
        places = self.places(ROLES)
        for wanted in (lambda scope: scope.endswith(own), lambda scope: scope in whole):
            found = next((place for place in places if wanted(self.gaps[place].scope.lower())), -1)
            if found >= 0:
                return found
        return places[0] if places else -1

    @property
    def active_roles(self) -> list[int]:
        """The gap of active role assignments, () where one of the two lists that hold them was read.

        Instances in which nobody holds anything are those of a tenant without PIM: they stand for no list.
        """
        if self.any(ROLE_ASSIGNMENTS) and (self.any(ROLE_INSTANCES) or not self._roles_held):
            return self.places(ROLE_ASSIGNMENTS)
        return []
