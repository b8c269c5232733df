"""From what the APIs answer to rows of the tenant export.

Rules kept here:

- Bytes stay as they are wherever a row can: only what the export writes otherwise is written anew.
- Resource Graph says null where Resource Manager says nothing: columns that are null are left out at the top level.
- What could serve to sign in never gets through: `secretText` and `hint` of passwords, `key` of certificates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from remit.adapters.azure.endpoint import Endpoint, Keep, Shape
from remit.adapters.azure.endpoints_graph import MOST_EXPANDED

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_RAWS = msgspec.json.Decoder(list[Raw])
_ANYTHING = msgspec.json.Decoder()
_SECRETS = {"passwordCredentials": ("secretText", "hint"), "keyCredentials": ("key",)}
_SECRET_WORDS = (b'"secretText"', b'"hint"', b'"key"')
_SERVICE_PRINCIPAL = "#microsoft.graph.servicePrincipal"
_GROUP_TYPE = b'"Microsoft.Resources/resourceGroups"'


# ---- rows of one shape


def shaped(endpoint: Endpoint, target: str, rows: Sequence[bytes]) -> list[bytes]:
    """Return the rows of the export that the rows of an answer stand for.

    Args:
        endpoint: what was asked.
        target: what it was asked for.
        rows: as answered, each without line breaks.

    Raises:
        msgspec.MsgspecError: a row is not what the API documents.
    """
    make = _MAKERS.get(endpoint.shape)
    made = list(rows) if make is None else make(endpoint, target, rows)
    return [without_secrets(row) for row in made] if endpoint.list_name in _WITH_CREDENTIALS else made


_WITH_CREDENTIALS = frozenset({"graph/applications", "graph/servicePrincipals"})


def without_secrets(row: bytes) -> bytes:
    """Return a row whose credentials hold nothing to sign in with; the very same bytes where they held none."""
    if not any(word in row for word in _SECRET_WORDS):
        return row
    fields = _ANYTHING.decode(row)
    found = False
    for name, secrets in _SECRETS.items():
        credentials = fields.get(name) if isinstance(fields, dict) else None
        for credential in credentials if isinstance(credentials, list) else ():
            for secret in secrets if isinstance(credential, dict) else ():
                if credential.get(secret) is not None:
                    credential[secret] = None
                    found = True
    return msgspec.json.encode(fields) if found else row


def _columns(row: bytes, *, kind: bytes = b"") -> bytes:
    columns = {name: bytes(value) for name, value in _OBJECT.decode(row).items()}
    if kind:
        columns["type"] = kind
    elif b"null" not in columns.values():
        return row
    return b"{" + b",".join(_text(name) + b":" + value for name, value in columns.items() if value != b"null") + b"}"


def _text(name: str) -> bytes:
    return msgspec.json.encode(name)


class _Named(Struct):
    id: str | None = None
    name: str | None = None


class _Details(Struct, rename="camel"):
    parent: _Named | None = None
    management_group_ancestors_chain: list[_Named] | None = None


class _ContainerProperties(Struct, rename="camel"):
    display_name: str | None = None
    details: _Details | None = None
    management_group_ancestors_chain: list[_Named] | None = None


class Container(Struct):
    """A management group or a subscription, as Resource Graph writes it."""

    id: str
    name: str
    type: str
    properties: _ContainerProperties = field(default_factory=_ContainerProperties)

    @property
    def is_group(self) -> bool:
        """Return whether it is a management group."""
        return self.type.lower() == "microsoft.management/managementgroups"

    @property
    def above(self) -> list[str] | None:
        """Return the lower-case names of the management groups above it, nearest first, None when not said."""
        details = self.properties.details
        chain = (details.management_group_ancestors_chain if details else None) if self.is_group else None
        chain = self.properties.management_group_ancestors_chain if chain is None else chain
        return None if chain is None else [one.name.lower() for one in chain if one.name]

    def parent(self) -> str | UnsetType | None:
        """Return the id of what it hangs below: None for the top, UNSET when not said."""
        details = self.properties.details
        if self.is_group and details is not None and details.parent is not None and details.parent.id:
            return details.parent.id
        if self.above is None or (not self.above and not self.is_group):
            return UNSET
        chain = self.properties.management_group_ancestors_chain or (
            details.management_group_ancestors_chain if details else None
        )
        return f"/providers/Microsoft.Management/managementGroups/{chain[0].name}" if chain else None


CONTAINER = msgspec.json.Decoder(Container)


class _EntityParent(Struct):
    id: str | None


class _EntityProperties(Struct, rename="camel", omit_defaults=True):
    display_name: str | None = None
    parent: _EntityParent | UnsetType = UNSET


class _Entity(Struct):
    id: str
    name: str
    type: str
    properties: _EntityProperties


def _entity(row: bytes) -> bytes:
    container = CONTAINER.decode(row)
    parent = container.parent()
    properties = _EntityProperties(
        container.properties.display_name if container.is_group else container.name,
        UNSET if parent is UNSET else _EntityParent(parent),
    )
    if container.is_group:
        name, kind = container.name, "Microsoft.Management/managementGroups"
    else:
        name, kind = container.id.rsplit("/", 1)[-1], "/subscriptions"
    return msgspec.json.encode(_Entity(container.id, name, kind, properties))


# ---- relations of the directory


class _Member(Struct, omit_defaults=True):
    odata_type: str | None = field(default=None, name="@odata.type")
    id: str = ""


class _Pair(Struct, rename="camel"):
    parent_id: str
    member: _Member


_MEMBER = msgspec.json.Decoder(_Member)


def _pair(parent: str, member: _Member) -> bytes:
    return msgspec.json.encode(_Pair(parent, member))


def _pairs(_endpoint: Endpoint, target: str, rows: Sequence[bytes]) -> list[bytes]:
    return [_pair(target, _MEMBER.decode(row)) for row in rows]


def _service_principal_pairs(_endpoint: Endpoint, target: str, rows: Sequence[bytes]) -> list[bytes]:
    # A cast of the type says nothing of it in the rows.
    return [_pair(target, _Member(_SERVICE_PRINCIPAL, _MEMBER.decode(row).id)) for row in rows]


def _other_pairs(_endpoint: Endpoint, target: str, rows: Sequence[bytes]) -> list[bytes]:
    # v1.0 leaves service principals out of members and owners of groups; should it stop, they would be there twice.
    members = [_MEMBER.decode(row) for row in rows]
    return [_pair(target, one) for one in members if one.odata_type != _SERVICE_PRINCIPAL]


def _child(_endpoint: Endpoint, target: str, rows: Sequence[bytes]) -> list[bytes]:
    parent = b'{"parentId":' + msgspec.json.encode(target)
    return [parent + (b"," if rest != b"}" else b"") + rest for rest in (row[1:].lstrip() for row in rows)]


class Expanded(Struct, rename="camel"):
    """An object with one of its relations expanded."""

    id: str
    members: list[Raw] | None = None
    owners: list[Raw] | None = None
    app_role_assigned_to: list[Raw] | None = None

    def related(self, relation: str) -> list[Raw] | None:
        """Return what is expanded, or None where it may not be all: then the relation has to be read by itself."""
        of: dict[str, list[Raw] | None] = {
            "members": self.members,
            "owners": self.owners,
            "appRoleAssignedTo": self.app_role_assigned_to,
        }
        found = of[relation]
        return None if found is None or len(found) >= MOST_EXPANDED else found


EXPANDED = msgspec.json.Decoder(Expanded)


def _expanded_pairs(endpoint: Endpoint, _target: str, rows: Sequence[bytes]) -> list[bytes]:
    return [
        _pair(one.id, _MEMBER.decode(member))
        for one in map(EXPANDED.decode, rows)
        for member in one.related(endpoint.relation) or ()
    ]


def _expanded_rows(endpoint: Endpoint, _target: str, rows: Sequence[bytes]) -> list[bytes]:
    return [bytes(row) for one in map(EXPANDED.decode, rows) for row in one.related(endpoint.relation) or ()]


def _each(make: Callable[[bytes], bytes]) -> Callable[[Endpoint, str, Sequence[bytes]], list[bytes]]:
    return lambda _endpoint, _target, rows: [make(row) for row in rows]


_MAKERS: dict[Shape, Callable[[Endpoint, str, Sequence[bytes]], list[bytes]]] = {
    Shape.COLUMNS: _each(_columns),
    Shape.GROUPS: _each(lambda row: _columns(row, kind=_GROUP_TYPE)),
    Shape.ENTITY: _each(_entity),
    Shape.LEADS: lambda _endpoint, _target, _rows: [],
    Shape.EXPANDED_PAIRS: _expanded_pairs,
    Shape.EXPANDED_ROWS: _expanded_rows,
    Shape.PAIRS: _pairs,
    Shape.SERVICE_PRINCIPAL_PAIRS: _service_principal_pairs,
    Shape.OTHER_PAIRS: _other_pairs,
    Shape.CHILD: _child,
}


# ---- which rows are kept


class _ScopedProperties(Struct):
    scope: str | None = None


class _Scoped(Struct):
    id: str
    properties: _ScopedProperties = field(default_factory=_ScopedProperties)


_SCOPED = msgspec.json.Decoder(_Scoped)
_EXTENSION = "/providers/microsoft.authorization/"


def scope_of(row: bytes) -> str:
    """Return the lower-case scope that a row of Microsoft.Authorization says, else the one that its id begins with."""
    said = _SCOPED.decode(row)
    scope = said.properties.scope
    if scope is None:
        low = said.id.lower()
        at = low.rfind(_EXTENSION)
        scope = low[:at] if at >= 0 else low
    return scope.lower().rstrip("/") or "/"


def kept(keep: Keep, target: str, rows: Iterable[bytes]) -> list[bytes]:
    """Return the rows that belong to the scope that was asked."""
    wanted = target.lower().rstrip("/")
    match keep:
        case Keep.ALL:
            return list(rows)
        case Keep.AT:
            return [row for row in rows if scope_of(row) == wanted]
        case Keep.WITHIN:
            return [row for row in rows if f"{scope_of(row)}/".startswith(f"{wanted}/")]
        case Keep.ROOT:
            return [row for row in rows if scope_of(row) == "/"]
        case Keep.BELOW_ROOT:
            return [row for row in rows if scope_of(row) != "/"]


def fields_of(row: bytes) -> dict[str, Any]:
    """Return a row decoded, {} where it is no object."""
    fields = _ANYTHING.decode(row)
    return fields if isinstance(fields, dict) else {}
