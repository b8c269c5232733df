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
_GROUP_INSTANCES = ("graph/groupAssignmentScheduleInstances", "graph/groupEligibilityScheduleInstances")
_ASSIGNMENT_LISTS = (
    "arm/roleAssignments",
    "arm/roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances",
)
_GROUP_LIKE = frozenset(("group", "foreigngroup"))
_KINDS = _GROUP_LIKE | {"user", "serviceprincipal", "device"}


class Directory:
    """The object ids of one export.

    Attributes:
        listed: ids in a list of objects or named by a pair.
        is_whole: users, groups and service principals were all read in full (V5).
    """

    def __init__(self, export: Export) -> None:
        """Read who is listed, and what each source says of an id's kind."""
        self._objects: dict[str, set[str]] = {}
        self._pairs: dict[str, set[str]] = {}
        self._hearsay: dict[str, set[str]] = {}
        self.listed: set[str] = set()
        for api, kind in _OBJECT_LISTS.items():
            for listed in rows(export, api):
                self.listed.add(low(listed["id"]))
                self._objects.setdefault(low(listed["id"]), set()).add(kind)
        for parent, member, kind in pairs(export):
            self.listed.update((parent, member))
            self._pairs.setdefault(member, set()).add(kind)
        for group in groups_named(export):
            self._pairs.setdefault(group, set()).add("group")
        for principal_id, kind in hearsay(export):
            self._hearsay.setdefault(principal_id, set()).add(kind)
        self.is_whole = all(
            collected(export, api) and not gap_places(export, api)
            for api in ("graph/users", "graph/groups", "graph/servicePrincipals")
        )

    def is_missing(self, principal_id: str) -> bool:
        """V5, G4: the directory was read as a whole and nothing in it names this id."""
        return self.is_whole and principal_id not in self.listed

    def may_be_group(self, principal_id: str) -> bool:
        """V3: no source knows better; the surest that says a kind counts, and a group among what it says."""
        for source in (self._objects, self._pairs, self._hearsay):
            said = source.get(principal_id, set()) & _KINDS
            if said:
                return bool(said & _GROUP_LIKE)
        return True


def pairs(export: Export) -> Iterator[tuple[str, str, str]]:
    """Yield (parent, member, lower-case kind of the member or "") of every list of pairs."""
    for api in _PAIR_LISTS:
        for pair in rows(export, api):
            member = pair["member"]
            yield low(pair["parentId"]), low(member["id"]), low(member.get("@odata.type")).rsplit(".", 1)[-1]


def groups_named(export: Export) -> Iterator[str]:
    """Yield what must be a group because it has members."""
    for pair in rows(export, "graph/groupMembers"):
        yield low(pair["parentId"])
    for api in _GROUP_INSTANCES:
        for instance in rows(export, api):
            if low(instance.get("accessId")) == "member":
                yield low(instance["groupId"])


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
    for parent, member, _ in pairs(export):
        found.update((parent, member))
    for api in _GROUP_INSTANCES:
        for row in rows(export, api):
            found.update((low(row["groupId"]), low(row["principalId"])))
    for registration in rows(export, "arm/registrationAssignments"):
        definition = properties(properties(registration).get("registrationDefinition") or {})
        for field in ("authorizations", "eligibleAuthorizations"):
            found.update(low(one["principalId"]) for one in definition.get(field) or ())
    found.update(principal_id for principal_id, _ in hearsay(export))
    return frozenset(found - {"", EVERYONE})
