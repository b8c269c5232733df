"""What else a change says, as it stands in `ObservedChange.detail`: one JSON object, absent members left out.

>>> written(ChangeDetail(condition="c"))
'{"condition":"c"}'
>>> written(ChangeDetail())
''
"""

from __future__ import annotations

from typing import Any

import msgspec

from remit.model.role import PermissionBlock

SUCCEEDED, STARTED, FAILED = "succeeded", "started", "failed"
"""Values of `ChangeDetail.ended`: the change was made; its record tells only of the beginning; it was not made."""


class Permission(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One permission block of a role definition as its body says it."""

    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    data_actions: tuple[str, ...] | None = None
    not_data_actions: tuple[str, ...] | None = None
    condition: str | None = None
    condition_version: str | None = None

    def block(self) -> PermissionBlock:
        """Return it as a value; null lists are empty."""
        return PermissionBlock(
            self.actions or (),
            self.not_actions or (),
            self.data_actions or (),
            self.not_data_actions or (),
            self.condition,
            self.condition_version,
        )


class ChangeDetail(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What applies a change, beside its ids.

    Attributes:
        ended: see `SUCCEEDED`, `STARTED` and `FAILED`.
        created: True where the record says that it made something new (201), False where it replaced (200), None where
            it does not tell.
        content_id: full id of what was written or deleted, in the record's spelling.
        principal_type: as the body says.
        condition, condition_version: of an assignment; None where it has none.
        told: the record holds the content (a request or response body): what is absent in it is known to be absent.
        role_name, custom, permissions, assignable_scopes: of a role definition; permissions None where not told.
        request_type: of a PIM request, lower case.
        eligible: a PIM request about eligibility.
        actor_name, subject_name, object_name: what people call them, where the record says.
        setting: the properties of a diagnostic setting as its body says them.
    """

    ended: str = SUCCEEDED
    created: bool | None = None
    content_id: str = ""
    principal_type: str = ""
    condition: str | None = None
    condition_version: str | None = None
    told: bool = False
    role_name: str = ""
    custom: bool = False
    permissions: tuple[Permission, ...] | None = None
    assignable_scopes: tuple[str, ...] = ()
    request_type: str = ""
    eligible: bool = False
    actor_name: str = ""
    subject_name: str = ""
    object_name: str = ""
    setting: dict[str, Any] | None = None


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(ChangeDetail)


def written(detail: ChangeDetail) -> str:
    """Return the JSON text, "" for nothing to say."""
    text = _ENCODER.encode(detail).decode("utf-8", "surrogatepass")
    return "" if text == "{}" else text


def detail_of(text: str) -> ChangeDetail:
    """Read what `written` wrote; anything else is nothing."""
    if not text:
        return ChangeDetail()
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return ChangeDetail()
