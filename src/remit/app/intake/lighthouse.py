"""Delegations to another tenant: each authorization is an assignment (X1 to X5, V15)."""

from __future__ import annotations

import re

from remit.app.intake.roles import role_key
from remit.engine.patterns import covers
from remit.model.role import RoleDefinition, RoleSource

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"

_FORBIDDEN = tuple(
    f"Microsoft.Authorization/{kind}/{verb}"
    for kind in ("roleAssignments", "roleDefinitions", "classicAdministrators", "locks", "denyAssignments")
    for verb in ("write", "delete")
)
_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII)


def is_permitted(role: RoleDefinition) -> bool:
    """Tell whether Lighthouse lets this role be delegated (X3); a role that was not collected may be."""
    if role.source is RoleSource.NOT_COLLECTED:
        return role.key != OWNER
    if role.key == OWNER or role.is_custom or role.has_data_actions:
        return False
    return not any(
        any(covers(pattern, action) for pattern in block.actions)
        and not any(covers(pattern, action) for pattern in block.not_actions)
        for block in role.blocks
        for action in _FORBIDDEN
    )


def delegation_condition(delegated_role_definition_ids: list[str]) -> str:
    """Return the condition that User Access Administrator stands under (X3).

    Only the delegated roles, only to service principals: managed identities are service principals (G5). An id that
    is no GUID can match no role and is left out.
    """
    found = sorted({key for key in map(role_key, delegated_role_definition_ids) if _GUID.fullmatch(key)})
    roles = ", ".join(found)
    return (
        "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
        f" ForAnyOfAnyValues:GuidEquals {{{roles}}}"
        " AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'"
    )


def delegates(delegated_role_definition_ids: list[str] | None) -> bool:
    """Tell whether anything is delegated at all."""
    return any(_GUID.fullmatch(role_key(one)) for one in delegated_role_definition_ids or ())
