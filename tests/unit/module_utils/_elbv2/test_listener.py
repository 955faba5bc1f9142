# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What of a listener has to change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._elbv2.listener import (
    Listener,
    Redirect,
    Target,
    arguments,
    listener_plan,
    one_form,
    seen,
)

HTTPS = Listener(443, "HTTPS", "TLS13", "arn:certificate", (Target("arn:blue"),))
PLAIN = Listener(80, "HTTP", None, None, redirect=Redirect("HTTPS", "443", "HTTP_301"))


def item(listener: Listener, **changes: Any) -> dict[str, Any]:
    """The listener as AWS would describe it."""
    return {"ListenerArn": "arn:listener", **arguments(listener), **changes}


@pytest.mark.parametrize("listener", [HTTPS, PLAIN], ids=["https", "redirect"])
def test_a_listener_that_is_as_it_ought_to_be_is_left_alone(listener: Listener) -> None:
    plan = listener_plan(listener, {"a": "1"}, item(listener), {"a": "1", "of others": "2"})
    assert (plan.arn, plan.changes, plan.tags) == ("arn:listener", {}, {})


def test_one_that_is_not_there_is_made() -> None:
    assert listener_plan(HTTPS, {}, None, {}).arn is None


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (replace(HTTPS, ssl_policy="old"), ["SslPolicy"]),
        (replace(HTTPS, certificate_arn="arn:other"), ["Certificates"]),
        (replace(HTTPS, forward=(Target("arn:green"),)), ["DefaultActions"]),
        (replace(HTTPS, forward=(), redirect=PLAIN.redirect), ["DefaultActions"]),
        (replace(HTTPS, protocol="HTTP", ssl_policy=None), ["Certificates", "Protocol", "SslPolicy"]),
    ],
    ids=["policy", "certificate", "target", "action", "protocol"],
)
def test_only_what_differs_is_modified(now: Listener, changes: list[str]) -> None:
    assert list(listener_plan(HTTPS, {}, item(now), {}).changes) == changes


def test_only_tags_that_differ_are_set() -> None:
    plan = listener_plan(HTTPS, {"a": "1", "b": "2"}, item(HTTPS), {"a": "1", "b": "3"})
    assert plan.tags == {"b": "2"}


def test_an_action_of_another_kind_is_replaced() -> None:
    fixed = item(HTTPS, DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}])
    assert list(listener_plan(HTTPS, {}, fixed, {}).changes) == ["DefaultActions"]


targets = st.lists(st.builds(Target, st.sampled_from(["a", "b", "c"]), st.integers(0, 999)), min_size=1, max_size=3)


@given(targets)
def test_what_is_written_is_what_is_read(forward: list[Target]) -> None:
    unique = {target.arn: target for target in forward}.values()
    listener = replace(HTTPS, forward=one_form(unique))
    assert seen(item(listener)) == listener


def test_the_short_form_of_a_forward_is_understood() -> None:
    short = item(HTTPS, DefaultActions=[{"Type": "forward", "TargetGroupArn": "arn:blue"}])
    assert seen(short) == HTTPS
