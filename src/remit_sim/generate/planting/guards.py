"""Targets that a role would let somebody change, were it not for a deny assignment or a lock."""

from __future__ import annotations

from remit_sim.generate.azure_rows import authorization, under
from remit_sim.generate.estate import TARGETS
from remit_sim.generate.kinds import SERVER, STORAGE
from remit_sim.generate.labels import GuardedTarget, Use
from remit_sim.generate.soil import Room, Soil

EVERYONE = "00000000-0000-0000-0000-000000000000"


def denied(soil: Soil, number: int) -> None:
    """A server that a deployment stack keeps from being deleted."""
    room = soil.room(TARGETS, number)
    server = soil.resource(room, SERVER)
    user = soil.user()
    grant = soil.grant(user, "User", "Contributor", room.scope)
    name = soil.fresh("deny")
    stack = _stack(soil, room, server.resource, number)
    said = {
        "denyAssignmentName": f"Deny assignment '{name}' created by Deployment Stack '{stack}'.",
        "description": None,
        "permissions": [
            {
                "actions": ["*/delete"],
                "notActions": ["Microsoft.Authorization/locks/delete"],
                "dataActions": [],
                "notDataActions": [],
            }
        ],
        "scope": server.resource,
        "doNotApplyToChildScopes": False,
        "principals": [{"id": EVERYONE, "type": "SystemDefined"}],
        "excludePrincipals": [{"id": soil.labels.tier_zero.groups[0], "type": "Group"}],
        "isSystemProtected": True,
    }
    soil.add("arm/denyAssignments", authorization(server.resource, "denyAssignments", name, said))
    soil.labels.guarded_targets.append(
        GuardedTarget(
            kind="deny",
            guard_id=under(server.resource, "denyAssignments", name),
            principal_id=user,
            grants=[grant],
            stopped=Use("Microsoft.Sql/servers/delete", "control", server.resource),
        )
    )


def _stack(soil: Soil, room: Room, managed: str, number: int) -> str:
    name = f"stack-{room.tags['env']}-{number:03d}"
    key = f"{room.scope}/providers/Microsoft.Resources/deploymentStacks/{name}"
    soil.add(
        "arm/deploymentStacks",
        {
            "id": key,
            "type": "Microsoft.Resources/deploymentStacks",
            "name": name,
            "tags": room.tags,
            "properties": {
                "actionOnUnmanage": {"resources": "detach", "resourceGroups": "detach", "managementGroups": "detach"},
                "denySettings": {
                    "mode": "denyDelete",
                    "excludedPrincipals": [soil.labels.tier_zero.groups[0]],
                    "excludedActions": [],
                    "applyToChildScopes": True,
                },
                "provisioningState": "succeeded",
                "resources": [{"id": managed, "status": "managed", "denyStatus": "denyDelete"}],
                "duration": "PT31S",
            },
        },
    )
    return key


def locked(soil: Soil, number: int) -> None:
    """A storage account that a lock keeps from being deleted, or from being changed at all."""
    room = soil.room(TARGETS, number)
    store = soil.resource(room, STORAGE)
    user = soil.user()
    grant = soil.grant(user, "User", "Storage Account Contributor", room.scope)
    level = ("CanNotDelete", "ReadOnly")[number % 2]
    at = (room.scope, store.resource)[number // 2 % 2]
    said = {"level": level, "notes": "Data of record"}
    soil.add("arm/locks", authorization(at, "locks", "keep", said))
    soil.labels.guarded_targets.append(
        GuardedTarget(
            kind="lock",
            guard_id=under(at, "locks", "keep"),
            principal_id=user,
            grants=[grant],
            stopped=Use("Microsoft.Storage/storageAccounts/delete", "control", store.resource),
        )
    )
