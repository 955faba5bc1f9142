# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Statistics of samples, percentiles, and when a percentile says nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.watching.statistics import (
    STATISTICS,
    Samples,
    StatisticSet,
    UnknownStatistic,
    is_too_few,
    merged,
    statistic,
)
from local_cloud.watching.store import Metric, MetricStore


def samples(*values: float) -> Samples:
    made = Samples()
    for value in values:
        made.add(value)
    return made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 4),
        ("Sum", 10),
        ("Average", 2.5),
        ("Minimum", 1),
        ("Maximum", 4),
        ("p0", 1),
        ("p25", 1),
        ("p25.1", 2),
        ("p50", 2),
        ("p99.9", 4),
        ("p100", 4),
    ],
)
def test_statistics_of_one_to_four(name: str, expected: float) -> None:
    assert statistic(samples(4, 2, 1, 3), name) == expected


@pytest.mark.parametrize("name", [*STATISTICS, "p95"])
def test_no_samples_have_no_statistics(name: str) -> None:
    assert statistic(Samples(), name) is None


@pytest.mark.parametrize("name", ["p101", "p", "tm90", "average", "", "p1.12345678901"])
def test_what_is_no_statistic_is_said(name: str) -> None:
    with pytest.raises(UnknownStatistic, match="does not compute"):
        statistic(samples(1), name)


def test_sets_count_with_all_their_samples() -> None:
    whole = merged([samples(1, 1), Samples(sets=[StatisticSet(2, 10, 4, 6)])])
    found = [statistic(whole, name) for name in STATISTICS]
    assert found == [4, 12, 3, 1, 6]
    assert statistic(whole, "p50") is None
    assert statistic(Samples(sets=[StatisticSet(3, 6, 2, 2)]), "p50") == 2


values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(values, st.floats(0, 99))
def test_a_percentile_has_its_share_at_or_below_it(given_values: list[float], percent: float) -> None:
    name = f"p{percent:.4f}"
    found: Any = statistic(samples(*given_values), name)
    assert found in given_values
    share = float(name[1:]) / 100
    at_or_below = sum(one <= found for one in given_values)
    assert at_or_below / len(given_values) >= share - 1e-9
    below = sum(one < found for one in given_values)
    assert below / len(given_values) < share + 1e-9 or below == 0


@given(values, values)
def test_merging_is_as_if_all_had_been_seen_at_once(one: list[float], other: list[float]) -> None:
    whole = merged([samples(*one), samples(*other)])
    for name in (*STATISTICS, "p90"):
        found, expected = statistic(whole, name), statistic(samples(*one, *other), name)
        assert math.isclose(found or 0, expected or 0, rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("count", "name", "expected"),
    [
        (199, "p95", True),
        (200, "p95", False),
        (999, "p99", True),
        (1000, "p99", False),
        (99, "p10", True),
        (100, "p10", False),
        (1, "Average", False),
        (10**9, "p100", True),
    ],
)
def test_how_many_samples_a_percentile_needs(count: int, name: str, expected: bool) -> None:
    assert is_too_few(count, name) is expected


def test_data_lie_in_whole_minutes_or_seconds() -> None:
    store, metric = MetricStore(), Metric.of("N", "M", {"D": "1"})
    store.add(metric, 119.9, [(1.0, 2)])
    store.add(metric, 65.5, [(5.0, 1)], resolution=1)
    assert store.between(metric, 60, 61).counts == {1.0: 2}
    assert store.between(metric, 65, 66).counts == {5.0: 1}
    assert store.between(metric, 60, 120).count() == 3
    assert store.between(Metric.of("N", "M", {}), 60, 120).count() == 0
