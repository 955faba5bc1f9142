# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Elastic Load Balancing calls about listeners and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._errors import CutoverError
from .listener import Listener, ListenerPlan, arguments

if TYPE_CHECKING:
    from botocore.client import BaseClient


class UnknownResource(CutoverError):
    """An ARN that is neither a load balancer's nor a target group's."""


KINDS = {"loadbalancer": ("load_balancer", "LoadBalancerArn"), "targetgroup": ("target_group", "TargetGroupArn")}
"""By the first word of the ARN's resource part: the word in the operations' names, and their argument."""

CERTIFICATE_NOT_FOUND = "CertificateNotFound"

certificate_known_soon = AWSRetry.jittered_backoff(
    retries=12, delay=1, max_delay=10, catch_extra_error_codes=[CERTIFICATE_NOT_FOUND]
)
"""For calls that name a certificate: for some seconds after ACM has issued one, load balancers do not know it."""


def find_listener(client: BaseClient, balancer_arn: str, port: int) -> dict[str, Any] | None:
    """The load balancer's listener on the port; a load balancer has at most one."""
    try:
        pages = client.get_paginator("describe_listeners").paginate(LoadBalancerArn=balancer_arn)
        listeners = [item for page in pages for item in page["Listeners"]]
    except client.exceptions.LoadBalancerNotFoundException:
        return None
    return next((item for item in listeners if item["Port"] == port), None)


def tags_of(client: BaseClient, arn: str) -> dict[str, str]:
    """The tags of one load balancer, listener or target group."""
    answer = client.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {tag["Key"]: tag["Value"] for tag in answer[0]["Tags"]} if answer else {}


def apply_listener(
    client: BaseClient, balancer_arn: str, wanted: Listener, tags: Mapping[str, str], plan: ListenerPlan
) -> str:
    """Carries the plan out; the listener's ARN."""
    if plan.arn is None:
        tagged = {"Tags": _pairs(tags)} if tags else {}
        create = certificate_known_soon(client.create_listener)
        answer = create(LoadBalancerArn=balancer_arn, **arguments(wanted), **tagged)
        return str(answer["Listeners"][0]["ListenerArn"])
    if plan.changes:
        certificate_known_soon(client.modify_listener)(ListenerArn=plan.arn, **plan.changes)
    if plan.tags:
        client.add_tags(ResourceArns=[plan.arn], Tags=_pairs(plan.tags))
    return plan.arn


def delete_listener(client: BaseClient, arn: str) -> None:
    """Closes the port; the load balancer and its target groups stay."""
    client.delete_listener(ListenerArn=arn)


def attributes_of(client: BaseClient, arn: str) -> dict[str, str]:
    """Every attribute of a load balancer or a target group, by AWS's name."""
    kind, argument = _kind(arn)
    answer = getattr(client, f"describe_{kind}_attributes")(**{argument: arn})
    return {pair["Key"]: pair.get("Value", "") for pair in answer["Attributes"]}


def set_attributes(client: BaseClient, arn: str, attributes: Mapping[str, str]) -> None:
    """Sets these attributes and leaves the others."""
    kind, argument = _kind(arn)
    pairs = [{"Key": name, "Value": value} for name, value in attributes.items()]
    getattr(client, f"modify_{kind}_attributes")(**{argument: arn, "Attributes": pairs})


def _kind(arn: str) -> tuple[str, str]:
    word = arn.rpartition(":")[-1].partition("/")[0]
    if word not in KINDS:
        raise UnknownResource(f"{arn} is neither the ARN of a load balancer nor that of a target group")
    return KINDS[word]


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]
