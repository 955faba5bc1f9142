# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The RDS calls about proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._model.core import Value
from .._plan.settle import Clock, look_until
from .health import FAILED, READY, is_ready, not_ready
from .plan import CLUSTER, REGISTERED_AS, TARGET_GROUP, Found, ProxyPlan, Target, tags_in

if TYPE_CHECKING:
    from botocore.client import BaseClient

NOT_FOUND = "DBProxyNotFoundFault"
REGISTERED = "DBProxyTargetAlreadyRegisteredFault"
GONE = "DBProxyTargetNotFoundFault"
NO_DATABASE = ["DBInstanceNotFound", "DBClusterNotFoundFault"]
DELETING = "deleting"


class NotReady(CutoverError):
    """The proxy, or the database behind it, cannot be used; the text says why."""


def proxy(client: BaseClient, name: str) -> dict[str, Any] | None:
    """As DescribeDBProxies answers it, None where there is none."""
    try:
        found = client.describe_db_proxies(DBProxyName=name)["DBProxies"]
    except is_boto3_error_code(NOT_FOUND):
        return None
    return dict(found[0]) if found else None


def whole(client: BaseClient, item: Mapping[str, Any]) -> Found:
    """The proxy with its target group and targets."""
    name = item["DBProxyName"]
    groups = client.describe_db_proxy_target_groups(DBProxyName=name)["TargetGroups"]
    group: dict[str, Any] = next((one for one in groups if one["TargetGroupName"] == TARGET_GROUP), {})
    return Found(item, group, targets(client, name))


def targets(client: BaseClient, name: str) -> list[dict[str, Any]]:
    """As DescribeDBProxyTargets answers them."""
    pages = client.get_paginator("describe_db_proxy_targets").paginate(DBProxyName=name)
    return [target for page in pages for target in page["Targets"]]


def tags(client: BaseClient, item: Mapping[str, Any]) -> dict[str, Value]:
    """The proxy's tags."""
    return tags_in(client.list_tags_for_resource(ResourceName=item["DBProxyArn"]))


def engine_of(client: BaseClient, target: Target) -> str | None:
    """What AWS calls the engine of a database, None where there is no such database."""
    kind, identifier = target
    try:
        if kind == CLUSTER:
            found = client.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
        else:
            found = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except is_boto3_error_code(NO_DATABASE):
        return None
    return str(found[0]["Engine"]) if found else None


def apply(client: BaseClient, name: str, plan: ProxyPlan, timeout: float, clock: Clock) -> None:
    """Carries the plan out. Targets come last, once the proxy takes changes again. Raises NotReady."""
    if plan.create:
        client.create_db_proxy(**plan.create)
    if plan.modify:
        await_proxy(client, name, timeout, clock)
        client.modify_db_proxy(**plan.modify)
    await_proxy(client, name, timeout, clock)
    if plan.pool:
        client.modify_db_proxy_target_group(**plan.pool)
    for target in plan.deregister:
        _deregister(client, name, target)
    for target in plan.register:
        _register(client, name, target)
    if plan.tags and (item := proxy(client, name)):
        pairs = [{"Key": key, "Value": value} for key, value in plan.tags.items()]
        client.add_tags_to_resource(ResourceName=item["DBProxyArn"], Tags=pairs)


def _register(client: BaseClient, name: str, target: Target) -> None:
    kind, identifier = target
    try:
        client.register_db_proxy_targets(
            DBProxyName=name, TargetGroupName=TARGET_GROUP, **{REGISTERED_AS[kind]: [identifier]}
        )
    except is_boto3_error_code(REGISTERED):
        return


def _deregister(client: BaseClient, name: str, target: Target) -> None:
    kind, identifier = target
    try:
        client.deregister_db_proxy_targets(
            DBProxyName=name, TargetGroupName=TARGET_GROUP, **{REGISTERED_AS[kind]: [identifier]}
        )
    except is_boto3_error_code(GONE):
        return


def await_proxy(client: BaseClient, name: str, timeout: float, clock: Clock) -> dict[str, Any]:
    """The proxy once it is available. Raises NotReady, at once where no waiting helps."""
    item = look_until(lambda: proxy(client, name), _settled, timeout, clock)
    if item is None or item["Status"] != READY:
        status = str(item["Status"]) if item else "not there"
        meaning = FAILED.get(status) or f"after {timeout:.0f} s it is not {READY}"
        raise NotReady(f"the proxy {name} is {status}: {meaning}.")
    return item


def _settled(item: Mapping[str, Any] | None) -> bool:
    return item is not None and (item["Status"] == READY or item["Status"] in FAILED)


def await_targets(client: BaseClient, name: str, timeout: float, clock: Clock) -> Sequence[Mapping[str, Any]]:
    """The targets once the database behind it answers. Raises NotReady with AWS's reason when the time is over.

    No state ends it sooner: a new role or secret is an AUTH_FAILURE for a while, and a new proxy has no capacity yet.
    """
    seen = look_until(lambda: targets(client, name), is_ready, timeout, clock)
    if not is_ready(seen):
        raise NotReady(
            f"after {timeout:.0f} s the proxy {name} does not reach its database: {not_ready(seen)}. The proxy itself "
            "is as it was asked for; put the cause right and run the playbook again."
        )
    return seen


def delete(client: BaseClient, name: str) -> None:
    """Begins the removal. AWS refuses it for a proxy that is being removed."""
    try:
        client.delete_db_proxy(DBProxyName=name)
    except is_boto3_error_code(NOT_FOUND):
        return


def await_gone(client: BaseClient, name: str, timeout: float, clock: Clock) -> None:
    """Returns once the proxy is gone. Raises NotReady when the time is over."""
    if left := look_until(lambda: proxy(client, name), lambda item: item is None, timeout, clock):
        raise NotReady(f"after {timeout:.0f} s the proxy {name} is {left['Status']} and not gone.")
