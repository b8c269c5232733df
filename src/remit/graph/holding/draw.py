"""Draws the edges of every class: who holds it where, how that is inherited, and what it reaches.

For one class about resources:
1. targets: the resources of its type whose guards are not closed, each at the scope that decides about it;
2. assignments of roles that have one of its ways, with targets below them; those under a condition are judged;
3. what several assignments give together, and what conditioned role assignments let their holders take;
4. regions: below denies and locks holders are listed;
5. the scopes that matter become nodes, each inheriting from the nearest other one above;
6. who can give roles at a place gains the class there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.graph.drawing import Drawing
from remit.graph.holding.classes import SCOPE, HoldingClass, classes_of
from remit.graph.holding.combining import Combiner, holders_somewhere
from remit.graph.holding.conditions import MOST_TARGETS, ConditionJudge, conditioned
from remit.graph.holding.grants import SURE, Worth, needs_data
from remit.graph.holding.parts import Parts
from remit.graph.holding.regions import MOST_PLACES, Holders, Regions
from remit.graph.holding.role_giving import RoleGiving, Taken
from remit.graph.holding.second_places import SecondPlaces
from remit.graph.holding.sheet import ASSIGNMENTS, GIVING, Sheet, rows_of
from remit.graph.holding.stands import Stands
from remit.graph.holding.targets import TargetFinder, Targets, resource_scope
from remit.graph.holding.tree import PlaceTree
from remit.graph.holding.unlisted import draw_unlisted
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import NodeKind, node_key
from remit.model.decision import Truth
from remit.model.scope import Scope, ScopeKind

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Small = NDArray[np.uint8]
Progress = Callable[[int, int], None]
"""Told how much of how much is done."""

_PARTS = 100
"""Into how many parts one class is divided for progress: of a few most of the time goes into places that are listed."""


def draw_holding(
    drawing: Drawing, owners: Mask, progress: Progress = lambda _done, _whole: None
) -> tuple[list[EdgeBatch], tuple[HoldingClass, ...]]:
    """Return the edges of Azure RBAC, and the classes they are labelled with.

    Args:
        drawing: the snapshot and its tables.
        owners: mask of principals who can give any role at `/` without a role assignment (E2).
        progress: told after who can give roles, after each class, and within one after each place that is listed.

    Source: I1 to I5, I12 to I15. Cost: for each class one pass over the scopes and one over the assignments; in
    regions a few masks over all principals for each need and scope.
    """
    index = drawing.index
    sheet = Sheet(drawing, classes_of(drawing.catalogue, drawing.facts), PlaceTree(index), Worth(index, drawing.micros))
    judge = ConditionJudge(index, sheet.worth, drawing.at)
    regions = Regions(index, sheet.tree, sheet.worth, drawing.at, owners)
    giving = RoleGiving(sheet, judge, regions)
    about = [held for held in sheet.classes if held.type != SCOPE]
    told = partial(_told, progress, len(about) + 1)
    told(0, 0, 1)
    giving.draw()
    taken = giving.taken()
    classes = _ClassDrawer(sheet, judge, regions)
    for number, held in enumerate(about, start=1):
        told(number, 0, 1)
        classes.draw(held, taken.get(held.number, []), partial(told, number))
    told(len(about), 1, 1)
    draw_unlisted(sheet)
    return sheet.batches, sheet.classes


def _told(progress: Progress, classes: int, number: int, done: int, whole: int) -> None:
    """Tell how far all classes are, from how far one of them is."""
    progress(number * _PARTS + done * _PARTS // whole, classes * _PARTS)


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """Where one class has something to draw: masks and counts over the scopes.

    Attributes:
        targets: what it reaches. below: how many targets are at or below each scope.
        marked: scopes that become nodes; grows while the class is drawn.
        region: below denies and locks. listed: where holders are listed. unsure: the part of the region where they
            are too many to be listed.
    """

    targets: Targets
    below: NDArray[np.int64]
    marked: Mask
    region: Mask
    listed: Mask
    unsure: Mask


class _Entries(NamedTuple):
    """Edges from principals into a class: columns of equal length."""

    principal: Codes
    scope: Codes
    flags: Small
    evidence: Codes


class _ClassDrawer:
    """Draws classes about resources, one after the other."""

    def __init__(self, sheet: Sheet, judge: ConditionJudge, regions: Regions) -> None:
        self._sheet = sheet
        self._judge = judge
        self._regions = regions
        self._index = sheet.drawing.index
        self._table = self._index.facts.assignments
        self._finder = TargetFinder(self._index, sheet.drawing.facts)
        self._parts = Parts(sheet, judge)
        stands = Stands(self._index, sheet.worth, judge)
        now, later = (
            Combiner(self._index, sheet.tree, sheet.worth, stands, sheet.drawing.micros, activated=activated)
            for activated in (False, True)
        )
        self._combiners = (now, later)
        self._somewhere: dict[object, SecondPlaces] = {}

    def draw(self, held: HoldingClass, taken: list[Taken], progress: Progress) -> None:
        """Draw one class."""
        sheet, tree = self._sheet, self._sheet.tree
        targets = self._finder.of(held)  # 1
        if not len(targets.resource):
            return
        marked = np.zeros(tree.count, np.bool_)
        marked[targets.place] = True
        ranks = sheet.worth.roles_of(held)
        unread = np.where(self._regions.doubt(held)[targets.place], EdgeFlag.POSSIBLE, 0)
        targets = replace(targets, flags=(targets.flags | unread).astype(np.uint8))
        region, listed = self._regions.listed(held, ranks, marked)
        unsure = np.zeros(tree.count, np.bool_) if listed.any() else region
        area = _Area(targets, tree.counts_below(targets.place), marked, region, listed, unsure)
        self._assignments(held, ranks, area)  # 2
        self._parts.draw(held, targets, region)
        self._together(held, area)  # 3
        self._taken(held, taken, area)
        self._unread(held, area)
        area.marked[listed] = True
        places = np.flatnonzero(listed).tolist()
        for done, place in enumerate(places, start=1):  # 4
            self._list(held, place, targets)
            progress(done, len(places))
        area.marked[area.below == 0] = False
        self._inherit(held, area)  # 5
        self._from_giving(held, np.flatnonzero(area.marked & ~region).astype(np.int32), 0)  # 6
        self._from_giving(held, np.flatnonzero(area.marked & unsure).astype(np.int32), EdgeFlag.POSSIBLE)
        keys = node_key(NodeKind.RESOURCE, targets.resource, int(held.facet))
        sheet.silent(sheet.held(held, targets.place), keys, targets.flags)

    def _assignments(self, held: HoldingClass, ranks: Small, area: _Area) -> None:
        worth, table = self._sheet.worth, self._table
        for rows, later in ((worth.active, 0), (worth.eligible, EdgeFlag.ELIGIBLE)):
            chosen = worth.rows(ranks, rows, data=needs_data(held))
            scope = table.scope[chosen]
            chosen = chosen[(area.below[scope] > 0) & ~area.listed[scope]]
            hard = conditioned(worth, ranks, chosen, SURE)
            plain = chosen[~hard]
            scope = table.scope[plain]
            area.marked[scope] = True
            flags = (np.where(area.unsure[scope], EdgeFlag.POSSIBLE, 0) | later).astype(np.uint8)
            self._enter(held, _Entries(table.principal[plain], scope, flags, plain), ASSIGNMENTS)
            for row in chosen[hard].tolist():
                self._conditioned(held, row, area, later)

    def _unread(self, held: HoldingClass, area: _Area) -> None:
        """Draw what role assignments that were not read may give; in regions the engine weighs them for everybody."""
        gaps = {gap: number for number, gap in enumerate(self._index.facts.meta.gaps)}
        for row, unread in sorted(self._index.assignment_gaps.items()):
            if area.below[row] > 0 and not area.listed[row]:
                area.marked[row] = True
                nodes = node_key(NodeKind.UNSEEN, rows_of(*(gaps[gap] for gap in unread)))
                held_there = self._sheet.held(held, np.full(len(unread), row, dtype=np.int32))
                self._sheet.silent(nodes, held_there, EdgeFlag.POSSIBLE)

    def _enter(self, held: HoldingClass, entries: _Entries, table: str) -> None:
        """Draw edges from principals into a class."""
        self._into(held, entries, self._sheet.label(held, table))

    def _into(self, held: HoldingClass, entries: _Entries, label: int) -> None:
        """Draw edges from principals into a class, as far as they hold what is needed elsewhere."""
        if held.elsewhere and len(entries.principal):
            entries = self._with_elsewhere(held, entries)
        sheet = self._sheet
        nodes = sheet.held(held, entries.scope)
        sheet.add(sheet.people(entries.principal), nodes, label, entries.flags, entries.evidence)

    def _with_elsewhere(self, held: HoldingClass, entries: _Entries) -> _Entries:
        """Keep who holds the needs elsewhere; of a group that does not as a whole, those members who do."""
        if held.elsewhere not in self._somewhere:
            micros = self._sheet.drawing.micros
            there = holders_somewhere(self._index, self._sheet.worth, self._combiners, held.elsewhere, micros)
            self._somewhere[held.elsewhere] = SecondPlaces(self._index, there, micros)
        kept = self._somewhere[held.elsewhere].of(entries.principal)
        scope, evidence = entries.scope[kept.entry], entries.evidence[kept.entry]
        return _Entries(kept.principal, scope, entries.flags[kept.entry] | kept.flags, evidence)

    def _conditioned(self, held: HoldingClass, row: int, area: _Area, later: int) -> None:
        """Draw an assignment under a condition, at its scope or target by target."""
        scope = int(self._table.scope[row])
        truth = self._judge.truth(held, row, self._sheet.tree.scope(scope), by_place=False)
        targets = area.targets
        if truth is Truth.UNKNOWN:
            order, end = self._index.tree.order, self._index.tree.end
            below = (order[scope] <= order[targets.place]) & (order[targets.place] < end[scope])
            # Where holders are listed the condition is among what is weighed.
            inside = np.flatnonzero(below & ~(area.region & ~area.unsure)[targets.place])
            # What may be above more than is known is judged where it stands.
            if len(inside) <= MOST_TARGETS and scope not in self._sheet.tree.maybe_above:
                self._each(held, row, area, inside, later)
                return
        if truth is not Truth.FALSE:
            area.marked[scope] = True
            doubt = truth is Truth.UNKNOWN or area.unsure[scope]
            flags = np.asarray([later | (EdgeFlag.POSSIBLE if doubt else 0)], dtype=np.uint8)
            one = rows_of(row)
            self._enter(held, _Entries(self._table.principal[one], rows_of(scope), flags, one), ASSIGNMENTS)

    def _each(self, held: HoldingClass, row: int, area: _Area, inside: NDArray[np.int64], later: int) -> None:
        """Draw edges from one conditioned assignment to the targets that its condition lets pass."""
        passed, flags, targets = [], [], area.targets
        for place in inside.tolist():
            resource = int(targets.resource[place])
            scope = resource_scope(self._index, self._sheet.drawing.facts, resource)
            truth = self._judge.truth(held, row, scope, by_place=True)
            if truth is not Truth.FALSE:
                passed.append(resource)
                unknown = truth is Truth.UNKNOWN or targets.flags[place] or area.unsure[targets.place[place]]
                flags.append(later | (EdgeFlag.POSSIBLE if unknown else 0))
        sheet = self._sheet
        keys = node_key(NodeKind.RESOURCE, rows_of(*passed), int(held.facet))
        who = np.full(len(passed), self._index.v_principal[row], dtype=np.int32)
        evidence = np.full(len(passed), row, dtype=np.int32)
        bits = np.asarray(flags, dtype=np.uint8)
        sheet.add(sheet.people(who), keys, sheet.label(held, ASSIGNMENTS), bits, evidence)

    def _together(self, held: HoldingClass, area: _Area) -> None:
        """Draw who has a way from several assignments; in regions holders are listed there, or it is only possible."""
        ways = [way.needs for way in held.ways]
        flags_of: dict[tuple[int, int], int] = {}
        for combiner, later in zip(self._combiners, (0, EdgeFlag.ELIGIBLE), strict=True):
            if later and not (len(self._sheet.worth.eligible) or self._index.has_eligible_memberships):
                continue
            for _, who, where, certain in combiner.together(ways):
                flags = later | (0 if certain else EdgeFlag.POSSIBLE)
                if area.below[where] > 0:
                    flags_of[who, where] = min(flags, flags_of.get((who, where), flags), key=_surest)
        found = sorted(flags_of.items())
        inside = sorted({where for where in (key[1] for key in flags_of) if area.region[where]})
        if area.listed.any() and len(inside) <= MOST_PLACES:
            # There the engine says who has it, with what denies and locks leave of it.
            area.listed[inside] = True
            found = [one for one in found if not area.region[one[0][1]]]
        principal, scope = rows_of(*(one[0] for one, _ in found)), rows_of(*(one[1] for one, _ in found))
        bits = np.asarray([flags for _, flags in found], dtype=np.uint8)
        bits |= np.where(area.region[scope], EdgeFlag.POSSIBLE, 0).astype(np.uint8)
        area.marked[scope] = True
        self._enter(held, _Entries(principal, scope, bits, np.full(len(found), -1, dtype=np.int32)), "")

    def _taken(self, held: HoldingClass, taken: list[Taken], area: _Area) -> None:
        """Draw what holders of conditioned role assignments can take; whether a deny stops them is not asked.

        Where holders are listed nothing is inherited, so each such scope below the assignment has an edge of its own.
        """
        sheet = self._sheet
        for one in taken:
            scope = int(self._table.scope[one.assignment])
            if area.below[scope] <= 0:
                continue
            if not one.listed_only:
                area.marked[scope] = True
            tops = np.append(sheet.tree.maybe_below(scope), np.int32(scope))
            inside = np.flatnonzero(area.listed & sheet.tree.below(tops)) if area.listed.any() else ()
            places = np.unique([*inside, *([] if one.listed_only else [scope])]).astype(np.int32)
            places = places[(area.below[places] > 0) & (one.lifts | ~self._regions.locked(held)[places])]
            doubt = area.region[places] | (not one.certain or bool(held.elsewhere))
            who = sheet.people(np.full(len(places), self._table.principal[one.assignment], dtype=np.int32))
            label = sheet.drawing.label(one.kind, ASSIGNMENTS)
            flags = np.where(doubt, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
            sheet.add(who, sheet.held(held, places), label, flags, one.assignment)

    def _list(self, held: HoldingClass, place: int, targets: Targets) -> None:
        """List who holds a class at a scope of a region."""
        inside = self._inside(place, targets) if self._regions.says_only(place) else None
        holders: Holders = self._regions.holders(held, place, inside)
        giving = self._sheet.drawing.label(GIVING)
        for by_grant, label in ((False, self._sheet.label(held)), (True, giving)):
            some = holders.by_grant == by_grant
            who = holders.principal[some]
            scope, evidence = np.full(len(who), place, dtype=np.int32), np.full(len(who), -1, dtype=np.int32)
            self._into(held, _Entries(who, scope, holders.flags[some], evidence), label)

    def _inside(self, place: int, targets: Targets) -> Scope | None:
        """Return one of the targets that a scope decides about and that is not that scope itself."""
        resources = targets.resource[targets.place == place]
        facts = self._sheet.drawing.facts
        inner = resources[facts.resources.own[resources] != place]
        return resource_scope(self._index, facts, int(inner[0])) if len(inner) else None

    def _inherit(self, held: HoldingClass, area: _Area) -> None:
        """Draw inheritance to each marked scope from the nearest marked one above."""
        sheet, tree = self._sheet, self._sheet.tree
        marked = area.marked
        near = tree.nearest(marked)
        rows = np.flatnonzero(marked & ~area.listed).astype(np.int32)
        rows = rows[tree.parent[rows] >= 0]
        above = near[tree.parent[rows]]
        rows, above = rows[above >= 0], above[above >= 0]
        flags = np.where(area.unsure[rows], EdgeFlag.POSSIBLE, 0).astype(np.uint8)
        sheet.silent(sheet.held(held, above), sheet.held(held, rows), flags)
        for groups, unsure in tree.unsure_below:
            # What is marked at or first below the rows may inherit from groups that may be above them.
            tops = sorted({int(near[group]) for group in groups if near[group] >= 0})
            upper = tree.tops(marked, near, unsure) if tops else unsure[:0]
            upper = upper[~area.listed[upper]]
            for top in tops:
                sheet.silent(sheet.held(held, np.full(len(upper), top)), sheet.held(held, upper), EdgeFlag.POSSIBLE)

    def _from_giving(self, held: HoldingClass, rows: Codes, flags: int) -> None:
        """Draw edges from the power to give roles at a place to the class there."""
        sheet = self._sheet
        kind, parent = self._index.facts.scopes.kind, sheet.tree.parent
        above = rows.copy()
        if held.elsewhere:
            # Who gives himself roles at one resource has no place to run code; from its group on he has.
            while (deep := kind[above] == ScopeKind.RESOURCE).any():
                above = np.where(deep, parent[above], above).astype(np.int32)
        label = sheet.drawing.labels.number(f"given:{held.number}", held.kinds, held.cost)
        sheet.add(sheet.giving(above), sheet.held(held, rows), label, flags)


def _surest(flags: int) -> tuple[bool, bool]:
    """Return what orders flags of one step, the surest first."""
    return bool(flags & EdgeFlag.POSSIBLE), bool(flags & EdgeFlag.ELIGIBLE)
