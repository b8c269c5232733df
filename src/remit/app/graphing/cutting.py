"""What to take away so that nobody reaches a target any more, and what that breaks.

    answer = find_cuts(escalation, naming.find("tier0"), use=observed_use(reading, tenant))
    answer.removals[0].unit.said, answer.gap

Every unit weighs 1; one that logs show to be used weighs more. What somebody holds who is meant to stay, or what a
group of theirs holds, is never proposed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

import numpy as np

from remit.app.graphing.asking import unread_on
from remit.app.graphing.evidence import Grounds
from remit.app.graphing.naming import Named
from remit.app.graphing.somebody import actors
from remit.app.graphing.units import ASSIGNMENTS, WORDS, Unit, Units
from remit.graph.answers import NodeRef
from remit.graph.cut_part import Prices
from remit.graph.cut_part import Units as UnitTable
from remit.graph.cuts import CutUnit, cut, gap_between
from remit.graph.drawing import MEMBER_OF
from remit.graph.network import Codes, Network
from remit.graph.nodes import NodeKind
from remit.graph.search import Search
from remit.graph.walking import Mask
from remit.graph.ways import itself
from remit.model.snapshot import Gap
from remit.model.usage import ObservedOutcome

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation
    from remit.ports.usage_store import UsageReading

DEFAULT_SECONDS = 30.0
_ASKING = 0.5
"""The part of the time in which the engine is asked what edges rest on."""
_GUID = 36
"""Bytes of one."""
_WITHOUT_BECOMING = frozenset({MEMBER_OF, "EN-17"})
"""Edges onto a group that make nobody else of who takes them: being in it, and activating that."""


@dataclass(frozen=True, slots=True)
class Use:
    """What logs show of one assignment: operations, and when the first and last were seen, in microseconds."""

    operations: int
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """One thing to take away.

    Attributes:
        weight: what it counts for. use: None where no log shows any.
        alone: how many it cuts off if it is the only one taken away. needed: number of each source that would reach
            the target again if it were the only one that stayed. Both None where there was no time to look.
    """

    unit: Unit
    weight: float
    use: Use | None
    alone: int | None
    needed: Codes | None


@dataclass(frozen=True, slots=True, eq=False)
class CutsAnswer:
    """What to take away.

    Attributes:
        target: what nobody is to reach.
        kept: who may stay, as they were named. holders_kept: how many more stay because they hold it themselves.
        sources: how many are to be cut off.
        removals: those that most sources need to be cut off first.
        weight: their sum. value, bound, gap: what was minimised, what nothing is below, and how far apart they are.
        cut_off, left, stuck: numbers of nodes: who is cut off, who is not, and which of these nothing can cut off.
        budget: as asked.
        use_known: whether logs were there to weigh by.
        unasked: steps of which nobody found out in time what they rest on. They are taken for such that nothing takes
            away; so nothing is known of what a better answer could be, and `bound` is 0.
    """

    escalation: Escalation
    target: Named
    kept: tuple[Named, ...]
    holders_kept: int
    sources: int
    removals: tuple[Removal, ...]
    weight: float
    value: float
    bound: float
    gap: float
    cut_off: Codes
    left: Codes
    stuck: Codes
    budget: int | None
    use_known: bool
    unasked: int
    unread: tuple[Gap, ...]

    def refs(self, nodes: Iterable[int]) -> list[NodeRef]:
        """Return some nodes with names."""
        return [self.escalation.node_ref(int(node)) for node in nodes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a cut is asked for.

    Attributes:
        only: whom to cut off; () for everybody.
        keep: who may stay. keep_holders: also everybody who gets there without becoming anybody else.
        budget: how many removals at most. possible: also by steps that are only possible.
        seconds: for everything that is done once the graph is there.
    """

    only: tuple[Named, ...] = ()
    keep: tuple[Named, ...] = ()
    keep_holders: bool = False
    budget: int | None = None
    possible: bool = False
    seconds: float = DEFAULT_SECONDS


def observed_use(reading: UsageReading | None) -> Mapping[str, Use] | None:
    """Return what logs show of each role assignment, by its GUID; None where there are no logs.

    Cost: one pass over the use of everybody.
    """
    if reading is None:
        return None
    found: dict[str, Use] = {}
    for _, rows in reading.used_by_all():
        for row in rows:
            if not row.assignment_id or row.outcome is ObservedOutcome.REFUSED:
                continue
            key = row.assignment_id.lower()
            known = found.get(key, Use(0, row.first_seen, row.last_seen))
            found[key] = Use(
                known.operations + row.operations,
                min(known.first_seen, row.first_seen),
                max(known.last_seen, row.last_seen),
            )
    return found


def find_cuts(
    escalation: Escalation,
    target: Named,
    wanted: Wanted,
    use: Mapping[str, Use] | None = None,
    now: Callable[[], float] = time.monotonic,
) -> CutsAnswer:
    """Find what to take away.

    Args:
        escalation: the graph.
        target: what nobody is to reach.
        wanted: who is to be cut off, and how.
        use: what logs show of role assignments, by GUID; None where there are no logs.
        now: seconds since some moment; they never go back.

    Cost: `wanted.seconds`, of which half at most go to asking the engine; and some walks over the graph, however little
    time there is.
    """
    due = now() + wanted.seconds
    search = escalation.search if wanted.possible else escalation.search.certain
    reaching = search.reaching(target.nodes)
    kept = _nodes(wanted.keep)
    held = _holders(escalation, search, target) if wanted.keep_holders else np.zeros(0, np.int32)
    staying = np.union1d(kept, held).astype(np.int32)
    sources = _sources(escalation, reaching, wanted, np.union1d(staying, target.nodes).astype(np.int32))
    grounds = Grounds(escalation)
    network = search.network
    if len(sources):
        asked_by = now() + _ASKING * (due - now())
        network = grounds.filled(search.reached(sources) & reaching, lambda: asked_by - now())
    ground = Search(network, search.without)
    protected = _protected(ground, staying)

    def prices(units: UnitTable) -> Prices:
        return _prices(escalation, units, use or {}, protected)

    found = cut(ground, sources, target.nodes, pricing=prices, budget=wanted.budget, left=lambda: due - now())
    bound = 0.0 if grounds.unasked else found.bound
    units = Units(escalation)
    return CutsAnswer(
        escalation,
        target,
        wanted.keep,
        len(np.setdiff1d(held, kept)),
        len(sources),
        tuple(_removal(units, one, use) for one in found.units),
        found.price,
        found.value,
        bound,
        gap_between(found.value, bound),
        found.cut_off,
        found.left,
        found.stuck,
        wanted.budget,
        use is not None,
        grounds.unasked,
        unread_on(escalation, escalation.search.reaching(target.nodes)),
    )


def _removal(units: Units, one: CutUnit, use: Mapping[str, Use] | None) -> Removal:
    unit = units.unit(one.table, one.evidence)
    seen = (use or {}).get(unit.id.rpartition("/")[2].lower()) if one.table == ASSIGNMENTS else None
    return Removal(unit, one.price, seen, None if one.alone is None else len(one.alone), one.needed)


# Who, and who not ---------------------------------------------------------------------------------------------------


def _nodes(named: Sequence[Named]) -> Codes:
    return np.unique(np.concatenate([np.zeros(0, np.int32), *(one.nodes for one in named)])).astype(np.int32)


def _sources(escalation: Escalation, reaching: Mask, wanted: Wanted, without: Codes) -> Codes:
    """Return who is to be cut off: people, software and outside subjects, not groups, which do nothing themselves."""
    network = escalation.graph.network
    if wanted.only:
        chosen = _nodes(wanted.only)
    else:
        outside = np.arange(*network.of_kind(NodeKind.OUTSIDE), dtype=np.int32)
        chosen = np.concatenate([actors(escalation, groups=False), outside])
    return np.setdiff1d(chosen[reaching[chosen]], without).astype(np.int32)


def _holders(escalation: Escalation, search: Search, target: Named) -> Codes:
    """Return who gets there without becoming anybody else: by groups, roles and scopes alone."""
    network = escalation.graph.network
    becoming = np.zeros(network.nodes, np.bool_)
    for kind in (NodeKind.PRINCIPAL, NodeKind.RESOURCE, NodeKind.OUTSIDE, NodeKind.APPLICATION):
        becoming[slice(*network.of_kind(kind))] = True
    becoming[target.nodes] = False
    member = np.asarray([label.name in _WITHOUT_BECOMING for label in network.labels] or [False], dtype=np.bool_)
    allowed = ~becoming[network.target] | member[network.label]
    found = np.flatnonzero(search.but(allowed=allowed).reaching(target.nodes)).astype(np.int32)
    first, last = network.of_kind(NodeKind.PRINCIPAL)
    return found[(first <= found) & (found < last)]


# What it costs ------------------------------------------------------------------------------------------------------


def _protected(search: Search, staying: Codes) -> Mapping[str, Codes]:
    """Return the rows that those who stay, and their groups, rest on, by table."""
    if not len(staying):
        return {}
    ground = search.ground
    mine = np.flatnonzero(itself(ground, staying)).astype(np.int32)
    edges = ground.forward.around(mine)[0]
    network: Network = search.network
    found: dict[str, Codes] = {}
    for number, label in enumerate(network.labels):
        if label.table:
            rows = network.evidence[edges[network.label[edges] == number]]
            found[label.table] = np.union1d(found.get(label.table, np.zeros(0, np.int32)), rows).astype(np.int32)
    return found


def _prices(escalation: Escalation, units: UnitTable, use: Mapping[str, Use], protected: Mapping[str, Codes]) -> Prices:
    prices = np.ones(units.count)
    for number, table in enumerate(units.tables):
        mine = units.table == number
        if table not in WORDS:
            prices[mine] = np.inf
            continue
        rows = units.evidence[mine]
        some = _weights(escalation, rows, use) if table == ASSIGNMENTS else np.ones(len(rows))
        if table in protected:
            some[np.isin(rows, protected[table])] = np.inf
        prices[mine] = some
    return prices


def _weights(escalation: Escalation, rows: Codes, use: Mapping[str, Use]) -> Prices:
    """Return what role assignments weigh. Cost: their names, as one table of bytes."""
    names = escalation.tenant.index.facts.assignments.name
    weights = np.ones(len(rows))
    plain = names.offsets[rows + 1] - names.offsets[rows] == _GUID
    if not use or not plain.any():
        return weights
    bytes_of = names.data[names.offsets[rows[plain]][:, None] + np.arange(_GUID)]
    keys = np.char.lower(np.ascontiguousarray(bytes_of).view(f"S{_GUID}").ravel())
    known = np.asarray(sorted(key.encode() for key in use if len(key) == _GUID), dtype=f"S{_GUID}")
    if not len(known):
        return weights
    heavy = np.asarray([1.0 + log10(1 + use[key.decode()].operations) for key in known.tolist()])
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    weights[plain] = np.where(known[place] == keys, heavy[place], 1.0)
    return weights
