# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The statistical tests, by SciPy. It is large, and only gates that compare need it, so it is imported by them."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

LIBRARY = "scipy"


def missing() -> str | None:
    """What to do where SciPy is not installed."""
    if find_spec(LIBRARY):
        return None
    return f"{LIBRARY} is missing for {sys.executable}, which computes the test; install it: pip install {LIBRARY}"


def more_than(count: int, total: int, share: float) -> float:
    """How likely so many of total, or more, are where each is one with probability share. Exact binomial test."""
    return float(_tests().binomtest(count, total, share, alternative="greater").pvalue)


def less_than(count: int, total: int, share: float) -> float:
    """The same for so many, or fewer."""
    return float(_tests().binomtest(count, total, share, alternative="less").pvalue)


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
