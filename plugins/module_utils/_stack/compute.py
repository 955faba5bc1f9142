# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's fleets, in the shape of their model."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.compute import TAGGED_AT_LAUNCH
from .._model.core import PHASE_TAG, Found, Reality, Value, distinct, reality_of
from .balancers import balancers
from .context import Context, tags_of

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""


def read_compute(context: Context) -> Reality:
    """The layer's resources by key; ids that belong to the layer are given as keys, as in the model."""
    parts: dict[str, list[Any]] = context.together(
        balancers=lambda: balancers(context),
        templates=lambda: _templates(context),
        groups=lambda: _list_groups(context),
    )
    templates = parts["templates"]
    in_front = distinct(parts["balancers"])
    target_groups = {found.id: found.key for found in in_front if found.type == "target_group"}
    groups = [_group(context, item, target_groups, templates) for item in parts["groups"]]
    policies = context.each(lambda group: list(_policies(context, group)), groups)
    found = [*templates, *in_front, *groups, *(policy for group in policies for policy in group)]
    return reality_of(found)


def _templates(context: Context) -> list[Found]:
    """By tag, and by the names of the model, so that one whose tags were removed is still seen."""
    names = [resource.name for resource in context.wanted.values() if resource.type == "launch_template"]
    filters = [context.stack_filter(), *([[{"Name": "launch-template-name", "Values": names}]] if names else [])]
    listings = context.each(
        lambda chosen: context.pages("ec2", "describe_launch_templates", "LaunchTemplates", Filters=chosen), filters
    )
    items = {str(item["LaunchTemplateId"]): item for listing in listings for item in listing}
    return [found for found in context.each(lambda item: _template(context, item), items.values()) if found]


def _template(context: Context, item: Answer) -> Found | None:
    """None for another stack's, and where it was listed a moment ago, and is gone since or not yet known everywhere."""
    tags, name = tags_of(item.get("Tags")), item["LaunchTemplateName"]
    if not context.owns("launch_template", name, tags):
        return None
    default = item["DefaultVersionNumber"]
    try:
        answer = context.client("ec2").describe_launch_template_versions(
            LaunchTemplateId=item["LaunchTemplateId"], Versions=[str(default)]
        )
    except is_boto3_error_code("InvalidLaunchTemplateId.NotFound"):
        return None
    data = answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    return Found(
        key=context.key("launch_template", name, tags),
        type="launch_template",
        name=name,
        id=item["LaunchTemplateId"],
        attributes={
            **_launch_data(data),
            "default_version": "latest" if default == item["LatestVersionNumber"] else default,
            "tags": tags,
        },
        facts={"version": default},
    )


def _launch_data(data: Answer) -> dict[str, Value]:
    profile, metadata = data.get("IamInstanceProfile", {}), data.get("MetadataOptions", {})
    instance_tags = _instance_tags(data)
    return {
        "image_id": data.get("ImageId"),
        "instance_type": data.get("InstanceType"),
        "instance_profile_arn": profile.get("Arn") or profile.get("Name"),
        "security_groups": sorted(data.get("SecurityGroupIds", [])),
        "ebs_optimized": data.get("EbsOptimized", False),
        "detailed_monitoring": data.get("Monitoring", {}).get("Enabled", False),
        "metadata_endpoint": metadata.get("HttpEndpoint"),
        "metadata_tokens": metadata.get("HttpTokens"),
        "metadata_hop_limit": metadata.get("HttpPutResponseHopLimit"),
        "metadata_tags": metadata.get("InstanceMetadataTags"),
        "volumes": [_volume(mapping) for mapping in data.get("BlockDeviceMappings", [])],
        "user_data": _user_data(data.get("UserData", "")),
        "instance_phase": instance_tags.pop(PHASE_TAG, None),
        "instance_tags": instance_tags,
    }


def _instance_tags(data: Answer) -> dict[str, Value]:
    """The tags that the instance and what it brings with it agree in."""
    specified = {one["ResourceType"]: tags_of(one.get("Tags")) for one in data.get("TagSpecifications", [])}
    each = [specified.get(kind, {}) for kind in TAGGED_AT_LAUNCH]
    return {tag: value for tag, value in each[0].items() if all(tags.get(tag) == value for tags in each)}


def _volume(mapping: Answer) -> dict[str, Value]:
    ebs = mapping.get("Ebs", {})
    return {
        "device": mapping.get("DeviceName"),
        "size": ebs.get("VolumeSize"),
        "type": ebs.get("VolumeType"),
        "iops": ebs.get("Iops"),
        "throughput": ebs.get("Throughput"),
        "encrypted": ebs.get("Encrypted", False),
        "key_arn": ebs.get("KmsKeyId"),
        "delete_on_termination": ebs.get("DeleteOnTermination", False),
    }


def _user_data(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return encoded


def _list_groups(context: Context) -> list[Answer]:
    """By tag, and by the names of the model, so that one whose tags were removed is still seen."""
    names = [resource.name for resource in context.wanted.values() if resource.type == "autoscaling_group"]
    chosen: list[dict[str, Any]] = [{"Filters": context.stack_filter()}]
    if names:
        chosen.append({"AutoScalingGroupNames": names})
    listings = context.each(
        lambda arguments: context.pages(
            "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", **arguments
        ),
        chosen,
    )
    items: dict[str, Answer] = {str(item["AutoScalingGroupName"]): item for listing in listings for item in listing}
    return [item for name, item in items.items() if context.owns("autoscaling_group", name, tags_of(item.get("Tags")))]


def _group(context: Context, item: Answer, target_groups: Mapping[str, str], templates: list[Found]) -> Found:
    tags, name = tags_of(item.get("Tags")), item["AutoScalingGroupName"]
    chosen = item.get("LaunchTemplate", {})
    template = next((found for found in templates if found.id == chosen.get("LaunchTemplateId")), None)
    instances = item.get("Instances", [])
    return Found(
        key=context.key("autoscaling_group", name, tags),
        type="autoscaling_group",
        name=name,
        id=name,
        arn=item["AutoScalingGroupARN"],
        attributes={
            "launch_template": template.key if template else chosen.get("LaunchTemplateId"),
            "launch_template_version": chosen.get("Version"),
            "subnets": sorted(filter(None, (item.get("VPCZoneIdentifier") or "").split(","))),
            "target_groups": sorted(target_groups.get(arn, arn) for arn in item.get("TargetGroupARNs", [])),
            "health_check_type": item.get("HealthCheckType"),
            "health_check_grace": item.get("HealthCheckGracePeriod"),
            "metrics": sorted(metric["Metric"] for metric in item.get("EnabledMetrics", [])),
            "min_size": item["MinSize"],
            "desired_capacity": item["DesiredCapacity"],
            "max_size": item["MaxSize"],
            "suspended_processes": sorted(process["ProcessName"] for process in item.get("SuspendedProcesses", [])),
            "instances_of_older_versions": sum(_is_older(instance, template) for instance in instances)
            if template
            else 0,
            "tags": tags,
        },
        facts={"instances": [instance["InstanceId"] for instance in instances], "tags": _tags(item)},
    )


def _tags(item: Answer) -> list[Value]:
    return [
        {name: tag[name] for name in ("Key", "Value", "PropagateAtLaunch")}
        for tag in item.get("Tags", [])
        if not tag["Key"].startswith("aws:")
    ]


def _is_older(instance: Answer, template: Found) -> bool:
    started_from = instance.get("LaunchTemplate", {})
    version = str(started_from.get("Version"))
    return started_from.get("LaunchTemplateId") != template.id or version != str(template.facts["version"])


def _policies(context: Context, group: Found) -> Iterator[Found]:
    side = group.key.split("/", 1)[-1]
    for item in context.pages("autoscaling", "describe_policies", "ScalingPolicies", AutoScalingGroupName=group.name):
        name = str(item["PolicyName"])
        what = name.removeprefix(f"{group.name}-")
        yield Found(
            key=f"scaling_policy/{side}-{what}",
            type="scaling_policy",
            name=name,
            id=str(item["PolicyARN"]),
            arn=str(item["PolicyARN"]),
            attributes={"group": group.key, "policy_type": str(item["PolicyType"]), **_policy(item)},
            facts={"what": what},
        )


def _policy(item: Answer) -> dict[str, Value]:
    tracking = item.get("TargetTrackingConfiguration") or {}
    if tracking:
        metric = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
        return {"metric": metric, "target": tracking.get("TargetValue"), "warmup": item.get("EstimatedInstanceWarmup")}
    return {
        "adjustment_type": item.get("AdjustmentType"),
        "aggregation": item.get("MetricAggregationType"),
        "steps": [_step(step) for step in sorted(item.get("StepAdjustments", []), key=_lower_bound)],
        "warmup": item.get("EstimatedInstanceWarmup"),
    }


def _lower_bound(step: Answer) -> float:
    lower = step.get("MetricIntervalLowerBound")
    return float("-inf") if lower is None else float(lower)


def _step(step: Answer) -> dict[str, Value]:
    return {
        # A bound of 0 is the alarm's threshold itself, beyond which nothing happens.
        "lower_bound": step.get("MetricIntervalLowerBound") or None,
        "upper_bound": step.get("MetricIntervalUpperBound") or None,
        "adjustment": step["ScalingAdjustment"],
    }


def compute_outputs(found: Reality) -> dict[str, Value]:
    """What other layers and other tools need of the fleets, side by side; absent is null."""
    sides = sorted(
        {
            key.split("/", 1)[1]
            for key, f in found.items()
            if f.type in ("launch_template", "target_group", "load_balancer", "autoscaling_group")
        }
    )
    images = {
        found[f"launch_template/{side}"].attributes["image_id"] for side in sides if f"launch_template/{side}" in found
    }
    return {
        "image_id": images.pop() if len(images) == 1 else None,
        "sides": {side: _side_outputs(found, side) for side in sides},
    }


def _side_outputs(found: Reality, side: str) -> dict[str, Value]:
    balancer, target_group = found.get(f"load_balancer/{side}"), found.get(f"target_group/{side}")
    group, template = found.get(f"autoscaling_group/{side}"), found.get(f"launch_template/{side}")
    listener = found.get(f"listener/{side}-443")
    policies = [
        f
        for key, f in found.items()
        if f.type == "scaling_policy" and f.attributes["group"] == f"autoscaling_group/{side}"
    ]
    return {
        "load_balancer_arn": balancer.id if balancer else None,
        "load_balancer_name": balancer.name if balancer else None,
        "load_balancer_full_name": balancer.facts["full_name"] if balancer else None,
        "dns_name": balancer.facts["dns_name"] if balancer else None,
        "hosted_zone_id": balancer.facts["hosted_zone_id"] if balancer else None,
        "listener_arn": listener.id if listener else None,
        "target_group_arn": target_group.id if target_group else None,
        "target_group_name": target_group.name if target_group else None,
        "target_group_full_name": target_group.facts["full_name"] if target_group else None,
        "group_name": group.name if group else None,
        "group_arn": group.arn if group else None,
        "capacity": {name: group.attributes[name] for name in ("min_size", "desired_capacity", "max_size")}
        if group
        else None,
        "launch_template_id": template.id if template else None,
        "launch_template_version": template.facts["version"] if template else None,
        "image_id": template.attributes["image_id"] if template else None,
        "instance_type": template.attributes["instance_type"] if template else None,
        "policies": {str(policy.facts["what"]): policy.id for policy in policies},
    }
