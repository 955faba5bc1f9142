# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What clients saw, as a metric: at the times at which they saw it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from local_cloud.live import meter as subject
from local_cloud.live.meter import DIMENSION, METRIC, NAMESPACE, Meter
from local_cloud.testing import LocalCloud

REHEARSAL = Path(__file__).resolve().parents[4] / "local_cloud" / "rehearsal.yml"


def second(number: int, **sides: int) -> dict[str, Any]:
    return {"second": number, "sides": sides, "failed": {}, "lost": 0}


@pytest.mark.parametrize("most", [1000, 1], ids=["in one call", "in several"])
def test_each_second_that_is_over_is_published_once(
    cloud: LocalCloud, name: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "MOST_DATA", most)
    cloudwatch, blue, green = cloud.client("cloudwatch"), f"{name}-blue", f"{name}-green"
    began = cloud.now().replace(microsecond=0) - timedelta(seconds=10)
    seconds = [second(0, **{blue: 7}), second(1, **{blue: 4, green: 3}), second(3, **{green: 5}), second(4)]
    meter = Meter(cloudwatch)
    for length in (1, 2, 2, 4):
        meter.publish({"began": began.timestamp(), "seconds": seconds[:length]})

    def counted(side: str) -> dict[int, float]:
        metric = {"Namespace": NAMESPACE, "MetricName": METRIC, "Dimensions": [{"Name": DIMENSION, "Value": side}]}
        (found,) = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "one", "MetricStat": {"Metric": metric, "Period": 1, "Stat": "Sum"}}],
            StartTime=began,
            EndTime=began + timedelta(seconds=10),
        )["MetricDataResults"]
        places = [(at - began).seconds for at in found["Timestamps"]]
        return dict(zip(places, found["Values"], strict=True))

    assert counted(blue) == {0: 7, 1: 4}
    assert counted(green) == {1: 3, 3: 5}


def test_the_gate_of_a_rehearsal_counts_what_is_published() -> None:
    gates = yaml.safe_load(REHEARSAL.read_text(encoding="utf-8"))["migration_gates"]
    (share,) = [gate for gate in gates if gate["type"] == "share"]
    assert (share["namespace"], share["metric"]) == (NAMESPACE, METRIC)
    assert {name for dimensions in (share["dimensions"], *share["others"]) for name in dimensions} == {DIMENSION}
