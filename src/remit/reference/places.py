"""What lies above a scope, certainly or possibly (section S, rulings V1, V3, V21)."""

from __future__ import annotations

from dataclasses import dataclass

from remit.model.scope import Scope, ScopeKind
from remit.reference.export import Export, Payload, low, properties, rows
from remit.reference.truth import Truth

MANAGEMENT_GROUP = "/providers/microsoft.management/managementgroups/"
ROOT = "/"


@dataclass(frozen=True, slots=True)
class Chain:
    """A scope and what lies above it.

    Attributes:
        certain: keys of the scope and its certain ancestors.
        broken_at: the subscription or management group whose parent was not read; None when the chain is whole.
    """

    certain: frozenset[str]
    broken_at: str | None


class Places:
    """The management group tree of one export, as the entities list tells it (S3)."""

    def __init__(self, export: Export) -> None:
        """Read who is whose parent, once."""
        self.parent: dict[str, str] = {}
        self.tops: set[str] = set()
        tenant = low(export.manifest.get("tenantId"))
        if tenant:
            self.tops.add(MANAGEMENT_GROUP + tenant)
        for entity in rows(export, "arm/managementGroups"):
            key = low(entity["id"]).rstrip("/")
            parent = stated_parent(entity)
            if parent:
                self.parent[key] = parent
            elif parent is None and is_management_group(key):
                self.tops.add(key)

    def chain(self, scope: Scope) -> Chain:
        """V1: the scope, its ancestors in the text, its management groups, the tenant root group, `/`."""
        certain = [scope.key, *scope.parents_in_text()]
        outermost = certain[-1]
        certain.append(ROOT)
        if not (outermost.startswith("/subscriptions/") or is_management_group(outermost)):
            return Chain(frozenset(certain), None)  # V21: a tenant-level resource hangs under `/`
        groups, broken_at = self._groups_above(outermost)
        return Chain(frozenset([*certain, *groups, *self.tops]), broken_at)

    def _groups_above(self, place: str) -> tuple[list[str], str | None]:
        """S3: follow the parents to the tenant root group; return them, and where the way was lost."""
        above: list[str] = []
        while place not in self.tops:
            if place not in self.parent or self.parent[place] in above:
                return above, place
            place = self.parent[place]
            above.append(place)
        return above, None

    def is_above(self, place: str, chain: Chain) -> Truth:
        """V3: where the way up was lost, every management group not known to be elsewhere may be above."""
        if place in chain.certain:
            return True
        if chain.broken_at is None or not is_management_group(place):
            return False
        below_the_break = chain.broken_at in self._groups_above(place)[0]
        return False if below_the_break else None


def stated_parent(entity: Payload) -> str | None:
    """Return the key of an entity's parent, None for a stated null, "" where nothing is said (S3)."""
    parent = properties(entity).get("parent", {})
    above = parent.get("id", "") if parent is not None else None
    return None if above is None else low(above).rstrip("/")


def is_management_group(key: str) -> bool:
    """Tell whether a key names a management group itself, nothing below it."""
    return key.startswith(MANAGEMENT_GROUP) and "/" not in key[len(MANAGEMENT_GROUP) :]


def extension_scope(resource_id: str, kind: str) -> Scope:
    """S4: the scope of an assignment is its id without the last provider part."""
    at = resource_id.lower().rfind(f"/providers/{kind}/")
    return Scope.parse(resource_id[:at] or ROOT)


def is_delegable(scope: Scope) -> bool:
    """X1: Lighthouse reaches subscriptions and resource groups only."""
    return scope.kind in (ScopeKind.SUBSCRIPTION, ScopeKind.RESOURCE_GROUP)
