# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric math."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.watching.math import Series, UnknownExpression, compute

# three minutes; the errors of the second are missing, as CloudWatch has it where there were none
TIMES = [0.0, 60.0, 120.0]
KNOWN: dict[str, Series] = {
    "requests": {0.0: 100, 60.0: 200, 120.0: 0},
    "errors": {0.0: 5, 120.0: 1},
    "nothing": {},
}


def result(expression: str) -> list[float | None]:
    found = compute(expression, KNOWN.__getitem__, TIMES)
    return [found.get(at) for at in TIMES]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("requests", [100, 200, 0]),
        ("requests + errors", [105, None, 1]),
        ("requests - -errors * 2", [110, None, 2]),
        ("(requests - errors) * 2", [190, None, -2]),
        # what cannot be divided is missing
        ("errors / requests", [0.05, None, None]),
        ("100 * FILL(errors, 0) / requests", [5, 0, None]),
        ("FILL(nothing, 7)", [7, 7, 7]),
        ("FILL(errors, requests)", [5, 200, 1]),
        ("requests > 100", [0, 1, 0]),
        ("100 <= requests", [1, 1, 0]),
        ("IF(requests > 0, FILL(errors, 0) / requests, 0)", [0.05, 0, 0]),
        ("IF(requests > 100, requests)", [None, 200, None]),
        ("IF(requests > 100, 1, errors)", [5, 1, 1]),
        ("SUM([requests, errors])", [105, 200, 1]),
        ("MAX([requests, errors, 50])", [100, 200, 50]),
        ("AVG([requests, errors])", [52.5, 200, 0.5]),
        ("nothing * 2", [None, None, None]),
    ],
)
def test_expressions(expression: str, expected: list[float | None]) -> None:
    assert result(expression) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 + 1", "is a number"),
        ("other", "cannot be read"),
        ("requests +", "cannot be read"),
        ("SEARCH('x', 'Sum')", "does not compute SEARCH"),
        ("requests ** 2", "does not compute"),
        ("__import__('os')", "does not compute"),
        ("requests.real", "does not compute"),
        ("1 < requests < 3", "does not compute"),
        ("FILL(requests)", "does not compute FILL of 1"),
    ],
)
def test_the_rest_is_refused(expression: str, message: str) -> None:
    with pytest.raises(UnknownExpression, match=message):
        compute(expression, KNOWN.__getitem__, TIMES)


series = st.dictionaries(st.sampled_from(TIMES), st.floats(0, 1e6))


@given(series, series)
def test_a_filled_error_rate_is_there_wherever_there_were_requests(requests: Series, errors: Series) -> None:
    known = {"requests": requests, "errors": errors}
    found = compute("FILL(errors, 0) / requests", known.__getitem__, TIMES)
    assert set(found) == {at for at, value in requests.items() if value}
    for at, value in found.items():
        assert value == errors.get(at, 0) / requests[at]
