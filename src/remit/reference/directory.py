"""Who is in the directory, and what is known about each object id (section G, rulings V3, V5)."""

from __future__ import annotations

from collections.abc import Iterator

from remit.reference.export import Export, Payload, collected, gap_places, low, properties, rows

EVERYONE = "00000000-0000-0000-0000-000000000000"

_OBJECT_LISTS = {
    "graph/users": "user",
    "graph/groups": "group",
    "graph/servicePrincipals": "serviceprincipal",
    "graph/devices": "device",
}
_PAIR_LISTS = (
    "graph/groupMembers",
    "graph/groupOwners",
    "graph/applicationOwners",
    "graph/servicePrincipalOwners",
    "graph/administrativeUnitMembers",
)
_ASSIGNMENT_LISTS = (
    "arm/roleAssignments",
    "arm/roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances",
)
_NEVER_A_GROUP = ("user", "serviceprincipal", "device")


class Directory:
    """The object ids of one export."""

    def __init__(self, export: Export) -> None:
        """Read who is listed, and the best word for each id's kind: the object lists before any hearsay."""
        self.kind: dict[str, str] = {}
        self.listed: set[str] = set()
        for api, kind in _OBJECT_LISTS.items():
            for listed in rows(export, api):
                self.listed.add(low(listed["id"]))
                self.kind.setdefault(low(listed["id"]), kind)
        for api in _PAIR_LISTS:
            for pair in rows(export, api):
                member = pair["member"]
                self.listed.update((low(pair["parentId"]), low(member["id"])))
                self._hear(low(member["id"]), low(member.get("@odata.type")).rsplit(".", 1)[-1])
        for principal_id, kind in hearsay(export):
            self._hear(principal_id, kind)
        self.is_whole = all(
            collected(export, api) and not gap_places(export, api)
            for api in ("graph/users", "graph/groups", "graph/servicePrincipals")
        )

    def _hear(self, principal_id: str, kind: str) -> None:
        if kind:
            self.kind.setdefault(principal_id, kind)

    def is_missing(self, principal_id: str) -> bool:
        """V5, G4: the directory was read as a whole and nothing in it names this id."""
        return self.is_whole and principal_id not in self.listed

    def may_be_group(self, principal_id: str) -> bool:
        """V3: not known to be a user, a service principal or a device."""
        return self.kind.get(principal_id, "") not in _NEVER_A_GROUP


def hearsay(export: Export) -> Iterator[tuple[str, str]]:
    """Yield what assignments and denies say about kinds: (object id, lower-case principal type)."""
    for api in _ASSIGNMENT_LISTS:
        for row in rows(export, api):
            yield low(properties(row).get("principalId")), low(properties(row).get("principalType"))
    for deny in rows(export, "arm/denyAssignments"):
        for named in deny_principals(deny):
            yield low(named.get("id")), low(named.get("type"))


def deny_principals(deny: Payload) -> list[Payload]:
    """Return everyone a deny assignment names, excluded ones too."""
    fields = properties(deny)
    return [*(fields.get("principals") or ()), *(fields.get("excludePrincipals") or ())]


def principal_ids(export: Export) -> frozenset[str]:
    """Return every object id that a list of principals, memberships, assignments or denies mentions."""
    found = {low(row["id"]) for api in _OBJECT_LISTS for row in rows(export, api)}
    for api in _PAIR_LISTS:
        for pair in rows(export, api):
            found.update((low(pair["parentId"]), low(pair["member"]["id"])))
    for api in ("graph/groupAssignmentScheduleInstances", "graph/groupEligibilityScheduleInstances"):
        for row in rows(export, api):
            found.update((low(row["groupId"]), low(row["principalId"])))
    for registration in rows(export, "arm/registrationAssignments"):
        definition = properties(properties(registration).get("registrationDefinition") or {})
        for field in ("authorizations", "eligibleAuthorizations"):
            found.update(low(one["principalId"]) for one in definition.get(field) or ())
    found.update(principal_id for principal_id, _ in hearsay(export))
    return frozenset(found - {"", EVERYONE})
