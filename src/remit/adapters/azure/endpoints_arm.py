"""The calls to Resource Manager and Resource Graph."""

from __future__ import annotations

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import (
    ARM,
    LANE_ARM,
    LANE_PIM,
    LANE_RESOURCE_GRAPH,
    Endpoint,
    Keep,
    Need,
    Over,
    Shape,
)
from remit.adapters.azure.known_types import KNOWN_TYPES, LOGGED_TYPES, RESOURCE_GROUPS

_RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
_RESOURCE_GRAPH_VERSION = "2022-10-01"
_AUTHORIZATION = "{target}/providers/Microsoft.Authorization"
_STACKS = "{target}/providers/Microsoft.Resources/deploymentStacks"
_RBAC_VERSION, _PIM_VERSION = "2022-04-01", "2020-10-01"
_PAGE, _SMALL_PAGE = 1000, 200

_PIM_LISTS = {
    "roleAssignmentScheduleInstances": "which Azure role assignments are windows of PIM, and when they end",
    "roleEligibilityScheduleInstances": "which Azure roles can be activated, and by whom",
    "roleAssignmentScheduleRequests": "who asked to activate an Azure role, when and why",
    "roleEligibilityScheduleRequests": "who asked for an eligible Azure role, when and why",
}


def _query(
    key: str, list_name: str, query: str, needs: tuple[Need, ...], shape: Shape, *, opens: tuple[str, ...] = ()
) -> Endpoint:
    return Endpoint(
        key=key,
        list_name=list_name,
        api=ARM,
        place=_RESOURCE_GRAPH,
        needs=needs,
        lane=LANE_RESOURCE_GRAPH,
        api_version=_RESOURCE_GRAPH_VERSION,
        query=query,
        page_size=queries.PAGE_SIZE,
        keep=Keep.BELOW_ROOT if list_name == "arm/roleAssignments" else Keep.ALL,
        shape=shape,
        opens=opens,
    )


def _leveled(name: str, lost: str, version: str, lane: str, page_size: int) -> tuple[Endpoint, ...]:
    """Return the calls for a list of Microsoft.Authorization that is read at management groups and subscriptions."""
    list_name = f"arm/{name}"
    needs = (Need(f"Microsoft.Authorization/{name}/read", lost),)
    at_scope, within = f"{_AUTHORIZATION}/{name}?$filter=atScope()", f"{_AUTHORIZATION}/{name}"
    levels = (
        ("topManagementGroup", at_scope, Over.TOP_MANAGEMENT_GROUP, Keep.ALL),
        ("managementGroup", at_scope, Over.MANAGEMENT_GROUP, Keep.AT),
        ("subscription", within, Over.SUBSCRIPTION, Keep.WITHIN),
    )
    opens = (_POLICY_SCOPE,) if name == "roleEligibilityScheduleInstances" else ()
    return tuple(
        Endpoint(
            key=f"{list_name}/{level}",
            list_name=list_name,
            api=ARM,
            place=place,
            needs=needs,
            lane=lane,
            over=over,
            api_version=version,
            page_size=page_size,
            keep=keep,
            opens=opens,
        )
        for level, place, over, keep in levels
    )


def _at(
    key: str, place: str, over: Over, version: str, need: Need, *, lane: str = LANE_ARM, keep: Keep = Keep.ALL
) -> Endpoint:
    """Return a call that gives the rows of one scope."""
    return Endpoint(
        key=key,
        list_name="/".join(key.split("/")[:2]),
        api=ARM,
        place=place,
        needs=(need,),
        lane=lane,
        over=over,
        api_version=version,
        page_size=_SMALL_PAGE,
        keep=keep,
    )


_POLICIES = "arm/roleManagementPolicyAssignments"
_POLICY_SCOPE = f"{_POLICIES}/scope"
_POLICY_NEED = Need(
    "Microsoft.Authorization/roleManagementPolicyAssignments/read",
    "what activating an Azure role asks for: approval, justification, duration",
)
_POLICY_PLACE = f"{_AUTHORIZATION}/roleManagementPolicyAssignments"
_STACK_NEED = Need("Microsoft.Resources/deploymentStacks/read", "which deny assignments come from deployment stacks")
_POLICY_ASSIGNMENT_NEED = Need(
    "Microsoft.Authorization/policyAssignments/read", "which policies block deletions (denyAction)"
)
_RESOURCES_LOST = "settings and identities of resources of this type, and that they exist"

_LEVELED = (
    *_leveled("denyAssignments", "what is denied whatever roles grant", _RBAC_VERSION, LANE_ARM, _PAGE),
    *(
        endpoint
        for name, lost in _PIM_LISTS.items()
        for endpoint in _leveled(name, lost, _PIM_VERSION, LANE_PIM, _PAGE)
    ),
)

_BY_SCOPE = (
    _at(
        f"{_POLICIES}/managementGroup", _POLICY_PLACE, Over.MANAGEMENT_GROUP, _PIM_VERSION, _POLICY_NEED, lane=LANE_PIM
    ),
    _at(f"{_POLICIES}/subscription", _POLICY_PLACE, Over.SUBSCRIPTION, _PIM_VERSION, _POLICY_NEED, lane=LANE_PIM),
    _at(_POLICY_SCOPE, _POLICY_PLACE, Over.ELIGIBLE_SCOPE, _PIM_VERSION, _POLICY_NEED, lane=LANE_PIM),
    _at(
        "arm/locks/subscription",
        f"{_AUTHORIZATION}/locks",
        Over.SUBSCRIPTION,
        "2020-05-01",
        Need("Microsoft.Authorization/locks/read", "which resources are locked against deletion or change"),
    ),
    _at(
        "arm/classicAdministrators/subscription",
        f"{_AUTHORIZATION}/classicAdministrators",
        Over.SUBSCRIPTION,
        "2015-07-01",
        Need("Microsoft.Authorization/classicAdministrators/read", "administrators from before Azure RBAC"),
    ),
    _at(
        "arm/policyAssignments/managementGroup",
        f"{_AUTHORIZATION}/policyAssignments?$filter=atExactScope()",
        Over.MANAGEMENT_GROUP,
        "2023-04-01",
        _POLICY_ASSIGNMENT_NEED,
    ),
    _at(
        "arm/policyAssignments/subscription",
        f"{_AUTHORIZATION}/policyAssignments",
        Over.SUBSCRIPTION,
        "2023-04-01",
        _POLICY_ASSIGNMENT_NEED,
        keep=Keep.WITHIN,
    ),
    _at("arm/deploymentStacks/managementGroup", _STACKS, Over.MANAGEMENT_GROUP, "2024-03-01", _STACK_NEED),
    _at("arm/deploymentStacks/subscription", _STACKS, Over.SUBSCRIPTION, "2024-03-01", _STACK_NEED),
    _at("arm/deploymentStacks/resourceGroup", _STACKS, Over.RESOURCE_GROUP, "2024-03-01", _STACK_NEED),
    _at(
        "arm/federatedIdentityCredentials/identity",
        "{target}/federatedIdentityCredentials",
        Over.IDENTITY,
        "2023-01-31",
        Need(
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
            "which outside issuers user-assigned identities trust",
        ),
    ),
    _at(
        "arm/diagnosticSettings/resource",
        "{target}/providers/Microsoft.Insights/diagnosticSettings",
        Over.LOGGED_RESOURCE,
        "2021-05-01-preview",
        Need("Microsoft.Insights/diagnosticSettings/read", "where use of the data plane is logged"),
    ),
)

_REGISTRATIONS_NEED = Need(
    "Microsoft.ManagedServices/registrationAssignments/read", "what principals of other tenants may do (Lighthouse)"
)


def _keys(over: Over) -> tuple[str, ...]:
    return tuple(one.key for one in (*_LEVELED, *_BY_SCOPE) if one.over is over)


_ROLE_ASSIGNMENTS_NEED = Need("Microsoft.Authorization/roleAssignments/read", "who holds which Azure role where")
_IDENTITIES = ("arm/federatedIdentityCredentials/identity",)
_OF_RESOURCES = (*_IDENTITIES, "arm/diagnosticSettings/resource")

ARM_ENDPOINTS = (
    Endpoint(
        key="arm/permissions",
        list_name="",
        api=ARM,
        place=f"{_AUTHORIZATION}/permissions",
        needs=(
            Need(
                "Microsoft.Authorization/permissions/read",
                "whether Resource Graph left something out: it says nothing of what may not be read",
            ),
        ),
        lane=LANE_ARM,
        over=Over.TOP_MANAGEMENT_GROUP,
        api_version=_RBAC_VERSION,
        page_size=_SMALL_PAGE,
        shape=Shape.LEADS,
        lists_lost=(
            "arm/managementGroups",
            "arm/resources",
            "arm/roleDefinitions",
            "arm/roleAssignments",
            "arm/registrationAssignments",
        ),
        probe=True,
    ),
    Endpoint(
        key="arm/subscriptions",
        list_name="arm/subscriptions",
        api=ARM,
        place="/subscriptions",
        needs=(
            Need("Microsoft.Resources/subscriptions/read", "that subscriptions exist, and all that is read in them"),
        ),
        lane=LANE_ARM,
        api_version="2022-12-01",
        page_size=_PAGE,
        opens=_keys(Over.SUBSCRIPTION),
    ),
    _query(
        "arm/managementGroups",
        "arm/managementGroups",
        queries.CONTAINERS,
        (
            Need(
                "Microsoft.Management/managementGroups/read",
                "management groups, and which roles are inherited from them",
            ),
            Need("Microsoft.Resources/subscriptions/read", "that subscriptions exist, and all that is read in them"),
        ),
        Shape.ENTITY,
        opens=(*_keys(Over.TOP_MANAGEMENT_GROUP), *_keys(Over.MANAGEMENT_GROUP), "arm/roleAssignments/root"),
    ),
    _query(
        "arm/resources/resourceGroups",
        "arm/resources",
        queries.RESOURCE_GROUPS,
        (Need(f"{RESOURCE_GROUPS}/read", "resource groups, and the deployment stacks in them"),),
        Shape.GROUPS,
        opens=_keys(Over.RESOURCE_GROUP),
    ),
    _query(
        "arm/resources/all",
        "arm/resources",
        queries.RESOURCES,
        (Need("*/read", "resources of types that are not known to matter"),),
        Shape.COLUMNS,
        opens=_OF_RESOURCES,
    ),
    _query(
        "arm/resources/known",
        "arm/resources",
        queries.KNOWN_RESOURCES,
        tuple(Need(f"{one}/read", _RESOURCES_LOST) for one in KNOWN_TYPES),
        Shape.COLUMNS,
        opens=_OF_RESOURCES,
    ),
    _query(
        "arm/roleDefinitions",
        "arm/roleDefinitions",
        queries.ROLE_DEFINITIONS,
        (Need("Microsoft.Authorization/roleDefinitions/read", "what roles grant"),),
        Shape.COLUMNS,
    ),
    _query(
        "arm/roleAssignments", "arm/roleAssignments", queries.ROLE_ASSIGNMENTS, (_ROLE_ASSIGNMENTS_NEED,), Shape.COLUMNS
    ),
    Endpoint(
        key="arm/roleAssignments/root",
        list_name="arm/roleAssignments",
        api=ARM,
        place=f"{_AUTHORIZATION}/roleAssignments?$filter=atScope()",
        needs=(_ROLE_ASSIGNMENTS_NEED,),
        lane=LANE_ARM,
        over=Over.TOP_MANAGEMENT_GROUP,
        api_version=_RBAC_VERSION,
        page_size=_PAGE,
        keep=Keep.ROOT,
    ),
    _query(
        "arm/deploymentStacks/find",
        "",
        queries.RESOURCE_GROUPS,
        (Need(f"{RESOURCE_GROUPS}/read", "resource groups, and the deployment stacks in them"),),
        Shape.LEADS,
        opens=_keys(Over.RESOURCE_GROUP),
    ),
    _query(
        "arm/federatedIdentityCredentials/find",
        "",
        queries.IDENTITIES,
        (Need("Microsoft.ManagedIdentity/userAssignedIdentities/read", "that user-assigned identities exist"),),
        Shape.LEADS,
        opens=_IDENTITIES,
    ),
    _query(
        "arm/diagnosticSettings/find",
        "",
        queries.LOGGED_RESOURCES,
        tuple(Need(f"{one}/read", "that resources of this type exist") for one in LOGGED_TYPES),
        Shape.LEADS,
        opens=("arm/diagnosticSettings/resource",),
    ),
    _query(
        "arm/registrationAssignments/find",
        "",
        queries.REGISTRATIONS,
        (_REGISTRATIONS_NEED,),
        Shape.LEADS,
        opens=("arm/registrationAssignments",),
    ),
    Endpoint(
        key="arm/registrationAssignments",
        list_name="arm/registrationAssignments",
        api=ARM,
        place="{target}?$expandRegistrationDefinition=true",
        needs=(_REGISTRATIONS_NEED,),
        lane=LANE_ARM,
        over=Over.REGISTRATION,
        api_version="2022-10-01",
        page_size=1,
        shape=Shape.ONE,
    ),
    Endpoint(
        key="arm/providerOperations",
        list_name="arm/providerOperations",
        api=ARM,
        place="/providers/Microsoft.Authorization/providerOperations?$expand=resourceTypes",
        needs=(Need("Microsoft.Authorization/providerOperations/read", "Azure's catalogue of operations"),),
        lane=LANE_ARM,
        api_version=_RBAC_VERSION,
        page_size=_SMALL_PAGE,
    ),
    *_LEVELED,
    *_BY_SCOPE,
)
