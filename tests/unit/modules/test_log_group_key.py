# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys of log groups, and that the roles give a group its key again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.cutover.aws.plugins.modules import log_group_key
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
ROLES = Path(__file__).parents[3] / "roles"
WHO = ({"AWS": "123456789012"}, {"Service": "logs.us-east-1.amazonaws.com"})
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": who, "Action": "kms:*", "Resource": "*"} for who in WHO],
}


def new_key(cloud: LocalCloud) -> str:
    return str(cloud.client("kms").create_key(Policy=json.dumps(POLICY))["KeyMetadata"]["Arn"])


def key_of(cloud: LocalCloud, name: str) -> str | None:
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next(group.get("kmsKeyId") for group in groups if group["logGroupName"] == name)


def test_a_group_is_given_its_key_once(cloud: LocalCloud, run: Run) -> None:
    logs, key = cloud.client("logs"), new_key(cloud)
    for name in ("/one", "/one/more"):
        logs.create_log_group(logGroupName=name)
    wanted = {"log_group_name": "/one", "key_arn": key}
    looked = run(log_group_key.main, check=True, **wanted)
    assert (looked["changed"], looked["key_arn"], key_of(cloud, "/one")) == (True, None, None)
    assert [run(log_group_key.main, **wanted)["changed"] for _ in range(2)] == [True, False]
    assert (key_of(cloud, "/one"), key_of(cloud, "/one/more")) == (key, None)


def test_another_key_takes_the_place_of_one(cloud: LocalCloud, run: Run) -> None:
    logs, one, other = cloud.client("logs"), new_key(cloud), new_key(cloud)
    logs.create_log_group(logGroupName="/moved", kmsKeyId=one)
    moved = run(log_group_key.main, log_group_name="/moved", key_arn=other)
    assert (moved["changed"], key_of(cloud, "/moved")) == (True, other)
    assert moved["diff"] == {"before": {"key_arn": one}, "after": {"key_arn": other}}


def test_a_group_that_is_not_there_is_told(cloud: LocalCloud, run: Run) -> None:
    cloud.client("logs").create_log_group(logGroupName="/there/too")
    result = run(log_group_key.main, log_group_name="/there", key_arn=new_key(cloud))
    assert "log group /there does not exist" in result["msg"]


def test_a_key_that_cloudwatch_logs_may_not_use_is_refused(cloud: LocalCloud, run: Run) -> None:
    cloud.client("logs").create_log_group(logGroupName="/refused")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    result = run(log_group_key.main, log_group_name="/refused", key_arn=key)
    assert "AWS refused AssociateKmsKey" in result["msg"]


@pytest.mark.parametrize(
    "file", ["vpc/tasks/flow_logs.yml", "database/tasks/logs.yml", "monitoring/tasks/log_groups.yml"]
)
def test_every_role_with_log_groups_repairs_their_keys(file: str) -> None:
    tasks = yaml.safe_load((ROLES / file).read_text(encoding="utf-8"))
    used = [task for task in tasks if "cutover.aws.log_group_key" in task]
    assert len(used) == 1
    made = next(task for task in tasks if "amazon.aws.cloudwatchlogs_log_group" in task)
    assert used[0]["loop"].startswith(made["loop"].removesuffix(" }}"))
