"""The catalogue as JSON: `remit catalog import`, `show` and `role`."""

from __future__ import annotations

from msgspec import Struct

from remit.model.role import PermissionBlock, RoleDefinition


class CatalogueImportDocument(Struct, frozen=True, rename="camel"):
    """What `remit catalog import --json` writes."""

    roles: int
    new_roles: int
    providers: int
    operations: int
    ignored: int


class OriginDocument(Struct, frozen=True, rename="camel"):
    """What came from one file, or with Remit."""

    file: str
    roles: int
    providers: int
    operations: int


class CatalogueDocument(Struct, frozen=True, rename="camel"):
    """What `remit catalog show --json` writes."""

    roles: int
    providers: int
    control_operations: int
    data_operations: int
    origins: tuple[OriginDocument, ...]


class RoleBlockDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A permission block of a role definition."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None
    condition_version: str | None = None


class RoleDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A role definition."""

    role_definition_id: str
    role_name: str
    is_custom: bool
    origin: str
    permissions: tuple[RoleBlockDocument, ...]
    assignable_scopes: tuple[str, ...]
    invalid: str = ""


class RolesDocument(Struct, frozen=True, rename="camel"):
    """What `remit catalog role --json` writes: every role of that name."""

    roles: tuple[RoleDocument, ...]


def role_document(role: RoleDefinition, origin: str) -> RoleDocument:
    """Return the document of a role."""
    return RoleDocument(
        role.key,
        role.name,
        role.is_custom,
        origin,
        tuple(_block(block) for block in role.blocks),
        role.assignable_scopes,
        role.invalid,
    )


def _block(block: PermissionBlock) -> RoleBlockDocument:
    return RoleBlockDocument(
        block.actions,
        block.not_actions,
        block.data_actions,
        block.not_data_actions,
        block.condition,
        block.condition_version,
    )
