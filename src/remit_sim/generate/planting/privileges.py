"""Grants that are larger than the need, that nobody uses, or whose principal is gone."""

from __future__ import annotations

from remit_sim.generate.catalogue import CONTRIBUTOR, OWNER
from remit_sim.generate.estate import LARGE_GRANTS, UNTOUCHED
from remit_sim.generate.kinds import MACHINE, SITE, STORAGE, VAULT
from remit_sim.generate.labels import DormantGrant, Orphaned, OverPrivileged, Use
from remit_sim.generate.soil import Soil

BLOB_READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
SECRET_READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"  # noqa: S105 - the name of an operation
SECRET_WRITE = "Microsoft.KeyVault/vaults/secrets/setSecret/action"  # noqa: S105 - the name of an operation


def over_privileged_software(soil: Soil, number: int) -> None:
    """An application that owns a subscription, and another grant, to read a few blobs."""
    room = soil.room(LARGE_GRANTS, number)
    store = soil.resource(room, STORAGE)
    software = soil.software()
    scope = room.subscription.scope
    blobs = soil.grant(software.principal_id, "ServicePrincipal", "Storage Blob Data Reader", store.resource)
    soil.labels.over_privileged.append(
        OverPrivileged(
            principal_id=software.principal_id,
            principal_type="ServicePrincipal",
            grants=[soil.grant(software.principal_id, "ServicePrincipal", OWNER, scope), blobs],
            role=OWNER,
            scope=scope,
            needs=[Use(BLOB_READ, "data", f"{store.resource}/blobServices/default/containers/input")],
            enough="Storage Blob Data Reader",
            excess=Use("Microsoft.Authorization/roleAssignments/write", "control", scope),
        )
    )


def over_privileged_user(soil: Soil, number: int) -> None:
    """A user who contributes to a whole subscription, and restarts one web app."""
    room = soil.room(LARGE_GRANTS, number)
    site = soil.resource(room, SITE)
    user = soil.user()
    scope = room.subscription.scope
    soil.labels.over_privileged.append(
        OverPrivileged(
            principal_id=user,
            principal_type="User",
            grants=[soil.grant(user, "User", CONTRIBUTOR, scope)],
            role=CONTRIBUTOR,
            scope=scope,
            needs=[
                Use("Microsoft.Web/sites/read", "control", site.resource),
                Use("Microsoft.Web/sites/restart/action", "control", site.resource),
            ],
            enough="Website Contributor",
            excess=Use("Microsoft.Resources/subscriptions/resourceGroups/delete", "control", room.scope),
        )
    )


def over_privileged_machine(soil: Soil, number: int) -> None:
    """A virtual machine whose identity administers all vaults of a subscription, and reads the secrets of one."""
    room = soil.room(LARGE_GRANTS, number)
    vault = soil.resource(room, VAULT, says={"enableRbacAuthorization": True})
    machine = soil.resource(room, MACHINE, own=True)
    scope = room.subscription.scope
    soil.labels.over_privileged.append(
        OverPrivileged(
            principal_id=machine.principal_id,
            principal_type="ServicePrincipal",
            grants=[soil.grant(machine.principal_id, "ServicePrincipal", "Key Vault Administrator", scope)],
            role="Key Vault Administrator",
            scope=scope,
            needs=[Use(SECRET_READ, "data", vault.resource)],
            enough="Key Vault Secrets User",
            excess=Use(SECRET_WRITE, "data", vault.resource),
        )
    )


def dormant(soil: Soil, number: int) -> None:
    """A grant that was last used long ago, or never."""
    room = soil.room(UNTOUCHED[number % 2], number)
    soil.resource(room, STORAGE)
    user = soil.user()
    role = ("Contributor", "Storage Account Contributor", "Virtual Machine Contributor")[number % 3]
    granted = soil.dice.between(400, 900)
    grant = soil.grant(user, "User", role, room.scope, created=soil.calendar.around(-granted, soil.dice))
    last = None if number % 3 == 0 else soil.calendar.around(-soil.dice.between(120, 390), soil.dice)
    soil.labels.dormant_grants.append(DormantGrant(grant, user, role, room.scope, last))


def orphaned(soil: Soil, number: int) -> None:
    """A grant that outlived its principal."""
    gone = soil.fresh("gone")
    scope = soil.room(UNTOUCHED[(number + 1) % 2], number).scope
    kind = ("User", "ServicePrincipal", "Group")[number % 3]
    soil.labels.orphaned_assignments.append(Orphaned(soil.grant(gone, kind, "Contributor", scope), gone))
