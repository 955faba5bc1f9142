# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS checks about an alarm, its first state, and tags."""

from __future__ import annotations

import re
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import CRASHED, Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.watching.evaluate import COMPARISONS
from local_cloud.watching.statistics import UnknownStatistic, check_statistic

NOT_FOUND = 404
DAY = 86400
SHORT_PERIODS = (10, 20, 30)
MINUTE = 60
# Topics, Auto Scaling and EC2 actions, functions: all ARNs
ACTION = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|)?:.+")


@handles("cloudwatch", "PutMetricAlarm")
def check_alarm(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    for key in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in parameters.get(key, []):
            if not ACTION.fullmatch(arn):
                raise _invalid(f"Invalid arn syntax: {arn}")
    _check_times(parameters)
    if ("MetricName" in parameters) == ("Metrics" in parameters):
        raise _invalid("One of MetricName and Metrics must be given, and not both")
    if request.cloud.live is not None:
        _refuse_what_is_not_evaluated(parameters)
    before = request.backend().alarms.get(parameters["AlarmName"])
    response = next_handler(request)
    if response.ok:
        _keep_state(request.backend().alarms[parameters["AlarmName"]], before)
    return response


def _refuse_what_is_not_evaluated(parameters: dict[str, Any]) -> None:
    """Better no alarm than one that never goes off."""
    if "Metrics" in parameters:
        raise _not_evaluated("alarms on metric math")
    if parameters["ComparisonOperator"] not in COMPARISONS:
        raise _not_evaluated(f"alarms by {parameters['ComparisonOperator']}")
    try:
        check_statistic(parameters.get("Statistic") or parameters.get("ExtendedStatistic", ""))
    except UnknownStatistic as error:
        raise AwsError("NotImplementedByLocalCloud", str(error), CRASHED) from error


def _not_evaluated(what: str) -> AwsError:
    return AwsError("NotImplementedByLocalCloud", f"the local cloud does not evaluate {what}", CRASHED)


def _keep_state(alarm: Any, before: Any) -> None:
    """moto starts with OK, as if it had looked, and again after every change."""
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
        return
    for name in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
        setattr(alarm, name, getattr(before, name))


def _check_times(parameters: dict[str, Any]) -> None:
    period, periods = parameters.get("Period"), parameters.get("EvaluationPeriods", 1)
    if parameters.get("DatapointsToAlarm", periods) > periods:
        raise _invalid("Datapoints to alarm must be less than or equal to evaluation periods")
    if period is None:
        return
    if period not in SHORT_PERIODS and (period <= 0 or period % MINUTE):
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    if period * periods > DAY:
        message = "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)"
        raise _invalid(message)


@handles("cloudwatch", "ListTagsForResource", "TagResource", "UntagResource")
def refuse_unknown_resource(request: Request, next_handler: Next) -> Response:
    arn = request.parameters.get("ResourceARN", "")
    name = arn.partition(":alarm:")[2]
    if name and name not in request.backend().alarms:
        raise AwsError("ResourceNotFoundException", f"{name} does not exist", NOT_FOUND)
    return next_handler(request)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
