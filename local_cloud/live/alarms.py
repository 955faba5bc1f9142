# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric alarms, evaluated on the metric data as CloudWatch does: every minute, fast ones every ten seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from local_cloud.services.cloudwatch.metrics import samples_of
from local_cloud.services.cloudwatch.states import enter
from local_cloud.watching.evaluate import COMPARISONS, Condition, verdict
from local_cloud.watching.reason import Evaluated, reason, reason_data
from local_cloud.watching.statistics import is_too_few, statistic
from local_cloud.watching.store import Metric

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

Scope = tuple[str, str]

MINUTE = 60
FAST = 10


class Alarms:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def step(self, at: float) -> None:
        for scope, alarm in metric_alarms():
            every = MINUTE if alarm.period >= MINUTE else FAST
            if at % every == 0:
                self._look(scope, alarm, at)

    def _look(self, scope: Scope, alarm: Any, at: float) -> None:
        evaluated = evaluate(self._cloud, scope, alarm, at)
        if evaluated is None or evaluated.verdict.state == alarm.state_value:
            return
        why = reason(evaluated, alarm.state_value)
        moment = self._cloud.aws_time.happened(at)
        enter(scope, alarm, evaluated.verdict.state, (why, reason_data(evaluated, moment)), moment)


def metric_alarms() -> Iterator[tuple[Scope, Any]]:
    """Those of all accounts and regions that can be evaluated."""
    from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415  (moto takes a second to import)

    for account, regions in list(cloudwatch_backends.items()):
        for region, backend in list(regions.items()):
            for alarm in list(backend.alarms.values()):
                if alarm.rule is None and alarm.metric_name and alarm.comparison_operator in COMPARISONS:
                    yield (account, region), alarm


def evaluate(cloud: Cloud, scope: Scope, alarm: Any, at: float, condition: Condition | None = None) -> Evaluated | None:
    """The verdict at a moment of AWS's time; None where the alarm is to stay as it is.

    ``condition``: another one than the alarm's own.
    """
    condition = condition or condition_of(alarm)
    metric = Metric.of(alarm.namespace, alarm.metric_name, {one.name: one.value for one in alarm.dimensions})
    name = str(alarm.statistic or alarm.extended_statistic)
    time, points, begins = cloud.aws_time, [], []
    for back in range(condition.looked_at, 0, -1):
        begin, end = at - back * alarm.period, at - (back - 1) * alarm.period
        samples = samples_of(scope, metric, (begin, end), (time.real(begin), time.real(end)))
        points.append(statistic(samples, name))
        begins.append(time.shown(begin))
    # the latest of the samples: too few of them say nothing, and the alarm's owner wants it to wait then
    if (
        alarm.evaluate_low_sample_count_percentile == "ignore"
        and samples.count() > 0
        and is_too_few(samples.count(), name)
    ):
        return None
    result = verdict(condition, points, alarm.state_value)
    return Evaluated(condition, result, points, begins, name, alarm.period)


def condition_of(alarm: Any) -> Condition:
    return Condition(
        alarm.comparison_operator,
        alarm.threshold,
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm or alarm.evaluation_periods,
        alarm.treat_missing_data or "missing",
    )
