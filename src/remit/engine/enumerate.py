"""The other two forms of the question: who can do this here, and what can this principal do.

`who_can` is exactly the set of principals for which `decide` without attributes says allowed (or unknown); it works on
masks over all principals instead of asking each. Rules as in `decide`: D1 to D6, N1 to N12, V1 to V22.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import NO, PLAIN
from remit.engine.asked import Asked
from remit.engine.decide import gap_reasons, gaps_of
from remit.engine.denying import applying_denies
from remit.engine.facts import AssignmentFlag, AssignmentKind, DenyFlag, PrincipalFlag, PrincipalKind
from remit.engine.granting import condition_outcome
from remit.engine.index import TenantIndex
from remit.engine.membership import Codes
from remit.model.decision import NotSeen, Truth
from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.model.snapshot import Gap

Mask = NDArray[np.bool_]

_GROUP_LIKE = (PrincipalKind.UNKNOWN, PrincipalKind.GROUP, PrincipalKind.FOREIGN_GROUP)


@dataclass(frozen=True, slots=True, eq=False)
class WhoCan:
    """Who can do one action at one place, as rows of `Principals` in ascending order.

    Attributes:
        allowed: certainly, without any attribute being known.
        unknown: it depends on an attribute, or on a fact that was not read.
        denied: would be allowed, or might, if no deny assignment applied.
        eligible: could once they activate a role or a group membership (P1, P6); may be allowed, too.
        gaps: what was not read and touches the answer.
    """

    allowed: Codes
    unknown: Codes
    denied: Codes
    eligible: Codes
    gaps: tuple[NotSeen, ...]


def who_can(index: TenantIndex, action: str, plane: Plane, scope: Scope, *, at: datetime) -> WhoCan:
    """Return everybody who can do an action at a scope.

    Args:
        index: the snapshot, indexed.
        action: one exact action, any letter case.
        plane: control or data.
        scope: where.
        at: instant asked about, aware UTC.

    Returns:
        Rows of principals; groups count as callers of their own (V22).

    Source: V1 to V5, V15, V22. Cost: assignments on the chain, plus members of the groups they name.
    """
    asked = Asked(index, Question("", action, plane, scope), at)
    search, grant_gaps, deny_gaps = _searched(asked)
    sure = search.sure & ~search.denied
    allowed = sure & ~search.may_be_denied
    unknown = ~search.denied & ((search.sure & search.may_be_denied) | (search.may & ~search.sure))
    lost = search.denied & (search.sure | search.may)
    gaps = gap_reasons(asked, [*grant_gaps, *deny_gaps])
    return WhoCan(_codes(allowed), _codes(unknown), _codes(lost), _codes(search.eligible()), gaps)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How everybody stands to one action at one place, as masks over `Principals`.

    Attributes:
        sure, may: granted, certainly or maybe, whatever denies say.
        denied, may_be_denied: a deny assignment applies, certainly or maybe, granted or not.
        eligible: could be granted after activating.
        after: who of these certainly is, after activating a role: no condition and no unread role leaves it open.
    """

    sure: Mask
    may: Mask
    denied: Mask
    may_be_denied: Mask
    eligible: Mask
    after: Mask

    @property
    def allowed(self) -> Mask:
        """Who is certainly allowed."""
        return self.sure & ~self.denied & ~self.may_be_denied

    @property
    def possible(self) -> Mask:
        """Who is allowed, or may be."""
        return (self.sure | self.may) & ~self.denied


def standing(index: TenantIndex, action: str, plane: Plane, scope: Scope, *, at: datetime) -> Standing:
    """Return how everybody stands to an action at a scope: what `who_can` is made of.

    Source: as `who_can`. Cost: as `who_can`; a few masks over all principals.
    """
    search, _, _ = _searched(Asked(index, Question("", action, plane, scope), at))
    return Standing(
        search.sure, search.may, search.denied, search.may_be_denied, search.eligible(), search.surely_eligible()
    )


def _searched(asked: Asked) -> tuple[_Search, list[Gap], list[Gap]]:
    """Return the masks of a question without a caller, and the gaps that touch anybody."""
    index = asked.index
    search = _Search(asked)
    search.grants(_on(index, asked.chain.rows), placed=True)
    search.grants(_on(index, asked.chain.possible), placed=False)
    search.denies()
    grant_gaps, deny_gaps = gaps_of(asked, listed=True)
    if grant_gaps:
        search.may[:] = True
    if deny_gaps:
        search.may_be_denied[:] = True
    unlisted_gaps, _ = gaps_of(asked, listed=False)
    if len(unlisted_gaps) > len(grant_gaps):
        search.may |= search.unlisted
    return search, unlisted_gaps, deny_gaps


def _codes(mask: Mask) -> Codes:
    return np.flatnonzero(mask).astype(np.int32)


def _on(index: TenantIndex, scopes: tuple[int, ...]) -> Codes:
    """Return the assignments at some scopes."""
    offsets = index.v_by_scope
    parts = [
        np.arange(offsets[row], offsets[row + 1], dtype=np.int32) for row in scopes if offsets[row] < offsets[row + 1]
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


class _Search:
    """Masks over all principals, filled assignment by assignment and deny by deny."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.index = asked.index
        count = len(self.index.facts.principals.key)
        self.sure, self.may = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        self.denied, self.may_be_denied = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        self.unlisted: Mask = (self.index.facts.principals.flags & PrincipalFlag.LISTED) == 0
        self._role_codes = np.frombuffer(asked.match.roles, dtype=np.uint8)

    def grants(self, rows: Codes, *, placed: bool) -> None:
        """Set who is granted the action by assignments whose scope is, or may be, above the place."""
        table = self.index.facts.assignments
        rows = rows[self._role_codes[table.role[rows]] != NO]
        kind = table.kind[rows]
        wanted = (kind == AssignmentKind.ACTIVE) | ((kind == AssignmentKind.LIGHTHOUSE) & (not self.asked.is_data))
        rows = rows[wanted]
        if not placed and len(rows):
            self.asked.placement_matters = True
        rows = self._worth(rows)
        easy = (self._role_codes[table.role[rows]] == PLAIN) & (table.condition[rows] < 0)
        sure, may = rows[easy], []
        hard_sure = []
        judged: dict[tuple[int, int], Truth] = {}
        for row in rows[~easy].tolist():
            key = (self.index.v_role[row], self.index.v_condition[row])
            if key not in judged:
                judged[key] = condition_outcome(self.asked, row, key[0]).truth
            if judged[key] is Truth.TRUE:
                hard_sure.append(row)
            elif judged[key] is Truth.UNKNOWN:
                may.append(row)
        sure = np.concatenate([sure, np.asarray(hard_sure, dtype=np.int32)])
        either = np.concatenate([sure, np.asarray(may, dtype=np.int32)])
        if placed:
            self.sure |= self._holders(sure, present=True)
            self.may |= self._holders(np.asarray(may, dtype=np.int32), present=False)
        else:
            self.may |= self._holders(either, present=False)
        self._unseen_members(either)

    def _worth(self, rows: Codes) -> Codes:
        """Leave out assignments that grant nothing whatever is asked (L6, L7, X3, P2)."""
        table = self.index.facts.assignments
        at = self.asked.micros
        bad = AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP | AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
        good = (table.start[rows] <= at) & (at < table.end[rows]) & ((table.flags[rows] & bad) == 0)
        invalid = np.asarray(self.index.role_invalid, dtype=np.bool_)
        good &= ~invalid[table.role[rows]]
        worthy: Codes = rows[good]
        return worthy

    def _holders(self, rows: Codes, *, present: bool) -> Mask:
        """Return who is named by some assignments, or is in who is named; `present` leaves out who is gone (V5).

        Groups of this tenant are not those of a managing one: Lighthouse names nobody but the principal itself (V15).
        """
        table = self.index.facts.assignments
        named: Codes = table.principal[rows]
        lighthouse = table.kind[rows] == AssignmentKind.LIGHTHOUSE
        gone = np.zeros(len(rows), np.bool_)
        if present and self.index.directory_complete:
            gone = self.unlisted[named] & ((table.flags[rows] & AssignmentFlag.FOREIGN_PRINCIPAL) == 0)
        mask = self._reach(named[~lighthouse & ~gone])
        # Who is gone has no members but, maybe, through PIM; they hold what it is assigned, it does not.
        for one in self._with_members(named[~lighthouse & gone]):
            inside = self._reach(np.asarray([one], dtype=np.int32))
            inside[one] = False
            mask |= inside
        mask[named[lighthouse]] = True
        return mask

    def _with_members(self, named: Codes) -> list[int]:
        """Return which of these have members, for good or for a time."""
        directory = self.index.directory
        offsets = directory.closure.member_offsets
        some = offsets[named + 1] > offsets[named]
        found: list[int] = np.unique(named[some | np.isin(named, directory.timed.parent)]).tolist()
        return found

    def _reach(self, named: Codes) -> Mask:
        """Return a mask of some principals and everybody who is in them at the instant."""
        mask = np.zeros(len(self.sure), np.bool_)
        mask[named] = True
        for one in np.unique(named).tolist():
            mask[self.index.directory.members(one)] = True
        self.index.directory.spread(mask, self.asked.micros)
        return mask

    def _unseen_members(self, rows: Codes) -> None:
        """Set who may be granted through a group whose members were not read, or in a managing tenant (V3, V15)."""
        table = self.index.facts.assignments
        lighthouse = table.kind[rows] == AssignmentKind.LIGHTHOUSE
        if lighthouse.any():
            self.may |= self.unlisted
        unread = self._unread(table.principal[rows[~lighthouse]])
        # Whom alone an assignment names is not possibly in itself: it holds, or is gone and does not (V5).
        own = self.may[unread[0]] if len(unread) == 1 else True
        if len(unread):
            self.may[:] = True
            self.may[unread[0]] = own

    def _unread(self, named: Codes) -> Codes:
        """Return which of these any principal may be in, because member lists were not read; sorted, distinct."""
        directory = self.index.directory
        if directory.any_group:
            found = np.unique(named[np.isin(self.index.facts.principals.kind[named], _GROUP_LIKE)])
        else:
            unread = directory.unread_at(self.asked.micros)
            found = np.unique(named[np.isin(named, list(unread))]) if unread else named[:0]
        self.asked.members_matter |= len(found) > 0
        return found

    def denies(self) -> None:
        """Set who is denied, and who may be (N5, V3, V7, V17)."""
        chain = self.asked.chain
        for deny in applying_denies(self.asked, chain.rows, own=chain.own):
            self._deny(deny, placed=True)
        for deny in applying_denies(self.asked, chain.possible, own=-1):
            self.asked.placement_matters = True
            self._deny(deny, placed=False)

    def _deny(self, deny: int, *, placed: bool) -> None:
        table = self.index.facts.denies
        named = table.principal[table.principal_offsets[deny] : table.principal_offsets[deny + 1]]
        excluded = table.excluded[table.excluded_offsets[deny] : table.excluded_offsets[deny + 1]]
        everyone = bool(table.flags[deny] & DenyFlag.EVERYONE)
        sure = np.ones(len(self.sure), np.bool_) if everyone else self._reach(named)
        may = everyone or len(self._unread(named)) > 0
        outside = ~self._reach(excluded)
        if placed and not len(self._unread(excluded)):
            self.denied |= sure & outside
        else:
            self.may_be_denied |= sure & outside
        if may and not everyone:
            self.may_be_denied |= outside

    def eligible(self) -> Mask:
        """Return who could do it after activating a role (P1, P5) or a group membership (P6)."""
        index, asked = self.index, self.asked
        table = index.facts.assignments
        # What may be above the place is shown here as in single answers: to hide it would be worse.
        rows = _on(index, asked.chain.rows + asked.chain.possible)
        rows = self._worth(rows[self._role_codes[table.role[rows]] != NO])
        kind = table.kind[rows]
        could = (kind == AssignmentKind.ELIGIBLE) & (
            (table.flags[rows] & AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL) == 0
        )
        mask = self._reach(table.principal[rows[could]])
        if not asked.is_data:
            mask[table.principal[rows[kind == AssignmentKind.LIGHTHOUSE_ELIGIBLE]]] = True  # V15: by its id alone
        placed = np.isin(table.scope[rows], asked.chain.rows)
        active = frozenset(table.principal[rows[placed & (kind == AssignmentKind.ACTIVE)]].tolist())
        if index.has_eligible_memberships and active:
            self._eligible_members(mask, active)
        return mask

    def surely_eligible(self) -> Mask:
        """Return who would certainly be granted it by activating a role of its own or of a group it is in (P1, P5)."""
        index, asked = self.index, self.asked
        table = index.facts.assignments
        rows = _on(index, asked.chain.rows)
        rows = self._worth(rows[self._role_codes[table.role[rows]] != NO])
        kind = table.kind[rows]
        lighthouse = kind == AssignmentKind.LIGHTHOUSE_ELIGIBLE
        own = (table.flags[rows] & AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL) == 0
        could = ((kind == AssignmentKind.ELIGIBLE) & own) | (lighthouse & (not asked.is_data))
        rows, lighthouse = rows[could], lighthouse[could]
        easy = (self._role_codes[table.role[rows]] == PLAIN) & (table.condition[rows] < 0)
        for place in np.flatnonzero(~easy).tolist():
            row = int(rows[place])
            easy[place] = condition_outcome(asked, row, index.v_role[row]).truth is Truth.TRUE
        mask = self._reach(table.principal[rows[easy & ~lighthouse]])
        mask[table.principal[rows[easy & lighthouse]]] = True
        return mask

    def _eligible_members(self, mask: Mask, active: frozenset[int]) -> None:
        index, at = self.index, self.asked.micros
        for one, identities in index.joining_at(at).joined_by(active):
            gained = identities & active
            only = np.zeros(len(mask), np.bool_)
            only[one] = True
            only[index.directory.members(one)] = True
            index.directory.spread(only, at)
            for each in np.flatnonzero(only).tolist():
                mask[each] = mask[each] or bool(gained - index.directory.caller(each, at).identities)
