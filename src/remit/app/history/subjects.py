"""What a timeline is about: a principal, a place with everything below it, or a role."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit.app.answering import Tenant
from remit.model.errors import InputError, UnknownPrincipalError
from remit.model.scope import Scope, ScopeKind

_FEW = 3
"""Places that a hint names."""
_MOST_NAMED = 200
"""Management groups and subscriptions whose display names are compared."""


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

    The GUID of a subscription is that subscription, not a principal that nobody listed.

    Raises:
        InputError: it is no scope, or nothing and nobody goes by it, or several do.
    """
    if text.startswith("/"):
        scope = Scope.parse(text)
        return Subject("scope", scope.key, scope.text, _below(tenant, scope))
    key = text.strip().lower()
    if tenant.index.tree.row(f"/subscriptions/{key}") >= 0:
        return subject_of(f"/subscriptions/{key}", tenant)
    roles = tenant.index.facts.roles
    role = next((one for one in roles if one.key == key), None)
    if role is None:
        try:
            found = tenant.principals.named(tenant.principals.find(text))
        except UnknownPrincipalError:
            role = next((one for one in roles if one.name.lower() == key), None)
            if role is None:
                raise _nobody(text, tenant) from None
        else:
            return Subject("principal", found.principal_id, found.label)
    return Subject("role", role.key, role.name or role.key)


def _nobody(text: str, tenant: Tenant) -> InputError:
    """Return the error of a text that nothing goes by, with the places that end with it, if there are some."""
    table, name = tenant.index.facts.scopes, text.strip().lower()
    named = [table.text[int(row)] for row in (table.kind <= ScopeKind.SUBSCRIPTION).nonzero()[0]]
    told = tenant.scope_names(named[:_MOST_NAMED])
    rows = [row for row, key in enumerate(table.key) if key.endswith(f"/{name}") or told.get(key, "").lower() == name]
    hint = (
        f"a place is given in full: {' or '.join(table.text[row] for row in rows[:_FEW])}"
        if rows
        else "give a principal (object id, appId, user principal name, display name), a role (name, GUID), "
        "or a place in full, such as /subscriptions/ID/resourceGroups/NAME"
    )
    return InputError(f"no principal and no role `{text}` in this snapshot", hint=hint)


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
