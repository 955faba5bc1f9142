# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's load balancers, listeners and target groups, in the shape of their model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.balancers import NAME_LIMIT
from .._model.core import Found, Value
from .context import Context, tags_of

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""

TAGS_OF_ONE_CALL = 20
"""DescribeTags takes no more ARNs; https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html"""


@dataclass(frozen=True)
class Owned:
    """A load balancer, target group or listener of the stack, with its tags and the key of the model that it is."""

    key: str
    item: Answer
    tags: Mapping[str, Value]


def balancers(context: Context) -> list[Found]:
    """Load balancers, their listeners, and target groups.

    The API can only list all of the account's, so names are sifted before tags are asked for.
    """
    listing = context.together(
        load_balancer=lambda: _owned(
            context, "load_balancer", "describe_load_balancers", "LoadBalancers", "LoadBalancer"
        ),
        target_group=lambda: _owned(context, "target_group", "describe_target_groups", "TargetGroups", "TargetGroup"),
    )
    keys = {owned.item["LoadBalancerArn"]: owned.key for owned in listing["load_balancer"]}
    groups = {owned.item["TargetGroupArn"]: owned.key for owned in listing["target_group"]}
    found = context.together(
        load_balancer=lambda: context.each(lambda owned: [_load_balancer(context, owned)], listing["load_balancer"]),
        target_group=lambda: context.each(lambda owned: [_target_group(context, owned)], listing["target_group"]),
        listener=lambda: context.each(lambda arn: _listeners(context, arn, keys[arn], groups), keys),
    )
    return [resource for kind in found.values() for resources in kind for resource in resources]


def _owned(context: Context, kind: str, operation: str, result: str, prefix: str) -> list[Owned]:
    # A name that was cut keeps at least its first letters, so this never misses one of the stack's.
    begins = f"{context.stack.name}-"[: NAME_LIMIT - 8]
    items = [i for i in context.pages("elbv2", operation, result) if str(i[f"{prefix}Name"]).startswith(begins)]
    by_arn: dict[str, Answer] = {str(item[f"{prefix}Arn"]): item for item in items}
    owned = []
    for arn, tags in _tags(context, by_arn).items():
        name = by_arn[arn][f"{prefix}Name"]
        if context.owns(kind, name, tags):
            owned.append(Owned(context.key(kind, name, tags), by_arn[arn], tags))
    return owned


def _tags(context: Context, arns: Iterable[str]) -> dict[str, dict[str, Value]]:
    """Tags by ARN, of those that still exist."""
    todo = list(arns)
    batches = [todo[start : start + TAGS_OF_ONE_CALL] for start in range(0, len(todo), TAGS_OF_ONE_CALL)]
    client = context.client("elbv2")
    answers = context.each(lambda batch: client.describe_tags(ResourceArns=batch)["TagDescriptions"], batches)
    return {item["ResourceArn"]: tags_of(item["Tags"]) for answer in answers for item in answer}


def _attributes(pairs: Iterable[Mapping[str, str]]) -> dict[str, Value]:
    return {pair["Key"]: pair.get("Value", "") for pair in pairs}


def _load_balancer(context: Context, owned: Owned) -> Found:
    item = owned.item
    arn = item["LoadBalancerArn"]
    attributes = _attributes(
        context.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    )
    return Found(
        key=owned.key,
        type="load_balancer",
        name=item["LoadBalancerName"],
        id=arn,
        arn=arn,
        attributes={
            "scheme": item.get("Scheme"),
            "ip_address_type": item.get("IpAddressType"),
            "subnets": sorted(zone["SubnetId"] for zone in item.get("AvailabilityZones", [])),
            "security_groups": sorted(item.get("SecurityGroups", [])),
            **attributes,
            "tags": owned.tags,
        },
        facts={
            "protected": attributes.get("deletion_protection.enabled") == "true",
            "dns_name": item["DNSName"],
            "hosted_zone_id": item.get("CanonicalHostedZoneId"),
            # The name of it in CloudWatch: app/<name>/<id>.
            "full_name": arn.split(":loadbalancer/", 1)[-1],
            "state": item.get("State", {}).get("Code"),
        },
    )


def _target_group(context: Context, owned: Owned) -> Found:
    item = owned.item
    arn = item["TargetGroupArn"]
    attributes = _attributes(context.client("elbv2").describe_target_group_attributes(TargetGroupArn=arn)["Attributes"])
    return Found(
        key=owned.key,
        type="target_group",
        name=item["TargetGroupName"],
        id=arn,
        arn=arn,
        attributes={
            "vpc_id": item.get("VpcId"),
            "target_type": item["TargetType"],
            "protocol": item.get("Protocol"),
            "port": item.get("Port"),
            "health_check_protocol": item.get("HealthCheckProtocol"),
            "health_check_path": item.get("HealthCheckPath"),
            "health_check_interval": item.get("HealthCheckIntervalSeconds"),
            "health_check_timeout": item.get("HealthCheckTimeoutSeconds"),
            "health_check_healthy_threshold": item.get("HealthyThresholdCount"),
            "health_check_unhealthy_threshold": item.get("UnhealthyThresholdCount"),
            "health_check_codes": item.get("Matcher", {}).get("HttpCode"),
            **attributes,
            "tags": owned.tags,
        },
        facts={"full_name": arn.split(":", 5)[-1]},
    )


def _listeners(context: Context, balancer_arn: str, balancer: str, groups: Mapping[str, str]) -> list[Found]:
    listeners = {
        str(item["ListenerArn"]): item
        for item in context.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer_arn)
    }
    side = balancer.split("/", 1)[-1]
    tags = _tags(context, listeners)
    owned = [Owned(f"listener/{side}-{listeners[arn]['Port']}", listeners[arn], tags[arn]) for arn in tags]
    return [_listener(one, balancer, groups) for one in owned]


def _listener(owned: Owned, balancer: str, groups: Mapping[str, str]) -> Found:
    item = owned.item
    balancer_name = item["LoadBalancerArn"].split("/")[-2]
    certificates = item.get("Certificates") or []
    return Found(
        key=owned.key,
        type="listener",
        name=f"{balancer_name}:{item['Port']}",
        id=item["ListenerArn"],
        arn=item["ListenerArn"],
        attributes={
            "load_balancer": balancer,
            "protocol": item["Protocol"],
            "ssl_policy": item.get("SslPolicy"),
            "certificate_arn": certificates[0]["CertificateArn"] if certificates else None,
            **_action(item.get("DefaultActions", []), groups),
            "tags": owned.tags,
        },
        facts={"port": item["Port"], "load_balancer_arn": item["LoadBalancerArn"]},
    )


def _action(actions: list[Answer], groups: Mapping[str, str]) -> dict[str, Value]:
    """What the listener does with a request: forward or redirect, or the name of another kind, which no model has."""
    action: Answer = actions[-1] if actions else {"Type": "none"}
    if action["Type"] == "forward":
        return {"forward": _forward(action, groups), "redirect": None}
    if action["Type"] == "redirect":
        redirect = action["RedirectConfig"]
        return {
            "forward": None,
            "redirect": {
                "protocol": redirect.get("Protocol"),
                "port": redirect.get("Port"),
                "status": redirect.get("StatusCode"),
            },
        }
    return {"forward": None, "redirect": None, "action": action["Type"]}


def _forward(action: Answer, groups: Mapping[str, str]) -> list[Value]:
    targets = action.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    # The share of a target group that is alone is all of it, whatever its weight.
    weights = [1] if len(targets) == 1 else [target.get("Weight", 1) for target in targets]
    named = [groups.get(target["TargetGroupArn"], target["TargetGroupArn"]) for target in targets]
    return [{"target_group": name, "weight": weight} for name, weight in sorted(zip(named, weights, strict=True))]
