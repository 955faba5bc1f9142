# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The statistical tests. SciPy has the one of gates that compare; it is large, so nothing else needs it, and it is
imported by them."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from .. import _extras

LIBRARY = "scipy"


def missing() -> str | None:
    """What to do where SciPy is not installed."""
    return _extras.missing(LIBRARY, LIBRARY, "computes the test")


def more_than(count: int, total: int, share: float) -> float:
    """How likely so many of total, or more, are where each is one with probability share. Exact binomial test."""
    if count <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    # Terms become smaller only away from the mean, so that is where they are added up.
    if count <= total * share:
        return 1 - _tail(total - count + 1, total, 1 - share)
    return _tail(count, total, share)


def less_than(count: int, total: int, share: float) -> float:
    """The same for so many, or fewer."""
    return more_than(total - count, total, 1 - share)


def _tail(count: int, total: int, share: float) -> float:
    """The probabilities of count, count + 1, ... to total, where count is above the mean."""
    if count > total:
        return 0.0
    ways = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
    first = ways + count * math.log(share) + (total - count) * math.log1p(-share)
    term = added = 1.0
    for successes in range(count, total):
        term *= (total - successes) / (successes + 1) * share / (1 - share)
        added += term
        if term < added * sys.float_info.epsilon:
            break
    return min(1.0, math.exp(first + math.log(added)))


def tends_higher(own: Sequence[float], other: Sequence[float]) -> float:
    """How likely own is so much above other where both are of the same distribution. Mann-Whitney U, one-sided: exact
    for small samples without ties, by the normal approximation otherwise."""
    if len({*own, *other}) == 1:
        return 1.0
    return float(_tests().mannwhitneyu(own, other, alternative="greater", method="auto").pvalue)


def best_possible(own: int, other: int) -> float:
    """The smallest probability that samples of these sizes can come to."""
    return 1 / math.comb(own + other, own)


def _tests() -> Any:
    return import_module(f"{LIBRARY}.stats")
