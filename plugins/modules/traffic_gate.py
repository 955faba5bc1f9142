#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One look at a live system, one verdict."""

from __future__ import annotations

DOCUMENTATION = r"""
module: traffic_gate
short_description: Judge whether a side serves people well
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Asks any number of questions about a live system at the same time, and answers each with a verdict, its reason and
    its evidence. One call is one look.
  - A verdict is V(pass), V(fail) or V(inconclusive). What cannot be read, is missing, old, or too little to tell, is
    V(inconclusive) and says why. It is never V(pass).
  - Gates that are not fit are refused before anything is asked, with all mistakes at once.
  - The collection's page C(docs/gates.md) says what each kind is good for, how to choose windows and limits, and what
    each verdict means.
  - The module succeeds whatever the verdict is, so that a playbook can decide what it means.
options:
  gates:
    description: The questions.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: By which its verdict and its tally are known; no two have the same. Required.
        type: str
      type:
        description:
          - What kind of question. Required.
          - V(alarm), an alarm of CloudWatch, metric or composite. In ALARM it fails, and passes in OK where that can
            be relied on. It cannot where the alarm was changed so recently that its state may be of the time before,
            where it could not be evaluated, where it keeps its state when data are missing, and where that is so of
            an alarm that its rule names, or such an alarm is in INSUFFICIENT_DATA or missing.
          - V(metric), conditions on a metric, or on an expression over several.
          - V(health_check), what Route 53's checkers say of a health check, by its metric C(HealthCheckStatus). All
            data points of the window have to be 1.
          - V(target_health), how many targets of a target group are healthy.
          - V(http), requests to a server, with status, text in the body, latency and certificate.
          - V(share), the requests that a side gets, beside its weight.
          - V(compare), a metric of one side and the same of the other one, by a Mann-Whitney U test.
          - V(sql_compare), the verdict of a comparison of two databases, or of any other task that returns one.
        type: str
      side:
        description: Which side it judges. Each side is fit by its own gates.
        type: str
        default: green
      failures:
        description:
          - How many looks in a row may fail before that counts. The count is RV(tallies), which the caller hands in
            again; the first pass ends it.
        type: int
        default: 0
      errors:
        description: The same for looks that are inconclusive.
        type: int
        default: 0
      dry_run:
        description: Whether it is only measured, and has no part in RV(verdict) and RV(sides).
        type: bool
        default: false
      region:
        description:
          - Where to ask, by default the region of the task. Of V(health_check) it is V(us-east-1), where Route 53
            publishes its metrics; of V(target_health) it is known from the ARN.
        type: str
      alarm:
        description: Of V(alarm), its name. Required there.
        type: str
      namespace:
        description:
          - Of V(metric) and V(compare), the metric's namespace. Required by V(compare), and by V(metric) without
            O(gates[].expression).
          - Of V(share) by default V(AWS/ApplicationELB).
        type: str
      metric:
        description:
          - The metric's name, required like O(gates[].namespace). Of V(share) by default V(RequestCount), whose sum
            is taken.
        type: str
      dimensions:
        description:
          - The metric's dimensions, values by names. Of V(share) and V(compare) those of the side that is judged,
            required there.
        type: dict
      statistic:
        description: Of V(metric) and V(compare), such as V(Sum), V(p95), V(tm99); by default V(Average).
        type: str
      expression:
        description:
          - Of V(metric), metric math over O(gates[].metrics) by their ids, such as
            V(FILL(errors, 0) / requests). It has to give one series.
          - A metric that counts is not published where there is nothing to count; C(FILL) makes that a 0.
        type: str
      metrics:
        description:
          - Of V(metric), what the expression is over. By id a dictionary of C(namespace), C(metric), C(dimensions) and
            C(statistic) (by default V(Average)).
        type: dict
      period:
        description:
          - Seconds of one data point, by default 60. CloudWatch knows 1, 5, 10, 20, 30 and multiples of 60. The short
            ones exist only of metrics that are written with high resolution.
        type: int
      window:
        description:
          - Over how many seconds to look back, a multiple of the period. By default 300, of V(health_check) 180, of
            V(compare) 900.
        type: int
      delay:
        description: How many seconds before now the window ends, by default 60, since metrics take time to arrive.
        type: int
      success:
        description:
          - Of V(metric), an operator and a number, such as V(<= 0.01). The operators are V(<), V(<=), V(>), V(>=),
            V(==) and V(!=).
          - With V(success) alone, what does not succeed fails. With O(gates[].failure) alone, what does not fail
            passes. With both, what is neither is V(inconclusive), and failure goes before success.
        type: str
      failure:
        description: Of V(metric), as O(gates[].success).
        type: str
      over:
        description:
          - Of V(metric), what the conditions are about. V(each) data point of the window (success of all, failure of
            any), the V(latest), or their V(average), V(sum), V(minimum) or V(maximum). By default V(each).
        type: str
      health_check:
        description: Of V(health_check), its id. Required there.
        type: str
      target_group:
        description: Of V(target_health), the target group's ARN. Required there.
        type: str
      minimum:
        description:
          - Of V(metric) and V(health_check), so many data points are needed, by default as many as the window has
            periods, but for one that may be late.
          - Of V(target_health), so many healthy targets, by default 1.
          - Of V(share), so many requests in all, by default as many as it takes for four standard errors to fit into
            the tolerance, and 100 at the least.
          - Of V(compare), so many data points of each side, by default 10.
        type: int
      url:
        description:
          - Of V(http), the address, C(http) or C(https). Required there. Evidence shows it without the query; secrets
            belong into O(gates[].headers) all the same. Redirects are not followed.
        type: str
      connect_to:
        description:
          - Of V(http), host or host:port to connect to in place of that of the URL, whose name is still used for
            C(Host) and in TLS. With the name of a side's load balancer a side is asked before it gets any traffic.
        type: str
      method:
        description: Of V(http), V(GET), V(HEAD) or V(OPTIONS), by default V(GET).
        type: str
      headers:
        description:
          - Of V(http), headers, values by names. They may hold tokens, so Ansible hides their values wherever it
            shows something, in results too. Give no value that is part of other words.
        type: dict
      status:
        description: Of V(http), the statuses of a good answer, by default V([200]).
        type: list
        elements: int
      body:
        description: Of V(http), a text that a good answer contains within its first MiB.
        type: str
      requests:
        description: Of V(http), so many requests one after the other, by default 5.
        type: int
      may_fail:
        description: Of V(http), so many of them may fail, by default 0. As soon as more have, no further ones are made.
        type: int
      timeout:
        description:
          - Of V(http), seconds for a request, by default 5. All requests of a gate together may take 60.
        type: float
      latency_max:
        description: Of V(http), the longest time in seconds. Without it time is measured and does not decide.
        type: float
      latency_percentile:
        description: Of V(http), the percentile of the times that O(gates[].latency_max) is about, by default 95.
        type: int
      validate_certs:
        description: Of V(http), whether a certificate has to be good for the URL's name, by default V(true).
        type: bool
      ca_file:
        description: Of V(http), a file with the certificates of the authorities to trust, in place of the system's.
        type: path
      weight:
        description: Of V(share), the part of the requests that the side ought to get, in percent. Required there.
        type: float
      others:
        description: Of V(share), the dimensions of the other sides, one dictionary for each. Required there.
        type: list
        elements: dict
      since:
        description:
          - Of V(share), the moment from which on clients follow the weight, ISO 8601 with its zone. What was before
            is not counted. Without it requests under an earlier weight may be taken for wrong ones.
        type: str
      tolerance:
        description:
          - Of V(share), by how many points of percent a share may differ, by default 10, and half of the weight (or
            of what is left to 100) at most.
          - Of V(compare), by what part of the baseline a side may be worse, by default 0.25.
        type: float
      baseline:
        description: Of V(compare), the dimensions of the side to compare with. Required there.
        type: dict
      worse:
        description: Of V(compare), what is worse. V(higher), V(lower) or V(different), by default V(higher).
        type: str
      tolerance_absolute:
        description:
          - Of V(compare), by how much a side may be worse in the metric's own unit, by default 0. The larger one of
            both tolerances counts.
        type: float
      confidence:
        description: Of V(compare), how certain a difference has to be to fail, by default 0.999.
        type: float
      result:
        description:
          - Of V(sql_compare), what the comparison returned, registered. Required there. It has C(verdict) (V(pass),
            V(fail) or V(inconclusive)), C(reason), C(evidence) and C(observed_at) (ISO 8601 with its zone).
        type: dict
      max_age:
        description: Of V(sql_compare), how many seconds old that verdict may be, by default 3600.
        type: int
  tallies:
    description: What the last look returned as RV(tallies). Without it, all counts begin at 0.
    type: dict
    default: {}
  bake:
    description:
      - For how many seconds the step is watched. With it, gates that could not fail within that time are refused.
        These are alarms whose data points to alarm, times their period, plus O(delivery), take longer (for which the
        alarms are read first), and metrics of which one period and its delay do.
    type: int
  delivery:
    description: How many seconds metrics take to arrive, for O(bake). Those of load balancers take one or two minutes.
    type: int
    default: 120
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - cutover.aws.module.reads
requirements:
  - scipy, for the kind V(compare), which is refused without it
notes:
  - All queries of metrics of a region are one call of GetMetricData (up to 500), all alarms one of DescribeAlarms (up
    to 100, and one more for each level of composite alarms).
  - botocore tries a call three times, unless C(aws_config) says otherwise; what is throttled for longer than that is
    V(inconclusive). A later look is worth more than a late answer.
  - Needs C(cloudwatch:DescribeAlarms), C(cloudwatch:GetMetricData) and C(elasticloadbalancing:DescribeTargetHealth),
    each for the kinds that ask them.
  - Requests of V(http) go from the controller, without the proxies of its environment.
seealso:
  - module: cutover.aws.route53_weighted_shift
  - module: cutover.aws.elb_weighted_shift
  - module: cutover.aws.sql_compare
"""

EXAMPLES = r"""
- name: Ask whether green is fit for more traffic
  cutover.aws.traffic_gate:
    bake: 600
    tallies: "{{ last.tallies | default({}) }}"
    gates:
      - name: green-5xx
        type: alarm
        alarm: acme-prod-green-target-5xx
      - name: green-errors
        type: metric
        failures: 1
        expression: FILL(errors, 0) / requests
        metrics:
          errors:
            namespace: AWS/ApplicationELB
            metric: HTTPCode_Target_5XX_Count
            dimensions: "{{ green_dimensions }}"
            statistic: Sum
          requests:
            namespace: AWS/ApplicationELB
            metric: RequestCount
            dimensions: "{{ green_dimensions }}"
            statistic: Sum
        success: "<= 0.001"
        failure: "> 0.01"
      - name: green-latency
        type: compare
        dry_run: true
        namespace: AWS/ApplicationELB
        metric: TargetResponseTime
        statistic: p95
        dimensions: "{{ green_dimensions }}"
        baseline: "{{ blue_dimensions }}"
      - name: green-share
        type: share
        weight: 10
        since: "{{ settled_at }}"
        dimensions: "{{ green_dimensions }}"
        others: ["{{ blue_dimensions }}"]
      - name: green-answers
        type: http
        url: https://www.example.com/health
        connect_to: "{{ green_load_balancer_name }}"
        latency_max: 0.5
      - name: blue-hosts
        type: target_health
        side: blue
        target_group: "{{ blue_target_group_arn }}"
        minimum: 2
  register: last

- name: Stop where green is not fit
  ansible.builtin.assert:
    that: last.verdict == 'pass'
    fail_msg: "{{ last.reason }}"
"""

RETURN = r"""
verdict:
  description:
    - V(pass) where every gate that decides has passed in this look. V(fail) where one has failed more often in a row
      than it may. V(inconclusive) for everything else, and where no gate decides.
  returned: always
  type: str
  sample: fail
reason:
  description: Why.
  returned: always
  type: str
  sample: "green is unfit: green-5xx: acme-prod-green-target-5xx is in ALARM: Threshold Crossed"
verdicts:
  description: What each gate says in this look, before any budget, in the order of O(gates).
  returned: always
  type: list
  elements: dict
  contains:
    gate:
      description: Its name.
      type: str
      returned: always
    type:
      description: Its kind.
      type: str
      returned: always
    side:
      description: Whom it judges.
      type: str
      returned: always
    decides:
      description: False where it is only measured.
      type: bool
      returned: always
    verdict:
      description: V(pass), V(fail) or V(inconclusive).
      type: str
      returned: always
    reason:
      description: Why.
      type: str
      returned: always
    evidence:
      description: What was asked and what was seen, by kind. Headers and bodies are never in it.
      type: dict
      returned: always
    observed_at:
      description: When, UTC, ISO 8601.
      type: str
      returned: always
  sample:
    - gate: green-5xx
      type: alarm
      side: green
      decides: true
      verdict: fail
      reason: "acme-prod-green-target-5xx is in ALARM: Threshold Crossed"
      evidence:
        alarm: acme-prod-green-target-5xx
        region: us-east-1
        state: ALARM
        since: "2026-12-01T02:13:00+00:00"
        state_reason: Threshold Crossed
      observed_at: "2026-12-01T02:14:07Z"
sides:
  description:
    - Whether each side is V(fit), V(unfit), V(unknown) (no gate decides on it, or one was inconclusive more often in a
      row than it may be), or V(pending) (one has not passed, within its budget, which proves nothing).
  returned: always
  type: dict
  sample: {green: unfit, blue: fit}
tallies:
  description: For each gate, how many looks have failed and how many were inconclusive since it passed last.
  returned: always
  type: dict
  sample: {green-5xx: {failures: 1, errors: 0}}
observed_at:
  description: When the look was made, UTC, ISO 8601.
  returned: always
  type: str
  sample: "2026-12-01T02:14:07Z"
calls:
  description: How often each operation was called; attempts that botocore made again count once.
  returned: always
  type: dict
  sample: {DescribeAlarms: 1, GetMetricData: 1}
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._gate.api import BRIEF, counted
from ..module_utils._gate.asked import gates_of, tallies_of
from ..module_utils._gate.look import Bake, look
from ..module_utils._gate.outcome import outcome


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(argument_spec=_argument_spec(), supports_check_mode=True)
    p, now, calls = module.params, datetime.now(UTC), list[str]()
    with fail_clearly(module):
        gates = gates_of(p, module.region, now)
        findings = look(gates, _clients(module, calls), Bake(p["bake"], p["delivery"]), now)
        result = outcome(gates, findings, tallies_of(p["tallies"]), now)
    module.exit_json(changed=False, **result, calls=dict(sorted(Counter(calls).items())))


def _clients(module: AnsibleAWSModule, calls: list[str]) -> Callable[[str, str], Any]:
    @cache
    def client(service: str, region: str) -> Any:
        made = module.client(service, region=region, config=BRIEF)
        counted(made, calls)
        return made

    return client


def _argument_spec() -> dict[str, Any]:
    return {
        "gates": {"type": "list", "elements": "dict", "required": True, "options": _gate()},
        "tallies": {"type": "dict", "default": {}},
        "bake": {"type": "int"},
        "delivery": {"type": "int", "default": 120},
    }


def _gate() -> dict[str, Any]:
    """Which of them a kind needs and takes is checked later: for all gates at once, before anything is asked."""
    texts = (
        "name type region alarm namespace metric statistic expression success failure over health_check target_group"
    )
    more_texts = "target_group url connect_to method body since worse"
    numbers = ("period", "window", "delay", "minimum", "requests", "may_fail", "latency_percentile", "max_age")
    fractions = ("timeout", "latency_max", "weight", "tolerance", "tolerance_absolute", "confidence")
    return {
        **{name: {"type": "str"} for name in f"{texts} {more_texts}".split()},
        **{name: {"type": "int"} for name in numbers},
        **{name: {"type": "float"} for name in fractions},
        **{name: {"type": "dict"} for name in ("dimensions", "metrics", "baseline", "result")},
        "side": {"type": "str", "default": "green"},
        "failures": {"type": "int", "default": 0},
        "errors": {"type": "int", "default": 0},
        "dry_run": {"type": "bool", "default": False},
        "headers": {"type": "dict", "no_log": True},
        "status": {"type": "list", "elements": "int"},
        "validate_certs": {"type": "bool"},
        "ca_file": {"type": "path"},
        "others": {"type": "list", "elements": "dict"},
    }


if __name__ == "__main__":
    main()
