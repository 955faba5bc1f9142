# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls that only a shift makes; those about record sets are in _route53."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._botocore import ClientError
from .._errors import CutoverError
from .forwards import LISTENER, kind_of, writable
from .plan import Raw

PATIENT = {"retries": {"mode": "standard", "max_attempts": 10}}
"""botocore's own backoff, which knows Throttling and PriorRequestNotComplete: 20 s at most between two attempts.
Nothing else is tried again on top of it. aws_config goes before it."""

AT_ONCE = 20
"""Listeners or rules in one question."""


class CannotAsk(CutoverError):
    """Which records are protected is not known."""

    def __init__(self, zone_id: str, reason: str) -> None:
        super().__init__(
            f"The protections of zone {zone_id} could not be asked for ({reason}). If a record is protected, Route 53 "
            "refuses its whole batch."
        )


def counted(client: Any) -> Counter[str]:
    """How often each operation has been called through the client; attempts that botocore made again count once."""
    calls: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:
        calls[model.name] += 1

    client.meta.events.register("before-call", count)
    return calls


def protections(client: Any, zone_id: str) -> list[Raw]:
    """All protections of a zone. Raises CannotAsk where botocore is older than they are, or AWS does not tell."""
    if not hasattr(client, "list_resource_record_set_protections"):
        raise CannotAsk(zone_id, "botocore is too old")
    try:
        return list(_protections(client, zone_id))
    except ClientError as error:
        raise CannotAsk(zone_id, str(error)) from error


def _protections(client: Any, zone_id: str) -> Iterator[Raw]:
    more: dict[str, str] = {}
    while True:
        answer = client.list_resource_record_set_protections(HostedZoneId=zone_id, **more)
        yield from answer["ResourceRecordSetProtections"]
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def unknown_checks(client: Any, check_ids: Iterable[str]) -> list[str]:
    """Those of the health checks that do not exist."""
    return [check_id for check_id in sorted(set(check_ids)) if not _exists(client, check_id)]


def _exists(client: Any, check_id: str) -> bool:
    try:
        client.get_health_check(HealthCheckId=check_id)
    except is_boto3_error_code("NoSuchHealthCheck"):
        return False
    return True


def actions_of(client: Any, arns: Sequence[str]) -> dict[str, Sequence[Raw]]:
    """The actions of each listener (its default ones) and rule that exists. The default rule counts as none: it cannot
    be changed but as its listener's."""
    listeners = [arn for arn in arns if kind_of(arn) == LISTENER]
    rules = [arn for arn in arns if kind_of(arn) != LISTENER]
    found: dict[str, Sequence[Raw]] = {}
    for some in _chunks(listeners):
        for item in _described(client, "describe_listeners", "Listeners", "ListenerArns", some):
            found[item["ListenerArn"]] = item["DefaultActions"]
    for some in _chunks(rules):
        for item in _described(client, "describe_rules", "Rules", "RuleArns", some):
            if not item["IsDefault"]:
                found[item["RuleArn"]] = item["Actions"]
    return found


def _chunks(arns: Sequence[str]) -> Iterator[list[str]]:
    return (list(arns[start : start + AT_ONCE]) for start in range(0, len(arns), AT_ONCE))


def _described(client: Any, operation: str, result: str, argument: str, wanted: list[str]) -> Iterator[Raw]:
    """One that does not exist fails the question for all, which are then asked one by one."""
    try:
        yield from getattr(client, operation)(**{argument: wanted})[result]
    except is_boto3_error_code(["ListenerNotFound", "RuleNotFound"]):
        if len(wanted) > 1:
            for arn in wanted:
                yield from _described(client, operation, result, argument, [arn])


def unknown_groups(client: Any, arns: Iterable[str]) -> list[str]:
    """Those of the target groups that do not exist."""
    return [arn for arn in sorted(arns) if not _is_group(client, arn)]


def _is_group(client: Any, arn: str) -> bool:
    try:
        return bool(client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"])
    except is_boto3_error_code("TargetGroupNotFound"):
        return False


def set_actions(client: Any, arn: str, actions: Sequence[Raw]) -> None:
    """Replaces the actions of a listener or rule, and nothing else of it."""
    if kind_of(arn) == LISTENER:
        client.modify_listener(ListenerArn=arn, DefaultActions=writable(actions))
    else:
        client.modify_rule(RuleArn=arn, Actions=writable(actions))
