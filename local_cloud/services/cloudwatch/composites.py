# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Composite alarms, which moto describes but cannot make."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import CRASHED, Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.cloudwatch import states
from local_cloud.watching.rule import BadRule, parse

UNKNOWN_PARAMETERS = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")


@handles("cloudwatch", "PutCompositeAlarm")
def put_composite(request: Request, _: Next) -> Response:
    parameters, backend = request.parameters, request.backend()
    _check(parameters, backend.alarms)
    name = parameters["AlarmName"]
    before = backend.alarms.get(name)
    alarm = backend.put_metric_alarm(
        name=name,
        **dict.fromkeys(("namespace", "metric_name", "comparison_operator", "statistic")),
        **dict.fromkeys(("evaluation_periods", "period", "threshold")),
        description=parameters.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=parameters.get("AlarmActions", []),
        ok_actions=parameters.get("OKActions", []),
        insufficient_data_actions=parameters.get("InsufficientDataActions", []),
        actions_enabled=parameters.get("ActionsEnabled", True),
        rule=parameters["AlarmRule"],
        tags=parameters.get("Tags") if before is None else None,
    )
    alarm.state_value = "INSUFFICIENT_DATA"
    for attribute in STATE if before is not None else ():
        setattr(alarm, attribute, getattr(before, attribute))
    time = request.cloud.aws_time
    states.look_at_composites(request.scope, alarm, time.happened(time.now()))
    return request.answer({})


def _check(parameters: dict[str, Any], alarms: dict[str, Any]) -> None:
    for name in UNKNOWN_PARAMETERS:
        if name in parameters:
            raise AwsError("NotImplementedByLocalCloud", f"the local cloud does not know {name}", CRASHED)
    try:
        named = parse(parameters["AlarmRule"]).alarms
    except BadRule as error:
        raise AwsError("ValidationError", f"Invalid AlarmRule: {error}") from error
    missing = [one for one in named if one not in alarms]
    if missing:
        message = f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist"
        raise AwsError("ValidationError", message)
    present = alarms.get(parameters["AlarmName"])
    if present is not None and present.rule is None:
        raise AwsError("ValidationError", f"{parameters['AlarmName']} is the name of a metric alarm")


@handles("cloudwatch", "DescribeAlarms")
def describe(request: Request, next_handler: Next) -> Response:
    """moto looks at one filter only; and AWS answers composite alarms only where they are asked for."""
    parameters = request.parameters
    response = next_handler(request.with_parameters({}))
    if not response.ok:
        return response
    result = request.read(response)
    kinds = parameters.get("AlarmTypes", ["MetricAlarm"])
    result["MetricAlarms"] = _asked(result.get("MetricAlarms", []), parameters) if "MetricAlarm" in kinds else []
    result["CompositeAlarms"] = (
        _asked(result.get("CompositeAlarms", []), parameters) if "CompositeAlarm" in kinds else []
    )
    return request.answer(result)


def _asked(alarms: list[dict[str, Any]], parameters: dict[str, Any]) -> list[dict[str, Any]]:
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix", "")
    state, action = parameters.get("StateValue"), parameters.get("ActionPrefix", "")
    return [
        {**one, "StateTransitionedTimestamp": one["StateUpdatedTimestamp"]}
        for one in alarms
        if (not names or one["AlarmName"] in names)
        and one["AlarmName"].startswith(prefix)
        and state in (None, one["StateValue"])
        and (not action or any(arn.startswith(action) for arn in one["AlarmActions"]))
    ]
