"""Who has which duty over which AI workloads: asked of the engine once for each place and meaning of an action.

duties = DutyFinder(index, facts, rules, at=instant)
duties.of(workload)["inference"].certain

Denies, conditions, notActions, groups and PIM count as in `remit who-can`. Who is disabled is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import CONDITIONED, NO
from remit.engine.enumerate import standing
from remit.engine.facts import PrincipalFlag
from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts
from remit.graph.holding.targets import resource_scope
from remit.graph.kinds import Need
from remit.graph.reviews.ai_rules import AiRules
from remit.graph.reviews.ai_workloads import Workload
from remit.model.question import Plane
from remit.model.scope import Scope

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

KEYS = "keys"
"""The duty-like entry for who can read or renew keys."""


class Sureness(IntEnum):
    """How sure it is that somebody has something, least first."""

    POSSIBLE = 1
    ELIGIBLE = 2
    CERTAIN = 3


class Holders(NamedTuple):
    """Principals by row, groups among them, sorted; nobody stands twice.

    Attributes:
        certain: have it. eligible: have it once they activate. possible: have it if what is not known is so.
        unread: role assignments were not read, so that it may be anybody; nobody is listed for that alone.
    """

    certain: Codes
    eligible: Codes
    possible: Codes
    unread: bool = False

    @property
    def anybody(self) -> Codes:
        """All of them."""
        return np.union1d(np.union1d(self.certain, self.eligible), self.possible).astype(np.int32)


_NOBODY = np.zeros(0, dtype=np.int32)
NO_HOLDERS = Holders(_NOBODY, _NOBODY, _NOBODY)


class _Masks(NamedTuple):
    certain: Mask
    eligible: Mask
    possible: Mask


class DutyFinder:
    """Answers for one snapshot at one instant."""

    def __init__(self, index: TenantIndex, facts: GraphFacts, rules: AiRules, at: datetime) -> None:
        self._index = index
        self._facts = facts
        self._rules = rules
        self._at = at
        self._enabled: Mask = (index.facts.principals.flags & PrincipalFlag.DISABLED) == 0
        self._stands: dict[tuple[int, int, str], Mapping[str, Holders]] = {}
        self._asked: dict[tuple[object, ...], _Masks] = {}

    def of(self, workload: Workload) -> Mapping[str, Holders]:
        """Return who has which duty over a workload, and under `KEYS` who can get at its keys.

        The same mapping is returned for workloads that stand alike. Cost: a few masks over all principals for each
        place with assignments of its own and each way that the roles of the tenant tell actions apart.
        """
        key = stand_of(workload)
        found = self._stands.get(key)
        if found is None:
            scope = resource_scope(self._index, self._facts, workload.resource)
            found = {duty.duty: self._any(workload, scope, duty.needs) for duty in self._rules.duties_of(workload.sort)}
            if workload.sort.keys:
                found[KEYS] = self._any(workload, scope, workload.sort.key_needs)
            self._stands[key] = found
        return found

    def _any(self, workload: Workload, scope: Scope, needs: Iterable[Need]) -> Holders:
        masks = [self._one(workload, scope, need) for need in needs]
        certain = np.logical_or.reduce([one.certain for one in masks]) & self._enabled
        eligible = np.logical_or.reduce([one.eligible for one in masks]) & self._enabled & ~certain
        possible = np.logical_or.reduce([one.possible for one in masks]) & self._enabled & ~certain & ~eligible
        # What a gap leaves open for everybody says nothing of anybody: it is told once, not for each.
        unread = bool((certain | eligible | possible | ~self._enabled).all()) and bool(possible.any())
        return Holders(_codes(certain), _codes(eligible), _NOBODY if unread else _codes(possible), unread)

    def _one(self, workload: Workload, scope: Scope, need: Need) -> _Masks:
        match = self._index.actions.match(need.action, need.plane)
        # Actions that the same roles and denies cover are one question, unless a condition may tell them apart.
        covering = np.frombuffer(match.roles, dtype=np.uint8)[self._conditioned_roles]
        conditioned = CONDITIONED in match.roles or CONDITIONED in match.denies or bool((covering != NO).any())
        means = need.action.lower() if conditioned else ""
        key = (workload.place, workload.own, need.plane is Plane.DATA, match.roles, match.denies, means)
        found = self._asked.get(key)
        if found is None:
            if len(self._asked) > _KEPT:
                self._asked.clear()
            one = standing(self._index, need.action, need.plane, scope, at=self._at)
            found = self._asked[key] = _Masks(one.allowed, one.eligible & ~one.denied, one.possible)
        return found

    @cached_property
    def _conditioned_roles(self) -> Codes:
        """Return the roles that some assignment gives under a condition."""
        table = self._index.facts.assignments
        return np.unique(table.role[table.condition >= 0])


_KEPT = 64
"""Masks over all principals that are kept; workloads of one place come one after the other."""


def stand_of(workload: Workload) -> tuple[int, int, str]:
    """Return what workloads have in common that stand alike: nothing assigned or denied tells them apart."""
    return workload.place, workload.own, workload.sort.name


def _codes(mask: Mask) -> Codes:
    return np.flatnonzero(mask).astype(np.int32)


def together(holders: Iterable[Holders]) -> Holders:
    """Return who has all of several duties, as surely as the least sure of them."""
    every = list(holders)
    if not every:
        return NO_HOLDERS
    certain, activated, anybody = every[0].certain, _sure(every[0]), every[0].anybody
    for one in every[1:]:
        certain = np.intersect1d(certain, one.certain)
        activated = np.intersect1d(activated, _sure(one))
        anybody = np.intersect1d(anybody, one.anybody)
    eligible = np.setdiff1d(activated, certain)
    possible = np.setdiff1d(anybody, activated)
    unread = all(one.unread for one in every)
    return Holders(certain.astype(np.int32), eligible.astype(np.int32), possible.astype(np.int32), unread)


def either(holders: Iterable[Holders]) -> Holders:
    """Return who has any of several duties, as surely as the surest of them."""
    every = list(holders)
    if not every:
        return NO_HOLDERS
    certain, activated, anybody = _NOBODY, _NOBODY, _NOBODY
    for one in every:
        certain = np.union1d(certain, one.certain).astype(np.int32)
        activated = np.union1d(activated, _sure(one)).astype(np.int32)
        anybody = np.union1d(anybody, one.anybody).astype(np.int32)
    eligible, possible = np.setdiff1d(activated, certain), np.setdiff1d(anybody, activated)
    unread = any(one.unread for one in every)
    return Holders(certain, eligible.astype(np.int32), possible.astype(np.int32), unread)


def _sure(one: Holders) -> Codes:
    """Return who has something, at the latest after activating."""
    return np.union1d(one.certain, one.eligible).astype(np.int32)
