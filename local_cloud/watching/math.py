# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric math of GetMetricData: arithmetic, comparisons, IF, FILL, and sums over several series. The rest is refused.

Source: CloudWatch User Guide, "Using math expressions with CloudWatch metrics".
"""

from __future__ import annotations

import ast
import operator
import statistics
from collections.abc import Callable, Mapping, Sequence

# From when a period begins to its value; times without a value are missing.
Series = dict[float, float]
Value = Series | float

OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
OF_SEVERAL: dict[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "AVG": statistics.fmean,
    "MIN": min,
    "MAX": max,
}


class UnknownExpression(ValueError):
    """What the local cloud cannot compute, or nobody could."""


def compute(expression: str, series_of: Callable[[str], Series], times: Sequence[float]) -> Series:
    """``series_of``: the values of a query by its id, KeyError where there is none. ``times``: of all periods."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
        found = _Computation(series_of, times).value(tree)
    except (SyntaxError, KeyError) as error:
        raise UnknownExpression(f"the expression {expression!r} cannot be read: {error}") from error
    if isinstance(found, float):
        raise UnknownExpression(f"the expression {expression!r} is a number and no time series")
    return dict(sorted(found.items()))


class _Computation:
    def __init__(self, series_of: Callable[[str], Series], times: Sequence[float]) -> None:
        self._series_of = series_of
        self._times = times

    def value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return float(node.value)
        if isinstance(node, ast.Name):
            return self._series_of(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return together(lambda one, other: one * other, self.value(node.operand), -1.0)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return together(OPERATORS[type(node.op)], self.value(node.left), self.value(node.right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
            return together(OPERATORS[type(node.ops[0])], self.value(node.left), self.value(node.comparators[0]))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._called(node.func.id, node.args)
        raise UnknownExpression(f"the local cloud does not compute {ast.unparse(node)!r}")

    def _called(self, name: str, arguments: list[ast.expr]) -> Value:
        if name == "FILL" and len(arguments) == 2:  # noqa: PLR2004  (FILL's own two)
            return self._filled(*arguments)
        if name == "IF" and len(arguments) in (2, 3):
            return self._chosen(*arguments)
        if name in OF_SEVERAL and len(arguments) == 1 and isinstance(arguments[0], ast.List):
            return across(OF_SEVERAL[name], [self.value(one) for one in arguments[0].elts])
        raise UnknownExpression(f"the local cloud does not compute {name} of {len(arguments)} arguments")

    def _filled(self, what: ast.expr, filling: ast.expr) -> Value:
        series, fill = self.value(what), self.value(filling)
        if isinstance(series, float):
            return series
        return {at: series[at] if at in series else _at(fill, at, 0.0) for at in self._times}

    def _chosen(self, condition: ast.expr, then: ast.expr, otherwise: ast.expr | None = None) -> Value:
        """Without a third argument, missing where the condition does not hold."""
        asked, yes = self.value(condition), self.value(then)
        no = self.value(otherwise) if otherwise is not None else {}
        if isinstance(asked, float):
            return yes if asked else no
        found: Series = {}
        for at, holds in asked.items():
            chosen = yes if holds else no
            if isinstance(chosen, float) or at in chosen:
                found[at] = _at(chosen, at, 0.0)
        return found


def together(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Point by point: missing where one of both is, and where a division has no result."""
    if isinstance(left, float) and isinstance(right, float):
        return float(operation(left, right)) if _has_result(operation, right) else {}
    times = set(left) if isinstance(left, dict) else set(right if isinstance(right, dict) else ())
    if isinstance(left, dict) and isinstance(right, dict):
        times &= set(right)
    return {
        at: float(operation(_at(left, at, 0.0), _at(right, at, 0.0)))
        for at in sorted(times)
        if _has_result(operation, _at(right, at, 0.0))
    }


def across(operation: Callable[[Sequence[float]], float], series: Sequence[Value]) -> Value:
    """One value for each time at which at least one series has one."""
    times = sorted({at for one in series if isinstance(one, dict) for at in one})
    found: Mapping[float, list[float]] = {
        at: [_at(one, at, 0.0) for one in series if isinstance(one, float) or at in one] for at in times
    }
    return {at: float(operation(values)) for at, values in found.items()}


def _has_result(operation: Callable[[float, float], float], right: float) -> bool:
    return operation is not operator.truediv or right != 0


def _at(value: Value, at: float, default: float) -> float:
    return value if isinstance(value, float) else value.get(at, default)
