# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The model of what watches a stack."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.alarms import KINDS, SIDE_KINDS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import UNKNOWN, ModelError, Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.dashboard import COLUMNS
from ansible_collections.cutover.aws.plugins.module_utils._model.monitoring import MONITORING_TYPES, monitoring_model

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
TOPIC = "arn:aws:sns:us-east-1:123456789012:acme-prod-alarms"
SPECS = Path(__file__).parents[4] / "roles/monitoring/meta/argument_specs.yml"


def fleet(side: str) -> dict[str, Any]:
    return {
        "load_balancer_full_name": f"app/{side}/1",
        "target_group_full_name": f"targetgroup/{side}/1",
        "group_name": f"acme-prod-app-{side}",
        "policies": {"up": f"arn:up-{side}", "down": f"arn:down-{side}"},
    }


CONFIG: dict[str, Any] = {
    "key_arn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "sides": ["blue", "green"],
    "fleets": {"blue": fleet("blue"), "green": fleet("green")},
    "scaling_alarms": True,
    "database": True,
    "database_identifier": "acme-prod",
    "replica_identifiers": [],
    "subscriptions": [],
    "log_groups": {"application": 30},
    "alarms": {},
}


def model(**changes: Any) -> Any:
    return monitoring_model(STACK, {**CONFIG, **changes})


def alarms(**changes: Any) -> dict[str, Resource]:
    return {key.split("/")[1]: one for key, one in model(**changes).items() if one.type == "alarm"}


DATABASE = ["database-cpu", "database-connections", "database-free-storage", "database-free-memory"]
OF_A_SIDE = ["target-5xx", "guard", "elb-5xx", "latency-p95", "latency-average", "unhealthy-hosts", "cpu"]
SCALING = ["scale-up", "scale-down"]
OF_BOTH = [f"{side}-{kind}" for side in ("blue", "green") for kind in OF_A_SIDE + SCALING]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, OF_BOTH + DATABASE),
        ({"database": False}, OF_BOTH),
        ({"scaling_alarms": False, "sides": ["blue"], "database": False}, [f"blue-{kind}" for kind in OF_A_SIDE]),
        ({"sides": [], "replica_identifiers": ["copy"]}, [*DATABASE, "copy-replica-lag"]),
        ({"sides": [], "alarms": {"database_cpu": {"enabled": False}}}, DATABASE[1:]),
    ],
    ids=["all", "no database", "no scaling", "a replica", "one switched off"],
)
def test_there_is_an_alarm_for_whatever_there_is(changes: dict[str, Any], expected: list[str]) -> None:
    assert list(alarms(**changes)) == expected


def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_is_over() -> None:
    for name, alarm in alarms(replica_identifiers=["copy"]).items():
        if name.endswith("-guard"):
            continue
        assert TOPIC in alarm.attributes["alarm_actions"]
        assert alarm.attributes["ok_actions"] == [TOPIC]
        assert alarm.attributes["actions_enabled"] is True


def test_a_guard_tells_nobody_and_forgets_nothing() -> None:
    """Route 53 follows it; people are told by the other alarm on the same errors."""
    for side in ("blue", "green"):
        guard, told = (alarms()[f"{side}-{kind}"].attributes for kind in ("guard", "target-5xx"))
        assert [guard[f"{state}_actions"] for state in ("alarm", "ok", "insufficient_data")] == [[], [], []]
        assert (guard["treat_missing_data"], told["treat_missing_data"]) == ("missing", "notBreaching")
        same = ("namespace", "metric", "dimensions", "statistic", "threshold", "period", "evaluation_periods")
        assert [guard[name] for name in same] == [told[name] for name in same]


def test_two_alarms_of_a_side_scale_it_and_no_other_does() -> None:
    acting = {name: one.attributes["alarm_actions"] for name, one in alarms().items()}
    assert acting["green-scale-up"] == [TOPIC, "arn:up-green"]
    assert acting["green-scale-down"] == [TOPIC, "arn:down-green"]
    assert [name for name, actions in acting.items() if len(actions) > 1] == [
        "blue-scale-up",
        "blue-scale-down",
        "green-scale-up",
        "green-scale-down",
    ]


def test_before_the_fleets_are_built_the_plan_names_the_same_alarms() -> None:
    early = alarms(fleets={}, database_identifier=None)
    assert list(early) == list(alarms())
    assert early["blue-cpu"].attributes["dimensions"] == {"AutoScalingGroupName": UNKNOWN}
    assert UNKNOWN in early["blue-scale-up"].attributes["alarm_actions"]
    assert early["database-cpu"].attributes["dimensions"] == {"DBInstanceIdentifier": UNKNOWN}


def test_a_health_check_of_route_53_can_follow_any_alarm_but_those_of_percentiles() -> None:
    for alarm in alarms().values():
        assert alarm.attributes["datapoints_to_alarm"] == alarm.attributes["evaluation_periods"]
        assert alarm.attributes["statistic"] in ("Average", "Sum", "Minimum", "Maximum", "p95")


def test_limits_of_the_inventory_take_the_place_of_the_kinds_own() -> None:
    limits = {"threshold": 20, "period": 120, "evaluation_periods": 7, "treat_missing_data": "breaching"}
    changed = alarms(alarms={"database_free_storage": limits})["database-free-storage"].attributes
    assert changed["threshold"] == 20 * 2**30
    assert (changed["period"], changed["evaluation_periods"], changed["datapoints_to_alarm"]) == (120, 7, 7)
    assert changed["treat_missing_data"] == "breaching"
    assert alarms()["database-free-storage"].attributes["threshold"] == 5 * 2**30


def test_a_misspelt_kind_of_alarm_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ModelError, match="there is no alarm latency; there are target_5xx, "):
        model(alarms={"latency": {"threshold": 1}})


def test_the_documentation_names_each_kind_with_its_limits() -> None:
    documented = yaml.safe_load(SPECS.read_text())["argument_specs"]["main"]["options"]["monitoring_alarms"]["options"]
    assert list(documented) == list(KINDS)
    for kind, what in KINDS.items():
        limits = f"By default: {what.threshold:g} for {what.evaluation_periods} periods of {what.period} s"
        assert documented[kind]["description"][1].startswith(f"{limits}; missing data count as {what.missing}.")


def test_only_alarms_of_the_stack_may_publish_and_nobody_without_tls() -> None:
    statements = {one["Sid"]: one for one in model()["topic"].attributes["policy"]["Statement"]}
    allowed, denied = statements["AlarmsOfThisStack"], statements["TlsOnly"]
    assert allowed["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": ["123456789012"]}
    source = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:acme-prod-*"
    assert allowed["Condition"]["ArnLike"] == {"aws:SourceArn": [source]}
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": ["false"]}})


def test_types_are_those_that_the_layer_declares() -> None:
    assert {resource.type for resource in model().values()} == set(MONITORING_TYPES)


def widgets(**changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = model(**changes)["dashboard"].attributes["body"]["widgets"]
    return found


def test_the_dashboard_draws_each_metric_with_both_sides_and_the_thresholds() -> None:
    cpu = next(one for one in widgets() if one["properties"]["title"] == "CPUUtilization (Average)")
    of_fleets = [line for line in cpu["properties"]["metrics"] if line[0] == "AWS/EC2"]
    assert [line[-1]["label"] for line in of_fleets] == ["blue", "green"]
    assert {line["value"] for line in cpu["properties"]["annotations"]["horizontal"]} == {90, 70, 30}


def test_the_dashboard_shows_the_state_of_every_alarm() -> None:
    assert len(widgets()[0]["properties"]["alarms"]) == len(alarms())


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


@given(
    sides=st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True), off=st.sets(st.sampled_from(list(SIDE_KINDS)))
)
def test_widgets_fit_side_by_side(sides: list[str], off: set[str]) -> None:
    drawn = widgets(sides=sides, fleets={}, alarms={kind: {"enabled": False} for kind in off})
    assert all(one["x"] >= 0 and one["x"] + one["width"] <= COLUMNS for one in drawn)
    assert not [pair for pair in combinations(drawn, 2) if overlap(*pair)]
