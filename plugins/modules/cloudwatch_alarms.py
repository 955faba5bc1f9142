#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric alarms, many at a time."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_alarms
short_description: Set up CloudWatch metric alarms, many at a time
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, changes or removes metric alarms. Writes only those that differ, several at the same time.
  - M(amazon.aws.cloudwatch_metric_alarm) cannot tag alarms, does not see that their actions were switched off, and
    takes one alarm a task.
options:
  alarms:
    description: The alarms. With O(state=absent) only their names matter.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The alarm's name, unique in account and region.
        type: str
        required: true
      description:
        description: What is wrong when it goes off, for the person who gets the message.
        type: str
      namespace:
        description: The metric's namespace, such as V(AWS/EC2).
        type: str
      metric:
        description: The metric's name.
        type: str
      dimensions:
        description: Which of the metric's series, by the names of its dimensions.
        type: dict
        default: {}
      statistic:
        description: V(Average), V(Sum), V(Minimum), V(Maximum), V(SampleCount), or a percentile such as V(p95).
        type: str
      comparison:
        description: How the statistic is compared with O(alarms[].threshold).
        type: str
        choices:
          - GreaterThanOrEqualToThreshold
          - GreaterThanThreshold
          - LessThanOrEqualToThreshold
          - LessThanThreshold
      threshold:
        description: From where on it is an alarm, in the metric's unit.
        type: float
      unit:
        description: Looks only at data of this unit. Rarely needed; with a unit that nobody sends, it never goes off.
        type: str
      period:
        description: Seconds; 10, 20, 30 or a multiple of 60.
        type: int
      evaluation_periods:
        description: How many periods are looked at.
        type: int
      datapoints_to_alarm:
        description: How many of them have to be beyond the threshold; by default all.
        type: int
      treat_missing_data:
        description: What a period without data counts as.
        type: str
        choices: [breaching, notBreaching, ignore, missing]
        default: missing
      low_samples:
        description: For percentiles, V(ignore) leaves the state alone while there are too few samples to tell.
        type: str
        choices: [ignore, evaluate]
      alarm_actions:
        description: ARNs of what is done when it goes off.
        type: list
        elements: str
        default: []
      ok_actions:
        description: ARNs of what is done when it is over.
        type: list
        elements: str
        default: []
      insufficient_data_actions:
        description: ARNs of what is done when there are no data.
        type: list
        elements: str
        default: []
      actions_enabled:
        description: Whether anything is done at all.
        type: bool
        default: true
      tags:
        description: Tags to set; others stay.
        type: dict
        default: {}
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Tell the topic when the fleet is at its limit
  cutover.aws.cloudwatch_alarms:
    alarms:
      - name: acme-prod-blue-cpu
        description: "acme-prod, blue: the fleet is at its limit although it scales"
        namespace: AWS/EC2
        metric: CPUUtilization
        dimensions: {AutoScalingGroupName: acme-prod-app-blue}
        statistic: Average
        comparison: GreaterThanOrEqualToThreshold
        threshold: 90
        period: 300
        evaluation_periods: 3
        treat_missing_data: notBreaching
        alarm_actions: [arn:aws:sns:us-east-1:123456789012:acme-prod-alarms]
"""

RETURN = r"""
alarms:
  description: Names of the alarms that were, or in check mode would be, written or removed.
  returned: always
  type: list
  elements: str
  sample: [acme-prod-blue-cpu]
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._cloudwatch import api
from ..module_utils._cloudwatch.alarm import alarm_plan, shown
from ..module_utils._errors import fail_clearly

COMPARISONS = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
]
NEEDED = ("namespace", "metric", "statistic", "comparison", "threshold", "period", "evaluation_periods")


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "alarms": {"type": "list", "elements": "dict", "required": True, "options": _alarm_options()},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("cloudwatch")
        existing = api.find_alarms(client, [alarm["name"] for alarm in module.params["alarms"]])
        ensure = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**ensure(module, client, existing))


def _alarm_options() -> dict[str, Any]:
    words = ("description", "namespace", "metric", "statistic", "unit")
    arns = {"type": "list", "elements": "str", "default": []}
    return {
        "name": {"type": "str", "required": True},
        **{word: {"type": "str"} for word in words},
        "dimensions": {"type": "dict", "default": {}},
        "comparison": {"type": "str", "choices": COMPARISONS},
        "threshold": {"type": "float"},
        "period": {"type": "int"},
        "evaluation_periods": {"type": "int"},
        "datapoints_to_alarm": {"type": "int"},
        "treat_missing_data": {
            "type": "str",
            "choices": ["breaching", "notBreaching", "ignore", "missing"],
            "default": "missing",
        },
        "low_samples": {"type": "str", "choices": ["ignore", "evaluate"]},
        "alarm_actions": arns,
        "ok_actions": arns,
        "insufficient_data_actions": arns,
        "actions_enabled": {"type": "bool", "default": True},
        "tags": {"type": "dict", "default": {}},
    }


def _wanted(module: AnsibleAWSModule) -> dict[str, dict[str, Any]]:
    wanted = {}
    for alarm in module.params["alarms"]:
        missing = [word for word in NEEDED if alarm[word] is None]
        if missing:
            module.fail_json(msg=f"alarm {alarm['name']} has no {', '.join(missing)}")
        actions = {name: sorted(alarm[name]) for name in ("alarm_actions", "ok_actions", "insufficient_data_actions")}
        datapoints = alarm["datapoints_to_alarm"] or alarm["evaluation_periods"]
        wanted[alarm["name"]] = {**alarm, **actions, "datapoints_to_alarm": datapoints}
    return wanted


def _ensure(module: AnsibleAWSModule, client: Any, existing: dict[str, dict[str, Any]]) -> dict[str, Any]:
    wanted = _wanted(module)
    arns = {name: item["AlarmArn"] for name, item in existing.items()}
    tags = api.tags_of(client, list(arns.values()))
    now = {name: shown(item) for name, item in existing.items()}
    plans = [alarm_plan(alarm, now.get(name), tags.get(arns.get(name, ""), {})) for name, alarm in wanted.items()]
    todo = [plan for plan in plans if plan.changed]
    if todo and not module.check_mode:
        api.apply_alarms(client, todo, wanted, arns)
    names = [plan.name for plan in todo]
    before = {name: {**now[name], "tags": tags[arns[name]]} for name in names if name in now}
    return {"changed": bool(todo), "alarms": names, "diff": {"before": before, "after": {n: wanted[n] for n in names}}}


def _remove(module: AnsibleAWSModule, client: Any, existing: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if existing and not module.check_mode:
        api.delete_alarms(client, list(existing))
    before = {name: shown(item) for name, item in existing.items()}
    return {"changed": bool(existing), "alarms": list(existing), "diff": {"before": before, "after": {}}}


if __name__ == "__main__":
    main()
