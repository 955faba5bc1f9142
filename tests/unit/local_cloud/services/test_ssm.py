# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from tests.unit.local_cloud.services.conftest import Clients


def parameters(clients: Clients, number: int) -> Any:
    ssm = clients("ssm")
    for index in range(number):
        tags = [{"Key": "parity", "Value": "even" if index % 2 == 0 else "odd"}]
        ssm.put_parameter(Name=f"/one/{index:03}", Value="1", Type="String", Tags=tags)
    return ssm


def pages(ssm: Any, **arguments: Any) -> list[list[str]]:
    found = ssm.get_paginator("describe_parameters").paginate(**arguments)
    return [[item["Name"] for item in page["Parameters"]] for page in found]


def test_canary_moto_has_pages_of_ten(bare: Clients) -> None:
    assert [len(page) for page in pages(parameters(bare, 12), MaxResults=50)] == [10, 2]


@pytest.mark.parametrize(
    ("number", "size", "lengths"),
    [(60, 50, [50, 10]), (12, 5, [5, 5, 2]), (20, 10, [10, 10]), (3, 50, [3]), (60, None, [50, 10])],
)
def test_a_page_is_as_large_as_asked_for(aws: Clients, number: int, size: int | None, lengths: list[int]) -> None:
    arguments = {"MaxResults": size} if size else {}
    found = pages(parameters(aws, number), **arguments)
    assert [len(page) for page in found] == lengths
    assert sorted(name for page in found for name in page) == [f"/one/{index:03}" for index in range(number)]


def test_filters_hold_on_every_page(aws: Clients) -> None:
    even = [{"Key": "tag:parity", "Values": ["even"]}]
    found = pages(parameters(aws, 50), ParameterFilters=even, MaxResults=10)
    assert [len(page) for page in found] == [10, 10, 5]


PUBLISHED = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def test_canary_moto_lists_what_aws_publishes(bare: Clients) -> None:
    ssm = bare("ssm")
    ssm.get_parameter(Name=PUBLISHED)
    assert any(name.startswith("/aws/") for page in pages(ssm) for name in page)


def test_what_aws_publishes_is_not_among_the_accounts_own(aws: Clients) -> None:
    ssm = parameters(aws, 1)
    ssm.get_parameter(Name=PUBLISHED)
    assert pages(ssm) == [["/one/000"]]
