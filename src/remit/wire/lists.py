"""The lists that a tenant export can hold, by name."""

from __future__ import annotations

ARM_LISTS = (
    "arm/managementGroups",
    "arm/subscriptions",
    "arm/resources",
    "arm/roleDefinitions",
    "arm/roleAssignments",
    "arm/denyAssignments",
    "arm/classicAdministrators",
    "arm/roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances",
    "arm/roleAssignmentScheduleRequests",
    "arm/roleEligibilityScheduleRequests",
    "arm/roleManagementPolicyAssignments",
    "arm/locks",
    "arm/policyAssignments",
    "arm/deploymentStacks",
    "arm/federatedIdentityCredentials",
    "arm/registrationAssignments",
    "arm/providerOperations",
)
"""Lists of Azure Resource Manager."""

GRAPH_LISTS = (
    "graph/users",
    "graph/groups",
    "graph/servicePrincipals",
    "graph/applications",
    "graph/devices",
    "graph/administrativeUnits",
    "graph/groupMembers",
    "graph/groupOwners",
    "graph/applicationOwners",
    "graph/servicePrincipalOwners",
    "graph/administrativeUnitMembers",
    "graph/applicationFederatedIdentityCredentials",
    "graph/appRoleAssignments",
    "graph/oauth2PermissionGrants",
    "graph/directoryRoleDefinitions",
    "graph/directoryRoleAssignments",
    "graph/directoryRoleAssignmentScheduleInstances",
    "graph/directoryRoleEligibilityScheduleInstances",
    "graph/groupAssignmentScheduleInstances",
    "graph/groupEligibilityScheduleInstances",
)
"""Lists of Microsoft Graph."""

ALL_LISTS = ARM_LISTS + GRAPH_LISTS
"""Every list by the name of its file, without the ending."""
