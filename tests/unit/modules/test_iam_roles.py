# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roles with their policies, and the account's role of a service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.modules import iam_instance_profile

from ansible_collections.cutover.aws.plugins.modules import iam_service_linked_role, iam_service_role
from ansible_collections.cutover.aws.plugins.test.consistency import too_early
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]


def policy(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::bucket"}
    return {"Version": "2012-10-17", "Statement": [statement]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
MANAGED = ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]


def role(name: str, **changes: Any) -> dict[str, Any]:
    given = {
        "name": name,
        "description": "What runs on the instances",
        "trust": TRUST,
        "policies": {"buckets": policy("s3:ListBucket")},
        "managed_policies": MANAGED,
        "tags": {"Name": name},
    }
    return {**given, **changes}


def carried(cloud: LocalCloud, name: str) -> tuple[list[str], list[str]]:
    iam = cloud.client("iam")
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return iam.list_role_policies(RoleName=name)["PolicyNames"], [one["PolicyArn"] for one in attached]


def test_a_role_is_made_once_with_all_that_it_carries(cloud: LocalCloud, run: Run) -> None:
    first = run(iam_service_role.main, **role("made"))
    assert (first["changed"], first["arn"]) == (True, "arn:aws:iam::123456789012:role/made")
    assert carried(cloud, "made") == (["buckets"], MANAGED)
    assert not run(iam_service_role.main, **role("made"))["changed"]


def test_check_mode_says_so_and_makes_nothing(cloud: LocalCloud, run: Run) -> None:
    said = run(iam_service_role.main, check=True, **role("unmade"))
    assert (said["changed"], said["arn"]) == (True, None)
    assert said["diff"]["after"]["managed"] == MANAGED
    with pytest.raises(cloud.client("iam").exceptions.NoSuchEntityException):
        cloud.client("iam").get_role(RoleName="unmade")


def test_what_somebody_has_added_to_the_role_is_taken_away(cloud: LocalCloud, run: Run) -> None:
    run(iam_service_role.main, **role("widened"))
    iam = cloud.client("iam")
    iam.put_role_policy(RoleName="widened", PolicyName="evil", PolicyDocument=json.dumps(policy("s3:*")))
    iam.attach_role_policy(RoleName="widened", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.tag_role(RoleName="widened", Tags=[{"Key": "theirs", "Value": "stays"}])
    assert run(iam_service_role.main, **role("widened"))["changed"]
    assert carried(cloud, "widened") == (["buckets"], MANAGED)
    assert {"Key": "theirs", "Value": "stays"} in iam.get_role(RoleName="widened")["Role"]["Tags"]


def test_trust_and_policies_follow_the_inventory(cloud: LocalCloud, run: Run) -> None:
    run(iam_service_role.main, **role("edited"))
    trust = {**TRUST, "Statement": {**TRUST["Statement"], "Principal": {"Service": "s3.amazonaws.com"}}}  # type: ignore[dict-item]
    run(
        iam_service_role.main,
        **role("edited", trust=trust, policies={"buckets": policy("s3:GetObject")}, description="new"),
    )
    iam = cloud.client("iam")
    found = iam.get_role(RoleName="edited")["Role"]
    assert found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["s3.amazonaws.com"]}
    assert found["Description"] == "new"
    own = iam.get_role_policy(RoleName="edited", PolicyName="buckets")["PolicyDocument"]
    assert own["Statement"][0]["Action"] == ["s3:GetObject"]


def test_a_role_in_an_instance_profile_can_be_removed(cloud: LocalCloud, run: Run) -> None:
    run(iam_service_role.main, **role("held"))
    iam = cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName="holder")
    iam.add_role_to_instance_profile(InstanceProfileName="holder", RoleName="held")
    assert run(iam_service_role.main, name="held", state="absent")["changed"]
    assert iam.get_instance_profile(InstanceProfileName="holder")["InstanceProfile"]["Roles"] == []
    assert not run(iam_service_role.main, name="held", state="absent")["changed"]


def test_a_services_own_role_is_made_where_there_is_none(cloud: LocalCloud, run: Run) -> None:
    asked = {"name": "AWSServiceRoleForAutoScaling", "service": "autoscaling.amazonaws.com"}
    said = run(iam_service_linked_role.main, check=True, **asked)
    assert (said["changed"], said["arn"]) == (True, None)
    made = run(iam_service_linked_role.main, **asked)
    assert made["arn"].endswith("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    again = run(iam_service_linked_role.main, **asked)
    assert (again["changed"], again["arn"]) == (False, made["arn"])


def test_a_profile_that_does_not_get_a_new_role_is_too_early_and_gets_it_later(cloud: LocalCloud, run: Run) -> None:
    """The stock module makes the profile first, so that the next turn finds one without a role."""
    cloud.control.faults([{"kind": "unknown_role", "match": {"service": "iam"}, "times": 2}])
    try:
        run(iam_service_role.main, **role("late"))
        turns = [run(iam_instance_profile.main, name="late", role="late", state="present") for _ in range(3)]
    finally:
        cloud.control.faults()
    assert [too_early(turn) for turn in turns] == [True, True, False]
    profile = cloud.client("iam").get_instance_profile(InstanceProfileName="late")["InstanceProfile"]
    assert [one["RoleName"] for one in profile["Roles"]] == ["late"]
