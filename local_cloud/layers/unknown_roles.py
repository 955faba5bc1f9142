# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roles and instance profiles that IAM has made and other services do not know yet.

Which call refuses with which words: what the Terraform AWS provider retries on for that call
(`iamPropagationTimeout`, `propagationTimeout` in hashicorp/terraform-provider-aws, internal/service/<service>), and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency.
A launch template is not among them: AWS checks its profile only when something is launched from it
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from local_cloud.clock import Clock
from local_cloud.errors import AwsError
from local_cloud.identifiers import means
from local_cloud.layers import Next
from local_cloud.layers.faults import Faults
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.results import strings, values_at


@dataclass(frozen=True)
class Refusal:
    """``where``: paths of parameters that name a role or a profile, or are a policy that does. {} is what is named."""

    where: tuple[str, ...]
    code: str
    message: str
    status: int = 400
    policy: bool = False


_rds = Refusal(
    ("MonitoringRoleArn",),
    "InvalidParameterValue",
    "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
)
_lambda = Refusal(
    ("Role",), "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
)
_states = Refusal(
    ("roleArn",),
    "AccessDeniedException",
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the "
    "provided role.",
)
_instance = Refusal(
    ("IamInstanceProfile.Arn", "IamInstanceProfile.Name"),
    "InvalidParameterValue",
    "Value ({}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
)
_group = Refusal(
    (),
    "ValidationError",
    "You must use a valid fully-formed launch template. Value ({}) for parameter iamInstanceProfile.name is invalid. "
    "Invalid IAM Instance Profile name",
)
_trail = Refusal(
    ("CloudWatchLogsRoleArn",),
    "InvalidCloudWatchLogsRoleArnException",
    "Access denied. Check the trust relationships for your role.",
)
_key = Refusal(
    ("Policy",),
    "MalformedPolicyDocumentException",
    "Policy contains a statement with one or more invalid principals.",
    policy=True,
)
_secret = Refusal(
    ("ResourcePolicy",),
    "MalformedPolicyDocumentException",
    "This resource policy contains an unsupported principal.",
    policy=True,
)
_profile = Refusal(("RoleName",), "NoSuchEntity", "The role with name {} cannot be found.", 404)
_trust = Refusal(
    ("AssumeRolePolicyDocument", "PolicyDocument"),
    "MalformedPolicyDocument",
    'Invalid principal in policy: "AWS":"{}"',
    policy=True,
)

REFUSALS: dict[tuple[str, str], Refusal] = {
    ("autoscaling", "CreateAutoScalingGroup"): _group,
    ("autoscaling", "UpdateAutoScalingGroup"): _group,
    ("autoscaling", "CreateLaunchConfiguration"): Refusal(
        ("IamInstanceProfile",), "ValidationError", "Invalid IamInstanceProfile: {}"
    ),
    ("autoscaling", "PutLifecycleHook"): Refusal(
        ("RoleARN",), "ValidationError", "Unable to publish test message to notification target using IAM role {}."
    ),
    ("application-autoscaling", "RegisterScalableTarget"): Refusal(
        ("RoleARN",), "ValidationException", "Unable to assume IAM role: {}"
    ),
    ("backup", "CreateBackupSelection"): Refusal(
        ("BackupSelection.IamRoleArn",),
        "InvalidParameterValueException",
        "IAM Role {} cannot be assumed by AWS Backup",
    ),
    ("cloudtrail", "CreateTrail"): _trail,
    ("cloudtrail", "UpdateTrail"): _trail,
    ("ec2", "AssociateIamInstanceProfile"): _instance,
    ("ec2", "CreateFlowLogs"): Refusal(
        ("DeliverLogsPermissionArn",), "InvalidParameter", "Unable to assume given IAM role"
    ),
    ("ec2", "RunInstances"): _instance,
    ("iam", "AddRoleToInstanceProfile"): _profile,
    ("iam", "CreateRole"): _trust,
    ("iam", "UpdateAssumeRolePolicy"): _trust,
    ("kms", "CreateKey"): _key,
    ("kms", "PutKeyPolicy"): _key,
    ("lambda", "CreateFunction"): _lambda,
    ("lambda", "UpdateFunctionConfiguration"): _lambda,
    ("rds", "CreateDBInstance"): _rds,
    ("rds", "ModifyDBInstance"): _rds,
    ("rds", "RestoreDBInstanceFromDBSnapshot"): _rds,
    ("rds", "RestoreDBInstanceToPointInTime"): _rds,
    ("s3", "PutBucketPolicy"): Refusal(("Policy",), "MalformedPolicy", "Invalid principal in policy", policy=True),
    ("secretsmanager", "PutResourcePolicy"): _secret,
    ("stepfunctions", "CreateStateMachine"): _states,
    ("stepfunctions", "UpdateStateMachine"): _states,
}

# What makes a role or a profile new, and where the call's answer or parameters name it.
MAKING = {
    "CreateRole": ("Role.Arn", "Role.RoleName"),
    "CreateServiceLinkedRole": ("Role.Arn", "Role.RoleName"),
    "UpdateAssumeRolePolicy": ("RoleName",),
    "CreateInstanceProfile": ("InstanceProfile.Arn", "InstanceProfile.InstanceProfileName"),
    "AddRoleToInstanceProfile": ("InstanceProfileName",),
}


class UnknownRoles:
    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._made: list[tuple[float, str, str]] = []

    def reset(self) -> None:
        self._made = []

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if request.access == "read" or not self._faults.active("unknown_role"):
            return next_layer(request)
        refusal = REFUSALS.get((request.service, request.operation))
        if refusal is not None:
            self._refuse_new(request, refusal)
        response = next_layer(request)
        if request.service == "iam" and request.operation in MAKING and response.ok:
            self._remember(request, response)
        return response

    def _refuse_new(self, request: Request, refusal: Refusal) -> None:
        rule = self._faults.covering("unknown_role", request)
        if rule is None:
            return
        named = next(
            (name for name in _named(request, refusal) if self._is_new(request, name, rule.duration, refusal)), None
        )
        if named is not None and self._faults.strike("unknown_role", request):
            shown = named if not refusal.policy else next(iter(self._new(request, rule.duration, named)), named)
            raise AwsError(refusal.code, refusal.message.format(shown), refusal.status)

    def _is_new(self, request: Request, named: str, seconds: float, refusal: Refusal) -> bool:
        if refusal.policy:
            return bool(self._new(request, seconds, named))
        oldest = self._clock.now() - seconds
        with self._lock:
            return any(
                at > oldest and account == request.account and means(named, name) for at, account, name in self._made
            )

    def _new(self, request: Request, seconds: float, policy: str) -> list[str]:
        """New roles' ARNs in the text of a policy."""
        oldest = self._clock.now() - seconds
        with self._lock:
            return [
                name
                for at, account, name in self._made
                if at > oldest and account == request.account and name.startswith("arn:") and f'"{name}"' in policy
            ]

    def _remember(self, request: Request, response: Response) -> None:
        source = {**request.parameters, **request.read(response)}
        names = [value for path in MAKING[request.operation] for value in values_at(source, path)]
        with self._lock:
            self._made += [(self._clock.now(), request.account, name) for name in names]


def _named(request: Request, refusal: Refusal) -> list[str]:
    """What the call names in the places where a role or profile stands."""
    if refusal is _group:
        return _profiles_of_group(request)
    return [text for path in refusal.where for value in values_at(request.parameters, path) for text in strings(value)]


def _profiles_of_group(request: Request) -> list[str]:
    """The instance profile in the group's launch template, as moto keeps it."""
    template = request.parameters.get("LaunchTemplate") or {}
    known = request.backend("ec2").launch_templates.values()
    found = [
        one
        for one in known
        if one.id == template.get("LaunchTemplateId") or one.name == template.get("LaunchTemplateName")
    ]
    data = [version.data for one in found for version in one.versions]
    return [text for item in data for text in strings(item.get("IamInstanceProfile", {}))]
