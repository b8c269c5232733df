"""From one AzureHound record to rows of the tenant export.

AzureHound decodes Azure's answers into structs of its own and writes those. What gets lost on the way is not made up
here, with one exception that fails closed: it never reads the condition of a role assignment, so every assignment
carries `CONDITION_NOT_READ`, which no evaluation takes for true (C9). It also writes some ids in upper case; they
compare without case everywhere, but one assignment must read the same wherever it is listed, so its principal and
scope are brought back to one spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from remit.adapters.azurehound.kinds import Form, Kind
from remit.model.errors import PayloadError
from remit.wire.azure.decode import decode_one

CONDITION_NOT_READ = "<condition not collected: AzureHound does not read the conditions of role assignments>"
"""Stands for a condition that may exist; it is no condition of Azure's language."""

_ASSIGNMENT_PROVIDER = "/providers/microsoft.authorization/roleassignments/"


class _Pairs(msgspec.Struct):
    """The lists of members or owners of one object."""

    members: list[msgspec.Raw] | None = None
    owners: list[msgspec.Raw] | None = None


_OBJECT = msgspec.json.Decoder(dict[str, Any])
_PAIRS = msgspec.json.Decoder(_Pairs)
_PARENTS = ("groupId", "servicePrincipalId", "appId")


class Row(msgspec.Struct):
    """One row of a list: its own id for telling repetitions, and its bytes."""

    identity: str
    payload: dict[str, Any]


def rows_of(kind: Kind, data: msgspec.Raw, file: str, line: int) -> Iterator[Row]:
    """Yield the rows that one record holds.

    Raises:
        PayloadError: the record lacks what its kind needs.
    """
    raw = bytes(data)
    match kind.form:
        case Form.PAIRS:
            yield from _pairs(kind, raw, file, line)
        case Form.ASSIGNMENTS:
            yield from _assignments(_decode(raw, file, line), file, line)
        case Form.CREDENTIALS:
            yield from _credentials(_decode(raw, file, line), file, line)
        case Form.DIRECTORY_ASSIGNMENTS:
            yield from _directory_assignments(_decode(raw, file, line), file, line)
        case _:
            yield _object(kind, _decode(raw, file, line), file, line)


def _decode(raw: bytes, file: str, line: int) -> dict[str, Any]:
    try:
        # The whole record was checked for its encoding already.
        return _OBJECT.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found: dict[str, Any] = decode_one(_OBJECT, file, line, raw)
        return found


def _text(value: dict[str, Any], field: str, file: str, line: int, *, within: str = "data") -> str:
    text = value.get(field)
    if not isinstance(text, str) or not text:
        raise PayloadError(file, line, f"{within}.{field}", "is missing or no text")
    return text


def _object(kind: Kind, data: dict[str, Any], file: str, line: int) -> Row:
    if kind.list_name == "graph/appRoleAssignments" and not data.get("id"):
        parts = [_text(data, field, file, line) for field in ("principalId", "resourceId", "appRoleId")]
        data["id"] = "/".join(parts)
    identity = _text(data, "id", file, line)
    if kind.form is Form.RESOURCE and not data.get("type"):
        data["type"] = kind.detail
    return Row(identity, data)


def _pairs(kind: Kind, raw: bytes, file: str, line: int) -> Iterator[Row]:
    """Yield a row for each member; they are decoded one by one, for a group can have a million."""
    lists = decode_one(_PAIRS, file, line, raw)
    inner = kind.detail.removesuffix("s")
    for one in getattr(lists, kind.detail) or ():
        pair = _decode(bytes(one), file, line)
        member = pair.get(inner)
        if not isinstance(member, dict):
            raise PayloadError(file, line, f"data.{kind.detail}.{inner}", "is missing or no object")
        member_id = _text(member, "id", file, line, within=f"data.{kind.detail}.{inner}")
        field = next((field for field in _PARENTS if pair.get(field)), "groupId")
        parent = _text(pair, field, file, line, within=f"data.{kind.detail}")
        yield Row(f"{parent}/{member_id}", {"parentId": parent, "member": member})


def parent_of_pairs(kind: Kind, data: msgspec.Raw, file: str, line: int) -> str:
    """Return the lower-case id of the group whose members or owners a record lists, or "" for other objects.

    Raises:
        PayloadError: the record is no object, or its group is no text.
    """
    found = decode_one(_PARENT, file, line, bytes(data))
    return (found.groupId if kind.list_name.startswith("graph/group") else "").lower()


class _Parent(msgspec.Struct):
    groupId: str = ""  # noqa: N815 - AzureHound's spelling


_PARENT = msgspec.json.Decoder(_Parent)


def _credentials(data: dict[str, Any], file: str, line: int) -> Iterator[Row]:
    """Yield federated credentials; AzureHound names their application by its appId, not by its object id."""
    for one in _objects(data, "fics", file, line):
        credential = one.get("fic")
        if not isinstance(credential, dict):
            raise PayloadError(file, line, "data.fics.fic", "is missing or no object")
        parent = _text(one, "appId", file, line, within="data.fics")
        identity = _text(credential, "id", file, line, within="data.fics.fic")
        yield Row(f"{parent}/{identity}", credential | {"parentId": parent, "parentAppId": parent})


def _directory_assignments(data: dict[str, Any], file: str, line: int) -> Iterator[Row]:
    for one in _objects(data, "roleAssignments", file, line):
        if not one.get("id"):
            parts = [_text(one, field, file, line, within="data.roleAssignments") for field in ("principalId",)]
            one["id"] = "/".join([*parts, str(one.get("roleDefinitionId")), str(one.get("directoryScopeId"))])
        yield Row(_text(one, "id", file, line), one)


def _assignments(data: dict[str, Any], file: str, line: int) -> Iterator[Row]:
    """Yield Azure role assignments from whatever list they stand in.

    The kinds differ in the names of the list and of its member (`owners`/`owner`, `assignees`/`assignee`,
    `roleAssignments`/`roleAssignment`, …); the assignment inside is always the same struct.
    """
    for name, value in data.items():
        if not isinstance(value, list):
            continue
        for one in value:
            if not isinstance(one, dict):
                raise PayloadError(file, line, f"data.{name}", "holds something that is no object")
            inner = next((each for each in (one, *one.values()) if _is_assignment(each)), None)
            if inner is None:
                raise PayloadError(file, line, f"data.{name}", "holds something that is no role assignment")
            yield _assignment(inner, file, line)


def _is_assignment(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict):
        return False
    properties = value.get("properties")
    return isinstance(properties, dict) and "principalId" in properties and "roleDefinitionId" in properties


def _assignment(found: dict[str, Any], file: str, line: int) -> Row:
    identity = _text(found, "id", file, line)
    properties = dict(found["properties"])
    properties["principalId"] = _text(properties, "principalId", file, line, within="properties").lower()
    at = identity.lower().rfind(_ASSIGNMENT_PROVIDER)
    scope = properties.get("scope")
    own = identity[:at] or "/"
    if at >= 0 and (not scope or (isinstance(scope, str) and scope.lower().rstrip("/") == own.lower().rstrip("/"))):
        # S4: the id names the scope too, and AzureHound leaves the spelling of the id alone.
        properties["scope"] = own
    if not properties.get("condition"):
        properties |= {"condition": CONDITION_NOT_READ, "conditionVersion": "2.0"}
    return Row(identity, found | {"properties": properties})


def _objects(data: dict[str, Any], name: str, file: str, line: int) -> Iterator[dict[str, Any]]:
    value = data.get(name)
    if value is None:
        return
    if not isinstance(value, list):
        raise PayloadError(file, line, f"data.{name}", "is not a list")
    for one in value:
        if not isinstance(one, dict):
            raise PayloadError(file, line, f"data.{name}", "holds something that is no object")
        yield one
