# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stack's zones and health checks, which two layers read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.core import KEY_TAG, STACK_TAG
from .._model.references import key_of, owner
from .._route53 import tags
from .._route53.zones import bare_id
from .context import Context

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""


@dataclass(frozen=True)
class Owned:
    """Something of the stack's own, by the key of the model."""

    key: str
    item: Answer
    tags: Mapping[str, str]


def owned_zones(context: Context, may_be: Callable[[str, Answer], bool] = lambda _id, _zone: True) -> dict[str, Owned]:
    """The stack's public zones by their ids. may_be says of a zone that the stack has not made whether its tags are
    looked at."""
    listed: Any = context.pages("route53", "list_hosted_zones", "HostedZones")
    public = {bare_id(zone["Id"]): zone for zone in listed if not zone["Config"]["PrivateZone"]}
    return _owned(context, tags.ZONE, public, may_be)


def owned_health_checks(context: Context) -> dict[str, Owned]:
    """The stack's health checks by their ids."""
    listed: Any = context.pages("route53", "list_health_checks", "HealthChecks")
    return _owned(context, tags.HEALTH_CHECK, {check["Id"]: check for check in listed}, lambda _id, _check: False)


def _owned(
    context: Context, kind: str, items: Mapping[str, Answer], may_be: Callable[[str, Answer], bool]
) -> dict[str, Owned]:
    """Those whose caller reference is the stack's, and of the others that may be its own those that carry its tag.

    Of two with one key the first listed has it; the other's key says which it is.
    """
    ours = owner(context.stack.name)
    begun = {identity for identity, item in items.items() if item["CallerReference"].startswith(ours)}
    asked = {identity: item for identity, item in items.items() if identity in begun or may_be(identity, item)}
    tagged = context.asked((kind, *asked), lambda: tags.read(context.client("route53"), kind, asked))
    found: dict[str, Owned] = {}
    for identity, item in asked.items():
        labels = tagged.get(identity, {})
        if identity not in begun and labels.get(STACK_TAG) != context.stack.name:
            continue
        key = labels.get(KEY_TAG) or key_of(item["CallerReference"], context.wanted)
        taken = key in {other.key for other in found.values()}
        found[identity] = Owned(f"{key}@{identity}" if taken else key, item, labels)
    return found


def zones_of_checks(checks: Iterable[Owned], zone_tag: str) -> list[str]:
    """The zones whose records carry the checks, as their tags say."""
    return list(dict.fromkeys(check.tags[zone_tag] for check in checks if zone_tag in check.tags))
