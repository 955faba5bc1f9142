# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is left of a stack after its layers are gone."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Stack
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.leftovers import leftovers

STACK = Stack("acme", "prod", "us-east-1", "123456789012")
EC2 = "arn:aws:ec2:us-east-1:123456789012"


class Lagging(Context):
    """A tagging API that names all of tagged, and an EC2 that has those of there."""

    def __init__(self, tagged: list[str], there: set[str]) -> None:
        super().__init__(STACK, lambda service, region: None)  # type: ignore[arg-type, return-value]
        self.tagged, self.there = tagged, there

    def pages(self, service: str, operation: str, result: str, region: str | None = None, **arguments: Any) -> Any:
        if service == "resourcegroupstaggingapi":
            return [{"ResourceARN": arn} for arn in self.tagged]
        assert operation.startswith("describe_")
        return [one for one in arguments["Filters"][0]["Values"] if one in self.there]


@pytest.mark.parametrize(
    ("arn", "there", "left"),
    [
        ("arn:aws:cloudwatch::123456789012:dashboard/acme-prod-overview-us-east-1", set(), False),
        (f"{EC2}:vpc/vpc-1", set(), False),
        ("arn:aws:sqs:us-east-1:123456789012:queue", set(), True),
        (f"{EC2}:instance/i-1", set(), False),
        (f"{EC2}:instance/i-1", {"i-1"}, True),
        (f"{EC2}:volume/vol-1", set(), False),
        (f"{EC2}:volume/vol-1", {"vol-1"}, True),
        (f"{EC2}:network-interface/eni-1", {"eni-1"}, True),
    ],
)
def test_only_what_is_there_and_no_layer_reads_is_left(arn: str, there: set[str], left: bool) -> None:
    assert leftovers(Lagging([arn], there)) == ([arn] if left else [])
