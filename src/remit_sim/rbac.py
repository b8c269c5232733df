"""What a caller of the simulator may do: its own simple reading of Azure RBAC, made to refuse as Azure does.

    >>> from remit_sim.call import Caller
    >>> from remit_sim.clock import SimClock
    >>> from datetime import UTC, datetime
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> may(tenant, Caller("app", "11111111-0000-0000-0000-000000000000"), "Microsoft.Resources/tenants/read", "/")
    False

Role assignments of the principal and of its groups count, at the scope and above it, management groups included;
actions minus notActions, block by block. Deny assignments, conditions and data actions do not count here: this guards
the simulator's own calls, it answers nobody's question about the tenant. The operator may do everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import msgspec

from remit_sim import places
from remit_sim.call import Call, Caller, Refusal
from remit_sim.tenant import Fields, SimTenant

ASSIGNMENTS, DEFINITIONS, MEMBERS = "arm/roleAssignments", "arm/roleDefinitions", "graph/groupMembers"
_DECODE = msgspec.json.decode
_READ_FROM = (ASSIGNMENTS, DEFINITIONS, MEMBERS, "arm/managementGroups")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role assignment that a caller holds, itself or through a group."""

    scope: str
    blocks: tuple[Fields, ...]
    assignment: Fields

    def covers(self, action: str) -> bool:
        """Tell whether its role grants an action (M6: block by block)."""
        return any(
            _matches(tuple(block.get("actions") or ()), action)
            and not _matches(tuple(block.get("notActions") or ()), action)
            for block in self.blocks
        )


class Rights(Protocol):
    """What somebody may do."""

    def may(self, action: str, scope: str) -> bool:
        """Tell whether an action is granted at a scope, given by id or key."""
        ...

    def may_below(self, action: str, scope: str) -> bool:
        """Tell whether an action is granted anywhere textually below a scope, itself left out."""
        ...

    def evidence(self, action: str, scope: str) -> Grant | None:
        """Return the grant that allows an action at a scope."""
        ...

    def blocks(self, scope: str) -> list[Fields]:
        """Return the permission blocks that are held at a scope."""
        ...


class _Everything:
    def may(self, action: str, scope: str) -> bool:  # noqa: ARG002 - the operator may everything
        return True

    def may_below(self, action: str, scope: str) -> bool:  # noqa: ARG002
        return True

    def evidence(self, action: str, scope: str) -> Grant | None:  # noqa: ARG002
        return None

    def blocks(self, scope: str) -> list[Fields]:  # noqa: ARG002
        return [{"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}]


class _Held:
    def __init__(self, grants: Iterable[Grant], tree: places.Tree) -> None:
        self._grants = tuple(grants)
        self._tree = tree
        self._reach: dict[str, dict[str, Grant]] = {}

    def may(self, action: str, scope: str) -> bool:
        return self.evidence(action, scope) is not None

    def may_below(self, action: str, scope: str) -> bool:
        place = places.key(scope)
        return any(held != place and places.within(held, place) for held in self._scopes(action))

    def evidence(self, action: str, scope: str) -> Grant | None:
        reach = self._scopes(action)
        if not reach:
            return None
        return next((reach[step] for step in self._tree.lineage(places.key(scope)) if step in reach), None)

    def blocks(self, scope: str) -> list[Fields]:
        lineage = set(self._tree.lineage(places.key(scope)))
        return [block for grant in self._grants if grant.scope in lineage for block in grant.blocks]

    def _scopes(self, action: str) -> dict[str, Grant]:
        found = self._reach.get(action)
        if found is None:
            found = self._reach[action] = {grant.scope: grant for grant in self._grants if grant.covers(action)}
        return found


def rights(tenant: SimTenant, caller: Caller) -> Rights:
    """Return what a caller may do; kept until roles, groups or management groups change."""
    if caller.operator:
        return _Everything()
    return tenant.derive(f"rbac.{caller.object_id}", _READ_FROM, lambda: _held(tenant, caller.object_id))


def may(tenant: SimTenant, caller: Caller, action: str, scope: str) -> bool:
    """Tell whether a caller may do an action at a scope."""
    return rights(tenant, caller).may(action, scope)


def check(call: Call, action: str, scope: str) -> None:
    """Let the call go on.

    Raises:
        Refusal: 403 AuthorizationFailed, or 401 without a caller.
    """
    if call.caller is None:
        raise Refusal(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    if not may(call.tenant, call.caller, action, scope):
        raise refusal(call.caller, action, scope)


def refusal(caller: Caller, action: str, scope: str) -> Refusal:
    """Return Azure's refusal of an action at a scope."""
    return Refusal(
        403,
        "AuthorizationFailed",
        f"The client '{caller.client_id}' with object id '{caller.object_id or caller.client_id}' does not have "
        f"authorization to perform action '{action}' over scope '{places.plain(scope)}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials.",
    )


def groups_of(tenant: SimTenant, principal_id: str) -> set[str]:
    """Return the ids of the groups that a principal is in, however deep."""
    table = tenant.table(MEMBERS)
    found: set[str] = set()
    ahead = [principal_id.lower()]
    while ahead:
        for _, row in table.where("rbac.member", _member, ahead.pop()):
            group = str(_DECODE(row)["parentId"]).lower()
            if group not in found:
                found.add(group)
                ahead.append(group)
    return found


def role_guid(role_definition_id: str) -> str:
    """Return the lower-case GUID at the end of a role definition's id."""
    return role_definition_id.rstrip("/").rpartition("/")[2].lower()


def roles(tenant: SimTenant) -> dict[str, Fields]:
    """Return the rows of all role definitions, decoded, by GUID."""

    def build() -> dict[str, Fields]:
        table = tenant.table(DEFINITIONS)
        found = ((role_guid(key), table.fields(key)) for key in table.keys())  # noqa: SIM118 - no mapping
        return {guid: fields for guid, fields in found if fields is not None}

    return tenant.derive("rbac.roles", (DEFINITIONS,), build)


def principal_of(fields: Fields) -> str:
    """Return the lower-case principal of a role assignment or a schedule instance: a value for `Table.where`."""
    return str(fields["properties"]["principalId"]).lower()


def _held(tenant: SimTenant, principal_id: str) -> _Held:
    who = [principal_id, *sorted(groups_of(tenant, principal_id))]
    known = roles(tenant)
    grants: list[Grant] = []
    for one in who:
        for _, row in tenant.table(ASSIGNMENTS).where("principal", principal_of, one):
            fields = _DECODE(row)
            role = known.get(role_guid(fields["properties"]["roleDefinitionId"]))
            if role is not None:
                grants.append(Grant(places.scope_of_row(fields), tuple(role["properties"]["permissions"]), fields))
    return _Held(grants, places.tree(tenant))


def _member(fields: Fields) -> str:
    return str(fields["member"]["id"]).lower()


@lru_cache(maxsize=4096)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    # M3a: `A/*/x` covers `A/x`, too; any other star stands for any run of characters.
    texts = (re.escape(text).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*") for text in patterns)
    return re.compile("|".join(texts), re.IGNORECASE | re.DOTALL)


def _matches(patterns: tuple[str, ...], action: str) -> bool:
    return bool(patterns) and _compiled(patterns).fullmatch(action) is not None
