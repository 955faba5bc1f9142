# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to happen to a secret, from what it is and what it ought to be. Its password is in neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._errors import CutoverError
from .._rotation.secret import NEEDED

Values = Mapping[str, "str | int"]
"""The login in a secret by name, without the password."""

PASSWORD, USERNAME = "password", "username"


class Unfit(CutoverError):
    """The secret cannot be used as it is; the text says why and what to do, and not what has been changed by then."""


@dataclass(frozen=True)
class Rotation:
    """function_arn: of the Lambda function. days: from one rotation to the next."""

    function_arn: str
    days: int


@dataclass(frozen=True)
class Wanted:
    """values are those that are known by now; others stay. What is None is left alone."""

    name: str
    description: str | None
    key_arn: str | None
    values: Values
    tags: Mapping[str, str]
    rotation: Rotation | None


@dataclass(frozen=True)
class State:
    """A secret as it is.

    has_password: whether there is one, of whatever kind. rotation is None while it is off. rotated: whether it has
    ever been. pending: the version that a rotation is making, None where none is under way.
    """

    arn: str
    description: str
    key_arn: str | None
    values: Values
    has_password: bool
    tags: Mapping[str, str]
    rotation: Rotation | None = None
    rotated: bool = False
    pending: str | None = None


@dataclass(frozen=True)
class SecretPlan:
    """What to write, empty where nothing is. values are the whole login; what else is there stays."""

    create: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    generate: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    rotation: Rotation | None = None
    at_once: bool = False

    @property
    def empty(self) -> bool:
        """Whether the secret is as asked for."""
        return self == SecretPlan()


def secret_plan(wanted: Wanted, state: State | None) -> SecretPlan:
    """A password that is there stays. Raises Unfit.

    A rotation that is set up for the first time begins at once: it proves that it works while somebody is looking. One
    whose function or interval changes goes on as scheduled.
    """
    _refuse_half_a_login(wanted, state)
    if state is None:
        return SecretPlan(
            create=True, values=wanted.values, generate=True, rotation=wanted.rotation, at_once=bool(wanted.rotation)
        )
    changed = {name: value for name, value in wanted.values.items() if state.values.get(name) != value}
    rewrite = bool(changed) or not state.has_password
    differs = _differs(wanted, state.rotation)
    if rewrite or differs:
        _refuse_while_pending(wanted, state.pending, ", ".join(changed) or "rotation")
    # A first rotation that has been begun is waited for; one of which there is no trace is begun.
    turned = differs or (wanted.rotation is not None and not (state.rotated or state.pending))
    return SecretPlan(
        settings=_settings(wanted, state),
        values={**state.values, **wanted.values} if rewrite else {},
        generate=not state.has_password,
        tags={tag: value for tag, value in wanted.tags.items() if state.tags.get(tag) != value},
        rotation=wanted.rotation if turned else None,
        at_once=turned and not state.rotated,
    )


def refuse_rotating(wanted: Wanted, rotation: Rotation | None, pending: str | None) -> None:
    """What can be told of a secret without its value. Raises Unfit."""
    if _differs(wanted, rotation):
        _refuse_while_pending(wanted, pending, "rotation")


def _differs(wanted: Wanted, rotation: Rotation | None) -> bool:
    return wanted.rotation is not None and wanted.rotation != rotation


def _refuse_while_pending(wanted: Wanted, pending: str | None, changed: str) -> None:
    if pending:
        raise Unfit(
            f"{wanted.name} is being rotated (version {pending}), so {changed} cannot be changed now. Run the playbook "
            "again once it is over; where it never is, see the log of its function."
        )


def _refuse_half_a_login(wanted: Wanted, state: State | None) -> None:
    """A rotation that cannot log in stays pending for good, and what is pending bars every change."""
    values = {**(state.values if state else {}), **wanted.values}
    missing = [name for name in NEEDED if name != PASSWORD and not values.get(name)]
    if wanted.rotation and missing:
        raise Unfit(f"{wanted.name} cannot be rotated without {', '.join(missing)}. Give what is missing.")


def _settings(wanted: Wanted, state: State) -> dict[str, str]:
    """As UpdateSecret names them."""
    settings = {}
    if wanted.description is not None and wanted.description != state.description:
        settings["Description"] = wanted.description
    if wanted.key_arn is not None and wanted.key_arn != state.key_arn:
        settings["KmsKeyId"] = wanted.key_arn
    return settings


def shown(state: State | None) -> dict[str, object]:
    """For the diff."""
    if state is None:
        return {}
    return {
        "description": state.description,
        "key_arn": state.key_arn,
        "values": dict(state.values),
        "tags": dict(state.tags),
        "rotation": _shown_rotation(state.rotation),
    }


def shown_after(wanted: Wanted, state: State | None) -> dict[str, object]:
    """For the diff: what is not asked for stays."""
    before = shown(state)
    return {
        "description": before.get("description") if wanted.description is None else wanted.description,
        "key_arn": wanted.key_arn or before.get("key_arn"),
        "values": {**(state.values if state else {}), **wanted.values},
        "tags": {**(state.tags if state else {}), **wanted.tags},
        "rotation": _shown_rotation(wanted.rotation) or before.get("rotation"),
    }


def _shown_rotation(rotation: Rotation | None) -> dict[str, object] | None:
    return {"function_arn": rotation.function_arn, "days": rotation.days} if rotation else None
