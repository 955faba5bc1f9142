# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stack's zones and health checks, which two layers read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.core import KEY_TAG, STACK_TAG
from .._model.references import key_of, owner
from .._route53 import tags
from .context import Context

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""


@dataclass(frozen=True)
class Owned:
    """Something of the stack's own, by the key of the model."""

    key: str
    item: Answer
    tags: Mapping[str, str]


def owned_zones(context: Context, names: Collection[str] = ()) -> list[Owned]:
    """The stack's public zones. names are those that the model knows: a zone of such a name may be the stack's by its
    tag alone."""
    listed: Any = context.pages("route53", "list_hosted_zones", "HostedZones")
    candidates = [zone for zone in listed if not zone["Config"]["PrivateZone"]]
    return _owned(
        context,
        tags.ZONE,
        {zone["Id"].removeprefix("/hostedzone/"): zone for zone in candidates},
        lambda zone: zone["Name"].rstrip(".") in names,
    )


def owned_health_checks(context: Context) -> list[Owned]:
    """The stack's health checks."""
    listed: Any = context.pages("route53", "list_health_checks", "HealthChecks")
    return _owned(context, tags.HEALTH_CHECK, {check["Id"]: check for check in listed}, lambda _check: False)


def _owned(context: Context, kind: str, items: Mapping[str, Answer], may_be: Callable[[Answer], bool]) -> list[Owned]:
    """Those whose caller reference is the stack's, and of the others that may be its own those that carry its tag. Of
    two with one key the first listed has it."""
    ours = owner(context.stack.name)
    begun = {identity: item for identity, item in items.items() if item["CallerReference"].startswith(ours)}
    asked = {**begun, **{identity: item for identity, item in items.items() if may_be(item)}}
    tagged = tags.read(context.client("route53"), kind, asked)
    found: dict[str, Owned] = {}
    for identity, item in asked.items():
        labels = tagged.get(identity, {})
        if identity not in begun and labels.get(STACK_TAG) != context.stack.name:
            continue
        key = labels.get(KEY_TAG) or key_of(item["CallerReference"], context.wanted)
        unique = f"{key}@{identity}" if key in found else key
        found[unique] = Owned(unique, item, labels)
    return list(found.values())


def zones_of_checks(checks: list[Owned], zone_tag: str) -> Iterator[str]:
    """The zones whose records carry the checks, as their tags say."""
    return iter(dict.fromkeys(check.tags[zone_tag] for check in checks if zone_tag in check.tags))
