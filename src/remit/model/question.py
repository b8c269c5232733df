"""What can be asked: one principal, one action, one plane, one scope, one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from remit.model.errors import ActionSyntaxError
from remit.model.scope import Scope

_Single = str | int | float | bool
AttributeValue = _Single | tuple[_Single, ...]


class Plane(IntEnum):
    """Control plane (actions) or data plane (dataActions); they never mix (D6)."""

    CONTROL = 0
    DATA = 1

    @property
    def word(self) -> str:
        """Return the word of the wire: `control` or `data`."""
        return "data" if self is Plane.DATA else "control"


@dataclass(frozen=True, slots=True)
class Question:
    """Can this principal do this action, on this plane, at this scope?

    Attributes:
        principal_id: object id, any letter case.
        action: one exact operation name, any letter case; never a pattern.
        plane: which of the two lists of a role is asked (D6, D7).
        scope: where the check is made.
        attributes: what the call carries, by `@Source[name]`, any letter case of the key; see C10, C11.
        attributes_complete: True when an attribute that is not given is absent from the call, not unknown.
        sub_operation: for example `Blob.List` (C12); None when not told.
    """

    principal_id: str
    action: str
    plane: Plane
    scope: Scope
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, hash=False)
    attributes_complete: bool = False
    sub_operation: str | None = None


@dataclass(frozen=True, slots=True)
class TimedQuestion:
    """A question with the name its asker gave it and, maybe, an instant of its own."""

    name: str
    question: Question
    at: datetime | None = None


def parse_action(text: str) -> str:
    """Return the action as written, or say why it is none (D10: it need not be in any catalogue).

    Raises:
        ActionSyntaxError: empty, with a wildcard, without a provider, or with a character no action has. A blank
            is one: roles are read literally (M5), so a blank that slipped in at the end would turn a yes into a no.
    """
    if not text:
        raise ActionSyntaxError(text, "it is empty")
    if "*" in text or "?" in text:
        raise ActionSyntaxError(text, "it holds a wildcard")
    if not text.isprintable() or not text.isascii() or " " in text:
        raise ActionSyntaxError(text, "it holds a character that no action has")
    if "/" not in text or text[0] == "/":
        raise ActionSyntaxError(text, "it has no provider before the first /")
    return text
