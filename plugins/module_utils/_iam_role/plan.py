# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to happen to a role, from what it is and what it ought to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .._model.core import Value


@dataclass(frozen=True)
class Role:
    """A role. trust and policies (its own, by name) are in canonical form, managed are ARNs of attached policies."""

    description: str
    trust: Mapping[str, Value]
    policies: Mapping[str, Mapping[str, Value]]
    managed: Collection[str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class RolePlan:
    """create: the role does not exist. The other fields are what to write, empty or None where nothing is."""

    create: bool = False
    trust: Mapping[str, Value] | None = None
    description: str | None = None
    put: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    delete: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()
    detach: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self != RolePlan()


def role_plan(wanted: Role, existing: Role | None) -> RolePlan:
    """wanted is the whole truth about policies, of either kind; tags that it does not name stay."""
    if existing is None:
        return RolePlan(create=True, put=dict(wanted.policies), attach=tuple(sorted(wanted.managed)))
    return RolePlan(
        trust=wanted.trust if wanted.trust != existing.trust else None,
        description=wanted.description if wanted.description != existing.description else None,
        put={name: policy for name, policy in wanted.policies.items() if existing.policies.get(name) != policy},
        delete=tuple(sorted(set(existing.policies) - set(wanted.policies))),
        attach=tuple(sorted(set(wanted.managed) - set(existing.managed))),
        detach=tuple(sorted(set(existing.managed) - set(wanted.managed))),
        tags={tag: value for tag, value in wanted.tags.items() if existing.tags.get(tag) != value},
    )
