# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The binomial test beside SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ansible_collections.cutover.aws.plugins.module_utils._gate.significance import less_than, more_than

totals = st.one_of(st.integers(1, 60), st.integers(1, 2_000_000))


@given(totals, st.floats(0, 1), st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(1e-6, 1 - 1e-6)))
def test_as_scipy_has_it(total: int, part: float, share: float) -> None:
    count = round(part * total)
    for own, alternative in ((more_than, "greater"), (less_than, "less")):
        expected = float(binomtest(count, total, share, alternative=alternative).pvalue)
        assert own(count, total, share) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("total", [10, 1000])
def test_as_scipy_has_it_around_the_mean(total: int) -> None:
    for count in range(total + 1):
        expected = float(binomtest(count, total, 0.3, alternative="greater").pvalue)
        assert more_than(count, total, 0.3) == pytest.approx(expected, rel=1e-9)
