# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Auto Scaling groups: what AWS checks, metrics, policies, and groups that still have instances."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.state import Store

_turned_off: Store[set[tuple[str, str]]] = Store(set)


def group_of(request: Request) -> Any:
    return request.backend().autoscaling_groups.get(request.parameters.get("AutoScalingGroupName"))


def require_group(request: Request) -> Any:
    group = group_of(request)
    if group is None:
        raise _invalid("AutoScalingGroup name not found - null")
    return group


@handles("autoscaling", "CreateAutoScalingGroup")
def check_new_group(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    name = parameters.get("AutoScalingGroupName")
    if group_of(request) is not None:
        message = (
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists "
            "and is not pending delete"
        )
        raise AwsError("AlreadyExists", message)
    _check_sizes(parameters, None)
    _check_placement(request)
    _check_template(request)
    return next_handler(request)


@handles("autoscaling", "UpdateAutoScalingGroup")
def check_changed_group(request: Request, next_handler: Next) -> Response:
    _check_sizes(request.parameters, require_group(request))
    _check_placement(request)
    _check_template(request)
    return next_handler(request)


@handles("autoscaling", "SetDesiredCapacity")
def check_capacity(request: Request, next_handler: Next) -> Response:
    group, wanted = require_group(request), request.parameters["DesiredCapacity"]
    if wanted > group.max_size:
        message = f"New SetDesiredCapacity value {wanted} is above max value {group.max_size} for the AutoScalingGroup."
        raise _invalid(message)
    if wanted < group.min_size:
        message = f"New SetDesiredCapacity value {wanted} is below min value {group.min_size} for the AutoScalingGroup."
        raise _invalid(message)
    return next_handler(request)


def _check_sizes(parameters: dict[str, Any], group: Any) -> None:
    low = parameters.get("MinSize", group.min_size if group else 0)
    high = parameters.get("MaxSize", group.max_size if group else 0)
    wanted = parameters.get("DesiredCapacity")
    if low > high:
        raise _invalid(f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    if wanted is not None and not low <= wanted <= high:
        raise _invalid(f"Desired capacity:{wanted} must be between the specified min size:{low} and max size:{high}")


def _check_placement(request: Request) -> None:
    ec2 = request.backend("ec2")
    known = {key for zone in ec2.subnets.values() for key in zone}
    subnets = [one.strip() for one in request.parameters.get("VPCZoneIdentifier", "").split(",") if one.strip()]
    unknown = [one for one in subnets if one not in known]
    if unknown:
        raise _invalid(f"The subnet ID '{unknown[0]}' does not exist")
    groups = request.backend("elbv2").target_groups
    if any(one not in groups for one in request.parameters.get("TargetGroupARNs", [])):
        message = "Provided Target Groups may not be valid. Please ensure they exist and try again."
        raise _invalid(message)


def _check_template(request: Request) -> None:
    given = request.parameters.get("LaunchTemplate")
    if not given:
        return
    ec2 = request.backend("ec2")
    template_id = given.get("LaunchTemplateId") or ec2.launch_template_name_to_ids.get(given.get("LaunchTemplateName"))
    template = ec2.launch_templates.get(template_id)
    if template is None:
        message = "You must use a valid fully-formed launch template. The specified launch template does not exist."
        raise _invalid(message)
    profile = template.get_version(given.get("Version", "$Default")).data.get("IamInstanceProfile", {})
    if profile and not _profile_exists(request, profile):
        message = (
            "You must use a valid fully-formed launch template. Value "
            f"({profile.get('Name') or profile.get('Arn')}) for parameter iamInstanceProfile.name is invalid. "
            "Invalid IAM Instance Profile name"
        )
        raise _invalid(message)


def _profile_exists(request: Request, profile: dict[str, str]) -> bool:
    profiles = request.backend("iam", "aws").instance_profiles.values()
    return any(one.name == profile.get("Name") or one.arn == profile.get("Arn") for one in profiles)


@handles("autoscaling", "DeleteAutoScalingGroup")
def delete_group(request: Request, next_handler: Next) -> Response:
    """Refused while it has instances; its policies go with it, which moto forgets."""
    group = group_of(request)
    if group is not None and group.instance_states and not request.parameters.get("ForceDelete"):
        message = (
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group."
        )
        raise AwsError("ResourceInUse", message)
    response = next_handler(request)
    if response.ok and group is not None:
        policies = request.backend().policies
        for name in [name for name, policy in policies.items() if policy.auto_scaling_group_name == group.name]:
            del policies[name]
    return response


@handles("autoscaling", "DisableMetricsCollection")
def disable_metrics(request: Request, _: Next) -> Response:
    """moto has none."""
    group = require_group(request)
    unwanted = request.parameters.get("Metrics")
    group.metrics = [one for one in group.metrics if unwanted and one not in unwanted]
    return request.answer({})


@handles("autoscaling", "PutScalingPolicy", "PutLifecycleHook", "EnableMetricsCollection")
def refuse_unknown_group(request: Request, next_handler: Next) -> Response:
    require_group(request)
    return next_handler(request)


@handles("autoscaling", "PutScalingPolicy")
def note_whether_enabled(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        policy = request.parameters["AutoScalingGroupName"], request.parameters["PolicyName"]
        turned_off = _turned_off[request.scope]
        change = turned_off.discard if request.parameters.get("Enabled", True) else turned_off.add
        change(policy)
    return response


@amends("autoscaling", "DescribePolicies")
def show_whether_enabled(request: Request, result: dict[str, Any]) -> None:
    """moto does not show it, and shows an empty prediction in every policy."""
    for policy in result.get("ScalingPolicies", []):
        policy["Enabled"] = (policy["AutoScalingGroupName"], policy["PolicyName"]) not in _turned_off[request.scope]
        if not policy.get("PredictiveScalingConfiguration", {}).get("MetricSpecifications"):
            policy.pop("PredictiveScalingConfiguration", None)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
