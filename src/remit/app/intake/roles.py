"""Role definitions while they are read: one per GUID, judged against L6, filled up at the end (V6, V20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from remit.app.intake.columns import Ints
from remit.model.errors import PayloadError
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource, broken_limit
from remit.wire.azure import shapes

LIGHTHOUSE_SUFFIX = "+lighthouse"
"""What the key of a role has behind its GUID when Lighthouse narrows it (X3)."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The finished roles.

    Attributes:
        table: sorted by key.
        row: from code to row of the table.
        custom_data: by row, custom roles with data actions (L7).
        missing, from_catalogue, invalid: keys of roles worth a flag.
    """

    table: tuple[RoleDefinition, ...]
    row: Ints
    custom_data: np.ndarray[tuple[int], np.dtype[np.bool_]]
    missing: tuple[str, ...]
    from_catalogue: tuple[str, ...]
    invalid: tuple[str, ...]


def role_key(role_definition_id: str) -> str:
    """Return the lower-case last segment of a role definition id, or the text itself where it has none (V20)."""
    return role_definition_id.rstrip("/").rpartition("/")[2].lower()


def blocks_of(permissions: list[shapes.Permission]) -> tuple[PermissionBlock, ...]:
    """Return permission blocks as values; null lists are empty."""
    return tuple(
        PermissionBlock(
            tuple(one.actions or ()),
            tuple(one.not_actions or ()),
            tuple(one.data_actions or ()),
            tuple(one.not_data_actions or ()),
            one.condition,
            one.condition_version,
        )
        for one in permissions
    )


class RoleTable:
    """Interns roles by GUID and holds what the tenant says about them."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._codes: dict[str, int] = {}
        self._collected: dict[str, tuple[RoleDefinition, str, int]] = {}
        self._synthetic: dict[str, RoleDefinition] = {}
        self._withdrawn: set[str] = set()

    def code(self, role_definition_id: str) -> int:
        """Return the code of a role definition id in any letter case and under any subscription."""
        return self._code_of_key(role_key(role_definition_id))

    def _code_of_key(self, key: str) -> int:
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = len(self.keys)
            self.keys.append(key)
        return code

    def take(self, row: shapes.RoleDefinition, file: str, line: int) -> None:
        """Take a role definition.

        Raises:
            PayloadError: the same GUID was said to be another role (V20).
        """
        said = row.properties
        key = role_key(row.id)
        if not key:
            raise PayloadError(file, line, "id", "ends without the role's name")
        scopes = tuple(sorted(said.assignable_scopes or ()))
        blocks = blocks_of(said.permissions)
        custom = (said.type or "").lower() == "customrole"
        role = RoleDefinition(
            key=key,
            name=said.role_name or "",
            is_custom=custom,
            blocks=blocks,
            source=RoleSource.TENANT,
            assignable_scopes=scopes,
            invalid=broken_limit(blocks, scopes) if custom else "",
        )
        before = self._collected.setdefault(key, (role, file, line))
        if before[0] != role and not _same(before[0], role):
            # Neither is believed: a lenient import goes on with a role that was not collected.
            self._withdrawn.add(key)
            raise PayloadError(file, line, "id", f"role `{key}` stands with other content in {before[1]}:{before[2]}")
        self._code_of_key(key)

    def narrowed(self, role_definition_id: str, name: str, action: str) -> int:
        """Return the code of a role that Lighthouse narrows to one action (X3)."""
        key = role_key(role_definition_id) + LIGHTHOUSE_SUFFIX
        self._synthetic.setdefault(
            key,
            RoleDefinition(
                key=key,
                name=name,
                is_custom=False,
                blocks=(PermissionBlock(actions=(action,)),),
                source=RoleSource.TENANT,
            ),
        )
        return self._code_of_key(key)

    def finish(self, catalogue: Mapping[str, RoleDefinition], *, ask_catalogue: bool) -> Roles:
        """Return all roles that are collected or named; the catalogue fills in only where roles may be missing (V6)."""
        missing, borrowed = [], []
        found: dict[str, RoleDefinition] = dict(self._synthetic)
        for key in self.keys:
            if key in found:
                continue
            if key in self._collected and key not in self._withdrawn:
                found[key] = self._collected[key][0]
            elif ask_catalogue and key in catalogue:
                found[key] = replace(catalogue[key], key=key, source=RoleSource.CATALOGUE)
                borrowed.append(key)
            else:
                found[key] = RoleDefinition(key, "", is_custom=False, blocks=(), source=RoleSource.NOT_COLLECTED)
                missing.append(key)
        table = tuple(found[key] for key in sorted(found))
        place = {role.key: row for row, role in enumerate(table)}
        return Roles(
            table=table,
            row=np.array([place[key] for key in self.keys], dtype=np.int32),
            custom_data=np.array([role.is_custom and role.has_data_actions for role in table], dtype=bool),
            missing=tuple(sorted(missing)),
            from_catalogue=tuple(sorted(borrowed)),
            invalid=tuple(role.key for role in table if role.invalid),
        )


def _same(one: RoleDefinition, other: RoleDefinition) -> bool:
    """Compare without regard to the letter case of assignable scopes; Azure spells them per caller."""
    return replace(one, assignable_scopes=()) == replace(other, assignable_scopes=()) and sorted(
        scope.lower() for scope in one.assignable_scopes
    ) == sorted(scope.lower() for scope in other.assignable_scopes)
