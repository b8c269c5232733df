"""Management groups and their parents, which AzureHound tells in two kinds of record.

`AZManagementGroup` names a group without its parent; `AZManagementGroupDescendant` names a group or subscription with
its parent, once under every group above it. They are few enough to be held until the end of the file.
"""

from __future__ import annotations

from typing import Any

from remit.adapters.azurehound.kinds import Form
from remit.adapters.azurehound.rows import Row


class Places:
    """Entities gathered so far, by lower-case id."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, int, dict[str, Any]]] = {}

    def add(self, form: Form, row: Row, file: str, line: int) -> bool:
        """Take one record; tell whether it said anything new."""
        key = row.identity.lower()
        entity = _entity(row.payload) if form is Form.DESCENDANT else row.payload
        if key not in self._found:
            self._found[key] = (file, line, entity)
            return True
        known = _properties(self._found[key][2])
        news = {name: value for name, value in _properties(entity).items() if name not in known}
        self._found[key][2]["properties"] = known | news
        return bool(news)

    def rows(self, tenant_id: str) -> list[tuple[str, int, dict[str, Any]]]:
        """Return (file, line, payload) of every entity.

        The parent of a group is null for the tenant root group, which is named like the tenant, and is left out where
        no record tells it: then it is not known (S3).
        """
        for key, (_, _, entity) in self._found.items():
            properties = _properties(entity)
            if "parent" not in properties and tenant_id and key.rsplit("/", 1)[-1] == tenant_id:
                entity["properties"] = properties | {"parent": {"id": None}}
        return list(self._found.values())


def _properties(entity: dict[str, Any]) -> dict[str, Any]:
    found = entity.get("properties")
    return found if isinstance(found, dict) else {}


def _entity(descendant: dict[str, Any]) -> dict[str, Any]:
    """Bring a descendant to the shape of an entity: `displayName`, and no parent rather than an empty one."""
    properties = dict(_properties(descendant))
    if "display_name" in properties:
        properties.setdefault("displayName", properties.pop("display_name"))
    parent = properties.get("parent")
    if not (isinstance(parent, dict) and parent.get("id")):
        properties.pop("parent", None)
    return descendant | {"properties": properties}
