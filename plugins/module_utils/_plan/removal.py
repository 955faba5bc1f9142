# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a destroy will remove, has kept, and could not remove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Found = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""{layer: {type: [resource]}} as stack_info returns it."""


def _name(stack: Mapping[str, Any]) -> str:
    return f"{stack['project']}-{stack['environment']} (account {stack['account_id']}, {stack['region']})"


def _resources(found: Found) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for layer, kinds in found.items():
        for resources in kinds.values():
            yield from ((layer, resource) for resource in resources)


def removal_text(found: Found, stack: Mapping[str, Any]) -> str:
    """Every resource that a destroy will take, one line each; not what an earlier one has kept on purpose."""
    lines = [
        f"  - {layer:<11} {resource['type']:<22} {resource['name']}"
        for layer, resource in _resources(found)
        if "retained" not in resource["facts"]
    ]
    if not lines:
        return f"Nothing of {_name(stack)} is there."
    return "\n".join([f"To remove of {_name(stack)}:", "", *lines, "", f"{len(lines)} resources."])


def not_removed(left: Mapping[str, Any], retained: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is still there and nobody kept on purpose. left is stack_info's answer with resources and leftovers.

    The lifecycle rules of a bucket that was kept stay with it.
    """
    kept = {str(value) for item in retained for value in (item.get("name"), item.get("id"), item.get("arn")) if value}
    still = [
        f"{layer} {resource['type']} {resource['name']}"
        for layer, resource in _resources(left["found"])
        if kept.isdisjoint(_names(resource))
    ]
    return still + [
        arn for arn in left["leftovers"] if arn not in kept and not any(arn.endswith((f"/{k}", f":{k}")) for k in kept)
    ]


def _names(resource: Mapping[str, Any]) -> set[str]:
    """By what it, or the bucket that it belongs to, can have been kept."""
    return {
        str(value)
        for value in (resource["name"], resource["id"], resource["arn"], resource["facts"].get("bucket_name"))
    }


def removed_text(
    left: Mapping[str, Any], stack: Mapping[str, Any], retained: Sequence[Mapping[str, Any]], failures: Sequence[str]
) -> str:
    """How a destroy has ended: retained things with reason and date, and what could not be removed with the cause."""
    lines = []
    if retained:
        lines += ["", "Retained on purpose:"]
        lines += [
            f"  = {r['type']:<22} {r['name']}  {r['reason']}" + (f" (until {r['until']})" if r.get("until") else "")
            for r in retained
        ]
    problems = [*failures, *not_removed(left, retained)]
    if problems:
        lines += ["", "Not removed:", *(f"  ! {problem}" for problem in problems)]
    head = f"{_name(stack)} is not gone completely." if problems else f"{_name(stack)} is gone."
    return "\n".join([head, *lines])
