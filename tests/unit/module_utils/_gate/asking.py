# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates by their options, and answers to them, without anybody being asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._gate.asked import Asked, gates_of
from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Finding, Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Alarm, Answers, Query, Sample, Series

NOW = datetime(2026, 12, 1, 2, 14, 7, tzinfo=UTC)
REGION = "eu-west-1"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/73e2d6bc24d8a067"

GREEN, BLUE = {"LoadBalancer": "app/green/1"}, {"LoadBalancer": "app/blue/1"}
LATENCY = {"namespace": "AWS/ApplicationELB", "metric": "TargetResponseTime", "dimensions": GREEN}

FIT: Mapping[str, Mapping[str, Any]] = {
    "alarm": {"alarm": "green-5xx"},
    "metric": {**LATENCY, "success": "<= 0.5"},
    "health_check": {"health_check": "0b1e6cd7-52f2-4ed4-8a5e-7e4a1a5c54f6"},
    "target_health": {"target_group": GROUP},
    "http": {"url": "https://www.example.com/health"},
    "share": {"weight": 10, "dimensions": GREEN, "others": [BLUE]},
    "compare": {**LATENCY, "baseline": BLUE},
    "sql_compare": {"result": {"verdict": "pass", "observed_at": "2026-12-01T02:00:00Z", "reason": "same"}},
}
"""For each kind, options with which it can be asked."""


def gate(kind: str, **options: Any) -> dict[str, Any]:
    """As the module gets it."""
    counted = {"side": "green", "failures": 0, "errors": 0, "dry_run": False}
    return {"name": kind, "type": kind, **counted, **FIT.get(kind, {}), **options}


def asked(*gates: Mapping[str, Any], **call: Any) -> list[Asked]:
    return gates_of({"gates": gates, "bake": None, "delivery": 120, "tallies": {}, **call}, REGION, NOW)


def asked_one(kind: str, **options: Any) -> Asked:
    (one,) = asked(gate(kind, **options))
    return one


def judged(one: Asked, answers: Answers) -> Finding:
    return one.question.judge(answers)


def alarm(state: str = "OK", name: str = "green-5xx", **changes: Any) -> Alarm:
    """It has been in its state for an hour, and looks at five minutes."""
    times = {"updated": NOW - timedelta(hours=1), "configured": NOW - timedelta(days=9)}
    return Alarm(
        **{"name": name, "state": state, "reason": "because", "window": 300, "fastest": 300, **times, **changes}
    )


def of_alarms(*alarms: Alarm) -> Answers:
    return Answers(NOW, alarms={REGION: {one.name: one for one in alarms}})


def values(query: Query, *numbers: float | None) -> Series:
    """A series with a value for each period from the first on, none for None."""
    step = timedelta(seconds=query.period)
    points = [(query.start + index * step, value) for index, value in enumerate(numbers) if value is not None]
    return Series(tuple(points))


def of_series(one: Asked, *rows: Sequence[float | None] | Unknown) -> Answers:
    """A row of values for each of the gate's queries."""
    queries = one.question.queries
    found = {
        query: row if isinstance(row, Unknown) else values(query, *row)
        for query, row in zip(queries, rows, strict=True)
    }
    return Answers(NOW, series=found)


def of_targets(one: Asked, states: Mapping[str, int] | Unknown) -> Answers:
    assert one.question.group
    return Answers(NOW, health={one.question.group: states})


def of_samples(one: Asked, *samples: Sample) -> Answers:
    assert one.question.probe
    return Answers(NOW, samples={one.question.probe: samples})
