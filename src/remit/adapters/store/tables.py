"""Facts as tables of equally long columns and back: what `docs/snapshot.md` describes and Parquet holds.

A column is a numpy array or a `TextColumn`. Lists inside a row (permission blocks, assignable scopes) are JSON text,
so that every table can be read by anything that reads Parquet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.engine import facts as engine
from remit.engine.facts import ClassicAdministrator, DenyPermissions, TenantFacts
from remit.engine.strings import TextColumn
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit.model.snapshot import Flag, SnapshotMeta

Column = NDArray[Any] | TextColumn
Table = Mapping[str, Column]

TEXT = "text"
SCHEMA: Mapping[str, Mapping[str, str]] = {
    "principals": {
        "key": TEXT,
        "kind": "uint8",
        "flags": "uint8",
        "display_name": TEXT,
        "user_principal_name": TEXT,
        "app_id": TEXT,
    },
    "memberships": {"parent": "int32", "member": "int32", "start": "int64", "end": "int64"},
    "eligible_memberships": {"parent": "int32", "member": "int32", "start": "int64", "end": "int64"},
    "scopes": {"key": TEXT, "text": TEXT, "kind": "uint8", "parent": "int32", "flags": "uint8"},
    "roles": {
        "key": TEXT,
        "name": TEXT,
        "is_custom": "uint8",
        "source": TEXT,
        "assignable_scopes": TEXT,
        "permissions": TEXT,
        "invalid": TEXT,
    },
    "assignments": {
        "principal": "int32",
        "role": "int32",
        "scope": "int32",
        "condition": "int32",
        "kind": "uint8",
        "flags": "uint8",
        "start": "int64",
        "end": "int64",
        "name": TEXT,
    },
    "conditions": {"text": TEXT, "version": TEXT},
    "denies": {"scope": "int32", "flags": "uint8", "permissions": "int32", "identity": TEXT, "name": TEXT},
    "deny_principals": {"deny": "int32", "principal": "int32"},
    "deny_excluded": {"deny": "int32", "principal": "int32"},
    "deny_permissions": {"permissions": TEXT, "condition": TEXT, "condition_version": TEXT},
    "locks": {"scope": "int32", "level": "uint8", "identity": TEXT},
    "policies": {"scope": "int32", "effect": "uint8", "identity": TEXT},
    "settings": {"scope": "int32", "setting": "uint8", "value": "uint8"},
    "resource_types": {"name": TEXT},
    "resources": {"scope": "int32", "type": "int32", "count": "int64"},
    "operations": {"name": TEXT, "data": "uint8"},
    "classic_administrators": {"email": TEXT, "role": TEXT, "scope": TEXT},
}
"""Every table of a snapshot, its columns in order, and their kinds."""

_PLAIN: Mapping[str, type] = {
    "principals": engine.Principals,
    "memberships": engine.Memberships,
    "eligible_memberships": engine.Memberships,
    "scopes": engine.Scopes,
    "assignments": engine.Assignments,
    "conditions": engine.Conditions,
    "locks": engine.Locks,
    "policies": engine.Policies,
    "settings": engine.Settings,
    "operations": engine.Operations,
}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def to_tables(facts: TenantFacts) -> dict[str, Table]:
    """Return all tables of `SCHEMA`, columns in its order."""
    tables: dict[str, Table] = {
        name: {column.name: getattr(getattr(facts, name), column.name) for column in fields(kind)}
        for name, kind in _PLAIN.items()
    }
    roles = facts.roles
    tables["roles"] = {
        "key": TextColumn.of(role.key for role in roles),
        "name": TextColumn.of(role.name for role in roles),
        "is_custom": np.array([role.is_custom for role in roles], dtype=np.uint8),
        "source": TextColumn.of(role.source.value for role in roles),
        "assignable_scopes": TextColumn.of(_json(role.assignable_scopes) for role in roles),
        "permissions": TextColumn.of(_json(role.blocks) for role in roles),
        "invalid": TextColumn.of(role.invalid for role in roles),
    }
    denies = facts.denies
    tables["denies"] = {name: getattr(denies, name) for name in SCHEMA["denies"]}
    tables["deny_principals"] = _pairs(denies.principal_offsets, denies.principal)
    tables["deny_excluded"] = _pairs(denies.excluded_offsets, denies.excluded)
    permissions = facts.deny_permissions
    tables["deny_permissions"] = {
        "permissions": TextColumn.of(_json(one.blocks) for one in permissions),
        # JSON, because no condition and an empty one are not the same.
        "condition": TextColumn.of(_json(one.condition) for one in permissions),
        "condition_version": TextColumn.of(_json(one.condition_version) for one in permissions),
    }
    tables["resource_types"] = {"name": facts.resources.type_name}
    tables["resources"] = {name: getattr(facts.resources, name) for name in SCHEMA["resources"]}
    classic = facts.classic_administrators
    tables["classic_administrators"] = {
        name: TextColumn.of(getattr(one, name) for one in classic) for name in SCHEMA["classic_administrators"]
    }
    return {name: tables[name] for name in SCHEMA}


def from_tables(meta: SnapshotMeta, flags: tuple[Flag, ...], table: Callable[[str], Mapping[str, Any]]) -> TenantFacts:
    """Return the facts that `to_tables` took apart; `table` reads one table by name."""
    plain: dict[str, Any] = {name: kind(**table(name)) for name, kind in _PLAIN.items()}
    denies = table("denies")
    count = len(denies["scope"])
    principal_offsets, principal = _rows(table("deny_principals"), count)
    excluded_offsets, excluded = _rows(table("deny_excluded"), count)
    return TenantFacts(
        meta=meta,
        flags=flags,
        roles=_roles(table("roles")),
        denies=engine.Denies(
            principal_offsets=principal_offsets,
            principal=principal,
            excluded_offsets=excluded_offsets,
            excluded=excluded,
            **denies,
        ),
        deny_permissions=_deny_permissions(table("deny_permissions")),
        resources=engine.Resources(type_name=table("resource_types")["name"], **table("resources")),
        classic_administrators=tuple(
            ClassicAdministrator(*one) for one in zip(*table("classic_administrators").values(), strict=True)
        ),
        **plain,
    )


def _roles(table: Mapping[str, Any]) -> tuple[RoleDefinition, ...]:
    rows = zip(*(table[name] for name in SCHEMA["roles"]), strict=True)
    return tuple(
        RoleDefinition(
            key=key,
            name=name,
            is_custom=bool(is_custom),
            blocks=_BLOCKS.decode(permissions),
            source=RoleSource(source),
            assignable_scopes=_TEXTS.decode(assignable_scopes),
            invalid=invalid,
        )
        for key, name, is_custom, source, assignable_scopes, permissions, invalid in rows
    )


def _deny_permissions(table: Mapping[str, Any]) -> tuple[DenyPermissions, ...]:
    rows = zip(table["permissions"], table["condition"], table["condition_version"], strict=True)
    return tuple(
        DenyPermissions(_BLOCKS.decode(blocks), _MAYBE_TEXT.decode(condition), _MAYBE_TEXT.decode(version))
        for blocks, condition, version in rows
    )


_BLOCKS = msgspec.json.Decoder(tuple[PermissionBlock, ...])
_TEXTS = msgspec.json.Decoder(tuple[str, ...])
_MAYBE_TEXT = msgspec.json.Decoder(str | None)


def _pairs(offsets: NDArray[np.int64], values: NDArray[np.int32]) -> Table:
    owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    return {"deny": owner, "principal": values}


def _rows(table: Mapping[str, Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    offsets = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(table["deny"], minlength=count), out=offsets[1:])
    return offsets, table["principal"]
