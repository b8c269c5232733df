"""The small world that random tenants are made of: few names, so that things meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

AT = datetime(2026, 11, 1, tzinfo=UTC)
INSTANTS = (None, AT - timedelta(days=2), AT - timedelta(hours=1), AT, AT + timedelta(hours=1), AT + timedelta(days=2))


def _ids(head: str, count: int) -> tuple[str, ...]:
    return tuple(f"{head}-cafe-4bad-8ace-{number:012x}" for number in range(0xA0, 0xA0 + count))


TENANT = "7e4a47ab-cafe-4bad-8ace-0000000000ff"
EVERYONE = "00000000-0000-0000-0000-000000000000"
USERS = _ids("aaaaaaaa", 5)
GROUPS = _ids("bbbbbbbb", 6)
SERVICE_PRINCIPALS = _ids("cccccccc", 2)
DEVICES = _ids("dddddddd", 1)
FOREIGN_GROUPS = _ids("eeeeeeee", 1)
STRANGERS = _ids("ffffffff", 3)
"""Object ids that no list of objects holds: deleted, or of another tenant."""

PRINCIPALS = (*USERS, *GROUPS, *SERVICE_PRINCIPALS, *DEVICES, *FOREIGN_GROUPS, *STRANGERS)
TYPE_OF = {
    **dict.fromkeys(USERS, "User"),
    **dict.fromkeys(GROUPS, "Group"),
    **dict.fromkeys(SERVICE_PRINCIPALS, "ServicePrincipal"),
    **dict.fromkeys(DEVICES, "Device"),
    **dict.fromkeys(FOREIGN_GROUPS, "ForeignGroup"),
}

MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/"
GROUP_NAMES = ("mg-a", "mg-ab", "mg-b", "mg-c")
SUBSCRIPTIONS = tuple(f"/subscriptions/5ab5ab5a-cafe-4bad-8ace-00000000000{number}" for number in (1, 2, 3))
UNLISTED = "/subscriptions/5ab5ab5a-cafe-4bad-8ace-00000000000f"
RESOURCE_GROUPS = ("app", "app2", "App-x")
ACCOUNT = "/providers/Microsoft.Storage/storageAccounts/st"
RESOURCES = (
    ACCOUNT,
    ACCOUNT + "1",
    ACCOUNT + "/blobServices/default/containers/logs",
    ACCOUNT + "/queueServices/default/queues/jobs",
    "/providers/Microsoft.KeyVault/vaults/kv",
    "/providers/Microsoft.KeyVault/vaults/kv/secrets/pw",
    "/providers/Microsoft.Compute/virtualMachines/vm",
    "/providers/Microsoft.Compute/virtualMachines/vm/providers/Microsoft.Insights/diagnosticSettings/d",
)
TENANT_RESOURCES = ("/providers/Microsoft.Capacity/reservationOrders/r", "/providers/Microsoft.Billing/accounts/b")

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
CONTROL_ACTIONS = (
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.Compute/virtualMachines/extensions/write",
    "Microsoft.Compute/virtualMachineScaleSets/read",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/locks/delete",
    "Contoso.New/widgets/parts/read",
)
DATA_ACTIONS = (
    f"{BLOBS}/read",
    f"{BLOBS}/write",
    f"{BLOBS}/add/action",
    "Microsoft.Storage/storageAccounts/queueServices/queues/messages/read",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
)
CONTROL_PATTERNS = (
    *CONTROL_ACTIONS,
    "*",
    "*/read",
    "*/write",
    "*/delete",
    "Microsoft.Compute/*",
    "Microsoft.Compute/*/read",
    "Microsoft.Compute/virtualMachines/*",
    "Microsoft.Compute/virtualMachines/*/write",
    "Microsoft.KeyVault/vaults/*/read",
    "Microsoft.Authorization/*",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Compute/virtualMachine*",
    "Microsoft.Compute/virtualMachines/",
    "Microsoft.Compute/virtualMachines/read ",
    "Microsoft.Compute/virtualMachines/*read",
    "Microsoft.Comp.te/virtualMachines/read",
    "Contoso.New/*/*/read",
    "*/virtualMachines/*",
    "Contoso.New/*/parts/*",
)
DATA_PATTERNS = (
    *DATA_ACTIONS,
    "*",
    "*/read",
    f"{BLOBS}/*",
    f"{BLOBS}/*/action",
    "Microsoft.Storage/*",
    "Microsoft.KeyVault/vaults/*",
    "Microsoft.KeyVault/vaults/*/getSecret/action",
    "Microsoft.Storage/*/*/read",
)

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
BUILT_IN: dict[str, list[dict[str, list[str]]]] = {
    OWNER: [{"actions": ["*"], "notActions": []}],
    CONTRIBUTOR: [
        {
            "actions": ["*"],
            "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
        }
    ],
    READER: [{"actions": ["*/read"], "notActions": []}],
    USER_ACCESS_ADMINISTRATOR: [{"actions": ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"]}],
    BLOB_READER: [
        {
            "actions": ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
            "dataActions": [f"{BLOBS}/read"],
        }
    ],
}
CUSTOM_ROLES = _ids("0dd0f0f0", 5)
LOST_ROLE = "0dd0f0f0-cafe-4bad-8ace-0000000000ff"
"""A role that assignments name and no list holds."""
