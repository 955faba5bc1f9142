# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the actions of a listener or rule to those with a wanted share, and back to how they were.

Everything but the weights of the forward action (and its stickiness, when asked) is copied to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._model.core import Value
from .plan import Place, Raw, Refused, Split, State, Weights, differences, not_expected, said

LARGEST_WEIGHT = 999
MOST_GROUPS = 5
"""Target groups of one action (Elastic Load Balancing quotas)."""

LISTENER, RULE = "listener", "rule"
KINDS = {"listener": LISTENER, "listener-rule": RULE}
"""By the first word of the ARN's resource part."""

Actions = Sequence[Raw]


@dataclass(frozen=True)
class Route:
    """Where a load balancer splits traffic: a listener's default action, or a rule. sides are target groups by name."""

    arn: str
    sides: Mapping[str, str]

    @property
    def place(self) -> Place:
        """The listener or rule."""
        return Place((self.arn,), f"{kind_of(self.arn)} {_short(self.arn)}")


@dataclass(frozen=True)
class Wish:
    """What all routes ought to be. weights None: as they are. release: clients no longer keep to their target group.
    expected: what the caller left behind."""

    weights: Weights | None = None
    release: bool = False
    expected: Weights | None = None


def kind_of(arn: str) -> str | None:
    """listener or rule; None for the ARN of anything else."""
    return KINDS.get(arn.rpartition(":")[-1].partition("/")[0])


def _short(arn: str) -> str:
    """app/acme-prod-app/50dc6c49/f2f7dc8e of the ARN."""
    return arn.rpartition(":")[-1].partition("/")[2] or arn


def planned(route: Route, wish: Wish, actions: Actions) -> Split:
    """The route before and after. Raises Refused."""
    forward = _forward(route.place, actions)
    arns = list(_weights_of(forward))
    strangers = [arn for arn in arns if arn not in route.sides.values()]
    if strangers:
        raise Refused(
            f"{route.place.name}: {', '.join(map(_short, strangers))} would keep a share and is none of the sides "
            f"({', '.join(route.sides)}). Name it among them, or take it out of the action."
        )
    before = state_of(route.sides, actions)
    if surprise := not_expected(before.weights, wish.expected, wish.weights):
        raise Refused(f"{route.place.name}: {surprise}")
    weights = wish.weights or before.weights
    if not any(weights.values()):
        raise Refused(f"{route.place.name}: all its weights are 0. Give weights.")
    tuples = [{**own, "Weight": weights[side]} for side, own in _tuples(forward, route.sides).items()]
    after = state_of(route.sides, _with_forward(actions, forward, tuples, release=wish.release))
    split = Split(route.place, before, after, after.held)
    return replace(split, warnings=tuple(_warnings(split)))


def restored(route: Route, was: Actions, left: Actions, actions: Actions) -> Split:
    """The route before and after a shift is undone: was is what it had before, left what the shift made of it.

    Weights and stickiness may have been moved since. Raises Refused when anything else has been.
    """
    before, after = (state_of(_by_arn(route.place, one), one) for one in (actions, was))
    if _rest(actions) not in (_rest(left), _rest(was)):
        changes = said(differences(shown_items(left), shown_items(actions))) or "an action beside the forward one"
        raise Refused(
            f"{route.place.name}: somebody has changed it since ({changes}). Nothing is changed: put that right "
            "first, or write by hand what undo holds under before."
        )
    return Split(route.place, before, after, after.held)


def writable(actions: Actions) -> list[dict[str, Any]]:
    """The actions as a call takes them: AWS never shows the secret of an OIDC action, and keeps it when told so; and a
    forward action of several groups must not name one beside them."""
    return [_writable(action) for action in actions]


def _writable(action: Raw) -> dict[str, Any]:
    made = dict(action)
    if "AuthenticateOidcConfig" in made:
        made["AuthenticateOidcConfig"] = {**made["AuthenticateOidcConfig"], "UseExistingClientSecret": True}
    if len(made.get("ForwardConfig", {}).get("TargetGroups", [])) > 1:
        made.pop("TargetGroupArn", None)
    return made


def same_items(one: Actions, other: Actions) -> bool:
    """Whether AWS would take them for the same."""
    return [_one_form(action) for action in one] == [_one_form(action) for action in other]


def _one_form(action: Raw) -> dict[str, Any]:
    """With all groups and weights spelled out and no group twice: AWS leaves out what it can."""
    if action["Type"] != "forward":
        return dict(action)
    held = _stickiness(action)
    rest = {key: value for key, value in action.items() if key not in ("TargetGroupArn", "ForwardConfig")}
    return {**rest, "weights": _weights_of(action), "stickiness": held}


def _rest(actions: Actions) -> list[dict[str, Any]]:
    """What a shift does not own: who is in the action, and all other actions."""
    made = []
    for action in actions:
        form = _one_form(action)
        form.pop("stickiness", None)
        made.append(form | ({"weights": sorted(form["weights"])} if "weights" in form else {}))
    return made


def _by_arn(place: Place, actions: Actions) -> dict[str, str]:
    return {_short(arn): arn for arn in _weights_of(_forward(place, actions))}


def _forward(place: Place, actions: Actions) -> Raw:
    forwards = [action for action in actions if action["Type"] == "forward"]
    if not forwards:
        kinds = ", ".join(action["Type"] for action in actions) or "nothing"
        raise Refused(f"{place.name}: it forwards to no target group (it does: {kinds}). There is nothing to shift.")
    return forwards[0]


def _weights_of(forward: Raw) -> dict[str, int]:
    """By target group. One that stands alone has a weight of 1 where AWS names none."""
    groups = forward.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": forward["TargetGroupArn"]}]
    return {group["TargetGroupArn"]: group.get("Weight", 1) for group in groups}


def _tuples(forward: Raw, sides: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What the action says of each side's group, in its order; a group that it lacks comes last."""
    names = {arn: side for side, arn in sides.items()}
    groups = forward.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": forward["TargetGroupArn"]}]
    found = {names[group["TargetGroupArn"]]: dict(group) for group in groups}
    return found | {side: {"TargetGroupArn": arn} for side, arn in sides.items() if side not in found}


def _with_forward(
    actions: Actions, forward: Raw, tuples: list[dict[str, Any]], *, release: bool
) -> tuple[dict[str, Any], ...]:
    config = {**forward.get("ForwardConfig", {}), "TargetGroups": tuples}
    if release and _stickiness(forward):
        config["TargetGroupStickinessConfig"] = {"Enabled": False}
    made = {**forward, "ForwardConfig": config}
    if len(tuples) > 1:
        made.pop("TargetGroupArn", None)
    return tuple(made if action is forward else dict(action) for action in actions)


def _stickiness(forward: Raw) -> int:
    """Seconds for which a client keeps to its target group; 0 where it does not."""
    config = forward.get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {})
    return int(config.get("DurationSeconds", 0)) if config.get("Enabled") else 0


def state_of(sides: Mapping[str, str], actions: Actions) -> State:
    """How the actions split the traffic; a side whose group is not in them gets nothing."""
    forward = next(action for action in actions if action["Type"] == "forward")
    found = _weights_of(forward)
    weights = {side: found.get(arn, 0) for side, arn in sides.items()}
    held = _stickiness(forward)
    shown: dict[str, Value] = {f"weights.{side}": found[arn] for side, arn in sides.items() if arn in found}
    return State(tuple(actions), weights, held, {**shown, "stickiness": held})


def shown_items(actions: Actions) -> dict[str, Value]:
    """Actions for people, by target group."""
    shown: dict[str, Value] = {"actions": [action["Type"] for action in actions]}
    for action in actions:
        if action["Type"] == "forward":
            weights = _weights_of(action)
            shown |= {f"weights.{_short(arn)}": weight for arn, weight in weights.items()}
            shown["stickiness"] = _stickiness(action)
    return shown


def groups_in(actions: Actions) -> set[str]:
    """The target groups that the actions forward to."""
    return {arn for action in actions if action["Type"] == "forward" for arn in _weights_of(action)}


def _warnings(split: Split) -> Iterator[str]:
    before, after = split.before, split.after
    if not split.changed or not before.held:
        return
    if after.held:
        yield (
            f"{split.place.name}: clients keep to their target group for {after.held} s, whatever its weight and its "
            "health, so the weights are the shares of new clients. To take all clients off a side at once, give "
            "stickiness: released."
        )
    else:
        yield f"{split.place.name}: clients no longer keep to their target group (they did, for {before.held} s)."
