# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs between AWS's partitions: the names of services in policies."""

from __future__ import annotations

from .core import Stack

REGIONAL = frozenset({"logs"})
"""Services that are one principal a region."""

WITH_SUFFIX = frozenset({"ec2", "logs"})
"""Services whose principal ends in the partition's own DNS suffix; the others end in amazonaws.com everywhere."""


def dns_suffix(stack: Stack) -> str:
    """What the partition's endpoints end in."""
    return "amazonaws.com.cn" if stack.partition == "aws-cn" else "amazonaws.com"


def service_principal(stack: Stack, service: str, region: str | None = None) -> str:
    """logs.us-east-1.amazonaws.com for logs; region is the home region when not given."""
    where = f".{region or stack.region}" if service in REGIONAL else ""
    return f"{service}{where}.{dns_suffix(stack) if service in WITH_SUFFIX else 'amazonaws.com'}"


def via_service(stack: Stack, service: str, region: str) -> str:
    """The value of kms:ViaService when a service of region uses a key for its caller."""
    return f"{service}.{region}.{dns_suffix(stack)}"


def managed_policy(stack: Stack, name: str) -> str:
    """The ARN of a policy that AWS manages."""
    return f"arn:{stack.partition}:iam::aws:policy/{name}"
