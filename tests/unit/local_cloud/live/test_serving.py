# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers and targets that serve: over real connections on loopback, with what ELB and CloudWatch say of it."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.live.network import served_port
from local_cloud.live.world import World
from local_cloud.testing import LocalCloud

Minutes = Callable[[float], None]


class Client:
    """Asks a side's load balancer."""

    def __init__(self, world: World, shop: Any) -> None:
        self._world, self._shop = world, shop

    def __call__(self, side: str, path: str = "/", port: int = 80) -> tuple[int, str]:
        address = self._world.balancers.address(self._shop.balancers[side]["DNSName"])
        assert address is not None
        connection = http.client.HTTPConnection(address, served_port(port), timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode().strip()
        finally:
            connection.close()


@pytest.fixture
def ask(world: World, shop: Any) -> Client:
    return Client(world, shop)


def sums(cloud: LocalCloud, shop: Any, side: str, stat: str = "Sum", with_group: bool = True) -> dict[str, float]:
    """Metrics of the last minutes by name, of a load balancer and its target group."""
    cloudwatch, now = cloud.client("cloudwatch"), cloud.now()
    balancer = shop.balancers[side]["LoadBalancerArn"].partition(":loadbalancer/")[2]
    dimensions = [{"Name": "LoadBalancer", "Value": balancer}]
    if with_group:
        dimensions.append({"Name": "TargetGroup", "Value": shop.groups[side].rpartition(":")[2]})
    found = cloudwatch.list_metrics(Namespace="AWS/ApplicationELB", Dimensions=dimensions)["Metrics"]
    metrics = [one for one in found if len(one["Dimensions"]) == len(dimensions)]
    queries = [
        {"Id": f"m{number}", "Label": one["MetricName"], "MetricStat": {"Metric": one, "Period": 3600, "Stat": stat}}
        for number, one in enumerate(metrics)
    ]
    results = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=1)
    )["MetricDataResults"]
    # AWS's time runs, so that the data may lie in two of its hours
    whole = {"Sum": sum, "SampleCount": sum, "Minimum": min}.get(stat, max)
    return {one["Label"]: whole(one["Values"]) for one in results}


def health(shop: Any, side: str) -> dict[str, str]:
    found = shop.elbv2.describe_target_health(TargetGroupArn=shop.groups[side])["TargetHealthDescriptions"]
    return dict(found[0]["TargetHealth"])


def test_a_side_answers_with_its_name(ask: Client, shop: Any) -> None:
    assert ask("blue") == (200, f"{shop.name}-blue")
    assert ask("green", "/health") == (200, f"{shop.name}-green")


def test_what_was_served_is_published_when_its_minute_is_over(
    cloud: LocalCloud, ask: Client, shop: Any, world: World, minutes: Minutes
) -> None:
    for _ in range(5):
        ask("green")
    world.behaviours.set("*-green", {"errors": 1})
    assert [ask("green") for _ in range(3)] == [(500, f"{shop.name}-green 500")] * 3
    world.behaviours.set("*-green", {"down": True})
    assert ask("green")[0] == 502
    assert "RequestCount" not in sums(cloud, shop, "green")
    minutes(1)
    found = sums(cloud, shop, "green")
    assert found["RequestCount"] == 9
    assert found["HTTPCode_Target_2XX_Count"] == 5
    assert found["HTTPCode_Target_5XX_Count"] == 3
    assert "HTTPCode_ELB_5XX_Count" not in found
    assert sums(cloud, shop, "green", with_group=False)["HTTPCode_ELB_5XX_Count"] == 1
    assert sums(cloud, shop, "green", "SampleCount")["TargetResponseTime"] == 8
    assert "RequestCount" not in sums(cloud, shop, "blue")


def test_a_slow_side_is_seen_in_percentiles(
    cloud: LocalCloud, ask: Client, shop: Any, world: World, minutes: Minutes
) -> None:
    for _ in range(9):
        ask("green")
    world.behaviours.set("*-green", {"delay": 0.2})
    ask("green")
    minutes(1)
    assert sums(cloud, shop, "green", "p100")["TargetResponseTime"] >= 0.2
    assert sums(cloud, shop, "green", "p90")["TargetResponseTime"] < 0.2


def test_target_health_follows_the_probes(shop: Any, world: World, minutes: Minutes) -> None:
    assert health(shop, "green") == {"State": "healthy"}
    world.behaviours.set("*-green", {"unhealthy": True})
    minutes(0.5)
    assert health(shop, "green")["State"] == "healthy"
    minutes(0.5)
    assert health(shop, "green") == {
        "State": "unhealthy",
        "Reason": "Target.ResponseCodeMismatch",
        "Description": "Health checks failed with these codes: [503]",
    }
    assert health(shop, "blue")["State"] == "healthy"
    world.behaviours.set("*-green", {"down": True})
    minutes(0.5)
    assert health(shop, "green")["Reason"] == "Target.FailedHealthChecks"
    world.behaviours.set("*-green", {})
    minutes(1)
    assert health(shop, "green")["State"] == "unhealthy"
    minutes(0.5)
    assert health(shop, "green") == {"State": "healthy"}


def test_hosts_are_counted_each_minute(cloud: LocalCloud, shop: Any, world: World, minutes: Minutes) -> None:
    world.behaviours.set("*-green", {"unhealthy": True})
    minutes(3)
    found = sums(cloud, shop, "green", "Maximum")
    assert found["UnHealthyHostCount"] == 1
    assert sums(cloud, shop, "green", "Minimum")["HealthyHostCount"] == 0
    assert sums(cloud, shop, "blue", "Maximum")["UnHealthyHostCount"] == 0


def test_a_new_target_is_looked_at_before_it_is_healthy(shop: Any, minutes: Minutes) -> None:
    shop.elbv2.register_targets(TargetGroupArn=shop.groups["blue"], Targets=[{"Id": "10.250.250.250"}])
    states = shop.elbv2.describe_target_health(TargetGroupArn=shop.groups["blue"])["TargetHealthDescriptions"]
    assert [one["TargetHealth"]["State"] for one in states] == ["healthy", "initial"]
    minutes(0.5)
    states = shop.elbv2.describe_target_health(TargetGroupArn=shop.groups["blue"])["TargetHealthDescriptions"]
    assert [one["TargetHealth"]["State"] for one in states] == ["healthy", "healthy"]


def test_weights_of_a_listener_split_its_requests(ask: Client, shop: Any) -> None:
    groups = [
        {"TargetGroupArn": shop.groups["blue"], "Weight": 75},
        {"TargetGroupArn": shop.groups["green"], "Weight": 25},
    ]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    shop.elbv2.modify_listener(ListenerArn=shop.listeners["blue"], DefaultActions=[action])
    found = Counter(ask("blue")[1] for _ in range(200))
    assert found.total() == 200
    assert 120 <= found[f"{shop.name}-blue"] <= 178


def test_a_group_without_targets_is_an_error_of_the_balancer(
    cloud: LocalCloud, ask: Client, shop: Any, minutes: Minutes
) -> None:
    target = shop.elbv2.describe_target_health(TargetGroupArn=shop.groups["green"])["TargetHealthDescriptions"][0]
    shop.elbv2.deregister_targets(TargetGroupArn=shop.groups["green"], Targets=[target["Target"]])
    assert ask("green")[0] == 503
    minutes(1)
    assert sums(cloud, shop, "green", with_group=False) == {"HTTPCode_ELB_5XX_Count": 1}


def test_listeners_come_and_go(ask: Client, shop: Any, minutes: Minutes) -> None:
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    made = shop.elbv2.create_listener(
        LoadBalancerArn=shop.balancers["blue"]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=81,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )["Listeners"][0]["ListenerArn"]
    minutes(0.2)
    assert ask("blue", "/", 81)[0] == 301
    shop.elbv2.delete_listener(ListenerArn=made)
    minutes(0.2)
    with pytest.raises(ConnectionRefusedError):
        ask("blue", "/", 81)


def test_https_is_spoken_with_the_certificate_of_the_listener(
    cloud: LocalCloud, shop: Any, world: World, minutes: Minutes, self_signed: Callable[..., tuple[bytes, bytes]]
) -> None:
    import ssl  # noqa: PLC0415

    certificate, key = self_signed()
    arn = cloud.client("acm").import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]
    shop.elbv2.create_listener(
        LoadBalancerArn=shop.balancers["blue"]["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": shop.groups["blue"]}],
    )
    minutes(0.2)
    address = world.balancers.address(shop.balancers["blue"]["DNSName"])
    context = ssl.create_default_context(cadata=certificate.decode())
    context.check_hostname = False
    connection = http.client.HTTPSConnection(address or "", served_port(443), timeout=10, context=context)
    connection.request("GET", "/")
    assert connection.getresponse().read().decode() == f"{shop.name}-blue\n"
    connection.close()


def test_nothing_is_served_once_it_is_still(cloud: LocalCloud, ask: Client) -> None:
    assert ask("blue")[0] == 200
    cloud.cloud.go_still()
    with pytest.raises(ConnectionRefusedError):
        ask("blue")


def test_behaviour_over_the_control_api(cloud: LocalCloud, world: World, shop: Any) -> None:
    found = cloud.control.side(f"{shop.name}-green", errors=0.5)
    assert found == [{"side": f"{shop.name}-green", "errors": 0.5, "delay": 0.0, "unhealthy": False, "down": False}]
    status = cloud.control.live()
    assert status["behaviours"] == found
    assert {one["name"]: one["ports"] for one in status["balancers"]}[f"{shop.name}-blue"] == {"80": 20080}
    with pytest.raises(LocalCloudError, match="within 0 and 1"):
        cloud.control.side("*", errors=2)
    cloud.control.side(f"{shop.name}-green")
    assert cloud.control.live()["behaviours"] == []
