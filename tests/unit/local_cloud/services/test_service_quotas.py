# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Service Quotas answers with the values that the services enforce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import quotas
from local_cloud.errors import LocalCloudError
from local_cloud.testing import LocalCloud

Clients = Callable[..., Any]
Refused = Callable[..., Any]
SCOPE = ("123456789012", "us-east-1")
ADDRESSES = {"ServiceCode": "ec2", "QuotaCode": quotas.ELASTIC_ADDRESSES}


def test_a_quota_that_was_raised_differs_from_its_default(aws: Clients) -> None:
    quotas.set_value(SCOPE, "ec2", quotas.ELASTIC_ADDRESSES, 20)
    client = aws("service-quotas")
    assert client.get_service_quota(**ADDRESSES)["Quota"]["Value"] == 20
    assert client.get_aws_default_service_quota(**ADDRESSES)["Quota"]["Value"] == 5
    listed = {quota["QuotaCode"]: quota for quota in client.list_service_quotas(ServiceCode="ec2")["Quotas"]}
    assert listed[quotas.ELASTIC_ADDRESSES]["Value"] == 20
    assert {quota["ServiceCode"] for quota in listed.values()} == {"ec2"}


def test_a_quota_that_does_not_exist_is_refused(aws: Clients, refused: Refused) -> None:
    with refused("NoSuchResourceException"):
        aws("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")


def test_a_quota_is_set_through_the_control_api(served: LocalCloud) -> None:
    ec2 = served.client("ec2")
    held = len(ec2.describe_addresses()["Addresses"])
    served.control.quota("ec2", quotas.ELASTIC_ADDRESSES, held)
    try:
        with pytest.raises(ClientError, match="AddressLimitExceeded"):
            ec2.allocate_address(Domain="vpc")
        with pytest.raises(LocalCloudError, match="no quota"):
            served.control.quota("ec2", "L-00000000", 1)
    finally:
        served.control.quota("ec2", quotas.ELASTIC_ADDRESSES, 5)
