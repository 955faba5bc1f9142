# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::one/*"}
READ = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


def trust(**changes: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{**TRUST, **changes}]})


def attached_policy(clients: Clients) -> str:
    iam = clients("iam")
    iam.create_role(RoleName="one", AssumeRolePolicyDocument=trust())
    arn = iam.create_policy(PolicyName="one", PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="one", PolicyArn=arn)
    return str(arn)


def test_an_attached_policy_is_kept(aws: Clients, refused: Refused) -> None:
    iam, arn = aws("iam"), attached_policy(aws)
    with refused("DeleteConflict", "attached to entities"):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_role_policy(RoleName="one", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ)
    with refused("DeleteConflict", "more than one version"):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def test_canary_moto_deletes_an_attached_policy(bare: Clients) -> None:
    bare("iam").delete_policy(PolicyArn=attached_policy(bare))


def test_a_role_with_anything_attached_is_kept(aws: Clients, refused: Refused) -> None:
    """moto does this by itself; destroy relies on it."""
    iam, arn = aws("iam"), attached_policy(aws)
    iam.create_instance_profile(InstanceProfileName="one")
    iam.add_role_to_instance_profile(InstanceProfileName="one", RoleName="one")
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="one")
    iam.remove_role_from_instance_profile(InstanceProfileName="one", RoleName="one")
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="one")
    iam.detach_role_policy(RoleName="one", PolicyArn=arn)
    iam.delete_role(RoleName="one")


def test_trust_policies_are_read(aws: Clients, refused: Refused) -> None:
    iam = aws("iam")
    unknown = trust(Principal={"AWS": "arn:aws:iam::123456789012:role/none"})
    with refused("MalformedPolicyDocument", "Invalid principal in policy"):
        iam.create_role(RoleName="one", AssumeRolePolicyDocument=unknown)
    with refused("MalformedPolicyDocument", "invalid Json"):
        iam.create_role(RoleName="one", AssumeRolePolicyDocument="{")
    iam.create_role(RoleName="one", AssumeRolePolicyDocument=trust())
    with refused("MalformedPolicyDocument", "Invalid principal in policy"):
        iam.update_assume_role_policy(RoleName="one", PolicyDocument=unknown)


def test_canary_moto_takes_any_trust_policy(bare: Clients) -> None:
    assert bare("iam").create_role(RoleName="one", AssumeRolePolicyDocument="{")


def test_ten_managed_policies_are_enough_for_a_role(aws: Clients, refused: Refused) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="one", AssumeRolePolicyDocument=trust())
    arns = [iam.create_policy(PolicyName=f"p{n}", PolicyDocument=READ)["Policy"]["Arn"] for n in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="one", PolicyArn=arn)
    iam.attach_role_policy(RoleName="one", PolicyArn=arns[0])
    with refused("LimitExceeded", "PoliciesPerRole"):
        iam.attach_role_policy(RoleName="one", PolicyArn=arns[10])


def test_a_service_has_one_linked_role(aws: Clients, refused: Refused) -> None:
    iam = aws("iam")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="other")
    with refused("InvalidInput", "AWSServiceRoleForAutoScaling has been taken"):
        iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def test_canary_moto_names_another_error(bare: Clients) -> None:
    iam = bare("iam")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
