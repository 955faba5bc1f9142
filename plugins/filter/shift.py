# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift is told of a stack, in the tasks of the role and in the playbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._model.dns import full_name, shift_check_key

WATCHED = ("target-5xx", "elb-5xx", "unhealthy-hosts", "latency-p95")
"""The alarms of a side that say whether people are served well."""


SHARE_WINDOW = 3600
"""Seconds: longer than most bakes, so that all requests since the step count, and a quiet site can tell too."""
DNS_TOLERANCE = 30
"""Points of percent. With DNS a resolver stands for many people, so shares wander."""


def shift_gates(sides: Sequence[str], stack: str, fleets: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A gate for each alarm of each side, and one for its targets where there are some; and one that the new side, the
    last, gets its share of the requests, where there are load balancers that count them."""
    found = [fleets.get(side) or {} for side in sides]
    own = (gate for side, fleet in zip(sides, found, strict=True) for gate in _gates(side, stack, fleet))
    return [*own, *_share(sides[-1], found)]


def _gates(side: str, stack: str, fleet: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for alarm in WATCHED:
        yield {"name": f"{side}-{alarm}", "side": side, "type": "alarm", "alarm": f"{stack}-{side}-{alarm}"}
    if group := fleet.get("target_group_arn"):
        yield {"name": f"{side}-targets", "side": side, "type": "target_health", "target_group": group}


def _share(side: str, fleets: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    balancers = {fleet.get("load_balancer_full_name") for fleet in fleets}
    if None in balancers:
        return
    counted = {"LoadBalancer": "load_balancer_full_name"}
    tolerance = {"tolerance": DNS_TOLERANCE}
    if len(balancers) < len(fleets):
        # A load balancer divides requests one by one, so that the gate's own tolerance will do.
        counted, tolerance = {**counted, "TargetGroup": "target_group_full_name"}, {}
    *others, dimensions = [{name: fleet[fact] for name, fact in counted.items()} for fleet in fleets]
    asked = {"dimensions": dimensions, "others": others, "window": SHARE_WINDOW, **tolerance}
    yield {"name": f"{side}-share", "side": side, "type": "share", **asked}


def shift_guards(guards: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The guards, each with the id of the health check that an earlier run has left, null where there is none. Where
    nobody has looked there is no id at all: that is another thing."""
    if "dns" not in found:
        return {side: dict(guard) for side, guard in guards.items()}
    checks = {check["key"]: check["id"] for check in found["dns"].get("further_health_check", [])}
    return {side: {**guard, "id": checks.get(shift_check_key(side))} for side, guard in guards.items()}


def record_groups(
    records: Sequence[Mapping[str, Any]], zone_id: str | None, zone_name: str | None
) -> list[dict[str, str]]:
    """The groups of a stack's weighted records."""
    if not (zone_id and zone_name):
        return []
    return [
        {"zone_id": zone_id, "name": full_name(record["name"], zone_name), "type": record.get("type", "A")}
        for record in records
    ]


class FilterModule:
    """cutover.aws.shift_gates, cutover.aws.shift_guards, cutover.aws.record_groups"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"shift_gates": shift_gates, "shift_guards": shift_guards, "record_groups": record_groups}
