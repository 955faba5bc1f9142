# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a partition's endpoints end in, as botocore has it."""

from __future__ import annotations

import botocore.session
import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Found
from ansible_collections.cutover.aws.plugins.module_utils._model.partitions import dns_suffix
from ansible_collections.cutover.aws.plugins.module_utils._stack.storage import storage_outputs

PARTITIONS = {
    one["id"]: one["outputs"]["dnsSuffix"]
    for one in botocore.session.get_session().get_data("partitions")["partitions"]
}


def test_there_are_partitions_apart_from_the_public_ones() -> None:
    assert {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"} <= set(PARTITIONS)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_suffix_is_botocores(partition: str) -> None:
    assert dns_suffix(partition) == PARTITIONS[partition]


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-west-1", "s3.eu-west-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
        ("aws-iso", "us-iso-east-1", "s3.us-iso-east-1.c2s.ic.gov"),
    ],
)
def test_a_bucket_has_the_domain_of_its_partition(partition: str, region: str, host: str) -> None:
    attributes = {"region": region, "encryption": None}
    bucket = Found("bucket/logs", "bucket", "one", "one", attributes, arn=f"arn:{partition}:s3:::one")
    outputs: dict[str, dict[str, dict[str, str]]] = storage_outputs({bucket.key: bucket})  # type: ignore[assignment]
    assert outputs["buckets"]["logs"]["domain_name"] == f"one.{host}"
