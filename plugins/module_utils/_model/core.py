# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The words that every layer's model is written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from .._errors import CutoverError
from .names import fit

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"

UNKNOWN = "(known after apply)"
"""Stands for a value that AWS gives when the resource is made: an id on an empty account."""

STACK_TAG = "cutover:stack"
KEY_TAG = "cutover:key"
"""A resource belongs to the stack that its tag names, and is the one of the model that its key names. Names can be
edited by hand; these say what it is.
"""

PHASE_TAG = "MigrationPhase"
"""Set once; afterwards only a migration moves it."""


class ModelError(CutoverError):
    """The inventory asks for something that has no model; the text names the variable and the rule."""


@dataclass(frozen=True)
class Stack:
    """Which stack: what every name, tag and ARN of it is made from.

    region is the home region, replica_region the satellite that holds the replica bucket and its key (None where there
    is none). tags are those of the inventory, CostCenter among them.
    """

    project: str
    environment: str
    region: str
    account_id: str
    partition: str = "aws"
    replica_region: str | None = None
    phase: str = "initial"
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """<project>-<environment>, which begins every name."""
        return f"{self.project}-{self.environment}"

    def named(self, what: str, *qualifiers: str, limit: int = 255) -> str:
        """The name of a resource, cut to the service's limit with a short hash."""
        return fit("-".join([self.name, what, *qualifiers]), limit)

    def named_globally(self, what: str, *qualifiers: str, limit: int = 64) -> str:
        """The name where one account's regions share the names (IAM): the region is part of it."""
        return fit("-".join([self.name, what, *qualifiers, self.region]), limit)

    def tagged(self, key: str, name: str) -> dict[str, Value]:
        """Every tag of the resource, those that the collection itself needs included."""
        return {
            **self.tags,
            "Name": name,
            "Environment": self.environment,
            "ManagedBy": "cutover.aws",
            PHASE_TAG: self.phase,
            STACK_TAG: self.name,
            KEY_TAG: key,
        }

    def arn(self, service: str, resource: str, *, region: str | None = None, account: bool = True) -> str:
        """An ARN of this stack's account; region '' for global services, the home region when not given."""
        where = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{where}:{self.account_id if account else ''}:{resource}"


@dataclass(frozen=True)
class Resource:
    """One resource as it ought to be.

    attributes are held to their values by every run. initial are values that site sets when it creates the resource and
    that belong to someone else afterwards (weights and capacities to the shift): they are reported when they differ,
    never changed. A value that refers to a resource of the same layer is that resource's key; one that comes from
    another layer is its id, UNKNOWN while there is none.
    """

    key: str
    type: str
    name: str
    attributes: Mapping[str, Value]
    initial: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One resource as AWS shows it: its id and ARN, attributes in the model's shape, and facts that outputs need but
    nobody compares.
    """

    key: str
    type: str
    name: str
    id: str
    attributes: Mapping[str, Value]
    arn: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)


Model = Mapping[str, Resource]
Reality = Mapping[str, Found]


def model_of(resources: Sequence[Resource]) -> Model:
    """Resources by key, in the order in which they are made; a key given twice is a mistake of the model."""
    model: dict[str, Resource] = {}
    for resource in resources:
        if resource.key in model:
            raise ModelError(f"two resources have the key {resource.key}")
        model[resource.key] = resource
    return model


def told_apart(carried: Iterable[tuple[str, str]]) -> list[str]:
    """The keys of resources, each given as (key, id), so that none is there twice.

    Two carry the same key where tags were copied along with a resource, or where one was made again before AWS showed
    the first. The lowest id keeps the key, at every reading the same; the others are called <key>@<id>, so that a plan
    reports them and destroy takes them.
    """
    pairs = list(carried)
    holders: dict[str, str] = {}
    for key, identity in pairs:
        holders[key] = min(identity, holders.get(key, identity))
    return [key if holders[key] == identity else f"{key}@{identity}" for key, identity in pairs]


def distinct(found: Iterable[Found]) -> list[Found]:
    """What was found, with keys that tell it apart."""
    items = list(found)
    keys = told_apart((item.key, item.id) for item in items)
    return [replace(item, key=key) for item, key in zip(items, keys, strict=True)]


def reality_of(found: Iterable[Found]) -> Reality:
    """What was found by key, and nothing hidden behind another."""
    return {item.key: item for item in distinct(found)}


def known(value: str | None) -> str:
    """An input from another layer: itself, or UNKNOWN while that layer has not been built."""
    return value or UNKNOWN
