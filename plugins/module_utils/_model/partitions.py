# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs between AWS's partitions: the names of services in policies, and what endpoints end in."""

from __future__ import annotations

from .core import Stack

REGIONAL = frozenset({"logs"})
"""Services that are one principal a region."""

WITH_SUFFIX = frozenset({"ec2", "logs"})
"""Services whose principal ends in the partition's own DNS suffix; the others end in amazonaws.com everywhere."""

USUAL_SUFFIX = "amazonaws.com"
SUFFIXES = {
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}
"""Those that have their own, as in botocore/data/partitions.json."""


def dns_suffix(partition: str) -> str:
    """What the partition's endpoints end in."""
    return SUFFIXES.get(partition, USUAL_SUFFIX)


def service_principal(stack: Stack, service: str, region: str | None = None) -> str:
    """logs.us-east-1.amazonaws.com for logs; region is the home region when not given."""
    where = f".{region or stack.region}" if service in REGIONAL else ""
    return f"{service}{where}.{dns_suffix(stack.partition) if service in WITH_SUFFIX else USUAL_SUFFIX}"


def via_service(stack: Stack, service: str, region: str) -> str:
    """The value of kms:ViaService when a service of region uses a key for its caller."""
    return f"{service}.{region}.{dns_suffix(stack.partition)}"


def managed_policy(stack: Stack, name: str) -> str:
    """The ARN of a policy that AWS manages."""
    return f"arn:{stack.partition}:iam::aws:policy/{name}"
