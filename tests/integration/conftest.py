# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud in a process of its own, and `prod` built on it once for all tests that only look.

Whoever builds it has docs/iam-policy.json as it is and nothing more, and the local cloud enforces it: actions and
resources, of every call of every run. Not its conditions, which moto does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_cloud.client import Client
from local_cloud.testing import boto3_client, daemon
from scripts import iam_policy
from tests.integration.runs import Controller, Run

# A stack that can be removed again at the end of the tests; everything else is as a person would have it.
REMOVABLE = {"database_deletion_protection": False, "storage_destroy_data": True}

# What the example's policies let the controller write.
PARAMETERS = iam_policy.EXAMPLE.parameters
CONTROLLERS_POLICIES = "acme-prod-controller-"


@dataclass(frozen=True)
class Built:
    """What happened while `prod` was built: the plan on the empty account, the run, and where."""

    controller: Controller
    plan: Any
    calls_of_plan: list[dict[str, Any]]
    run: Run


@pytest.fixture(scope="session")
def cloud() -> Iterator[Client]:
    with daemon() as client:
        yield client


@pytest.fixture(scope="session")
def controller(cloud: Client, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    variables = {**REMOVABLE, "parameters_path": PARAMETERS, **hired(cloud)}
    return Controller(cloud, Path(tmp_path_factory.mktemp("controller")), variables=variables)


def hired(cloud: Client) -> dict[str, str]:
    """The key, as variables of an inventory, of a new user who has the controller's policies."""
    iam = boto3_client(cloud.endpoint, "iam")
    iam.create_user(UserName="controller")
    for name, policy in json.loads(iam_policy.POLICIES.read_text(encoding="utf-8")).items():
        made = iam.create_policy(PolicyName=f"{CONTROLLERS_POLICIES}{name}", PolicyDocument=json.dumps(policy))
        iam.attach_user_policy(UserName="controller", PolicyArn=made["Policy"]["Arn"])
    key = iam.create_access_key(UserName="controller")["AccessKey"]
    return {"aws_access_key": key["AccessKeyId"], "aws_secret_key": key["SecretAccessKey"]}


@pytest.fixture(scope="session")
def prod(controller: Controller) -> Built:
    before = controller.cloud.mark()
    plan = controller.plan()
    calls = controller.cloud.calls(since=before, access="write")
    return Built(controller, plan, calls, controller.run("site.yml", "-vvv").expect())
