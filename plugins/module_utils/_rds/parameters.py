# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to be done to a DB parameter group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CutoverError

BATCH = 20
"""API reference: ModifyDBParameterGroup and ResetDBParameterGroup take 20 parameters a call."""


@dataclass(frozen=True)
class Wanted:
    """A group as it ought to be."""

    name: str
    family: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class ParameterPlan:
    """set and reset are what ModifyDBParameterGroup and ResetDBParameterGroup take, tags those that are missing or
    differ."""

    create: bool = False
    set: Sequence[Mapping[str, str]] = ()
    reset: Sequence[Mapping[str, str]] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the group is as asked for."""
        return not (self.create or self.set or self.reset or self.tags)


class FamilyFixed(CutoverError):
    """AWS cannot change a group's family; the text says what to do."""


def user_parameters(parameters: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The values that somebody has set, by name, in the order of the names."""
    own = {
        p["ParameterName"]: str(p["ParameterValue"])
        for p in parameters
        if p.get("ParameterValue") is not None and p.get("Source", "user") == "user"
    }
    return dict(sorted(own.items()))


def parameter_plan(
    wanted: Wanted, group: Mapping[str, Any] | None, parameters: Sequence[Mapping[str, Any]]
) -> ParameterPlan:
    """group is the answer of DescribeDBParameterGroups with its Tags as a dictionary, None where there is none.

    parameters are all of DescribeDBParameters. Raises FamilyFixed.
    """
    if group is None:
        return ParameterPlan(create=True, set=[_change(name, value, {}) for name, value in wanted.parameters.items()])
    if group["DBParameterGroupFamily"] != wanted.family:
        raise FamilyFixed(
            f"parameter group {wanted.name} is of the family {group['DBParameterGroupFamily']}, not {wanted.family}, "
            "and AWS cannot change that. Give the group of the other family another name, and move the instance to it."
        )
    kinds = {parameter["ParameterName"]: parameter for parameter in parameters}
    own = user_parameters(parameters)
    return ParameterPlan(
        set=[_change(name, value, kinds) for name, value in wanted.parameters.items() if own.get(name) != value],
        reset=[_reset(name, kinds) for name in own if name not in wanted.parameters],
        tags={tag: value for tag, value in wanted.tags.items() if group["Tags"].get(tag) != value},
    )


def _change(parameter: str, value: str, kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": _method(parameter, kinds)}


def _reset(parameter: str, kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {"ParameterName": parameter, "ApplyMethod": _method(parameter, kinds)}


def _method(parameter: str, kinds: Mapping[str, Mapping[str, Any]]) -> str:
    """Dynamic parameters apply at once; AWS refuses that for static ones, which wait for a reboot."""
    return "immediate" if kinds.get(parameter, {}).get("ApplyType") == "dynamic" else "pending-reboot"
