# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Conditions on a measured value, as text: an operator and a number."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_condition = re.compile(r"\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*")


class Unreadable(ValueError):
    """No condition."""


@dataclass(frozen=True)
class Condition:
    """text is how it was written."""

    text: str
    operator: str
    limit: float

    def holds(self, value: float) -> bool:
        """Of a number; nothing holds of what is none."""
        return not math.isnan(value) and OPERATORS[self.operator](value, self.limit)


def condition_of(text: str) -> Condition:
    """Raises Unreadable."""
    found = _condition.fullmatch(text)
    try:
        limit = float(found[2]) if found else math.nan
    except ValueError:
        limit = math.nan
    if not found or not math.isfinite(limit):
        raise Unreadable(f"{text!r} is no condition; give an operator and a number, such as '<= 0.01'")
    return Condition(text.strip(), found[1], limit)
