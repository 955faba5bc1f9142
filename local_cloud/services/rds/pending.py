# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Changes that wait: without ApplyImmediately for the maintenance window, a parameter group for a reboot.

moto makes every change at once.
"""

from __future__ import annotations

from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.rds.waiting import changes, reboots

# botocore's rds model, PendingModifiedValues: what ModifyDBInstance puts off
PUT_OFF = (
    "AllocatedStorage",
    "CACertificateIdentifier",
    "DBInstanceClass",
    "EngineVersion",
    "Iops",
    "MasterUserPassword",
    "MultiAZ",
    "StorageThroughput",
    "StorageType",
)
CURRENT = {
    "AllocatedStorage": "allocated_storage",
    "CACertificateIdentifier": "ca_certificate_identifier",
    "DBInstanceClass": "db_instance_class",
    "EngineVersion": "engine_version",
    "Iops": "iops",
    "MultiAZ": "multi_az",
    "StorageThroughput": "storage_throughput",
    "StorageType": "storage_type",
}


@handles("rds", "ModifyDBInstance")
def put_off(request: Request, next_handler: Next) -> Response:
    given = request.parameters
    name = given.get("DBInstanceIdentifier", "")
    database = request.backend().databases.get(name)
    if database is None:
        return next_handler(request)
    waiting = changes[request.scope].get(name, {})
    group = getattr(database, "db_parameter_group_name", None)
    if given.get("ApplyImmediately"):
        response = next_handler(request.with_parameters({**waiting, **given}))
        later: dict[str, Any] = {}
    else:
        later = {**waiting, **{key: given[key] for key in PUT_OFF if key in given}}
        later = {key: value for key, value in later.items() if not _is_current(database, key, value)}
        now = {key: value for key, value in given.items() if key not in PUT_OFF}
        response = next_handler(request.with_parameters(now))
    if not response.ok:
        return response
    _remember(request, name, later)
    if given.get("DBParameterGroupName", group) != group:
        reboots[request.scope].add(given.get("NewDBInstanceIdentifier") or name)
    result = request.read(response)
    _show(request, result["DBInstance"])
    return request.answer(result)


def _is_current(database: Any, key: str, value: Any) -> bool:
    return key in CURRENT and getattr(database, CURRENT[key]) == value


def _remember(request: Request, name: str, later: dict[str, Any]) -> None:
    changes[request.scope].pop(name, None)
    if later:
        changes[request.scope][request.parameters.get("NewDBInstanceIdentifier") or name] = later


@amends("rds", "DescribeDBInstances", "CreateDBInstance")
def show_what_waits(request: Request, result: dict[str, Any]) -> None:
    for instance in result.get("DBInstances", [result.get("DBInstance")]):
        _show(request, instance)


def _show(request: Request, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    waiting = dict(changes[request.scope].get(name, {}))
    if "MasterUserPassword" in waiting:
        waiting["MasterUserPassword"] = "****"
    instance["PendingModifiedValues"] = waiting
    if name in reboots[request.scope]:
        for group in instance.get("DBParameterGroups", []):
            group["ParameterApplyStatus"] = "pending-reboot"


@handles("rds", "ModifyDBParameterGroup")
def wait_for_reboot(request: Request, next_handler: Next) -> Response:
    """A static parameter, or any that is not applied at once, waits in each instance that has the group."""
    response = next_handler(request)
    name = request.parameters.get("DBParameterGroupName", "").lower()
    group = request.backend().db_parameter_groups.get(name)
    waits = any(one.get("ApplyMethod") != "immediate" for one in request.parameters.get("Parameters", []))
    if response.ok and group is not None and waits:
        users = request.backend().databases.items()
        reboots[request.scope].update(key for key, one in users if one.db_parameter_group_name == name)
    return response


@handles("rds", "RebootDBInstance")
def reboot(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        reboots[request.scope].discard(request.parameters.get("DBInstanceIdentifier", ""))
    return response


@handles("rds", "DeleteDBInstance")
def forget(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        name = request.parameters.get("DBInstanceIdentifier", "")
        changes[request.scope].pop(name, None)
        reboots[request.scope].discard(name)
    return response
