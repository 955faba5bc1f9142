# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The RDS calls about DB instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._plan.settle import Clock
from .instance import SETTLED
from .parameter_api import tag_list
from .plan import InstancePlan

if TYPE_CHECKING:
    from botocore.client import BaseClient

BEGIN_TIMEOUT = 60.0
BEGIN_PAUSE = 2.0
"""Seconds. After ModifyDBInstance AWS says available for a while; who waits for the end must know that it has begun."""


def find(client: BaseClient, identifier: str) -> dict[str, Any] | None:
    """The instance as AWS describes it, None where there is none."""
    try:
        instances = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except is_boto3_error_code("DBInstanceNotFound"):
        return None
    return dict(instances[0]) if instances else None


def apply(
    client: BaseClient, plan: InstancePlan, existing: Mapping[str, Any] | None, password: str | None = None
) -> dict[str, Any]:
    """Carries the plan out without waiting for its end; the instance as AWS answers it.

    password: the master user's, where the plan wants one.
    """
    own = {"MasterUserPassword": password} if password else {}
    if plan.create:
        return dict(client.create_db_instance(**plan.create, **own)["DBInstance"])
    instance = dict(existing or {})
    if plan.tags:
        client.add_tags_to_resource(ResourceName=instance["DBInstanceArn"], Tags=tag_list(plan.tags))
    if plan.start:
        instance = client.start_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"])["DBInstance"]
    if plan.modify:
        instance = client.modify_db_instance(**plan.modify, **own)["DBInstance"]
    return instance


def await_beginning(
    look: Callable[[], Mapping[str, Any] | None], done: Callable[[Mapping[str, Any]], bool], clock: Clock
) -> None:
    """Returns once AWS shows that it works on the change, or that it is done.

    It returns after BEGIN_TIMEOUT seconds too, since the read-back asks again.
    """
    deadline = clock.now() + BEGIN_TIMEOUT
    while (item := look()) and item["DBInstanceStatus"] in SETTLED and not done(item):
        if clock.now() >= deadline:
            return
        clock.sleep(BEGIN_PAUSE)


def delete(client: BaseClient, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begins the deletion; the instance as AWS answers it."""
    return dict(client.delete_db_instance(**request)["DBInstance"])


def unprotect(client: BaseClient, identifier: str) -> None:
    """Turns deletion protection off, which AWS does at once."""
    client.modify_db_instance(DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True)


def reboot(client: BaseClient, identifier: str) -> None:
    """Begins a reboot, which brings static parameters into force."""
    client.reboot_db_instance(DBInstanceIdentifier=identifier)
