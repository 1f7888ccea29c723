"""The edge to the solver: linear programmes with whole numbers, several objectives in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

_SLACK = 1e-6
"""By how much a later objective may worsen an earlier one; all of them count in whole numbers."""


class SolverGaveUp(Exception):
    """The solver ended without a proven answer, which no programme made here should cause."""


@dataclass(slots=True)
class Programme:
    """Columns (variables, at least 0) and rows (bounds on weighted sums) of a programme."""

    upper: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    weights: list[Mapping[int, float]] = field(default_factory=list)

    def column(self, upper: float = highspy.kHighsInf, *, is_whole: bool = False) -> int:
        """A new variable from 0 to `upper`."""
        self.upper.append(upper)
        self.is_whole.append(is_whole)
        return len(self.upper) - 1

    def switch(self) -> int:
        """A new variable that is 0 or 1."""
        return self.column(1.0, is_whole=True)

    def at_least(self, weights: Mapping[int, float], bound: float) -> None:
        """Demand that a weighted sum reaches a bound."""
        self.bounds.append((bound, highspy.kHighsInf))
        self.weights.append(weights)

    def at_most(self, weights: Mapping[int, float], bound: float) -> None:
        """Demand that a weighted sum stays below a bound."""
        self.bounds.append((-highspy.kHighsInf, bound))
        self.weights.append(weights)


def minimise(programme: Programme, objectives: Sequence[Mapping[int, float]]) -> list[float] | None:
    """The values of all columns with the first objective least, then the second, and so on.

    The same programme has the same answer. None where nothing satisfies all rows.

    Raises:
        SolverGaveUp: see there.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", _SLACK / 2),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_model(programme))
    columns = np.arange(len(programme.upper), dtype=np.int32)
    for objective in objectives:
        costs = np.zeros(len(columns))
        costs[list(objective)] = list(objective.values())
        solver.changeColsCost(len(columns), columns, costs)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverGaveUp(solver.modelStatusToString(status))
        best = solver.getInfo().objective_function_value
        indices = np.fromiter(objective, dtype=np.int32)
        values = np.fromiter(objective.values(), dtype=np.double)
        solver.addRow(-highspy.kHighsInf, best + _SLACK, len(indices), indices, values)
    return list(solver.getSolution().col_value)


def _model(programme: Programme) -> highspy.HighsLp:
    model = highspy.HighsLp()
    count = len(programme.upper)
    model.num_col_, model.num_row_ = count, len(programme.bounds)
    model.col_cost_ = np.zeros(count)
    model.col_lower_ = np.zeros(count)
    model.col_upper_ = np.array(programme.upper)
    model.row_lower_ = np.array([low for low, _ in programme.bounds])
    model.row_upper_ = np.array([high for _, high in programme.bounds])
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    lengths = [len(weights) for weights in programme.weights]
    matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    matrix.index_ = np.array([c for one in programme.weights for c in one], dtype=np.int32)
    matrix.value_ = np.array([v for one in programme.weights for v in one.values()])
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole if one else free for one in programme.is_whole]
    return model
