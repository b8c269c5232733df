"""The kinds of directory objects, and the relations between them that a tenant export holds as pairs.

    >>> KIND_OF["groups"].odata_type
    '#microsoft.graph.group'

A relation is a list of pairs `{"parentId": ..., "member": {"@odata.type": ..., "id": ...}}`; it is read from the parent
(`members`, `owners`) and backwards (`memberOf`, `ownedObjects`).
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.tenant import Fields


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of directory objects.

    Attributes:
        collection: its word in `@odata.context` and in errors, such as `servicePrincipals`.
        path: where its collection stands below the version.
        list_name: its list of the export.
        odata_type: what an object of this kind says it is where kinds mix.
        pairs: its relations by name, each with the list of its pairs.
    """

    collection: str
    path: str
    list_name: str
    odata_type: str
    pairs: tuple[tuple[str, str], ...] = ()

    def pair_list(self, relation: str) -> str:
        """Return the list that holds the pairs of a relation, "" where this kind has no such relation."""
        return dict(self.pairs).get(relation, "")


USERS = Kind("users", "/users", "graph/users", "#microsoft.graph.user")
GROUPS = Kind(
    "groups",
    "/groups",
    "graph/groups",
    "#microsoft.graph.group",
    (("members", "graph/groupMembers"), ("owners", "graph/groupOwners")),
)
SERVICE_PRINCIPALS = Kind(
    "servicePrincipals",
    "/servicePrincipals",
    "graph/servicePrincipals",
    "#microsoft.graph.servicePrincipal",
    (("owners", "graph/servicePrincipalOwners"),),
)
APPLICATIONS = Kind(
    "applications",
    "/applications",
    "graph/applications",
    "#microsoft.graph.application",
    (("owners", "graph/applicationOwners"),),
)
DEVICES = Kind("devices", "/devices", "graph/devices", "#microsoft.graph.device")
ADMINISTRATIVE_UNITS = Kind(
    "administrativeUnits",
    "/directory/administrativeUnits",
    "graph/administrativeUnits",
    "#microsoft.graph.administrativeUnit",
    (("members", "graph/administrativeUnitMembers"),),
)

KINDS = (USERS, GROUPS, SERVICE_PRINCIPALS, APPLICATIONS, DEVICES, ADMINISTRATIVE_UNITS)
"""All kinds, in the order in which an id is looked for."""

KIND_OF = {kind.collection: kind for kind in KINDS}
"""Kinds by the name of their collection."""

KIND_OF_TYPE = {kind.odata_type.lower(): kind for kind in KINDS}
"""Kinds by lower-case `@odata.type`."""

PAIR_LISTS = {pairs: (kind, relation) for kind in KINDS for relation, pairs in kind.pairs}
"""The lists of pairs, each with the kind of its parents and its relation."""


def parent_of(pair: Fields) -> str:
    """Return the lower-case parent of a pair, or of a row that carries its parent."""
    return str(pair["parentId"]).lower()


def member_of(pair: Fields) -> str:
    """Return the lower-case id of the member or owner of a pair."""
    return str(pair["member"]["id"]).lower()
