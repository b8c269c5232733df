"""Where things stand: scopes as lower-case keys, what lies above them, and the tree of management groups.

    >>> extended("/subscriptions/S/providers/Microsoft.Authorization/locks/l")
    '/subscriptions/s'
    >>> group_of("/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/w")
    '/subscriptions/s/resourcegroups/g'

Rules kept here: letter case and a final slash do not matter (S2), management groups stand in no resource id and come
from arm/managementGroups (S3), the scope of an extension is its id without the last provider part (S4).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit_sim.tenant import Fields, SimTenant

ROOT = "/"
GROUPS = "/providers/microsoft.management/managementgroups/"
SUBSCRIPTIONS = "/subscriptions/"
_OLD_SUBSCRIPTIONS = "/providers/microsoft.subscription/subscriptions/"
_MARK = "/providers/"
_GROUP_SEGMENTS = 5


def plain(scope: str) -> str:
    """Return a scope as Azure writes it back: no final slash, "" as `/`, the long form of a subscription shortened."""
    text = scope.rstrip("/")
    if text.lower().startswith(_OLD_SUBSCRIPTIONS):
        text = SUBSCRIPTIONS + text[len(_OLD_SUBSCRIPTIONS) :]
    return text or ROOT


def key(scope: str) -> str:
    """Return the key of a scope: `plain`, lower case."""
    return plain(scope).lower()


def subscription_of(place: str) -> str:
    """Return the key of the subscription that a key lies in, "" where it lies in none."""
    return "/".join(place.split("/", 3)[:3]) if place.startswith(SUBSCRIPTIONS) else ""


def group_of(place: str) -> str:
    """Return the key of the resource group that a key lies in, "" where it lies in none."""
    parts = place.split("/", _GROUP_SEGMENTS)[:_GROUP_SEGMENTS]
    inside = len(parts) == _GROUP_SEGMENTS and parts[1] == "subscriptions" and parts[3] == "resourcegroups"
    return "/".join(parts) if inside else ""


def extended(item_id: str) -> str:
    """Return the key of what an extension (a role assignment, a lock, ...) stands on, from its id."""
    low = item_id.lower()
    return key(low[: low.rfind(_MARK)]) if _MARK in low else key(low)


def scope_of_row(fields: Fields) -> str:
    """Return the key of the scope of a row of any ARM list: what its properties say, else what its id says."""
    said = (fields.get("properties") or {}).get("scope")
    return key(said) if isinstance(said, str) and said else extended(fields["id"])


def within(place: str, scope: str) -> bool:
    """Tell whether a key is a scope or lies textually below it."""
    return scope in {ROOT, place} or place.startswith(scope + "/")


def textual(place: str) -> list[str]:
    """Return a key and the keys above it that its text names, nearest first, the root left out."""
    if place in {"", ROOT}:
        return []
    base, mark, tail = place.rpartition(_MARK)
    parts = tail.split("/") if mark else place.split("/")
    head = f"{base}{mark}" if mark else ""
    # A namespace and pairs of type and name, or "" and such pairs: the ids of parents have an odd number of parts.
    ends = range(len(parts) - 1 - len(parts) % 2, 1, -2)
    return [place, *(head + "/".join(parts[:end]) for end in ends), *(textual(base) if mark else [])]


class Tree:
    """The management groups of a tenant and the subscriptions below them."""

    def __init__(self, tenant: SimTenant) -> None:
        self.parents: dict[str, str] = {}
        self.children: dict[str, list[str]] = {}
        for row in tenant.table("arm/managementGroups").rows():
            entity = _ENTITY.decode(row)
            above = (entity.properties.parent.id or "") if entity.properties.parent else ""
            place = key(entity.id)
            self.parents[place] = key(above) if above else ""
            self.children.setdefault(self.parents[place], []).append(place)
        self._chains: dict[str, tuple[str, ...]] = {}

    def chain(self, place: str) -> tuple[str, ...]:
        """Return the management groups above a subscription or management group, nearest first."""
        found = self._chains.get(place)
        if found is None:
            steps: list[str] = []
            at = self.parents.get(place, "")
            while at and at not in steps:
                steps.append(at)
                at = self.parents.get(at, "")
            found = self._chains[place] = tuple(steps)
        return found

    def below(self, place: str) -> list[str]:
        """Return the management groups and subscriptions below a management group, parents before children."""
        found: list[str] = []
        for child in self.children.get(place, ()):
            found += [child, *self.below(child)]
        return found

    def lineage(self, place: str) -> list[str]:
        """Return a key and everything above it, nearest first, `/` last."""
        steps = textual(place)
        if steps:
            steps += self.chain(steps[-1])
        return [*steps, ROOT]


def tree(tenant: SimTenant) -> Tree:
    """Return the tree of a tenant as it is now."""
    return tenant.derive("places.tree", ("arm/managementGroups",), lambda: Tree(tenant))


class _Parent(msgspec.Struct, gc=False):
    id: str | None = None


class _Properties(msgspec.Struct, gc=False):
    parent: _Parent | None = None


class _Entity(msgspec.Struct, gc=False):
    id: str
    properties: _Properties = msgspec.field(default_factory=_Properties)


_ENTITY = msgspec.json.Decoder(_Entity)


Names = Mapping[str, str]
"""Display names by key."""


def names(tenant: SimTenant) -> Names:
    """Return the display names of management groups and subscriptions by key."""

    def build() -> dict[str, str]:
        found: dict[str, str] = {}
        for row in tenant.table("arm/managementGroups").rows():
            fields = msgspec.json.decode(row)
            found[key(fields["id"])] = (fields.get("properties") or {}).get("displayName") or fields.get("name") or ""
        for row in tenant.table("arm/subscriptions").rows():
            fields = msgspec.json.decode(row)
            found[key(fields["id"])] = fields.get("displayName") or ""
        return found

    return tenant.derive("places.names", ("arm/managementGroups", "arm/subscriptions"), build)
