# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who may use the stack's keys, and through what.

The account may administer a key but not use it: data are encrypted and decrypted only through the services that are
named, for callers that IAM lets. So a leaked
administrator's credential reads a bucket through S3, where it is logged and where the bucket's policy applies, or not
at all.
In a key policy the resource * is the key itself; there is no other value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .core import Stack, Value
from .partitions import service_principal, via_service
from .policy import document

AUTO_SCALING_ROLE = "AWSServiceRoleForAutoScaling"
AUTO_SCALING_SERVICE = "autoscaling.amazonaws.com"

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def home_key_policy(stack: Stack, services: Sequence[str], further: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """The policy of the home region's key. further are statements of the inventory."""
    return document(
        _administration(stack),
        _use_through(stack, services, stack.region),
        _grants_through(stack, services, stack.region),
        _logs(stack),
        _alarms(stack),
        *_auto_scaling(stack),
        *further,
    )


def replica_key_policy(stack: Stack, services: Sequence[str], region: str) -> dict[str, Value]:
    """The policy of the replica region's key, which only holds copies."""
    return document(_administration(stack), _use_through(stack, services, region))


def auto_scaling_role_arn(stack: Stack) -> str:
    """The role by which Auto Scaling starts instances; one an account."""
    return stack.arn("iam", f"role/aws-service-role/{AUTO_SCALING_SERVICE}/{AUTO_SCALING_ROLE}", region="")


def _allow(
    sid: str, principal: Mapping[str, str], actions: Sequence[str], condition: Mapping[str, Value] | None = None
) -> dict[str, Value]:
    statement: dict[str, Value] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
    }
    return {**statement, "Condition": condition} if condition else statement


def _administration(stack: Stack) -> dict[str, Value]:
    return _allow("AccountAdministersTheKey", {"AWS": stack.account_id}, ADMINISTRATION)


def _through(stack: Stack, services: Sequence[str], region: str) -> dict[str, Value]:
    return {
        "kms:CallerAccount": stack.account_id,
        "kms:ViaService": [via_service(stack, service, region) for service in services],
    }


def _use_through(stack: Stack, services: Sequence[str], region: str) -> dict[str, Value]:
    return _allow(
        "AccountUsesTheKeyThroughServices",
        {"AWS": stack.account_id},
        USE,
        {"StringEquals": _through(stack, services, region)},
    )


def _grants_through(stack: Stack, services: Sequence[str], region: str) -> dict[str, Value]:
    """RDS and EBS go on using the key after the caller has gone, by a grant to themselves."""
    allowed = _through(stack, services, region)
    condition: dict[str, Value] = {"StringEquals": allowed, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return _allow("ServicesHoldGrants", {"AWS": stack.account_id}, ["kms:CreateGrant", "kms:ListGrants"], condition)


def _logs(stack: Stack) -> dict[str, Value]:
    """Names of log groups are often a service's own (/aws/rds/instance/...), so the region's groups of the account are
    admitted, whatever their names."""
    return _allow(
        "LogsEncryptsLogGroups",
        {"Service": service_principal(stack, "logs")},
        USE,
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": stack.arn("logs", "log-group:*")}},
    )


def _alarms(stack: Stack) -> dict[str, Value]:
    """Without this an alarm's message to the encrypted topic is lost in silence."""
    condition: dict[str, Value] = {
        "StringEquals": {"aws:SourceAccount": stack.account_id},
        "ArnLike": {"aws:SourceArn": stack.arn("cloudwatch", f"alarm:{stack.name}-*")},
    }
    return _allow(
        "AlarmsNotifyTheTopic",
        {"Service": service_principal(stack, "cloudwatch")},
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        condition,
    )


def _auto_scaling(stack: Stack) -> list[dict[str, Value]]:
    """Auto Scaling calls as its own role, whose permissions AWS manages and which hold nothing about keys: the key
    policy has to name it."""
    role = {"AWS": auto_scaling_role_arn(stack)}
    return [
        _allow("AutoScalingUsesTheKey", role, USE),
        _allow("AutoScalingHoldsGrants", role, ["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]
