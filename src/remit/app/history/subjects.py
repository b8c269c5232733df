"""What a timeline is about: a principal, a place with everything below it, or a role."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit.app.answering import Tenant
from remit.model.errors import UnknownPrincipalError
from remit.model.scope import Scope, ScopeKind


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about.

    Attributes:
        kind: `principal`, `scope` or `role`.
        key: object id, scope key, or GUID of the role; lower case.
        label: what people call it.
        below: keys of subscriptions and management groups below a management group, where it is one.
    """

    kind: str
    key: str
    label: str
    below: frozenset[str] = field(default=frozenset(), repr=False)

    def holds(self, scope_key: str) -> bool:
        """Tell whether a place is this one, or below it."""
        if self.key in ("/", scope_key) or scope_key.startswith(self.key + "/"):
            return True
        parts = scope_key.split("/", 5)
        heads = ("/".join(parts[:3]), "/".join(parts[:5]))  # a subscription, a management group
        return not self.below.isdisjoint(heads)


def subject_of(text: str, tenant: Tenant) -> Subject:
    """Return what somebody means: a scope begins with `/`; a role is tried where no principal goes by the text.

    Raises:
        InputError: it is no scope, or nothing and nobody goes by it, or several do.
    """
    if text.startswith("/"):
        scope = Scope.parse(text)
        return Subject("scope", scope.key, scope.text, _below(tenant, scope))
    key = text.strip().lower()
    roles = tenant.index.facts.roles
    role = next((one for one in roles if one.key == key), None)
    if role is None:
        try:
            found = tenant.principals.named(tenant.principals.find(text))
        except UnknownPrincipalError:
            role = next((one for one in roles if one.name.lower() == key), None)
            if role is None:
                raise
        else:
            return Subject("principal", found.principal_id, found.label)
    return Subject("role", role.key, role.name or role.key)


def _below(tenant: Tenant, scope: Scope) -> frozenset[str]:
    if scope.kind is not ScopeKind.MANAGEMENT_GROUP:
        return frozenset()
    index = tenant.index
    row = index.tree.row(scope.key)
    if row < 0:
        return frozenset()
    table = index.facts.scopes
    inside = index.tree.below(row) & (table.kind <= ScopeKind.SUBSCRIPTION)
    return frozenset(table.key[int(one)] for one in inside.nonzero()[0])
