# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificate, load balancer, fleets, zone with its records."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.peers.fewest_calls.environment import SIDES, ZONES, Environment
from tests.bench.peers.fewest_calls.steps import Action, Steps

SHARES = {"blue": 100, "green": 0}
IMAGE = "ami-12c6146b"
POLL_SECONDS, POLLS = 5, 120


class Traffic:
    """certificate: the directory of cert.pem and cert.key."""

    def __init__(self, environment: Environment, certificate: Path) -> None:
        self._env = environment
        self._ids = environment.ids
        self._certificate = certificate

    def build(self, steps: Steps) -> None:
        public, private = ([f"subnet-{tier}-{index}" for index in range(len(ZONES))] for tier in ("public", "private"))
        steps.add("cert", self._import_certificate)
        steps.add("alb", self._make_balancer, needs=(*public, "sg-alb", "igw"))
        for side in SIDES:
            steps.add(f"tg-{side}", partial(self._make_target_group, side), needs=("vpc",))
            steps.add(f"lt-{side}", partial(self._make_template, side), needs=("sg-app", "profile"))
            needs = (f"lt-{side}", f"tg-{side}", *private, "route-private")
            steps.add(f"asg-{side}", partial(self._make_fleet, side), needs=needs)
            steps.add(f"sp-{side}", partial(self._make_scaling, side), needs=(f"asg-{side}",))
        steps.add("listener", self._make_listener, needs=("alb", "cert", "tg-blue"))
        steps.add("zone", self._make_zone)
        steps.add("hc", self._make_health_check)
        steps.add("records", self._make_records, needs=("zone", "hc", "alb"))

    def checks(self) -> dict[str, Action]:
        ec2, elb, scaling, route53 = (self._env.aws(name) for name in ("ec2", "elbv2", "autoscaling", "route53"))
        name, ids, acm = self._env.name, self._ids, self._env.aws("acm")
        groups, templates = ([ids[f"{what}-{side}"] for side in SIDES] for what in ("tg", "lt"))
        fleets = [f"{name}-{side}" for side in SIDES]
        found: dict[str, Action] = {
            "cert": lambda: acm.describe_certificate(CertificateArn=ids["cert"])["Certificate"]["Status"] == "ISSUED",
            "alb": lambda: len(elb.describe_load_balancers(LoadBalancerArns=[ids["alb"]])["LoadBalancers"]) == 1,
            "tg": lambda: len(elb.describe_target_groups(TargetGroupArns=groups)["TargetGroups"]) == len(SIDES),
            "listener": lambda: elb.describe_listeners(LoadBalancerArn=ids["alb"])["Listeners"][0]["Port"] == 443,
            "lt": lambda: (
                len(ec2.describe_launch_templates(LaunchTemplateIds=templates)["LaunchTemplates"]) == len(SIDES)
            ),
            "asg": lambda: (
                len(scaling.describe_auto_scaling_groups(AutoScalingGroupNames=fleets)["AutoScalingGroups"])
                == len(SIDES)
            ),
            "sp": lambda: (
                len(scaling.describe_policies(PolicyNames=[f"{fleet}-cpu" for fleet in fleets])["ScalingPolicies"])
                == len(SIDES)
            ),
            "zone": lambda: route53.get_hosted_zone(Id=ids["zone"])["HostedZone"]["Name"] == f"{name}.example.com.",
            "hc": lambda: (
                route53.get_health_check(HealthCheckId=ids["hc"])["HealthCheck"]["HealthCheckConfig"]["Port"] == 443
            ),
            "records": lambda: _addresses(route53.list_resource_record_sets(HostedZoneId=ids["zone"])) == len(SHARES),
        }
        return found | {f"version-{side}": partial(self._template_stands, side) for side in SIDES}

    def remove(self, steps: Steps) -> None:
        ec2, elb, route53, ids = self._env.aws("ec2"), self._env.aws("elbv2"), self._env.aws("route53"), self._ids
        steps.add("records", lambda: self._change_records("DELETE"))
        steps.add("zone", lambda: route53.delete_hosted_zone(Id=ids["zone"]), needs=("records",))
        steps.add("hc", lambda: route53.delete_health_check(HealthCheckId=ids["hc"]), needs=("records",))
        steps.add(
            "alb",
            lambda: elb.delete_load_balancer(LoadBalancerArn=ids["alb"]),
            lambda: elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[ids["alb"]]),
            needs=("records",),
        )
        steps.add("cert", lambda: self._env.aws("acm").delete_certificate(CertificateArn=ids["cert"]), needs=("alb",))
        for side in SIDES:
            group, template = ids[f"tg-{side}"], ids[f"lt-{side}"]
            steps.add(f"asg-{side}", partial(self._remove_fleet, side))
            steps.add(
                f"tg-{side}", partial(elb.delete_target_group, TargetGroupArn=group), needs=("alb", f"asg-{side}")
            )
            steps.add(
                f"lt-{side}", partial(ec2.delete_launch_template, LaunchTemplateId=template), needs=(f"asg-{side}",)
            )

    def _import_certificate(self) -> None:
        made = self._env.aws("acm").import_certificate(
            Certificate=(self._certificate / "cert.pem").read_bytes(),
            PrivateKey=(self._certificate / "cert.key").read_bytes(),
            Tags=self._env.tags,
        )
        self._ids["cert"] = made["CertificateArn"]

    def _make_balancer(self) -> None:
        elb = self._env.aws("elbv2")
        made = elb.create_load_balancer(
            Name=self._env.name,
            Subnets=[self._ids[f"public-{index}"] for index in range(len(ZONES))],
            SecurityGroups=[self._ids["sg-alb"]],
            Type="application",
            Tags=self._env.tags,
        )["LoadBalancers"][0]
        self._ids |= {
            "alb": made["LoadBalancerArn"],
            "alb-dns": made["DNSName"],
            "alb-zone": made["CanonicalHostedZoneId"],
        }
        elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[made["LoadBalancerArn"]])

    def _make_target_group(self, side: str) -> None:
        made = self._env.aws("elbv2").create_target_group(
            Name=f"{self._env.name}-{side}",
            Port=8080,
            Protocol="HTTP",
            VpcId=self._ids["vpc"],
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=15,
            HealthCheckTimeoutSeconds=5,
            Tags=self._env.tags,
        )
        self._ids[f"tg-{side}"] = made["TargetGroups"][0]["TargetGroupArn"]

    def _make_template(self, side: str) -> None:
        name = f"{self._env.name}-{side}"
        made = self._env.aws("ec2").create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={
                "ImageId": IMAGE,
                "InstanceType": SIDES[side],
                "SecurityGroupIds": [self._ids["sg-app"]],
                "IamInstanceProfile": {"Name": f"{self._env.name}-app"},
                "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
            },
            TagSpecifications=self._env.specified("launch-template", name),
        )
        self._ids[f"lt-{side}"] = made["LaunchTemplate"]["LaunchTemplateId"]

    def _make_fleet(self, side: str) -> None:
        name = f"{self._env.name}-{side}"
        self._env.aws("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=1,
            MaxSize=3,
            DesiredCapacity=1,
            VPCZoneIdentifier=",".join(self._ids[f"private-{index}"] for index in range(len(ZONES))),
            TargetGroupARNs=[self._ids[f"tg-{side}"]],
            HealthCheckType="ELB",
            HealthCheckGracePeriod=300,
            LaunchTemplate={"LaunchTemplateId": self._ids[f"lt-{side}"], "Version": "$Latest"},
            Tags=[{"Key": "Environment", "Value": self._env.name, "PropagateAtLaunch": True}],
        )
        self._poll(name, lambda groups: _serves(groups[0]["Instances"]))

    def _remove_fleet(self, side: str) -> None:
        name = f"{self._env.name}-{side}"
        self._env.aws("autoscaling").delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
        self._poll(name, lambda groups: not groups)

    def _poll(self, fleet: str, is_over: Any) -> None:
        """botocore has no waiter for these."""
        scaling = self._env.aws("autoscaling")
        for _ in range(POLLS):
            if is_over(scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[fleet])["AutoScalingGroups"]):
                return
            time.sleep(POLL_SECONDS)
        raise TimeoutError(fleet)

    def _make_scaling(self, side: str) -> None:
        name = f"{self._env.name}-{side}"
        self._env.aws("autoscaling").put_scaling_policy(
            AutoScalingGroupName=name,
            PolicyName=f"{name}-cpu",
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
                "TargetValue": 60.0,
            },
        )

    def _make_listener(self) -> None:
        self._env.aws("elbv2").create_listener(
            LoadBalancerArn=self._ids["alb"],
            Port=443,
            Protocol="HTTPS",
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": self._ids["cert"]}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self._ids["tg-blue"]}],
            Tags=self._env.tags,
        )

    def _make_zone(self) -> None:
        made = self._env.aws("route53").create_hosted_zone(
            Name=f"{self._env.name}.example.com", CallerReference=self._reference()
        )
        self._ids["zone"] = made["HostedZone"]["Id"].split("/")[-1]
        self._tag("hostedzone", self._ids["zone"])

    def _make_health_check(self) -> None:
        made = self._env.aws("route53").create_health_check(
            CallerReference=self._reference(),
            HealthCheckConfig={
                "Type": "HTTPS",
                "FullyQualifiedDomainName": self._host(),
                "Port": 443,
                "ResourcePath": "/health",
                "RequestInterval": 30,
                "FailureThreshold": 3,
            },
        )
        self._ids["hc"] = made["HealthCheck"]["Id"]
        self._tag("healthcheck", self._ids["hc"])

    def _make_records(self) -> None:
        changed = self._change_records("CREATE")
        waiter = self._env.aws("route53").get_waiter("resource_record_sets_changed")
        waiter.wait(Id=changed["ChangeInfo"]["Id"])

    def _change_records(self, action: str) -> Any:
        records = [
            {
                "Name": self._host(),
                "Type": "A",
                "SetIdentifier": side,
                "Weight": weight,
                "HealthCheckId": self._ids["hc"],
                "AliasTarget": {
                    "HostedZoneId": self._ids["alb-zone"],
                    "DNSName": self._ids["alb-dns"],
                    "EvaluateTargetHealth": True,
                },
            }
            for side, weight in SHARES.items()
        ]
        changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
        return self._env.aws("route53").change_resource_record_sets(
            HostedZoneId=self._ids["zone"], ChangeBatch={"Changes": changes}
        )

    def _host(self) -> str:
        return f"app.{self._env.name}.example.com"

    def _reference(self) -> str:
        return f"{self._env.name}-{time.time()}"

    def _tag(self, kind: str, identity: str) -> None:
        self._env.aws("route53").change_tags_for_resource(
            ResourceType=kind, ResourceId=identity, AddTags=self._env.tags
        )

    def _template_stands(self, side: str) -> bool:
        found = self._env.aws("ec2").describe_launch_template_versions(LaunchTemplateId=self._ids[f"lt-{side}"])
        instance_type: str = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"]
        return instance_type == SIDES[side]


def _serves(instances: list[dict[str, str]]) -> bool:
    return bool(instances) and all(instance["LifecycleState"] == "InService" for instance in instances)


def _addresses(listed: dict[str, Any]) -> int:
    return sum(record["Type"] == "A" for record in listed["ResourceRecordSets"])
