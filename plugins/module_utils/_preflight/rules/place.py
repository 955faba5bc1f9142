# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on regions, ARNs and endpoints: where the stack is, and that what it refers to is there too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..._model.core import Value
from ..findings import Finding, absent, finding, meant

ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d{12}|aws)?:(?P<resource>.+)"
)
ANYWHERE = ("iam", "s3", "route53", "cloudfront", "sts")
"""Services whose ARNs carry no region."""


@cache
def partitions() -> Mapping[str, str]:
    """The partition of each region that the installed botocore knows."""
    from botocore.session import Session  # noqa: PLC0415  (the pure rules are imported without it)

    session = Session()
    return {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition_name=partition)
    }


def partition_of(region: str) -> str:
    """aws, aws-cn, aws-us-gov ...; aws where botocore does not know the region."""
    return partitions().get(region, "aws")


def place_findings(typed: Mapping[str, Value]) -> Iterator[Finding]:
    """All rules on region and replica_region, on the endpoint, and on every ARN of the inventory as far as its
    region and partition go."""
    yield from _regions(typed)
    yield from _endpoint(typed)
    region = typed.get("region")
    if isinstance(region, str) and region in partitions():
        for path, arn in arns(typed):
            yield from _arn(path, arn, typed)


def _regions(typed: Mapping[str, Value]) -> Iterator[Finding]:
    region, replica = typed.get("region"), typed.get("replica_region")
    for name, value in (("region", region), ("replica_region", replica)):
        if isinstance(value, str) and value not in partitions():
            zone = value[:-1] if value[:-1] in partitions() else None
            fix = (
                f"It is one of the zones of {zone}; write that"
                if zone
                else meant(value, partitions(), "See `aws ec2 describe-regions`; a new region may need a newer boto3")
            )
            yield finding(name, value, "is no region that boto3 knows", fix)
    if region and region == replica:
        yield finding(
            "replica_region",
            replica,
            "is the home region; a replica beside its original protects against nothing",
            "Name another region, or leave it out",
        )
    elif (
        isinstance(region, str)
        and isinstance(replica, str)
        and {region, replica} <= set(partitions())
        and partition_of(region) != partition_of(replica)
    ):
        yield finding(
            "replica_region",
            replica,
            f"is in another partition than {region}, and nothing is replicated between partitions",
            "Name a region of the same partition",
        )


def _endpoint(typed: Mapping[str, Value]) -> Iterator[Finding]:
    endpoint = typed.get("aws_endpoint_url")
    if not isinstance(endpoint, str) or not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield finding(
            "aws_endpoint_url",
            endpoint,
            "is no address of a server",
            "Write it with scheme, host and port: http://127.0.0.1:5599",
        )
    elif not loopback(parts.hostname) and parts.scheme == "http":
        yield finding("aws_endpoint_url", endpoint, "would send requests unencrypted to another machine", "Use https")
    elif loopback(parts.hostname) and not typed.get("aws_access_key"):
        rule = (
            "leads to this machine, while the credentials would be those of the shell, which open a real "
            "account to any call that misses the endpoint"
        )
        yield finding(
            "aws_endpoint_url",
            endpoint,
            rule,
            "Set aws_access_key and aws_secret_key to values that are valid nowhere else",
        )


def loopback(host: str) -> bool:
    """Whether it is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def arns(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value whose name says that it is an ARN, with its path."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from arns(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, part in enumerate(value):
            yield from arns(part, f"{path}[{index}]")
    elif isinstance(value, str) and value and re.search(r"_arns?(\[\d+\])?$", path):
        yield path, value


def _arn(path: str, arn: str, typed: Mapping[str, Value]) -> Iterator[Finding]:
    region, replica = str(typed["region"]), typed.get("replica_region")
    match = ARN.fullmatch(arn)
    if not match:
        yield finding(path, arn, "is no ARN", "Copy it whole: arn:aws:<service>:<region>:<account>:<resource>")
        return
    if match["partition"] != partition_of(region):
        yield finding(
            path,
            arn,
            f"is of partition {match['partition']}, and {region} is in {partition_of(region)}",
            "Take a resource of this partition",
        )
    elif match["region"] not in ("", region, replica):
        yield finding(
            path, arn, f"is of region {match['region']}, and the stack is in {region}", f"Take one of {region}"
        )
    elif not match["region"] and match["service"] not in ANYWHERE:
        yield absent(path, f"an ARN of {match['service']} names a region", "Copy it whole")


def account_of(arn: str) -> str | None:
    """The account that an ARN names."""
    match = ARN.fullmatch(arn)
    return match["account"] if match and match["account"] != "aws" else None
