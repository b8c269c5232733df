"""Facts as named arrays and back, so that an index can be kept on disk and mapped into memory.

Columns keep their arrays; short lists (roles, gaps, flags, deny permissions) are one MessagePack array of bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.engine import facts as tables
from remit.engine.facts import TenantFacts
from remit.engine.strings import TextColumn
from remit.model.role import RoleDefinition
from remit.model.snapshot import Flag, SnapshotMeta

Arrays = dict[str, NDArray[np.generic]]

_TABLES: dict[str, type] = {
    "principals": tables.Principals,
    "memberships": tables.Memberships,
    "eligible_memberships": tables.Memberships,
    "scopes": tables.Scopes,
    "assignments": tables.Assignments,
    "conditions": tables.Conditions,
    "denies": tables.Denies,
    "locks": tables.Locks,
    "policies": tables.Policies,
    "settings": tables.Settings,
    "resources": tables.Resources,
    "operations": tables.Operations,
}


class _Short(msgspec.Struct, array_like=True):
    """The parts of the facts that are short lists of objects."""

    meta: SnapshotMeta
    flags: tuple[Flag, ...]
    roles: tuple[RoleDefinition, ...]
    deny_permissions: tuple[tables.DenyPermissions, ...]
    classic_administrators: tuple[tables.ClassicAdministrator, ...]


def pack(facts: TenantFacts) -> Arrays:
    """Return every column under `table.column`, texts as `.data` and `.offsets`, and the rest under `short`."""
    arrays = pack_tables(_TABLES, facts)
    short = _Short(facts.meta, facts.flags, facts.roles, facts.deny_permissions, facts.classic_administrators)
    arrays["short"] = np.frombuffer(msgspec.msgpack.encode(short), dtype=np.uint8)
    return arrays


def unpack(arrays: Mapping[str, NDArray[Any]]) -> TenantFacts:
    """Return the facts that `pack` took apart. Cost: decodes the roles; columns are taken as they are."""
    made = unpack_tables(_TABLES, arrays)
    short = msgspec.msgpack.decode(arrays["short"].tobytes(), type=_Short)
    return TenantFacts(
        meta=short.meta,
        flags=short.flags,
        roles=short.roles,
        deny_permissions=short.deny_permissions,
        classic_administrators=short.classic_administrators,
        **made,
    )


def pack_tables(tables: Mapping[str, type], facts: object) -> Arrays:
    """Return the columns of the named tables of `facts`; what is neither text nor array is left out."""
    arrays: Arrays = {}
    for name, table in tables.items():
        for column in fields(table):
            value = getattr(getattr(facts, name), column.name)
            if isinstance(value, TextColumn):
                arrays[f"{name}.{column.name}.data"] = value.data
                arrays[f"{name}.{column.name}.offsets"] = value.offsets
            elif isinstance(value, np.ndarray):
                arrays[f"{name}.{column.name}"] = value
    return arrays


def unpack_tables(
    tables: Mapping[str, type], arrays: Mapping[str, NDArray[Any]], given: Mapping[str, object] = MappingProxyType({})
) -> dict[str, Any]:
    """Return the tables that `pack_tables` took apart, by name.

    Args:
        tables: as `pack_tables` was given them.
        arrays: what it returned.
        given: what it left out, by `table.column`.
    """
    made: dict[str, Any] = {}
    for name, table in tables.items():
        columns: dict[str, Any] = {}
        for column in fields(table):
            whole = f"{name}.{column.name}"
            if whole in given:
                columns[column.name] = given[whole]
            elif whole in arrays:
                columns[column.name] = arrays[whole]
            else:
                columns[column.name] = TextColumn(arrays[f"{whole}.data"], arrays[f"{whole}.offsets"])
        made[name] = table(**columns)
    return made
