# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers, their listeners and their target groups, whatever runs behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from .core import UNKNOWN, Resource, Stack, Value, known

NAME_LIMIT = 32
"""Of load balancers and target groups; https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"""

HTTPS_PORT, HTTP_PORT = 443, 80


class HealthCheck(TypedDict):
    """How a target group asks its targets; interval and timeout in seconds, the thresholds in answers in a row."""

    path: str
    interval: int
    timeout: int
    healthy_threshold: int
    unhealthy_threshold: int
    codes: str


class AccessLogs(TypedDict):
    """Where a load balancer writes its access logs: a bucket with SSE-S3, for it cannot use a KMS key of one's own."""

    bucket: str
    prefix: str


class BalancerConfig(TypedDict):
    """What every load balancer of a stack needs."""

    vpc_id: str | None
    public_subnet_ids: Sequence[str]
    load_balancer_group_id: str | None
    certificate_arn: str | None
    port: int
    health_check: HealthCheck
    deregistration_delay: int
    slow_start: int
    tls_policy: str
    http_redirect: bool
    idle_timeout: int
    deletion_protection: bool
    access_logs: AccessLogs | None


def known_ids(ids: Sequence[str] | None) -> Value:
    """Ids from another layer in AWS's order, UNKNOWN while there are none."""
    return sorted(ids) if ids else UNKNOWN


def target_group(stack: Stack, side: str, config: BalancerConfig) -> Resource:
    """The target group of a side. Attributes with a dot in their name have AWS's own names and spelling."""
    key, name = f"target_group/{side}", stack.named("app", side, limit=NAME_LIMIT)
    check = config["health_check"]
    attributes: dict[str, Value] = {
        "vpc_id": known(config["vpc_id"]),
        "target_type": "instance",
        "protocol": "HTTP",
        "port": config["port"],
        "health_check_protocol": "HTTP",
        "health_check_path": check["path"],
        "health_check_interval": check["interval"],
        "health_check_timeout": check["timeout"],
        "health_check_healthy_threshold": check["healthy_threshold"],
        "health_check_unhealthy_threshold": check["unhealthy_threshold"],
        "health_check_codes": str(check["codes"]),
        "deregistration_delay.timeout_seconds": str(config["deregistration_delay"]),
        "slow_start.duration_seconds": str(config["slow_start"]),
        "stickiness.enabled": "false",
        "tags": stack.tagged(key, name),
    }
    return Resource(key, "target_group", name, attributes)


def load_balancer(stack: Stack, side: str, config: BalancerConfig) -> Resource:
    """The internet-facing load balancer of a side."""
    key, name = f"load_balancer/{side}", stack.named("app", side, limit=NAME_LIMIT)
    attributes: dict[str, Value] = {
        "scheme": "internet-facing",
        "ip_address_type": "ipv4",
        "subnets": known_ids(config["public_subnet_ids"]),
        "security_groups": known_ids([group] if (group := config["load_balancer_group_id"]) else None),
        "deletion_protection.enabled": _text(config["deletion_protection"]),
        "idle_timeout.timeout_seconds": str(config["idle_timeout"]),
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        **_access_logs(config["access_logs"]),
        "tags": stack.tagged(key, name),
    }
    return Resource(key, "load_balancer", name, attributes)


def listeners(stack: Stack, side: str, config: BalancerConfig) -> list[Resource]:
    """HTTPS to the side's target group; where it is asked for, a redirect from HTTP."""
    https = _listener(
        stack,
        side,
        HTTPS_PORT,
        protocol="HTTPS",
        ssl_policy=config["tls_policy"],
        certificate_arn=known(config["certificate_arn"]),
        forward=[{"target_group": f"target_group/{side}", "weight": 1}],
        redirect=None,
    )
    if not config["http_redirect"]:
        return [https]
    to_https = {"protocol": "HTTPS", "port": str(HTTPS_PORT), "status": "HTTP_301"}
    plain = _listener(
        stack, side, HTTP_PORT, protocol="HTTP", ssl_policy=None, certificate_arn=None, forward=None, redirect=to_https
    )
    return [https, plain]


def _listener(stack: Stack, side: str, port: int, **attributes: Value) -> Resource:
    key = f"listener/{side}-{port}"
    name = f"{stack.named('app', side, limit=NAME_LIMIT)}:{port}"
    return Resource(
        key, "listener", name, {"load_balancer": f"load_balancer/{side}", **attributes, "tags": stack.tagged(key, name)}
    )


def _access_logs(logs: Mapping[str, str] | AccessLogs | None) -> dict[str, Value]:
    if not logs:
        return {"access_logs.s3.enabled": "false"}
    return {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": logs["bucket"],
        "access_logs.s3.prefix": logs["prefix"],
    }


def _text(value: bool) -> str:
    """A boolean as the attributes of load balancers spell it."""
    return "true" if value else "false"
