# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Weights of forward actions: tables, and what holds for any action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._shift.forwards import (
    Route,
    Wish,
    planned,
    restored,
    same_items,
    writable,
)
from ansible_collections.cutover.aws.plugins.module_utils._shift.plan import Refused, Split

Raw = dict[str, Any]
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
LISTENER = f"{ELB}:listener/app/acme/50dc6c49/f2f7dc8e"
BLUE, GREEN, OTHER = (f"{ELB}:targetgroup/{name}/1" for name in ("blue", "green", "other"))
ROUTE = Route(LISTENER, {"blue": BLUE, "green": GREEN})
STICKY = {"Enabled": True, "DurationSeconds": 3600}
SIGN_IN = {
    "Type": "authenticate-oidc",
    "Order": 1,
    "AuthenticateOidcConfig": {
        "Issuer": "https://id.example.com",
        "ClientId": "us",
        "OnUnauthenticatedRequest": "deny",
    },
}


def forward(stickiness: Raw | None = None, **weights: int) -> Raw:
    arns = {"blue": BLUE, "green": GREEN, "other": OTHER}
    groups = [{"TargetGroupArn": arns[name], "Weight": weight} for name, weight in weights.items()]
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness or {"Enabled": False}}
    alone = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
    return {"Type": "forward", **alone, "ForwardConfig": config}


def weights_in(split: Split) -> dict[str, int]:
    [action] = [action for action in split.after.items if action["Type"] == "forward"]
    return {g["TargetGroupArn"]: g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]}


def test_both_weights_move_and_nothing_else() -> None:
    actions = [SIGN_IN, {**forward(STICKY, blue=100, green=0), "Order": 2}]
    split = planned(ROUTE, Wish({"blue": 90, "green": 10}), actions)
    assert split.after.items == (SIGN_IN, {**forward(STICKY, blue=90, green=10), "Order": 2})
    assert (split.before.weights, split.after.weights) == ({"blue": 100, "green": 0}, {"blue": 90, "green": 10})


def test_one_target_group_becomes_two() -> None:
    split = planned(ROUTE, Wish({"blue": 100, "green": 0}), [{"Type": "forward", "TargetGroupArn": BLUE}])
    assert split.changed and weights_in(split) == {BLUE: 100, GREEN: 0}
    assert "TargetGroupArn" not in split.after.items[0]


def test_their_order_stays() -> None:
    split = planned(ROUTE, Wish({"blue": 1, "green": 3}), [forward(green=1, blue=1)])
    assert list(weights_in(split)) == [GREEN, BLUE]


class TestStickiness:
    def test_it_is_kept_and_said(self) -> None:
        split = planned(ROUTE, Wish({"blue": 0, "green": 100}), [forward(STICKY, blue=100, green=0)])
        assert split.after.items[0]["ForwardConfig"]["TargetGroupStickinessConfig"] == STICKY
        assert (split.after.held, split.wait) == (3600, 3600)
        assert "clients keep to their target group for 3600 s" in split.warnings[0]

    def test_it_is_released_with_the_way_back(self) -> None:
        split = planned(ROUTE, Wish({"blue": 100, "green": 0}, release=True), [forward(STICKY, blue=50, green=50)])
        assert split.after.items[0]["ForwardConfig"]["TargetGroupStickinessConfig"] == {"Enabled": False}
        assert (split.after.held, split.wait) == (0, 0)
        assert "no longer keep" in split.warnings[0]

    def test_there_is_nothing_to_release(self) -> None:
        actions = [forward(blue=100, green=0)]
        assert not planned(ROUTE, Wish({"blue": 100, "green": 0}, release=True), actions).changed


REFUSED = {
    "a redirect": (
        [{"Type": "redirect", "RedirectConfig": {}}],
        Wish(),
        "it forwards to no target group .it does: redirect",
    ),
    "a stranger": (
        [forward(blue=1, other=1)],
        Wish(),
        "targetgroup|other/1 would keep a share and is none of the sides",
    ),
    "all zero live": ([forward(blue=0, green=0)], Wish(), "all its weights are 0. Give weights"),
    "somebody else": (
        [forward(blue=70, green=30)],
        Wish({"blue": 50, "green": 50}, expected={"blue": 100, "green": 0}),
        "found blue 70, green 30, expected blue 100, green 0",
    ),
}


@pytest.mark.parametrize(("actions", "wish", "text"), REFUSED.values(), ids=REFUSED)
def test_refused(actions: Sequence[Raw], wish: Wish, text: str) -> None:
    with pytest.raises(Refused, match=text):
        planned(ROUTE, wish, actions)


class TestUndo:
    def test_weights_and_stickiness_may_have_moved(self) -> None:
        was = [forward(STICKY, blue=1)]
        made = planned(ROUTE, Wish({"blue": 1, "green": 1}), was)
        now = [forward(blue=0, green=100)]
        split = restored(Route(LISTENER, {}), was, list(made.after.items), now)
        assert split.after.items == tuple(was)

    @pytest.mark.parametrize(
        ("now", "text"),
        [
            pytest.param([forward(blue=1, other=1)], "since .weights.green/1 1 -> None", id="another group"),
            pytest.param([SIGN_IN, forward(blue=1, green=1)], "since .actions", id="another action"),
            pytest.param([forward(blue=1, green=1) | {"Order": 7}], "an action beside the forward one", id="order"),
        ],
    )
    def test_anything_else_may_not(self, now: list[Raw], text: str) -> None:
        was, left = [forward(blue=1)], [forward(blue=1, green=1)]
        with pytest.raises(Refused, match=text):
            restored(Route(LISTENER, {}), was, left, now)


def test_the_secret_that_aws_never_shows_is_kept() -> None:
    [sign_in, _] = writable([SIGN_IN, forward(blue=1)])
    assert sign_in["AuthenticateOidcConfig"] == {**SIGN_IN["AuthenticateOidcConfig"], "UseExistingClientSecret": True}
    assert "UseExistingClientSecret" not in SIGN_IN["AuthenticateOidcConfig"]


def test_aws_leaves_out_what_it_can() -> None:
    assert same_items([{"Type": "forward", "TargetGroupArn": BLUE}], [forward(blue=1)])
    assert not same_items([forward(blue=1, green=0)], [forward(blue=1)])
    assert not same_items([SIGN_IN, forward(blue=1)], [forward(blue=1)])


weights = st.fixed_dictionaries({"blue": st.integers(0, 999), "green": st.integers(0, 999)})
stickiness = st.sampled_from([None, STICKY])


@given(weights, weights.filter(lambda given: any(given.values())), stickiness, st.booleans(), st.booleans())
def test_planned_then_carried_out_then_undone(
    live: dict[str, int], wanted: dict[str, int], sticky: Raw | None, signed_in: bool, release: bool
) -> None:
    actions = [*([SIGN_IN] if signed_in else []), forward(sticky, **live)]
    wish = Wish(wanted, release=release)
    split = planned(ROUTE, wish, actions)
    assert split.after.weights == wanted
    again = planned(ROUTE, wish, split.after.items)
    assert not again.changed
    undone = restored(Route(LISTENER, {}), actions, split.after.items, split.after.items)
    assert list(undone.after.items) == actions
