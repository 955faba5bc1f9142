# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the account has room for what the stack does not have yet.

Codes and names as the Service Quotas console shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..asking import Answer, Question, Subject, call, listing
from ..findings import Finding, absent


@dataclass(frozen=True)
class Quota:
    """One limit: of which resources of which layer, and how those in use are listed."""

    service: str
    code: str
    name: str
    variable: str
    layer: str
    kind: str
    used: Callable[[Subject], list[Answer]]
    fix: str


QUOTAS = (
    Quota(
        "ec2",
        "L-0263D0A3",
        "EC2-VPC Elastic IPs",
        "vpc_nat",
        "vpc",
        "elastic_ip",
        lambda subject: (call(subject.context, "ec2", "describe_addresses") or {})["Addresses"],
        "or set vpc_nat: single, which needs one address",
    ),
    Quota(
        "vpc",
        "L-F678F1CE",
        "VPCs per Region",
        "vpc_cidr",
        "vpc",
        "vpc",
        lambda subject: listing(subject.context, "ec2", "describe_vpcs", "Vpcs"),
        "or remove a VPC that is not needed",
    ),
    Quota(
        "elasticloadbalancing",
        "L-53DA6B97",
        "Application Load Balancers per Region",
        "compute_sides",
        "compute",
        "load_balancer",
        lambda subject: [item for item in subject.load_balancers() if item["Type"] == "application"],
        "or remove load balancers that are not needed",
    ),
    Quota(
        "rds",
        "L-7B6409FD",
        "DB instances",
        "database_source",
        "database",
        "db_instance",
        Subject.databases,
        "or remove instances that are not needed",
    ),
)


def _ask(quota: Quota) -> Callable[[Subject], Iterator[Finding]]:
    def ask(subject: Subject) -> Iterator[Finding]:
        needed = len(subject.missing(quota.layer, quota.kind))
        if not needed:
            return
        in_use = quota.used(subject)
        limit = _limit(subject, quota)
        if len(in_use) + needed > limit:
            free = max(limit - len(in_use), 0)
            rule = (
                f"the stack needs {needed} more of the quota {quota.name}, and of {limit} in "
                f"{subject.stack.region} {free} {'is' if free == 1 else 'are'} free"
            )
            yield absent(quota.variable, rule, f"Ask for a higher quota ({quota.service} {quota.code}), {quota.fix}")

    return ask


def _limit(subject: Subject, quota: Quota) -> int:
    """The account's own value, AWS's default where it has none."""
    which = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    answer = call(subject.context, "service-quotas", "get_service_quota", unless=("NoSuchResourceException",), **which)
    if answer is None:
        answer = call(subject.context, "service-quotas", "get_aws_default_service_quota", **which) or {}
    return int(answer["Quota"]["Value"])


def _needs(quota: Quota) -> Callable[[Subject], str | None]:
    def needs(subject: Subject) -> str | None:
        if quota.layer not in subject.models:
            return f"the layer {quota.layer} has other mistakes"
        return None if subject.planned(quota.layer, quota.kind) else f"the stack has no {quota.kind.replace('_', ' ')}"

    return needs


QUESTIONS = tuple(Question(f"quota {quota.name}", quota.variable, _ask(quota), _needs(quota)) for quota in QUOTAS)
