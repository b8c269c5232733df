"""What `remit setup azure --json` writes: the plan, or what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class PermissionDocument(Struct, frozen=True, rename="camel"):
    """A permission, the lists that rest on it, and what is not seen without it."""

    api: str
    permission: str
    lists: tuple[str, ...]
    lost: str


class IdentityDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What will sign in."""

    kind: str
    credential: str = ""
    file: str = ""
    issuer: str = ""
    subject: str = ""
    subscription: str = ""
    resource_group: str = ""
    location: str = ""


class SetupPlanDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit setup azure --json` writes without `--apply`."""

    name: str
    tenant_id: str
    cloud: str
    scope: str
    identity: IdentityDocument
    lists: tuple[str, ...]
    resource_types: str
    graph_permissions: tuple[str, ...]
    permissions: tuple[PermissionDocument, ...]
    commands: tuple[str, ...]
    role: Mapping[str, Any] | None = None
    """The custom role as `az role definition create` reads it; absent where no list needs one."""


class DeedDocument(Struct, frozen=True, rename="camel"):
    """What became of one thing: made, putRight, wasThere or removed."""

    deed: str
    what: str


class UseDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How `remit collect` signs in as what was made."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = {}
    source: str = ""


class SetupDoneDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit setup azure --json` writes with `--apply` or `--remove`."""

    name: str
    tenant_id: str
    record: str
    deeds: tuple[DeedDocument, ...]
    client_id: str = ""
    object_id: str = ""
    use: UseDocument | None = None
