"""What acts beside RBAC, and the catalogue of operations, while they are read (B1, B5, D7, E5)."""

from __future__ import annotations

from array import array

import msgspec
import numpy as np

from remit.app.intake.columns import Ints
from remit.engine.facts import ClassicAdministrator, LockLevel, Locks, Operations, Policies, PolicyEffect
from remit.engine.strings import TextColumn
from remit.wire.azure import shapes

DENY_ACTION_DEFINITION = "78460a36-508a-49a4-b2b2-2f5ec564f4bb"
"""The built-in policy definition whose effect is denyAction."""

LOCK_LEVELS = {"cannotdelete": LockLevel.CAN_NOT_DELETE, "readonly": LockLevel.READ_ONLY}


class ScopedRows:
    """Rows of a scope, one small value and an id: locks and policy assignments."""

    def __init__(self) -> None:
        self._spelling = array("i")
        self._value = bytearray()
        self._identity: list[str] = []

    def add(self, spelling: int, value: int, identity: str) -> None:
        """Append one row."""
        self._spelling.append(spelling)
        self._value.append(value)
        self._identity.append(identity)

    def _finish(self, scope_row: Ints) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.uint8]], TextColumn]:
        scopes = scope_row[np.array(self._spelling, dtype=np.int64)].tolist()
        best: dict[tuple[int, str], tuple[str, int]] = {}
        for scope, value, identity in zip(scopes, self._value, self._identity, strict=True):
            one = (identity, value)
            key = (scope, identity.lower())
            best[key] = min(best.get(key, one), one)
        rows = sorted((scope, identity, value) for (scope, _), (identity, value) in best.items())
        return (
            np.array([row[0] for row in rows], dtype=np.int32),
            np.array([row[2] for row in rows], dtype=np.uint8),
            TextColumn.of(row[1] for row in rows),
        )

    def locks(self, scope_row: Ints) -> Locks:
        """Return the table, the values being lock levels."""
        return Locks(*self._finish(scope_row))

    def policies(self, scope_row: Ints) -> Policies:
        """Return the table, the values being policy effects."""
        return Policies(*self._finish(scope_row))


def policy_effect(said: shapes.PolicyAssignmentProperties) -> int:
    """Return what a policy assignment itself tells of its effect (B5); the definition is not at hand."""
    if (said.enforcement_mode or "").lower() == "donotenforce":
        return PolicyEffect.OTHER
    for name, parameter in (said.parameters or {}).items():
        if name.lower() == "effect" and parameter is not None:
            try:
                effect = msgspec.json.decode(parameter.value, type=str)
            except msgspec.MsgspecError:
                return PolicyEffect.UNKNOWN
            return PolicyEffect.DENY_ACTION if effect.lower() == "denyaction" else PolicyEffect.OTHER
    if said.policy_definition_id and said.policy_definition_id.lower().endswith(f"/{DENY_ACTION_DEFINITION}"):
        return PolicyEffect.DENY_ACTION
    return PolicyEffect.UNKNOWN


class OperationNames:
    """The catalogue of operations: name and plane, in one spelling."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, int], str] = {}

    def take(self, row: shapes.ProviderOperations) -> None:
        """Take all operations of one provider."""
        for group in (row.operations, *(one.operations for one in row.resource_types or ())):
            for operation in group or ():
                key = (operation.name.lower(), int(bool(operation.is_data_action)))
                self._names[key] = min(self._names.get(key, operation.name), operation.name)

    def finish(self) -> Operations:
        """Return the table."""
        keys = sorted(self._names)
        return Operations(
            TextColumn.of(self._names[key] for key in keys), np.array([key[1] for key in keys], dtype=np.uint8)
        )


def classic_table(found: list[ClassicAdministrator]) -> tuple[ClassicAdministrator, ...]:
    """Sort, each once."""
    return tuple(sorted(set(found), key=lambda one: (one.scope, one.email, one.role)))
