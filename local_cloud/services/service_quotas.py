# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Service Quotas: moto lists a few defaults and knows no single quota. Here it agrees with what the other services enforce."""

from __future__ import annotations

from typing import Any

from local_cloud import quotas
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("service-quotas", "GetServiceQuota")
def answer_the_value_in_force(request: Request, _next_handler: Next) -> Response:
    quota = _asked(request)
    return request.answer({"Quota": _shape(request, quota, quotas.value(request.scope, quota.service, quota.code))})


@handles("service-quotas", "GetAWSDefaultServiceQuota")
def answer_the_default(request: Request, _next_handler: Next) -> Response:
    quota = _asked(request)
    return request.answer({"Quota": _shape(request, quota, quota.default)})


@handles("service-quotas", "ListServiceQuotas", "ListAWSDefaultServiceQuotas")
def answer_those_of_a_service(request: Request, _next_handler: Next) -> Response:
    service, default = request.parameters["ServiceCode"], request.operation == "ListAWSDefaultServiceQuotas"
    found = [quota for quota in quotas.DEFAULTS if quota.service == service]
    shapes = [
        _shape(request, q, q.default if default else quotas.value(request.scope, q.service, q.code)) for q in found
    ]
    return request.answer({"Quotas": shapes})


def _asked(request: Request) -> quotas.Quota:
    quota = quotas.find(request.parameters["ServiceCode"], request.parameters["QuotaCode"])
    if quota is None:
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return quota


def _shape(request: Request, quota: quotas.Quota, value: float) -> dict[str, Any]:
    account, region = request.scope
    return {
        "ServiceCode": quota.service,
        "ServiceName": quota.service,
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account}:{quota.service}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": quota.global_,
    }
