# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Health checks with their whole configuration: moto loses the alarm of a check that follows one, and the version."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.route53.zones import CONFLICT, NOT_FOUND
from local_cloud.state import Store

Config = dict[str, Any]

OF_ALL = {"Inverted": False, "Disabled": False}
OF_ENDPOINTS = {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False}
PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
INTERVALS = (10, 30)
THRESHOLDS = range(1, 11)

# What was asked for, with AWS's defaults, by account and identifier; health checks are global.
configs: Store[dict[str, Config]] = Store(dict)
_versions: Store[dict[str, int]] = Store(dict)


def _scope(request: Request) -> tuple[str, str]:
    return request.account, "aws"


def with_defaults(config: Config) -> Config:
    kind = config["Type"]
    made = {**OF_ALL, **config}
    if kind in PORTS or kind == "TCP":
        made = {**OF_ENDPOINTS, **made}
        made.setdefault("EnableSNI", kind.startswith("HTTPS"))
        if kind in PORTS:
            made.setdefault("Port", PORTS[kind])
    return made


def check_config(config: Config, known: dict[str, Any]) -> None:
    kind = config["Type"]
    if kind == "CLOUDWATCH_METRIC" and not config.get("AlarmIdentifier"):
        raise _invalid("AlarmIdentifier must be specified for health checks of type CLOUDWATCH_METRIC")
    if kind == "CALCULATED":
        unknown = [one for one in config.get("ChildHealthChecks", []) if one not in known]
        if unknown:
            raise _invalid(f"Invalid parameter : A child health check does not exist: {unknown[0]}")
    elif kind in PORTS or kind == "TCP":
        if not config.get("FullyQualifiedDomainName") and not config.get("IPAddress"):
            raise _invalid("Invalid parameter : Either IPAddress or FullyQualifiedDomainName must be specified")
        if config.get("RequestInterval", INTERVALS[-1]) not in INTERVALS:
            raise _invalid("Invalid parameter : RequestInterval must be 10 or 30")
        if config.get("FailureThreshold", THRESHOLDS[0]) not in THRESHOLDS:
            raise _invalid("Invalid parameter : FailureThreshold must be between 1 and 10")
        if kind == "TCP" and "Port" not in config:
            raise _invalid("Invalid parameter : Port must be specified for health checks of type TCP")
        if kind.endswith("STR_MATCH") and not config.get("SearchString"):
            raise _invalid("Invalid parameter : SearchString must be specified")


@handles("route53", "CreateHealthCheck")
def create_with_config(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    backend = request.backend(region="aws")
    config = with_defaults(parameters["HealthCheckConfig"])
    check_config(config, backend.health_checks)
    for check in backend.health_checks.values():
        if check.caller_reference == parameters["CallerReference"]:
            return _same_reference(request, check, config)
    response = next_handler(request)
    if not response.ok:
        return response
    check_id = request.read(response)["HealthCheck"]["Id"]
    configs[_scope(request)][check_id] = config
    _versions[_scope(request)][check_id] = 1
    result = {"HealthCheck": _describe(request, backend.health_checks[check_id])}
    return request.answer({**result, "Location": _location(check_id)})


def _same_reference(request: Request, check: Any, config: Config) -> Response:
    if configs[_scope(request)].get(check.id) != config:
        message = f"Health check {check.id} already exists with the specified caller reference and other values"
        raise AwsError("HealthCheckAlreadyExists", message, CONFLICT)
    return request.answer({"HealthCheck": _describe(request, check), "Location": _location(check.id)})


def _location(check_id: str) -> str:
    return f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check_id}"


@handles("route53", "UpdateHealthCheck")
def update_config(request: Request, _: Next) -> Response:
    parameters = dict(request.parameters)
    check = find(request, parameters.pop("HealthCheckId"))
    version = parameters.pop("HealthCheckVersion", None)
    if version is not None and version != _versions[_scope(request)][check.id]:
        raise AwsError("HealthCheckVersionMismatch", "The health check has been changed in the meantime", CONFLICT)
    config = dict(configs[_scope(request)][check.id])
    for element in parameters.pop("ResetElements", []):
        config.pop(element, None)
    config = with_defaults({**config, **parameters})
    check_config(config, request.backend(region="aws").health_checks)
    configs[_scope(request)][check.id] = config
    _versions[_scope(request)][check.id] += 1
    return request.answer({"HealthCheck": _describe(request, check)})


@handles("route53", "GetHealthCheck")
def get_with_config(request: Request, _: Next) -> Response:
    check = find(request, request.parameters["HealthCheckId"])
    return request.answer({"HealthCheck": _describe(request, check)})


@handles("route53", "ListHealthChecks")
def list_with_config(request: Request, _: Next) -> Response:
    checks = list(request.backend(region="aws").health_checks.values())
    start, size = request.parameters.get("Marker"), int(request.parameters.get("MaxItems", 100))
    ids = [check.id for check in checks]
    checks = checks[ids.index(start) :] if start in ids else checks
    page, rest = checks[:size], checks[size:]
    result: dict[str, Any] = {
        "HealthChecks": [_describe(request, check) for check in page],
        "IsTruncated": bool(rest),
        "MaxItems": str(size),
        "Marker": start or "",
    }
    if rest:
        result["NextMarker"] = rest[0].id
    return request.answer(result)


@handles("route53", "DeleteHealthCheck")
def delete_with_config(request: Request, next_handler: Next) -> Response:
    check_id = request.parameters["HealthCheckId"]
    find(request, check_id)
    for other, config in configs[_scope(request)].items():
        if check_id in config.get("ChildHealthChecks", []):
            message = f"The health check {check_id} is a child of the calculated health check {other}"
            raise AwsError("HealthCheckInUse", message)
    response = next_handler(request)
    if response.ok:
        configs[_scope(request)].pop(check_id, None)
        _versions[_scope(request)].pop(check_id, None)
    return response


def find(request: Request, check_id: str) -> Any:
    check = request.backend(region="aws").health_checks.get(check_id)
    if check is None:
        raise AwsError("NoSuchHealthCheck", f"A health check with id {check_id} does not exist.", NOT_FOUND)
    return check


def _describe(request: Request, check: Any) -> dict[str, Any]:
    config = configs[_scope(request)].get(check.id) or check.health_check_config
    made: dict[str, Any] = {
        "Id": check.id,
        "CallerReference": check.caller_reference,
        "HealthCheckConfig": config,
        "HealthCheckVersion": _versions[_scope(request)].get(check.id, 1),
    }
    alarm = _alarm_of(request, config)
    if alarm is not None:
        made["CloudWatchAlarmConfiguration"] = {
            "EvaluationPeriods": alarm.evaluation_periods,
            "Threshold": alarm.threshold,
            "ComparisonOperator": alarm.comparison_operator,
            "Period": alarm.period,
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "Statistic": alarm.statistic,
            "Dimensions": [{"Name": one.name, "Value": one.value} for one in alarm.dimensions],
        }
    return made


def _alarm_of(request: Request, config: Config) -> Any:
    alarm = config.get("AlarmIdentifier")
    return request.backend("cloudwatch", alarm["Region"]).alarms.get(alarm["Name"]) if alarm else None


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidInput", message)
