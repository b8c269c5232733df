"""Import into the catalogue and look it up: `remit catalog import`, `show` and `role`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from remit.app.intake.roles import blocks_of, role_key
from remit.model.errors import PayloadError, UnknownRoleError
from remit.model.role import RoleDefinition, RoleSource, broken_limit
from remit.ports.catalogue import STARTER, Catalogue
from remit.ports.reader import RawBatch, Skipped, TenantReader
from remit.wire.azure import shapes
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CatalogueImport:
    """What an import changed.

    Attributes:
        roles, operations: how many the file holds, operations of all its providers together.
        new_roles: how many of the roles were not in the catalogue before.
        skipped: rows that a lenient reader left out.
        ignored: objects in the file that are neither.
    """

    roles: int
    new_roles: int
    providers: int
    operations: int
    skipped: tuple[Skipped, ...]
    ignored: int


@dataclass(frozen=True, slots=True)
class CatalogueOrigin:
    """What came from one file; `STARTER` stands for what Remit brings along."""

    file: str
    roles: int
    providers: int
    operations: int


@dataclass(frozen=True, slots=True)
class CatalogueSummary:
    """What the catalogue holds.

    Attributes:
        roles, providers: in all.
        control_operations, data_operations: of all imported providers, by plane (D7).
        origins: the starter first, then files by name.
    """

    roles: int
    providers: int
    control_operations: int
    data_operations: int
    origins: tuple[CatalogueOrigin, ...]


@dataclass(frozen=True, slots=True)
class CatalogueRole:
    """A role of the catalogue and the file it came from."""

    role: RoleDefinition
    origin: str


def import_catalogue(reader: TenantReader, catalogue: Catalogue, *, file: str) -> CatalogueImport:
    """Take the role definitions and operations of a source into the catalogue; all of them or none.

    Args:
        reader: what `az role definition list` or `az provider operation list` printed.
        catalogue: where they go.
        file: name to remember as their origin.

    Raises:
        PayloadError: the source is bad, says two things about one role, or holds neither roles nor operations.
        UnavailableError: the catalogue cannot be written.
    """
    roles: dict[str, tuple[RoleDefinition, str]] = {}
    providers: dict[str, bytes] = {}
    operations = 0
    ignored = 0
    for batch in reader.batches():
        if batch.list_name == "arm/roleDefinitions":
            _take_roles(batch, roles)
        elif batch.list_name == "arm/providerOperations":
            operations += _take_providers(batch, providers)
        else:
            ignored += len(batch.payloads)
    if not roles and not providers:
        raise PayloadError(
            file,
            0,
            "",
            "holds neither role definitions nor operations",
            hint="import what az role definition list or az provider operation list prints",
        )
    known = catalogue.roles()
    catalogue.keep(file, [role for role, _ in roles.values()], providers)
    _log.info("catalogue: %d roles and %d providers from %s", len(roles), len(providers), file)
    return CatalogueImport(
        roles=len(roles),
        new_roles=len(roles.keys() - known.keys()),
        providers=len(providers),
        operations=operations,
        skipped=tuple(reader.skipped()),
        ignored=ignored + sum(count for _, treatment, count in reader.accounting() if treatment == "ignored"),
    )


def summarise(catalogue: Catalogue) -> CatalogueSummary:
    """Count what the catalogue holds and where it is from."""
    roles, providers, origins = catalogue.roles(), catalogue.providers(), catalogue.origins()
    planes = {key: _planes(payload) for key, payload in providers.items()}
    files = sorted(set(origins.values()) | {STARTER}, key=lambda file: (file != STARTER, file))
    return CatalogueSummary(
        roles=len(roles),
        providers=len(providers),
        control_operations=sum(control for control, _ in planes.values()),
        data_operations=sum(data for _, data in planes.values()),
        origins=tuple(_origin(file, roles, planes, origins) for file in files),
    )


def find_roles(catalogue: Catalogue, text: str) -> tuple[CatalogueRole, ...]:
    """Return the roles that a GUID, a role definition id or a role name (in any letter case) names; sorted by key.

    Raises:
        UnknownRoleError: none does.
    """
    roles, origins = catalogue.roles(), catalogue.origins()
    by_key = roles.get(role_key(text))
    named = [by_key] if by_key else [role for role in roles.values() if role.name.casefold() == text.casefold()]
    if not named:
        raise UnknownRoleError(text)
    return tuple(CatalogueRole(role, origins[role.key]) for role in sorted(named, key=lambda role: role.key))


def _take_roles(batch: RawBatch, roles: dict[str, tuple[RoleDefinition, str]]) -> None:
    for line, payload in zip(batch.lines, batch.payloads, strict=True):
        row: shapes.RoleDefinition = decode_one(LISTS[batch.list_name].decoder, batch.file, line, payload)
        role = _role(row)
        if not role.key:
            raise PayloadError(batch.file, line, "id", "ends without the role's name")
        before, where = roles.setdefault(role.key, (role, f"{batch.file}:{line}"))
        if before != role:
            raise PayloadError(batch.file, line, "id", f"role `{role.key}` stands with other content in {where}")


def _role(row: shapes.RoleDefinition) -> RoleDefinition:
    said = row.properties
    blocks = blocks_of(said.permissions)
    scopes = tuple(sorted(said.assignable_scopes or ()))
    custom = (said.type or "").lower() == "customrole"
    return RoleDefinition(
        key=role_key(row.id),
        name=said.role_name or "",
        is_custom=custom,
        blocks=blocks,
        source=RoleSource.CATALOGUE,
        assignable_scopes=scopes,
        invalid=broken_limit(blocks, scopes) if custom else "",
    )


def _take_providers(batch: RawBatch, providers: dict[str, bytes]) -> int:
    found = 0
    for line, payload in zip(batch.lines, batch.payloads, strict=True):
        row: shapes.ProviderOperations = decode_one(LISTS[batch.list_name].decoder, batch.file, line, payload)
        found += sum(1 for _ in _operations(row))
        providers[row.id.lower()] = payload
    return found


def _planes(payload: bytes) -> tuple[int, int]:
    row: shapes.ProviderOperations = decode_one(LISTS["arm/providerOperations"].decoder, "catalogue", 0, payload)
    data = [bool(operation.is_data_action) for operation in _operations(row)]
    return len(data) - sum(data), sum(data)


def _operations(row: shapes.ProviderOperations) -> list[shapes.Operation]:
    found = list(row.operations or ())
    for resource_type in row.resource_types or ():
        found += resource_type.operations or ()
    return found


def _origin(
    file: str,
    roles: Mapping[str, RoleDefinition],
    planes: Mapping[str, tuple[int, int]],
    origins: Mapping[str, str],
) -> CatalogueOrigin:
    own_providers = [key for key in planes if origins[key] == file]
    return CatalogueOrigin(
        file=file,
        roles=sum(1 for key in roles if origins[key] == file),
        providers=len(own_providers),
        operations=sum(sum(planes[key]) for key in own_providers),
    )
