"""The model behind cuts, given to HiGHS: which units to take away so that what reaches the targets does not.

A column per unit (1: taken away) and per node (1: it still reaches a target). Each edge is a row: its source reaches
when its target does, unless the edge's unit is taken away. Rows come as they are needed; a model with fewer rows
promises no more than the whole one keeps, so what it promises is a bound for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from remit.graph.network import Codes
from remit.graph.walking import Mask

Values = NDArray[np.float64]

_DEAF_S, _DEAF_BUDGET_S = 3e-6, 2.5e-5
"""Seconds for each row in which the solver, before it searches, does not look at the time; with a budget."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What the solver says.

    Attributes:
        units: mask of units to take away; None where it found nothing in time.
        bound: nothing can be better than this, in the objective's terms.
    """

    units: Mask | None
    bound: float


class CutModel:
    """Columns and rows so far.

    Args of the constructor:
        prices: what taking a unit away costs.
        gains: what it is worth that a node does not reach a target any more; infinite: it must not reach one.
        most: how many units at most, None for any number.
    """

    def __init__(self, prices: Values, gains: Values, targets: Codes, most: int | None) -> None:
        self._units, self._rows = len(prices), 0
        self._deaf_s = _DEAF_S if most is None else _DEAF_BUDGET_S
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)  # the same answer on every machine
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        if most is not None:  # the long row of a budget makes these take minutes, and neither looks at the time
            self._highs.setOptionValue("presolve", "off")
            self._highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)
        bound = np.isinf(gains)
        low, high = np.zeros(len(gains)), np.where(bound, 0.0, 1.0)
        low[targets] = high[targets] = 1.0
        none = np.zeros(0, np.int32)
        cost = np.concatenate([np.where(most is None, prices, 0.0), np.where(bound, 0.0, gains)])
        least, most_each = np.concatenate([np.zeros(self._units), low]), np.concatenate([np.ones(self._units), high])
        starts = np.zeros(len(cost), np.int32)
        self._highs.addCols(len(cost), cost, least, most_each, 0, starts, none, np.zeros(0))
        whole = np.full(self._units, highspy.HighsVarType.kInteger.value, np.uint8)
        self._highs.changeColsIntegrality(self._units, np.arange(self._units, dtype=np.int32), whole)
        if most is not None:
            every = np.arange(self._units, dtype=np.int32)
            self._highs.addRow(-highspy.kHighsInf, float(most), self._units, every, np.ones(self._units))

    def add(self, source: Codes, target: Codes, unit: Codes) -> None:
        """Add a row per edge; unit -1: nothing takes it away."""
        columns = np.stack([source + self._units, target + self._units, unit], axis=1)
        values = np.tile([1.0, -1.0, 1.0], (len(source), 1))
        given = columns >= 0
        starts = np.concatenate([[0], np.cumsum(given.sum(axis=1))[:-1]]).astype(np.int32)
        count = len(source)
        self._rows += count
        low, high = np.zeros(count), np.full(count, highspy.kHighsInf)
        flat = columns[given].astype(np.int32)
        self._highs.addRows(count, low, high, len(flat), starts, flat, values[given])

    @property
    def deaf_s(self) -> float:
        """Seconds that the solver may take over its time, about: it begins with what cannot be interrupted."""
        return self._rows * self._deaf_s

    def solve(self, seconds: float) -> Choice:
        """Solve what is there within a time, and `deaf_s` more where the beginning takes longer."""
        self._highs.setOptionValue("time_limit", seconds)
        self._highs.run()
        information = self._highs.getInfo()
        feasible = information.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        taken = np.asarray(self._highs.getSolution().col_value[: self._units]) > 0.5 if feasible else None  # noqa: PLR2004
        bound = information.mip_dual_bound if self._units else information.objective_function_value
        return Choice(taken, bound)
