# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Listeners and their actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.acm.certificates import is_usable

ENCRYPTED = ("HTTPS", "TLS")
WEIGHTS = range(1000)
TARGET_GROUPS_OF_AN_ACTION = 5


@handles("elbv2", "CreateListener", "ModifyListener")
def check_listener(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    _check_port(request)
    current = _listener(request, parameters.get("ListenerArn", ""))
    protocol = parameters.get("Protocol") or (current.protocol if current else "")
    certificates = parameters.get("Certificates") or (current.certificates if current else [])
    if protocol in ENCRYPTED and not certificates:
        raise AwsError("ValidationError", f"A certificate must be specified for {protocol} listeners")
    for certificate in parameters.get("Certificates", []):
        _check_certificate(request, certificate["CertificateArn"])
    _check_policy(parameters.get("SslPolicy"))
    return next_handler(request)


@handles("elbv2", "CreateListener", "ModifyListener", "CreateRule", "ModifyRule")
def check_actions(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    for action in parameters.get("DefaultActions") or parameters.get("Actions", []):
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        for group in groups:
            weight = group.get("Weight", 1)
            if weight not in WEIGHTS:
                message = f"Weight '{weight}' must be between '0' and '999' inclusive"
                raise AwsError("ValidationError", message)
        if len(groups) > TARGET_GROUPS_OF_AN_ACTION:
            message = f"An action can forward to at most '{TARGET_GROUPS_OF_AN_ACTION}' target groups"
            raise AwsError("TooManyUniqueTargetGroupsPerLoadBalancer", message)
    return next_handler(request)


def _check_port(request: Request) -> None:
    parameters = request.parameters
    own = parameters.get("ListenerArn", "")
    balancer_arn = parameters.get("LoadBalancerArn") or getattr(_listener(request, own), "load_balancer_arn", "")
    balancer = request.backend().load_balancers.get(balancer_arn)
    others = (one for arn, one in balancer.listeners.items() if arn != own) if balancer else ()
    if "Port" in parameters and any(int(one.port) == parameters["Port"] for one in others):
        message = f"A listener already exists on this port for this load balancer '{balancer_arn}'"
        raise AwsError("DuplicateListener", message)


def _check_certificate(request: Request, arn: str) -> None:
    if not is_usable(request, arn):
        message = (
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, "
            "and a supported key size."
        )
        raise AwsError("UnsupportedCertificate", message)


def _check_policy(name: str | None) -> None:
    from moto.elbv2.ssl_policies import SSL_POLICIES  # noqa: PLC0415  (moto is slow to import)

    if name is not None and name not in SSL_POLICIES:
        raise AwsError("SSLPolicyNotFound", f"SSL policy '{name}' not found")


def _listener(request: Request, arn: str) -> Any:
    balancers = request.backend().load_balancers.values()
    return next((one.listeners[arn] for one in balancers if arn in one.listeners), None)


@handles("elbv2", "DescribeSSLPolicies")
def refuse_unknown_policy(request: Request, next_handler: Next) -> Response:
    for name in request.parameters.get("Names", []):
        _check_policy(name)
    return next_handler(request)


@amends("elbv2", "CreateListener", "ModifyListener", "DescribeListeners")
def describe_as_aws(request: Request, result: dict[str, Any]) -> None:
    for listener in result.get("Listeners", []):
        _true_encryption(listener)
        for action in listener.get("DefaultActions", []):
            _true_forward(action)


def _true_encryption(listener: dict[str, Any]) -> None:
    """AWS leaves out what a listener does not have; moto gives every one a policy."""
    if listener.get("Protocol") in ENCRYPTED:
        if listener["Protocol"] == "HTTPS":
            listener.setdefault("MutualAuthentication", {"Mode": "off"})
    else:
        for key in ("SslPolicy", "Certificates", "MutualAuthentication"):
            listener.pop(key, None)
    if not listener.get("AlpnPolicy"):
        listener.pop("AlpnPolicy", None)


@amends("elbv2", "CreateRule", "ModifyRule", "DescribeRules")
def describe_rules_as_aws(request: Request, result: dict[str, Any]) -> None:
    for action in _rule_actions(result):
        _true_forward(action)


def _rule_actions(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for rule in result.get("Rules", []):
        yield from rule.get("Actions", [])


def _true_forward(action: dict[str, Any]) -> None:
    """Both forms, however it was written: the group's ARN where there is one, and weights with stickiness."""
    if action.get("Type") != "forward":
        return
    config = action.setdefault("ForwardConfig", {})
    groups = config.get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    for group in groups:
        group.setdefault("Weight", 1)
    config["TargetGroups"] = groups
    config.setdefault("TargetGroupStickinessConfig", {}).setdefault("Enabled", False)
    if len(groups) == 1:
        action.setdefault("TargetGroupArn", groups[0]["TargetGroupArn"])
