"""Which deny assignments there are (section N, rulings V7, V17, V18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.model.scope import Scope
from remit.reference.directory import EVERYONE
from remit.reference.export import Export, Payload, low, properties, rows
from remit.reference.places import extension_scope


@dataclass(frozen=True, slots=True)
class Deny:
    """A deny assignment.

    Attributes:
        deny_id: as Azure spells it.
        scope: where it stands.
        this_scope_only: doNotApplyToChildScopes (N6).
        is_audit: logs and does not block (N9, V18).
        everyone: the id of zeros is among its principals (N4).
        principals, excluded: lower-case object ids, without the id of zeros (V17).
        blocks: permission blocks.
        condition, condition_version: "" where there is none.
    """

    deny_id: str
    scope: Scope
    this_scope_only: bool
    is_audit: bool
    everyone: bool
    principals: tuple[str, ...]
    excluded: tuple[str, ...]
    blocks: tuple[Payload, ...]
    condition: str
    condition_version: str


def deny_assignments(export: Export) -> list[Deny]:
    """Read the list; everything it lists is in force."""
    return [read_deny(payload) for payload in rows(export, "arm/denyAssignments")]


def read_deny(payload: Payload) -> Deny:
    """Read a denyAssignments payload."""
    fields = properties(payload)
    scope = fields.get("scope")
    named = ids(fields.get("principals") or ())
    return Deny(
        payload["id"],
        Scope.parse(scope) if scope else extension_scope(payload["id"], "microsoft.authorization/denyassignments"),
        bool(fields.get("doNotApplyToChildScopes")),
        low(fields.get("denyAssignmentEffect")) == "audit",
        EVERYONE in named,
        tuple(one for one in named if one != EVERYONE),
        tuple(one for one in ids(fields.get("excludePrincipals") or ()) if one != EVERYONE),
        tuple(fields.get("permissions") or ()),
        fields.get("condition") or "",
        fields.get("conditionVersion") or "",
    )


def ids(principals: Sequence[Payload]) -> list[str]:
    """Return the object ids of a list of principals."""
    return [low(one.get("id")) for one in principals]
