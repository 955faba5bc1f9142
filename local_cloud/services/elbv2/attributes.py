# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Attributes that nobody set: AWS returns all of them with their defaults, moto only a few.

Source of names and defaults: botocore's elbv2 model, LoadBalancerAttribute and TargetGroupAttribute.
"""

from __future__ import annotations

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

OF_ALL_BALANCERS = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "ipv6.deny_all_igw_traffic": "false",
    "zonal_shift.config.enabled": "false",
}
OF_BALANCERS = {
    "application": {
        "client_keep_alive.seconds": "3600",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
        "idle_timeout.timeout_seconds": "60",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
    },
    "network": {
        "dns_record.client_routing_policy": "any_availability_zone",
        "load_balancing.cross_zone.enabled": "false",
    },
}
OF_TARGET_GROUPS = {
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
}
OF_HTTP_TARGET_GROUPS = {
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "slow_start.duration_seconds": "0",
    "stickiness.type": "lb_cookie",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.lb_cookie.duration_seconds": "86400",
}
# What moto sets on every new balancer although it is an ALB's default no more
WRONG_AT_CREATION = {"load_balancing.cross_zone.enabled": "false"}


@handles("elbv2", "CreateLoadBalancer")
def start_with_the_defaults(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        for made in request.read(response)["LoadBalancers"]:
            balancer = request.backend().load_balancers[made["LoadBalancerArn"]]
            for name in WRONG_AT_CREATION:
                balancer.attrs.pop(name, None)
    return response


@handles("elbv2", "DescribeLoadBalancerAttributes", "ModifyLoadBalancerAttributes")
def all_balancer_attributes(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    balancer = request.backend().load_balancers.get(request.parameters.get("LoadBalancerArn"))
    if not response.ok or balancer is None:
        return response
    return _complete(request, response, {**OF_ALL_BALANCERS, **OF_BALANCERS.get(balancer.type, {})})


@handles("elbv2", "DescribeTargetGroupAttributes", "ModifyTargetGroupAttributes")
def all_target_group_attributes(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    group = request.backend().target_groups.get(request.parameters.get("TargetGroupArn"))
    if not response.ok or group is None:
        return response
    http = OF_HTTP_TARGET_GROUPS if group.protocol in ("HTTP", "HTTPS") else {}
    return _complete(request, response, {**OF_TARGET_GROUPS, **http})


def _complete(request: Request, response: Response, defaults: dict[str, str]) -> Response:
    given = {one["Key"]: one["Value"] for one in request.read(response).get("Attributes", [])}
    attributes = [{"Key": key, "Value": value} for key, value in {**defaults, **given}.items()]
    return request.answer({"Attributes": attributes})
