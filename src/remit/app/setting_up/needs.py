"""What each chosen list needs, and what is lost without it.

    >>> needs = [Need("arm", "Microsoft.Authorization/locks/read", ("arm/locks",))]
    >>> role_actions(needs, every_type=True)
    ('*/read',)

The needs come from the collector's own table of calls; nothing is listed here a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from remit.model.errors import InputError
from remit.wire.azure.lists import LISTS

EVERY_READ = "*/read"

ARM, GRAPH = "arm", "graph"


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One permission of the collector.

    Attributes:
        api: `arm` for an action of a role, `graph` for an application permission of Microsoft Graph.
        permission: its name, in Azure's spelling.
        lists: the chosen lists that are not read, or not in full, without it; sorted.
    """

    api: str
    permission: str
    lists: tuple[str, ...]


def choose_lists(names: Collection[str] | None, without: Collection[str]) -> tuple[str, ...]:
    """Return the lists that are chosen, sorted.

    Args:
        names: those wanted, None for all.
        without: those not wanted.

    Raises:
        InputError: a tenant export has no such list, or none is left.
    """
    for name in (*(names or ()), *without):
        if name not in LISTS:
            raise InputError(f"`{name}` is no list of a tenant export", hint=f"one of {', '.join(sorted(LISTS))}")
    chosen = tuple(sorted((set(LISTS) if names is None else set(names)) - set(without)))
    if not chosen:
        raise InputError("no list is left to read", hint="name at least one list")
    return chosen


def role_actions(needs: Iterable[Need], *, every_type: bool) -> tuple[str, ...]:
    """Return the actions of the custom role, sorted without regard to case.

    Args:
        needs: the needs of all chosen lists.
        every_type: read resources of every type: `*/read` then stands for all reads.
    """
    actions = {need.permission for need in needs if need.api == ARM}
    if every_type:
        actions = {action for action in actions if not action.lower().endswith("/read")} | {EVERY_READ}
    return tuple(sorted(actions, key=str.lower))


def graph_permissions(needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the application permissions of Microsoft Graph, sorted."""
    return tuple(sorted({need.permission for need in needs if need.api == GRAPH}))


def lost(need: Need) -> str:
    """Say in a sentence what is not known without a permission."""
    said = [LOSSES[name] for name in need.lists if name in LOSSES]
    return "; ".join(dict.fromkeys(said))


LOSSES = {
    "arm/managementGroups": "which management group a subscription stands in, so what it inherits",
    "arm/subscriptions": "which subscriptions there are, and with them whatever is read of each",
    "arm/resources": "which resources there are, and the identities that they run as",
    "arm/roleDefinitions": "what custom roles allow",
    "arm/roleAssignments": "who holds which role: nearly every answer is unknown",
    "arm/denyAssignments": "which denies take access away: grants below them are unknown",
    "arm/classicAdministrators": "which retired administrators are still listed",
    "arm/roleAssignmentScheduleInstances": "which role assignments PIM has activated, and until when",
    "arm/roleEligibilityScheduleInstances": "who could activate which role through PIM",
    "arm/roleAssignmentScheduleRequests": "who asked PIM to activate what, and why",
    "arm/roleEligibilityScheduleRequests": "who made whom eligible, and why",
    "arm/roleManagementPolicyAssignments": "which approval and time limit PIM asks for",
    "arm/locks": "which locks stand in the way of a change",
    "arm/policyAssignments": "which policies deny actions",
    "arm/deploymentStacks": "which deny assignments belong to a deployment stack",
    "arm/federatedIdentityCredentials": "which outside workloads can act as a managed identity",
    "arm/registrationAssignments": "which outside tenants manage what through Lighthouse",
    "arm/providerOperations": "the catalogue of operations, for counting what a role covers",
    "graph/users": "which users there are, and what they are called",
    "graph/groups": "which groups there are",
    "graph/groupMembers": "who is in a group, so whom its role assignments reach",
    "graph/groupOwners": "who owns a group and can add members to it",
    "graph/servicePrincipals": "which applications and managed identities act in the tenant",
    "graph/servicePrincipalOwners": "who owns a service principal and can add credentials to it",
    "graph/applications": "which app registrations there are, and when their credentials expire",
    "graph/applicationOwners": "who owns an app registration and can add credentials to it",
    "graph/applicationFederatedIdentityCredentials": "which outside workloads can act as an application",
    "graph/devices": "which devices there are",
    "graph/administrativeUnits": "which administrative units there are",
    "graph/administrativeUnitMembers": "who stands in an administrative unit",
    "graph/appRoleAssignments": "which application permissions were granted to whom",
    "graph/oauth2PermissionGrants": "which delegated permissions were consented to",
    "graph/directoryRoleDefinitions": "what Entra roles allow",
    "graph/directoryRoleAssignments": "who holds an Entra role",
    "graph/directoryRoleAssignmentScheduleInstances": "which Entra roles PIM has activated",
    "graph/directoryRoleEligibilityScheduleInstances": "who could activate an Entra role",
    "graph/groupAssignmentScheduleInstances": "which group memberships PIM has activated",
    "graph/groupEligibilityScheduleInstances": "who could activate a group membership",
}
"""For each list, what is not known without it."""
