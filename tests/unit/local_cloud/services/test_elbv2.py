# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers: what AWS checks, and what it returns although nobody set it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]


def network(clients: Clients, gateway: bool = True) -> SimpleNamespace:
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    if gateway:
        made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    group = ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"]
    ids = [one["Subnet"]["SubnetId"] for one in subnets]
    return SimpleNamespace(elbv2=clients("elbv2"), ec2=ec2, vpc=vpc, subnets=ids, group=group)


def balancer(net: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    parameters = {"Name": "one", "Subnets": net.subnets, "SecurityGroups": [net.group], **changes}
    made: dict[str, Any] = net.elbv2.create_load_balancer(**parameters)["LoadBalancers"][0]
    return made


def target_group(net: SimpleNamespace, name: str = "one") -> str:
    made = net.elbv2.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=net.vpc, TargetType="instance")
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def forward(*groups: tuple[str, int]) -> list[dict[str, Any]]:
    weighted = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}]


def attributes_of(clients: Clients, arn: str) -> dict[str, str]:
    found = clients("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return {one["Key"]: one["Value"] for one in found}


@pytest.fixture
def net(aws: Clients) -> SimpleNamespace:
    return network(aws)


def test_a_new_balancer_has_all_attributes(aws: Clients, net: SimpleNamespace) -> None:
    arn = balancer(net)["LoadBalancerArn"]
    attributes = attributes_of(aws, arn)
    assert attributes["idle_timeout.timeout_seconds"] == "60"
    assert attributes["routing.http2.enabled"] == "true"
    assert attributes["load_balancing.cross_zone.enabled"] == "true"
    changed = net.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "70"}]
    )["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "70"} in changed
    assert attributes_of(aws, arn) == {**attributes, "idle_timeout.timeout_seconds": "70"}


def test_canary_moto_has_no_idle_timeout(bare: Clients) -> None:
    arn = balancer(network(bare))["LoadBalancerArn"]
    assert "idle_timeout.timeout_seconds" not in attributes_of(bare, arn)


def test_a_new_target_group_has_all_attributes(net: SimpleNamespace) -> None:
    found = net.elbv2.describe_target_group_attributes(TargetGroupArn=target_group(net))["Attributes"]
    attributes = {one["Key"]: one["Value"] for one in found}
    assert attributes["slow_start.duration_seconds"] == "0"
    assert attributes["stickiness.type"] == "lb_cookie"
    assert attributes["deregistration_delay.timeout_seconds"] == "300"


def test_the_hosted_zone_is_that_of_the_region(aws: Clients, net: SimpleNamespace) -> None:
    assert balancer(net)["CanonicalHostedZoneId"] == "Z35SXDOTRQ7X7K"
    [found] = net.elbv2.describe_load_balancers()["LoadBalancers"]
    assert found["CanonicalHostedZoneId"] == "Z35SXDOTRQ7X7K"


def test_canary_moto_makes_the_hosted_zone_up(bare: Clients) -> None:
    assert balancer(network(bare))["CanonicalHostedZoneId"] == "Z2P70J7EXAMPLE"


@pytest.mark.parametrize("name", ["x" * 33, "with_underscore", "-one", "one-", "internal-one"])
def test_names_of_balancers_are_checked(net: SimpleNamespace, refused: Refused, name: str) -> None:
    with refused("ValidationError"):
        balancer(net, Name=name)


def test_a_balancer_needs_two_zones_a_gateway_and_groups(aws: Clients, refused: Refused) -> None:
    net = network(aws, gateway=False)
    with refused("ValidationError", "two different Availability Zones"):
        balancer(net, Subnets=net.subnets[:1])
    with refused("InvalidSubnet", "has no internet gateway"):
        balancer(net)
    with refused("InvalidSecurityGroup"):
        balancer(net, Scheme="internal", SecurityGroups=["sg-1"])
    with refused("SubnetNotFound"):
        balancer(net, Scheme="internal", Subnets=["subnet-1", "subnet-2"])
    assert balancer(net, Scheme="internal")


def test_canary_moto_takes_one_zone(bare: Clients) -> None:
    net = network(bare)
    assert balancer(net, Subnets=net.subnets[:1])


def test_a_protected_balancer_is_kept(net: SimpleNamespace, refused: Refused) -> None:
    arn = balancer(net)["LoadBalancerArn"]
    for value in ("true", "false"):
        net.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": value}]
        )
        if value == "true":
            with refused("OperationNotPermitted"):
                net.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    net.elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_canary_moto_deletes_a_protected_balancer(bare: Clients) -> None:
    net = network(bare)
    arn = balancer(net)["LoadBalancerArn"]
    net.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}]
    )
    net.elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_a_plain_listener_shows_weights_and_no_policy(net: SimpleNamespace) -> None:
    arn, group = balancer(net)["LoadBalancerArn"], target_group(net)
    [made] = net.elbv2.create_listener(
        LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}]
    )["Listeners"]
    [read] = net.elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    for listener in (made, read):
        assert not {"SslPolicy", "Certificates", "AlpnPolicy", "MutualAuthentication"} & set(listener)
        [action] = listener["DefaultActions"]
        assert action["TargetGroupArn"] == group
        assert action["ForwardConfig"] == {
            "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
            "TargetGroupStickinessConfig": {"Enabled": False},
        }


def test_canary_moto_gives_a_plain_listener_a_policy(bare: Clients) -> None:
    net = network(bare)
    [made] = net.elbv2.create_listener(
        LoadBalancerArn=balancer(net)["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward()
    )["Listeners"]
    assert made.get("SslPolicy")


def test_weights_are_read_back_and_have_bounds(net: SimpleNamespace, refused: Refused) -> None:
    arn, one, two = balancer(net)["LoadBalancerArn"], target_group(net), target_group(net, "two")
    [made] = net.elbv2.create_listener(
        LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward((one, 90), (two, 10))
    )["Listeners"]
    assert "TargetGroupArn" not in made["DefaultActions"][0]
    weights = made["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    assert [group["Weight"] for group in weights] == [90, 10]
    with refused("ValidationError", "between '0' and '999'"):
        net.elbv2.modify_listener(ListenerArn=made["ListenerArn"], DefaultActions=forward((one, 1000)))
    with refused("ResourceInUse"):
        net.elbv2.delete_target_group(TargetGroupArn=two)
    [group] = net.elbv2.describe_target_groups(Names=["two"])["TargetGroups"]
    assert group["LoadBalancerArns"] == [arn]


def test_an_https_listener_needs_a_usable_certificate(
    aws: Clients, net: SimpleNamespace, refused: Refused, self_signed: Callable[[], tuple[bytes, bytes]]
) -> None:
    arn, group = balancer(net)["LoadBalancerArn"], target_group(net)
    settings = {"LoadBalancerArn": arn, "Protocol": "HTTPS", "Port": 443, "DefaultActions": forward((group, 1))}
    pending = aws("acm").request_certificate(DomainName="one.example.com", ValidationMethod="DNS")["CertificateArn"]
    with refused("ValidationError", "certificate must be specified"):
        net.elbv2.create_listener(**settings)
    with refused("UnsupportedCertificate"):
        net.elbv2.create_listener(**settings, Certificates=[{"CertificateArn": pending}])
    pem, key = self_signed()
    certificate = aws("acm").import_certificate(Certificate=pem, PrivateKey=key)["CertificateArn"]
    with refused("SSLPolicyNotFound"):
        net.elbv2.create_listener(**settings, Certificates=[{"CertificateArn": certificate}], SslPolicy="none")
    [made] = net.elbv2.create_listener(**settings, Certificates=[{"CertificateArn": certificate}])["Listeners"]
    assert made["MutualAuthentication"] == {"Mode": "off"}
    assert made["SslPolicy"]
    with refused("DuplicateListener"):
        net.elbv2.create_listener(**settings, Certificates=[{"CertificateArn": certificate}])
    assert aws("acm").describe_certificate(CertificateArn=certificate)["Certificate"]["InUseBy"] == [arn]
    with refused("ResourceInUseException"):
        aws("acm").delete_certificate(CertificateArn=certificate)
    net.elbv2.delete_listener(ListenerArn=made["ListenerArn"])
    aws("acm").delete_certificate(CertificateArn=certificate)


def test_canary_moto_serves_https_without_a_certificate(bare: Clients) -> None:
    net = network(bare)
    assert net.elbv2.create_listener(
        LoadBalancerArn=balancer(net)["LoadBalancerArn"], Protocol="HTTPS", Port=443, DefaultActions=forward()
    )


def test_unknown_ssl_policies_are_refused(aws: Clients, refused: Refused) -> None:
    assert aws("elbv2").describe_ssl_policies(Names=["ELBSecurityPolicy-TLS13-1-2-2021-06"])["SslPolicies"]
    with refused("SSLPolicyNotFound"):
        aws("elbv2").describe_ssl_policies(Names=["none"])


def registered(net: SimpleNamespace) -> tuple[str, str]:
    group = target_group(net)
    made = net.ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=net.subnets[0])
    instance = made["Instances"][0]["InstanceId"]
    net.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    return group, instance


def test_targets_of_a_group_without_listener_are_unused(net: SimpleNamespace) -> None:
    group, _ = registered(net)
    [target] = net.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert target["TargetHealth"]["Reason"] == "Target.NotInUse"
    arn = balancer(net)["LoadBalancerArn"]
    net.elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward((group, 1)))
    [target] = net.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert target["TargetHealth"]["State"] == "healthy"
    assert target["HealthCheckPort"] == "8080"


def test_canary_moto_calls_unused_targets_healthy(bare: Clients) -> None:
    net = network(bare)
    group, _ = registered(net)
    [target] = net.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert target["TargetHealth"]["State"] == "healthy"
