# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Fleets, load balancers and records of `prod`: each function holds one line of the page."""

from __future__ import annotations

import base64

from tests.integration.prod_reading import SIDES, Item, Reading, attributes_of, contains, same, tags_of
from tests.integration.prod_security import record_names

ANCIENT_TLS = {"SSLv3", "TLSv1", "TLSv1.1"}


def launch_templates(reading: Reading) -> None:
    """IMDSv2 only, answers to the instance itself alone, every volume encrypted with the stack's key."""
    for side in SIDES:
        data = reading.launch_template(side)
        wanted = {"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1}
        contains(data["MetadataOptions"], wanted, side)
        assert data["BlockDeviceMappings"], f"{side} leaves its volume to the image"
        for device in data["BlockDeviceMappings"]:
            contains(device["Ebs"], {"Encrypted": True, "KmsKeyId": reading.key_arn, "VolumeType": "gp3"}, side)
        contains(reading.fleet(side)["LaunchTemplate"], {"Version": "$Default"}, side)
        for secret in ("PASSWORD", "SECRET", "AKIA"):
            assert secret not in base64.b64decode(data["UserData"]).decode().upper(), f"user data of {side}: {secret}"


def image_of_the_public_parameter(reading: Reading) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image = reading.aws("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    for side in SIDES:
        same(reading.launch_template(side)["ImageId"], image, side)


def blue_is_t3_micro(reading: Reading) -> None:
    """It serves: as many instances as the inventory says, all healthy behind its load balancer."""
    same(reading.launch_template("blue")["InstanceType"], "t3.micro")
    size, group = reading.inventory["compute_sides"]["blue"], reading.fleet("blue")
    contains(group, {"MinSize": size["min_size"], "MaxSize": size["max_size"], "HealthCheckType": "ELB"})
    same(group["DesiredCapacity"], size["desired_capacity"])
    same({(i["LifecycleState"], i["InstanceType"]) for i in group["Instances"]}, {("InService", "t3.micro")})
    same(len(group["Instances"]), size["desired_capacity"])
    same(
        [health["TargetHealth"]["State"] for health in _targets(reading, "blue")], ["healthy"] * len(group["Instances"])
    )


def green_is_m5_large(reading: Reading) -> None:
    """It waits: built, and empty."""
    same(reading.launch_template("green")["InstanceType"], "m5.large")
    group = reading.fleet("green")
    contains(group, {"MinSize": 0, "DesiredCapacity": 0, "Instances": [], "HealthCheckType": "ELB"})
    assert group["MaxSize"] >= reading.inventory["compute_sides"]["blue"]["min_size"], (
        "green has no room for blue's load"
    )
    same(_targets(reading, "green"), [])


def _targets(reading: Reading, side: str) -> list[Item]:
    arn = reading.target_group(side)["TargetGroupArn"]
    return reading.all("elbv2", "describe_target_health", "TargetHealthDescriptions", TargetGroupArn=arn)


def fleets_in_private_subnets(reading: Reading) -> None:
    private = {subnet["SubnetId"] for subnet in reading.tier("private")}
    for side in SIDES:
        same(set(reading.fleet(side)["VPCZoneIdentifier"].split(",")), private, side)
    for instance in reading.instances:
        assert instance["SubnetId"] in private, f"{instance['InstanceId']} is not in a private subnet"
        assert "PublicIpAddress" not in instance, f"{instance['InstanceId']} has a public address"


def scaling_policies(reading: Reading) -> None:
    """Up adds, down removes, each driven by its own alarm, and the alarms leave room between them."""
    for side in SIDES:
        name = f"{reading.name}-app-{side}"
        policies = {
            policy["PolicyName"].removeprefix(f"{name}-"): policy
            for policy in reading.all("autoscaling", "describe_policies", "ScalingPolicies", AutoScalingGroupName=name)
        }
        same(set(policies), {"up", "down"}, side)
        for direction, sign in (("up", 1), ("down", -1)):
            policy, alarm = policies[direction], reading.alarms[f"{side}-scale-{direction}"]
            contains(policy, {"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity"}, side)
            assert all(step["ScalingAdjustment"] * sign > 0 for step in policy["StepAdjustments"]), direction
            assert policy["PolicyARN"] in alarm["AlarmActions"], f"no alarm drives {side} {direction}"
        up, down = (reading.alarms[f"{side}-scale-{direction}"]["Threshold"] for direction in ("up", "down"))
        assert up - down >= 20, f"{side} scales up and down in turns"


def a_load_balancer_per_side(reading: Reading) -> None:
    public = {subnet["SubnetId"] for subnet in reading.tier("public")}
    for side in SIDES:
        balancer, group = reading.load_balancer(side), reading.target_group(side)
        wanted = {"Scheme": "internet-facing", "Type": "application", "State": {"Code": "active"}}
        contains(balancer, wanted, side)
        same({zone["SubnetId"] for zone in balancer["AvailabilityZones"]}, public, side)
        arn = balancer["LoadBalancerArn"]
        attributes = attributes_of(reading.aws("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn))
        same(attributes["routing.http.drop_invalid_header_fields.enabled"], "true", side)
        wanted_group = {
            "Protocol": "HTTP",
            "Port": 8080,
            "TargetType": "instance",
            "VpcId": reading.vpc["VpcId"],
            "LoadBalancerArns": [arn],
        }
        contains(group, wanted_group, side)
        same(reading.fleet(side)["TargetGroupARNs"], [group["TargetGroupArn"]], side)


def https_listener(reading: Reading) -> None:
    """The only one of each side; its policy speaks TLS 1.2 and newer, as the policy says, not only its name."""
    (certificate,) = reading.all("acm", "list_certificates", "CertificateSummaryList")
    for side in SIDES:
        (listener,) = reading.listeners(side)
        contains(listener, {"Port": 443, "Protocol": "HTTPS"}, side)
        same(listener["Certificates"], [{"CertificateArn": certificate["CertificateArn"]}], side)
        (policy,) = reading.aws("elbv2").describe_ssl_policies(Names=[listener["SslPolicy"]])["SslPolicies"]
        assert "TLSv1.2" in policy["SslProtocols"], side
        assert not ANCIENT_TLS & set(policy["SslProtocols"]), f"{side}: {policy['SslProtocols']}"
        (action,) = listener["DefaultActions"]
        group = reading.target_group(side)["TargetGroupArn"]
        same((action["Type"], action["TargetGroupArn"]), ("forward", group), side)


def health_check_of_targets(reading: Reading) -> None:
    wanted = {
        "HealthCheckEnabled": True,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"},
    }
    for side in SIDES:
        group = reading.target_group(side)
        contains(group, wanted, side)
        assert group["HealthCheckTimeoutSeconds"] < group["HealthCheckIntervalSeconds"] <= 30, side
        data = base64.b64decode(reading.launch_template(side)["UserData"]).decode()
        assert "/health" in data, f"the placeholder of {side} does not answer what is asked"


def deregistration_delay(reading: Reading) -> None:
    for side in SIDES:
        arn = reading.target_group(side)["TargetGroupArn"]
        attributes = attributes_of(reading.aws("elbv2").describe_target_group_attributes(TargetGroupArn=arn))
        same(attributes["deregistration_delay.timeout_seconds"], "60", side)
        same(attributes["stickiness.enabled"], "false", side)


def hosted_zone(reading: Reading) -> None:
    same(reading.zone["Config"]["PrivateZone"], False)
    zone = reading.aws("route53").get_hosted_zone(Id=reading.zone["Id"])
    servers = zone["DelegationSet"]["NameServers"]
    same(sorted(reading.outputs["zone"]["name_servers"]), sorted(servers))
    same(len(servers), 4)


def health_checks(reading: Reading) -> None:
    """One a side, which asks its load balancer over HTTPS."""
    checks = {check["Id"]: check["HealthCheckConfig"] for check in _checks(reading)}
    same(len(checks), 2)
    for record in _weighted(reading):
        wanted = {
            "Type": "HTTPS",
            "Port": 443,
            "ResourcePath": "/health",
            "FullyQualifiedDomainName": reading.load_balancer(record["SetIdentifier"])["DNSName"],
            "EnableSNI": True,
            "Inverted": False,
            "Disabled": False,
        }
        contains(checks[record["HealthCheckId"]], wanted, record["SetIdentifier"])


def _checks(reading: Reading) -> list[Item]:
    """The stack's own, by their tags."""
    found = {check["Id"]: check for check in reading.all("route53", "list_health_checks", "HealthChecks")}
    if not found:
        return []
    answer = reading.aws("route53").list_tags_for_resources(ResourceType="healthcheck", ResourceIds=list(found))
    ours = [tags for tags in answer["ResourceTagSets"] if tags_of(tags).get("cutover:stack") == reading.name]
    return [found[tags["ResourceId"]] for tags in ours]


def _weighted(reading: Reading) -> list[Item]:
    return [record for record in reading.records if "Weight" in record]


def weighted_records(reading: Reading) -> None:
    """Each name leads to both load balancers, all of the traffic to blue; a side without a healthy target gets none."""
    for name in record_names(reading):
        group = {record["SetIdentifier"]: record for record in _weighted(reading) if record["Name"] == f"{name}."}
        same({side: record["Weight"] for side, record in group.items()}, {"blue": 100, "green": 0}, name)
        for side, record in group.items():
            balancer = reading.load_balancer(side)
            wanted = {
                "HostedZoneId": balancer["CanonicalHostedZoneId"],
                "DNSName": f"{balancer['DNSName']}.",
                "EvaluateTargetHealth": True,
            }
            same((record["Type"], record["AliasTarget"]), ("A", wanted), f"{name} {side}")
            assert record["HealthCheckId"], f"{name} {side} counts as healthy, whatever happens"
    same({record["Name"] for record in _weighted(reading)}, {f"{name}." for name in record_names(reading)})
