# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The faults that need no memory: each is seen to bite, and none is there unless asked for."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from local_cloud.clock import ManualClock
from local_cloud.errors import LocalCloudError
from local_cloud.layers.faults import KINDS, Rule
from local_cloud.testing import LocalCloud


def test_there_are_none_by_default(cloud: LocalCloud) -> None:
    assert cloud.control.fault_rules() == []
    mark = cloud.control.mark()
    for _ in range(20):
        cloud.client("sts").get_caller_identity()
    assert [call["faults"] for call in cloud.control.calls(since=mark)] == [[]] * 20


THROTTLED = [
    ("ec2", "describe_vpcs", "RequestLimitExceeded", 503),
    ("route53", "list_hosted_zones", "Throttling", 400),
    ("s3", "list_buckets", "SlowDown", 503),
    ("rds", "describe_db_instances", "Throttling", 400),
    ("lambda", "list_functions", "TooManyRequestsException", 429),
    ("logs", "describe_log_groups", "ThrottlingException", 400),
    ("kms", "list_keys", "ThrottlingException", 400),
]


@pytest.mark.parametrize(("service", "method", "code", "status"), THROTTLED, ids=[t[0] for t in THROTTLED])
def test_throttling_speaks_the_services_language(
    cloud: LocalCloud, service: str, method: str, code: str, status: int
) -> None:
    cloud.control.faults([{"kind": "throttle"}])
    with pytest.raises(ClientError) as caught:
        getattr(cloud.client(service), method)()
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


@pytest.mark.parametrize("service", ["ec2", "route53", "s3", "kms", "lambda"])
def test_botocore_retries_it(cloud: LocalCloud, service: str) -> None:
    """Throttled once and retried: what the client's own table takes for throttling."""
    cloud.control.faults([{"kind": "throttle", "times": 1}])
    methods = {"ec2": "describe_vpcs", "route53": "list_hosted_zones", "s3": "list_buckets", "kms": "list_keys"}
    client = cloud.client(service, retries={"total_max_attempts": 2, "mode": "standard"})
    getattr(client, methods.get(service, "list_functions"))()
    assert cloud.control.fault_rules()[0]["hits"] == 1


def test_errors_of_the_server(cloud: LocalCloud) -> None:
    cloud.control.faults([{"kind": "error", "status": 503, "code": "ServiceUnavailable"}])
    with pytest.raises(ClientError, match="ServiceUnavailable") as caught:
        cloud.client("rds").describe_db_instances()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


@pytest.mark.parametrize(("kind", "made"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_connection_before_and_after_the_service_acted(
    cloud: LocalCloud, name: str, kind: str, made: int
) -> None:
    topics = cloud.client("sns")
    cloud.control.faults([{"kind": kind, "match": {"operation": "CreateTopic"}}])
    mark = cloud.control.mark()
    with pytest.raises(ConnectionClosedError):
        topics.create_topic(Name=name)
    assert sum(topic["TopicArn"].endswith(f":{name}") for topic in topics.list_topics()["Topics"]) == made
    call = cloud.control.calls(since=mark, operation="CreateTopic")[0]
    assert (call["status"], call["error_code"], call["faults"]) == (0, "ConnectionDropped", [kind])


def test_latency_is_slept_on_the_clock(cloud: LocalCloud, clock: ManualClock) -> None:
    cloud.control.faults([{"kind": "latency", "seconds": 40}])
    before = clock.now()
    cloud.client("sts").get_caller_identity()
    assert clock.now() - before == 40


@pytest.mark.parametrize(
    ("rule", "struck"),
    [
        ({"match": {"service": "sts"}}, 0),
        ({"match": {"service": "ec2", "operation": "DescribeV*"}}, 6),
        ({"match": {"operation": ["DescribeVpcs", "Nothing"]}}, 6),
        ({"match": {"region": "eu-*"}}, 0),
        ({"match": {"access": "write"}}, 0),
        ({"exclude": {"service": "ec2"}}, 0),
        ({"times": 2}, 2),
        ({"after": 4}, 2),
        ({"after": 1, "times": 3}, 3),
        ({"probability": 0}, 0),
    ],
)
def test_rules_choose_their_calls(cloud: LocalCloud, rule: dict[str, Any], struck: int) -> None:
    cloud.control.faults([{"kind": "throttle", **rule}])
    ec2 = cloud.client("ec2")
    refused = 0
    for _ in range(6):
        try:
            ec2.describe_vpcs()
        except ClientError:
            refused += 1
    assert refused == struck


def test_chance_repeats_with_its_seed() -> None:
    def draws(seed: int) -> list[bool]:
        rule = Rule("throttle", probability=0.5, seed=seed)
        return [rule.strikes() for _ in range(50)]

    assert draws(3) == draws(3)
    assert draws(3) != draws(4)
    assert 10 < sum(draws(3)) < 40


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "nonsense"},
        {"kind": "throttle", "match": {"servcie": "ec2"}},
        {"kind": "throttle", "probability": 2},
        {"kind": "pages", "size": 0},
        {"kind": "throttle", "chance": 0.5},
        {},
    ],
)
def test_bad_rules_are_refused_and_the_old_ones_stay(cloud: LocalCloud, rule: dict[str, Any]) -> None:
    cloud.control.faults([{"kind": "latency", "seconds": 0}])
    with pytest.raises(LocalCloudError):
        cloud.control.faults([rule])
    assert [known["kind"] for known in cloud.control.fault_rules()] == ["latency"]


def test_every_kind_is_known_to_be_off_without_a_rule(cloud: LocalCloud) -> None:
    assert not any(cloud.cloud.faults.active(kind) for kind in KINDS)
