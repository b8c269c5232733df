"""A plan in the making: what its parts write into."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit.engine.facts import PrincipalKind
from remit.engine.splice import AssignmentRow, MembershipRow, RoleStretch
from remit.usage.changes.settling import SettledChange

_KINDS = {
    "user": PrincipalKind.USER,
    "group": PrincipalKind.GROUP,
    "serviceprincipal": PrincipalKind.SERVICE_PRINCIPAL,
    "device": PrincipalKind.DEVICE,
    "foreigngroup": PrincipalKind.FOREIGN_GROUP,
}


@dataclass(slots=True)
class Draft:
    """A plan in the making."""

    gone: set[int] = field(default_factory=set)
    assignments: list[AssignmentRow] = field(default_factory=list)
    gone_members: set[int] = field(default_factory=set)
    members: list[MembershipRow] = field(default_factory=list)
    roles: dict[str, tuple[RoleStretch, ...]] = field(default_factory=dict)
    principals: dict[str, int] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=set)
    gaps: set[tuple[int, int, str, str, str]] = field(default_factory=set)
    left_out: list[SettledChange] = field(default_factory=list)

    def gap(self, start: int, end: int, api: str, scope: str, reason: str) -> None:
        """Note what is not known."""
        self.gaps.add((start, end, api, scope, reason))

    def saw(self, principal_id: str, word: str) -> None:
        """Note a principal, with its kind where it is told."""
        kind = _KINDS.get(word.lower(), PrincipalKind.UNKNOWN)
        self.principals[principal_id] = max(kind, self.principals.get(principal_id, 0))
