"""The edits that there are, as the control API and scripts write them: `{"do": "...", ...}`.

    >>> read_edit({"do": "advance", "hours": 2})
    Advance(days=0.0, hours=2.0, minutes=0.0, seconds=0.0)

Names are kebab-case in `do` and snake_case in fields, in JSON as in TOML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from remit.model.errors import InputError
from remit_sim.login.issuers import AUDIENCE

_HINT = "docs/simulator.md lists the edits and their fields"


class _Edit(msgspec.Struct, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """Base of all edits."""


class PutRow(_Edit, tag="put-row"):
    """Add a row to a list of the export, or replace the one with its key; a text is taken byte for byte."""

    list: str
    row: dict[str, Any] | str


class RemoveRow(_Edit, tag="remove-row"):
    """Take a row away by its key: its id, or both ids of a pair with a slash between them."""

    list: str
    key: str


class AssignRole(_Edit, tag="assign-role"):
    """Create a role assignment; the role is a name, a GUID or a whole id."""

    principal: str
    role: str
    scope: str
    name: str = ""
    condition: str | None = None


class UnassignRole(_Edit, tag="unassign-role"):
    """Delete a role assignment by its id."""

    assignment: str


class Activate(_Edit, tag="activate"):
    """Activate an eligible assignment of PIM for Azure resources, named by the id of its schedule instance.

    Where it is a group's, `principal` says which member activates it.
    """

    eligibility: str
    principal: str = ""
    hours: float = 8.0
    justification: str = "activated by the control API"


class AddSecret(_Edit, tag="add-secret"):
    """Give an application, named by its app id, a new client secret; answers `keyId` and `secretText`."""

    application: str
    days: float = 180.0


class RemoveSecret(_Edit, tag="remove-secret"):
    """Take a client secret away."""

    application: str
    key_id: str


class MoveSubscription(_Edit, tag="move-subscription"):
    """Put a subscription under another management group."""

    subscription: str
    management_group: str


class Advance(_Edit, tag="advance"):
    """Move the clock on."""

    days: float = 0.0
    hours: float = 0.0
    minutes: float = 0.0
    seconds: float = 0.0


class SetFault(_Edit, tag="set-fault"):
    """Switch a fault on, or off with the value `off`."""

    name: str
    value: str


class ClearFaults(_Edit, tag="clear-faults"):
    """Switch every fault off."""


class ResetStatistics(_Edit, tag="reset-statistics"):
    """Count from zero."""


class TrustIssuer(_Edit, tag="trust-issuer"):
    """Believe the federated tokens that an issuer signs with a key, given in PEM."""

    issuer: str
    pem: str


class IssueToken(_Edit, tag="issue-token"):
    """Answer the `token` that an outside issuer would give to a subject, and believe that issuer from then on."""

    issuer: str
    subject: str
    audience: str = AUDIENCE


class BeIdentity(_Edit, tag="be-identity"):
    """Let the managed identity endpoints take an identity, named by client id, for the host's own."""

    client_id: str


class PutLogRows(_Edit, tag="put-log-rows"):
    """Add rows to a table of a Log Analytics workspace; they arrive now."""

    workspace: str
    table: str
    rows: list[dict[str, Any]]


class AppendBlob(_Edit, tag="append-blob"):
    """Add text to an append blob; account, container and blob are made where they are not there."""

    account: str
    container: str
    name: str
    text: str


class Save(_Edit, tag="save"):
    """Write the tenant as an export into a folder."""

    folder: str


Edit = (
    PutRow
    | RemoveRow
    | AssignRole
    | UnassignRole
    | Activate
    | AddSecret
    | RemoveSecret
    | MoveSubscription
    | Advance
    | SetFault
    | ClearFaults
    | ResetStatistics
    | TrustIssuer
    | IssueToken
    | BeIdentity
    | PutLogRows
    | AppendBlob
    | Save
)


_NAMES = tuple(sorted(str(one.__struct_config__.tag) for one in get_args(Edit)))


def read_edit(said: Any) -> Edit:  # noqa: ANN401 - JSON or TOML
    """Return an edit.

    Raises:
        InputError: there is none of this name, or its fields are wrong.
    """
    if not isinstance(said, Mapping) or "do" not in said:
        raise InputError("an edit is an object with the field `do`", hint=_HINT)
    if said["do"] not in _NAMES:
        raise InputError(f"there is no edit `{said['do']}`", hint=f"one of {', '.join(_NAMES)}")
    try:
        return msgspec.convert(dict(said), Edit)  # type: ignore[no-any-return]  # a union is no type to mypy
    except msgspec.ValidationError as error:
        words = str(error).partition(" - at ")[0].replace("Object ", "").replace("`$.", "`")
        raise InputError(f"edit `{said['do']}`: {words[:1].lower()}{words[1:]}", hint=_HINT) from error
