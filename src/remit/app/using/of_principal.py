"""What one principal holds, and what of it was used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from remit.app.using.answers import AssignmentUsage, Identity, PrincipalUsage
from remit.app.using.dormancy import Silence
from remit.app.using.granted_use import Doubt, rows_for, split
from remit.app.using.measuring import NOTHING, Measure, is_use
from remit.app.using.rows import is_directory, is_refused, last_sign_in, last_use, together
from remit.app.using.tenant_usage import TenantUsage
from remit.engine.membership import Caller
from remit.model.decision import AssignmentFacts, GrantKind
from remit.model.effective import EffectivePermission, Standing
from remit.model.principal import PrincipalName
from remit.model.scope import Scope
from remit.ports.usage_store import UsedRow
from remit.usage.observability import Why
from remit.usage.observable_days import DAY, since, span

_ELIGIBLE = (GrantKind.ELIGIBLE, GrantKind.LIGHTHOUSE_ELIGIBLE)
_LIGHTHOUSE = (GrantKind.LIGHTHOUSE, GrantKind.LIGHTHOUSE_ELIGIBLE)


def usage_of(usage: TenantUsage, principal_id: str) -> PrincipalUsage:
    """Say what a principal was granted and what of it was used.

    Of a group: what any of its members used, those that left it in the window included.

    Args:
        usage: the tenant.
        principal_id: object id, any letter case.

    Cost: its assignments and the operations that their roles grant, some 5 us each; its rows.
    """
    principal = usage.tenant.principals.named(principal_id)
    return _Answer(usage, principal).answer()


class _Answer:
    """One principal against the tenant."""

    def __init__(self, usage: TenantUsage, principal: PrincipalName) -> None:
        self.usage = usage
        self.principal = principal
        self.caller: Caller = usage.caller(usage.index.principal_row(principal.principal_id))
        self.members = self._members()
        self.rows: list[UsedRow] = usage.used_by(self.members or [principal.principal_id])
        self.uses = [row for row in self.rows if is_use(row)]
        self.held = usage.tenant.what_can(principal.principal_id, None)
        measurer = usage.measurer
        self.delegated = measurer.delegated(
            [*self.rows, *usage.delegations_of(self.members or [principal.principal_id])]
        )
        self.doubts = (Doubt(Why.NAMELESS, measurer.nameless), Doubt(Why.NAMELESS, self.delegated))
        self.starts = usage.starts(self.caller)
        self.implied = measurer.along(self.uses)
        self.never = self._never()

    def _members(self) -> list[str] | None:
        """Return who acts, or acted, for a group; None for anybody else."""
        if self.principal.kind != "group":
            return None
        usage = self.usage
        keys = usage.index.facts.principals.key
        inside = {keys[row] for row in usage.ever_in(self.caller.row)}
        gone = [usage.known.left.get(one, set()) for one in (self.principal.principal_id, *inside)]
        return sorted(inside.union(*gone))

    def _never(self) -> Why | None:
        """Say why nothing about this principal is observable, None where something may be."""
        index = self.usage.index
        if self.principal.kind == "foreignGroup":
            return Why.FOREIGN
        unread = self.caller.row in index.directory.unread or index.directory.any_group
        if self.principal.kind == "group" and (unread or "graph/groupMembers" not in index.facts.meta.collected):
            return Why.MEMBERS
        return None

    def answer(self) -> PrincipalUsage:
        """Put it together."""
        usage = self.usage
        assignments = tuple(self._assignments())
        shown = {(one.principal_id, one.action.lower(), one.scope.lower()) for each in assignments for one in each.used}
        elsewhere = [row for row in self.uses if (row.principal_id, row.action.lower(), row.scope.lower()) not in shown]
        names = usage.tenant.names_in([*self.held.permissions])
        return PrincipalUsage(
            identity=self._identity(),
            snapshot_id=usage.tenant.snapshot_id,
            first_day=usage.since_day,
            last_day=usage.last_day,
            assignments=assignments,
            elsewhere=together(elsewhere),
            directory=together(row for row in self.rows if is_directory(row) and not is_refused(row)),
            refused=together(row for row in self.rows if is_refused(row)),
            gaps=self.held.gaps,
            members=None if self.members is None else len(self.members),
            catalogue=len(usage.index.facts.operations.name),
            names=names,
        )

    def _identity(self) -> Identity:
        usage = self.usage
        if self.never is not None:
            granted = usage.measurer.measure(usage.pairs(self.caller), NOTHING).granted
            measure = Measure(granted, 0, 0, granted, 0)
        else:
            used = usage.measurer.touched(self.uses, usage.tied(self.caller, self.uses))
            measure = usage.measurer.measure(usage.pairs(self.caller), used, self.delegated)
        dormancy, days = Silence(usage.seeing).of(self.principal.kind, self.rows)
        return Identity(
            principal=self.principal,
            granted=measure.granted,
            used=measure.used,
            unused=measure.unused,
            not_observable=measure.not_observable,
            score=measure.score,
            last_use=last_use(self.rows),
            last_sign_in=last_sign_in(self.rows),
            dormancy=dormancy,
            quiet_days=days,
        )

    def _assignments(self) -> list[AssignmentUsage]:
        found = []
        known = frozenset(_guid(one.assignment) for one in self.held.permissions)
        for _, blocks in groupby(
            self.held.permissions, key=lambda one: (one.assignment.assignment_id, one.assignment.membership)
        ):
            found.append(self._assignment(list(blocks), known))
        return found

    def _assignment(self, blocks: Sequence[EffectivePermission], known: frozenset[str]) -> AssignmentUsage:
        usage, first = self.usage, blocks[0]
        facts = first.assignment
        scope, role = usage.places.row_of(facts.scope), role_row(usage, facts)
        foreign = facts.kind in _LIGHTHOUSE
        grants = first.standing is not Standing.NOTHING and role >= 0 and scope >= 0
        held = usage.operations.granted(frozenset((role,)) if grants else frozenset(), control_only=foreign)
        began = self._since(facts)
        stood = max(began or 0, usage.known.defined.get(facts.role_guid, 0))
        activations = self._activations(facts) if facts.kind in _ELIGIBLE else (None, None)
        parts = split(
            usage.measurer,
            max(scope, 0),
            held,
            rows_for(self.rows, _guid(facts), known - self._activated(facts, scope)) if grants else (),
            days=since(stood // DAY),
            assignment_id=_guid(facts),
            doubts=self.doubts,
            implied=self.implied,
            never=Why.FOREIGN if foreign else self.never,
        )
        return AssignmentUsage(
            facts,
            first.standing,
            first.why,
            parts.granted,
            parts.used_operations,
            parts.used,
            parts.left,
            began,
            activations[0],
            activations[1],
            parts.unlisted,
            parts.along,
        )

    def _activated(self, facts: AssignmentFacts, scope: int) -> set[str]:
        """Return the active assignments that an eligible one may have been activated as: their use is use of it."""
        if facts.kind not in _ELIGIBLE:
            return set()
        return {
            _guid(one)
            for one in (each.assignment for each in self.held.permissions)
            if one.kind not in _ELIGIBLE
            and one.role_guid == facts.role_guid
            and scope in self.usage.measurer.chain_of(one.scope)
        }

    def _since(self, facts: AssignmentFacts) -> int | None:
        """Return since when the principal holds an assignment, where a log or the snapshot says so."""
        known = self.usage.known
        times = [known.assigned.get(_guid(facts)), self.starts.get(_guid(facts))]
        way = facts.membership
        times += [known.joined.get((member, group)) for member, group in pairwise(way)]
        told = [time for time in times if time is not None]
        return max(told, default=None)

    def _activations(self, facts: AssignmentFacts) -> tuple[int, int]:
        """Return how often an eligible assignment was activated in the window, and on how many days it was active."""
        usage = self.usage
        scope = Scope.parse(facts.scope).key
        stretches = usage.known.activated.get((self.principal.principal_id, facts.role_guid, scope), [])
        newest = usage.last_day or 0
        days = count = 0
        for start, end in stretches:
            last = newest if end is None else min(end // DAY, newest)
            if usage.since_day is None or last >= usage.since_day:
                count += 1
                days |= span(max(start // DAY, usage.since_day or 0), last)
        return count, days.bit_count()


def role_row(usage: TenantUsage, facts: AssignmentFacts) -> int:
    """Return the row of an assignment's role, or -1."""
    return usage.role_rows.get(facts.role_id, -1)


def _guid(facts: AssignmentFacts) -> str:
    return facts.assignment_id.rpartition("/")[2].lower()
