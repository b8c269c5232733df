"""What the credential can do beyond reading what Remit reads: writes, secrets, and permissions that nobody needs.

>>> is_write("RoleManagement.ReadWrite.Directory"), is_write("User.Read.All")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from remit.app.answering import Tenant
from remit.engine.patterns import covers
from remit.model.effective import EffectivePermission, Standing
from remit.model.role import PermissionBlock
from remit.ports.self_reading import OwnGrant

SECRET_ACTIONS = (
    "Microsoft.AppConfiguration/configurationStores/ListKeys/action",
    "Microsoft.Automation/automationAccounts/listKeys/action",
    "Microsoft.Batch/batchAccounts/listkeys/action",
    "Microsoft.Cache/redis/listKeys/action",
    "Microsoft.CognitiveServices/accounts/listKeys/action",
    "Microsoft.ContainerRegistry/registries/listCredentials/action",
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
    "Microsoft.EventHub/namespaces/authorizationRules/listkeys/action",
    "Microsoft.Logic/workflows/listCallbackUrl/action",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    "Microsoft.ServiceBus/namespaces/authorizationRules/listkeys/action",
    "Microsoft.Storage/storageAccounts/listAccountSas/action",
    "Microsoft.Storage/storageAccounts/listkeys/action",
    "Microsoft.Storage/storageAccounts/listServiceSas/action",
    "Microsoft.Web/sites/config/list/action",
    "Microsoft.Web/sites/publishxml/action",
)
"""Operations of the control plane that give out keys, passwords or tokens."""

_READERS = frozenset({"directory readers", "global reader"})
_READ = re.compile(r"(^|\.)Read(Basic)?(\.|$)")
_WRITE = re.compile(
    r"Write|Manage\b|FullControl|AccessAsUser|Send|Create|Update|Delete|Impersonat|Invoke", re.IGNORECASE
)


class Beyond(StrEnum):
    """What kind of power it is."""

    WRITE = "write"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    DATA = "data"
    NOT_NEEDED = "notNeeded"


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that the credential can do and Remit does not need.

    Attributes:
        kind: what it is.
        what: the patterns, the permission or the Entra role.
        through: role and scope, or API.
        assignment_id: what grants it; "" where that is not known.
        standing: `holds`, or what is in the way: `conditional`, `eligible`, `unknown`.
    """

    kind: Beyond
    what: str
    through: str
    assignment_id: str
    standing: str = Standing.HOLDS.value


def beyond_reading(tenant: Tenant, principal_id: str) -> tuple[Excess, ...]:
    """Return what the roles in Azure allow beyond reading, by assignment and permission block."""
    held = tenant.what_can(principal_id, None)
    return tuple(
        excess
        for one in held.permissions
        if one.standing is not Standing.NOTHING and one.block is not None
        for excess in _of_block(one, one.block)
    )


def _of_block(held: EffectivePermission, block: PermissionBlock) -> Iterator[Excess]:
    facts = held.assignment
    through = f"{facts.role_name or facts.role_id} at {facts.scope}"
    writes = [one for one in block.actions if not _is_read(one) and not _taken(one, block)]
    secrets = [
        action
        for action in SECRET_ACTIONS
        if any(covers(one, action) for one in block.actions) and not _taken(action, block)
    ]
    found = (
        (Beyond.WRITE, writes),
        (Beyond.SECRET, secrets),
        (Beyond.DATA, list(block.data_actions)),
    )
    for kind, patterns in found:
        if patterns:
            yield Excess(kind, _few(patterns), through, facts.assignment_id, held.standing.value)


def beyond_graph(
    permissions: Collection[str], needed: Collection[str], app_roles: Sequence[OwnGrant] | None
) -> tuple[Excess, ...]:
    """Return the permissions of Microsoft Graph, and of other APIs, that are not needed.

    Args:
        permissions: what the token for Microsoft Graph carries.
        needed: what the lists need.
        app_roles: application permissions with their assignments, of all APIs; None where they cannot be read.
    """
    grants = [*(app_roles or ())]
    named = {grant.name for grant in grants}
    grants += [OwnGrant("", name, "Microsoft Graph") for name in sorted(permissions) if name not in named]
    wanted = frozenset(needed)
    found = [
        Excess(
            Beyond.WRITE if is_write(grant.name) else Beyond.NOT_NEEDED, grant.name, grant.where, grant.assignment_id
        )
        for grant in grants
        if grant.name not in wanted
    ]
    return tuple(sorted(found, key=lambda one: (one.kind.value, one.what)))


def beyond_directory(roles: Sequence[OwnGrant] | None) -> tuple[Excess, ...]:
    """Return the Entra roles: what they allow is more than reading, but for those that only read."""
    return tuple(
        Excess(
            Beyond.NOT_NEEDED if role.name.lower() in _READERS else Beyond.WRITE,
            role.name,
            f"Entra role at {role.where}",
            role.assignment_id,
        )
        for role in roles or ()
    )


def is_write(permission: str) -> bool:
    """Tell whether a permission of an API may change something; what does not say that it reads may."""
    return bool(_WRITE.search(permission)) or not _READ.search(permission)


def _is_read(pattern: str) -> bool:
    return pattern.lower().endswith("/read")


def _taken(pattern: str, block: PermissionBlock) -> bool:
    return any(covers(taken, pattern) for taken in block.not_actions)


def _few(patterns: Sequence[str], most: int = 4) -> str:
    rest = len(patterns) - most
    return ", ".join(patterns[:most]) + (f" and {rest} more" if rest > 0 else "")
