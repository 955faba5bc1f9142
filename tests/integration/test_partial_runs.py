# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs of some roles, by --tags and --skip-tags: they do their part, touch no other, and tell of the whole stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.testing import daemon
from tests.integration.conftest import REMOVABLE, Built
from tests.integration.prod_reading import Reading, tags_of
from tests.integration.runs import Controller, planned

ALARM = "alarm acme-prod-green-cpu"
EDITED = ("marketing", 99.0)
"""A subnet's tag and an alarm's threshold, as somebody has left them."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    with daemon() as cloud:
        yield Controller(cloud, Path(tmp_path_factory.mktemp("empty")), variables=dict(REMOVABLE))


def test_a_run_of_some_roles_repairs_their_layers_and_leaves_the_others(prod: Built) -> None:
    controller, before = prod.controller, prod.controller.outputs()
    sound = tag_and_threshold(prod)
    edit_both(prod)
    assert set(planned(controller.plan("--tags", "monitoring"))) == {ALARM}

    controller.run("site.yml", "--tags", "vpc").expect()
    assert tag_and_threshold(prod) == (sound[0], EDITED[1]), "the run was for the network, and not for alarms"
    assert controller.outputs() == before, "outputs are those of the whole stack"

    edit_both(prod)
    controller.run("site.yml", "--skip-tags", "vpc").expect()
    assert tag_and_threshold(prod) == (EDITED[0], sound[1]), "the run was for all but the network"
    assert controller.outputs() == before
    tag_subnet(prod, sound[0])


def tag_and_threshold(built: Built) -> tuple[str, float]:
    """What AWS shows now."""
    reading = Reading(built)
    return tags_of(reading.subnets["public-b"])["CostCenter"], float(reading.alarms["green-cpu"]["Threshold"])


def edit_both(built: Built) -> None:
    reading = Reading(built)
    tag_subnet(built, EDITED[0])
    alarm = reading.alarms["green-cpu"]
    kept = ("AlarmName", "MetricName", "Namespace", "Statistic", "Dimensions", "Period", "EvaluationPeriods")
    given = {field: alarm[field] for field in (*kept, "ComparisonOperator", "AlarmActions", "OKActions")}
    reading.aws("cloudwatch").put_metric_alarm(**given, Threshold=EDITED[1])
    assert tag_and_threshold(built) == EDITED


def tag_subnet(built: Built, value: str) -> None:
    reading = Reading(built)
    subnet = reading.subnets["public-b"]["SubnetId"]
    reading.aws("ec2").create_tags(Resources=[subnet], Tags=[{"Key": "CostCenter", "Value": value}])


def test_one_role_alone_can_be_planned_on_an_empty_account(empty: Controller) -> None:
    document = empty.plan("--tags", "vpc")
    assert list(document["layers"]) == ["vpc"]
    assert document["counts"]["create"] > 20


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("--tags", "vpc"), "log_group /acme-prod/vpc-flow-logs (key_arn)"),
        (("--tags", "monitoring"), "topic acme-prod-alarms (key_arn)"),
        (("--skip-tags", "keys"), "log_group /acme-prod/vpc-flow-logs (key_arn)"),
    ],
    ids=["network", "monitoring", "all but keys"],
)
def test_a_role_is_not_built_before_what_it_stands_on(
    empty: Controller, arguments: tuple[str, ...], missing: str
) -> None:
    mark = empty.cloud.mark()
    refused = empty.run("site.yml", *arguments).expect(2)
    assert "that layer is not built" in refused.output
    assert missing in refused.output
    made = {call["operation"] for call in empty.cloud.calls(since=mark, access="write")}
    assert made <= ({"CreateHostedZone", "ChangeTagsForResource"} if "--skip-tags" in arguments else set())


def test_a_tag_that_no_role_has_is_refused(empty: Controller) -> None:
    refused = empty.run("site.yml", "--tags", "vcp").expect(2)
    assert "vpc" in refused.output.split("--tags", 1)[1]
    assert "stands" not in refused.output
