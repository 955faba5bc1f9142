# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Proxies: changes, targets of the right kind, and whether the proxy would get into the database."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles

NOT_FOUND = 404
ZONES = 2
FAMILIES = {"mysql": "MYSQL", "mariadb": "MYSQL", "aurora-mysql": "MYSQL", "sqlserver": "SQLSERVER"}
POSTGRESQL = "POSTGRESQL"
MODIFIED = {
    "Auth": "auth",
    "RoleArn": "role_arn",
    "SecurityGroups": "vpc_security_group_ids",
    "RequireTLS": "require_tls",
    "IdleClientTimeout": "idle_client_timeout",
    "DebugLogging": "debug_logging",
}
"""What ModifyDBProxy takes, by moto's names."""

ON_A_PROXY = (
    "DeleteDBProxy",
    "DeregisterDBProxyTargets",
    "DescribeDBProxyTargetGroups",
    "DescribeDBProxyTargets",
    "ModifyDBProxy",
    "ModifyDBProxyTargetGroup",
    "RegisterDBProxyTargets",
)


def proxy_of(request: Request) -> Any:
    return request.backend().db_proxies.get(request.parameters.get("DBProxyName", ""))


@handles("rds", *ON_A_PROXY)
def refuse_unknown_proxy(request: Request, next_handler: Next) -> Response:
    """moto answers 500."""
    if proxy_of(request) is None:
        name = request.parameters.get("DBProxyName", "")
        raise AwsError("DBProxyNotFoundFault", f"DB Proxy {name} not found.", NOT_FOUND)
    return next_handler(request)


@handles("rds", "CreateDBProxy")
def check_new_proxy(request: Request, next_handler: Next) -> Response:
    """RDS Proxy quotas and limitations (User Guide): subnets in two zones, and a secret where IAM is not all."""
    subnets = request.parameters.get("VpcSubnetIds", [])
    zones = request.backend("ec2").subnets.items()
    covered = {zone for zone, there in zones if set(subnets) & set(there)}
    if len(covered) < ZONES:
        message = f"Subnets have to cover at least {ZONES} Availability Zones; those given cover {len(covered)}."
        raise AwsError("InvalidSubnet", message)
    _check_auth(request)
    return next_handler(request)


@handles("rds", "ModifyDBProxy")
def modify(request: Request, _: Next) -> Response:
    """moto does not know it."""
    _check_auth(request)
    proxy = proxy_of(request)
    for name, attribute in MODIFIED.items():
        if name in request.parameters:
            setattr(proxy, attribute, request.parameters[name])
    return request.answer({"DBProxy": _described(request, proxy)})


def _described(request: Request, proxy: Any) -> dict[str, Any]:
    """As DescribeDBProxies has it."""
    return {
        "DBProxyName": proxy.db_proxy_name,
        "DBProxyArn": proxy.arn,
        "Status": proxy.status,
        "EngineFamily": proxy.engine_family,
        "VpcId": proxy.vpc_id,
        "VpcSecurityGroupIds": proxy.vpc_security_group_ids,
        "VpcSubnetIds": proxy.vpc_subnet_ids,
        "Auth": proxy.auth,
        "RoleArn": proxy.role_arn,
        "Endpoint": proxy.endpoint,
        "RequireTLS": proxy.require_tls,
        "IdleClientTimeout": proxy.idle_client_timeout,
        "DebugLogging": proxy.debug_logging,
    }


def _check_auth(request: Request) -> None:
    auth = request.parameters.get("Auth")
    if auth is not None and not all(entry.get("SecretArn") for entry in auth):
        raise AwsError("InvalidParameterValue", "The parameter SecretArn must be provided for AuthScheme SECRETS.")
    if any(entry.get("IAMAuth") == "ENABLED" for entry in auth or []):
        message = "IAMAuth ENABLED is valid only for proxies with RDS for Microsoft SQL Server."
        raise AwsError("InvalidParameterValue", message)


@handles("rds", "RegisterDBProxyTargets")
def check_targets(request: Request, next_handler: Next) -> Response:
    backend, proxy = request.backend(), proxy_of(request)
    wanted = [
        *(
            (name, backend.databases.get(name), "DBInstance")
            for name in request.parameters.get("DBInstanceIdentifiers", [])
        ),
        *(
            (name, backend.clusters.get(name), "DBCluster")
            for name in request.parameters.get("DBClusterIdentifiers", [])
        ),
    ]
    registered = {target.rds_resource_id for target in proxy.proxy_target_groups["default"].targets}
    for name, database, kind in wanted:
        if database is None:
            code = {"DBInstance": "DBInstanceNotFound", "DBCluster": "DBClusterNotFoundFault"}[kind]
            raise AwsError(code, f"{kind} {name} not found.", NOT_FOUND)
        if name in registered:
            raise AwsError("DBProxyTargetAlreadyRegisteredFault", f"{name} is already registered with the proxy.")
        if FAMILIES.get(database.engine, POSTGRESQL) != proxy.engine_family:
            message = f"Engine family {proxy.engine_family} of the proxy does not fit the engine {database.engine}."
            raise AwsError("InvalidParameterValue", message)
    if registered and wanted:
        message = "A target group takes one DB instance or one DB cluster."
        raise AwsError("InvalidParameterCombination", message)
    return next_handler(request)


@amends("rds", "DescribeDBProxyTargets")
def show_health(request: Request, result: dict[str, Any]) -> None:
    """Whether the proxy would get in: by the passwords of its secrets, which rotation keeps like the database's."""
    backend, proxy = request.backend(), proxy_of(request)
    for target in result.get("Targets", []):
        database = backend.databases.get(target["RdsResourceId"])
        if database is None:
            continue
        target["Port"], target["Endpoint"] = int(database.port), database.address
        if target["TargetHealth"]["State"] == "AVAILABLE" and not _gets_in(request, proxy, database):
            target["TargetHealth"] = {
                "State": "UNAVAILABLE",
                "Reason": "AUTH_FAILURE",
                "Description": "Proxy does not have any registered credentials",
            }


def _gets_in(request: Request, proxy: Any, database: Any) -> bool:
    secrets = request.backend("secretsmanager").secrets
    for entry in proxy.auth:
        secret = secrets.get(entry.get("SecretArn"))
        if secret is None or secret.is_deleted():
            continue
        values = json.loads(secret.versions[secret.default_version_id].get("secret_string") or "{}")
        managed = getattr(database, "master_user_secret", None)
        if managed is not None and managed.secret.arn == secret.arn:
            return True
        # moto keeps the password for itself
        login = (database.master_username, database._master_user_password)
        if (values.get("username"), values.get("password")) == login:
            return True
    return False
