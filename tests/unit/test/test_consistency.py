# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which failures are tried again."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.test.consistency import too_early

PASSING = {
    "EC2 does not know an id": {
        "msg": "Timeout waiting for 'vpc_available': Waiter vpc_available failed: An error occurred "
        "(InvalidVpcID.NotFound): The vpc ID 'vpc-1' does not exist"
    },
    "a module says it in its own words": {"msg": "VPC with Id vpc-1 not found, aborting"},
    "of several": {"msg": "The following subnets do not exist: ['subnet-1']"},
    "made by the last turn": {"msg": "An error occurred (InvalidSubnet.Conflict) when calling CreateSubnet"},
    "S3 does not know a bucket": {"msg": "Failed to get bucket tags: An error occurred (NoSuchBucket) when calling"},
    "S3 answers a HEAD": {"msg": "Waiter BucketExists failed: An error occurred (404): Not Found"},
    "IAM does not know a role": {
        "msg": "Failed to add role to instance profile: An error occurred (NoSuchEntity) when calling the "
        "AddRoleToInstanceProfile operation: The role with name one cannot be found."
    },
    "a crash, which has no message": {"exception": "(traceback unavailable)"},
}
LASTING = {
    "a limit": {"msg": "An error occurred (SubnetLimitExceeded) when calling the CreateSubnet operation"},
    "a mistake": {"msg": "An error occurred (InvalidParameterValue) when calling the CreateVpc operation: 10.0.0.0/8"},
    "a refusal": {"msg": "An error occurred (UnauthorizedOperation) when calling the CreateVpc operation"},
}


@pytest.mark.parametrize("result", PASSING.values(), ids=PASSING.keys())
def test_a_failure_that_passes_is_tried_again(result: dict[str, Any]) -> None:
    assert too_early({"failed": True, **result})


@pytest.mark.parametrize("result", LASTING.values(), ids=LASTING.keys())
def test_any_other_is_not(result: dict[str, Any]) -> None:
    assert not too_early({"failed": True, **result})


def test_what_succeeds_is_done_whatever_it_says() -> None:
    assert not too_early({"changed": True})
    assert not too_early({"changed": True, "msg": "InvalidVpcID.NotFound"})
