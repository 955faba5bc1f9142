# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Service Quotas over the table of `local_cloud.quotas`."""

from __future__ import annotations

from typing import Any

from local_cloud import quotas
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.quotas import Quota
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

PAGE = 100


@handles("service-quotas", "GetServiceQuota", "GetAWSDefaultServiceQuota")
def get_quota(request: Request, _: Next) -> Response:
    service, code = request.parameters["ServiceCode"], request.parameters["QuotaCode"]
    quota = quotas.find(service, code)
    if quota is None:
        message = f"The request failed because the specified service or quota does not exist: {service} {code}"
        raise AwsError("NoSuchResourceException", message)
    return request.answer({"Quota": _describe(request, quota)})


@handles("service-quotas", "ListServiceQuotas", "ListAWSDefaultServiceQuotas")
def list_quotas(request: Request, _: Next) -> Response:
    service = request.parameters["ServiceCode"]
    found = [_describe(request, one) for one in quotas.DEFAULTS if one.service == service]
    if not found:
        raise AwsError("NoSuchResourceException", f"The request failed because the service {service} does not exist.")
    size = int(request.parameters.get("MaxResults", PAGE))
    start = int(request.parameters.get("NextToken", 0))
    result: dict[str, Any] = {"Quotas": found[start : start + size]}
    if start + size < len(found):
        result["NextToken"] = str(start + size)
    return request.answer(result)


def _describe(request: Request, quota: Quota) -> dict[str, Any]:
    default = "Default" in request.operation
    value = quota.default if default else quotas.value(request.scope, quota.service, quota.code)
    owner = "" if default else request.account
    return {
        "ServiceCode": quota.service,
        "ServiceName": quota.service,
        "QuotaArn": f"arn:aws:servicequotas:{request.region}:{owner}:{quota.service}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": quota.global_,
    }
