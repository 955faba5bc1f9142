# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what a secret is to what has to happen to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._secret.plan import (
    Rotation,
    SecretPlan,
    State,
    Unfit,
    Wanted,
    refuse_rotating,
    secret_plan,
    shown,
    shown_after,
)

FUNCTION, OTHER = (f"arn:aws:lambda:us-east-1:123456789012:function:{name}" for name in ("one", "other"))
VALUES = {"engine": "mysql", "username": "dbadmin", "host": "db"}
WANTED = Wanted("one", "of a test", "key", VALUES, {"Team": "web"}, None)
STATE = State("arn", "of a test", "key", VALUES, has_password=True, tags={"Team": "web", "Other": "stays"})


def test_as_asked_for() -> None:
    assert secret_plan(WANTED, STATE).empty


def test_a_new_one_has_everything() -> None:
    rotation = Rotation(FUNCTION, 30)
    plan = secret_plan(replace(WANTED, rotation=rotation), None)
    assert plan == SecretPlan(create=True, values=VALUES, generate=True, rotation=rotation, at_once=True)


def test_what_is_not_known_yet_stays() -> None:
    assert secret_plan(replace(WANTED, values={"engine": "mysql"}), STATE).empty
    plan = secret_plan(replace(WANTED, values={"port": 3306}), STATE)
    assert plan == SecretPlan(values={**VALUES, "port": 3306})


def test_key_and_description_are_left_alone_where_none_is_asked_for() -> None:
    wanted = replace(WANTED, key_arn=None, description=None)
    assert secret_plan(wanted, STATE).empty
    assert shown_after(wanted, STATE) == shown(STATE)


def test_settings_and_tags_do_not_touch_the_value() -> None:
    plan = secret_plan(replace(WANTED, description="new", key_arn="other", tags={"Team": "shop"}), STATE)
    assert plan == SecretPlan(settings={"Description": "new", "KmsKeyId": "other"}, tags={"Team": "shop"})


def test_a_missing_password_is_made() -> None:
    plan = secret_plan(WANTED, replace(STATE, has_password=False))
    assert plan == SecretPlan(values=VALUES, generate=True)


@pytest.mark.parametrize(
    ("found", "rotated", "at_once"),
    [
        (None, False, True),
        (None, True, False),
        (Rotation(OTHER, 30), True, False),
        (Rotation(FUNCTION, 7), False, True),
        (Rotation(FUNCTION, 30), False, True),
    ],
    ids=["off, never", "off, once", "another function", "another interval, never yet", "on, never yet"],
)
def test_rotation_begins_at_once_where_it_has_never_worked(
    found: Rotation | None, *, rotated: bool, at_once: bool
) -> None:
    rotation = Rotation(FUNCTION, 30)
    plan = secret_plan(replace(WANTED, rotation=rotation), replace(STATE, rotation=found, rotated=rotated))
    assert plan == SecretPlan(rotation=rotation, at_once=at_once)


def test_a_first_rotation_that_is_under_way_is_not_begun_again() -> None:
    rotation = Rotation(FUNCTION, 30)
    state = replace(STATE, rotation=rotation, pending="version-2")
    assert secret_plan(replace(WANTED, rotation=rotation), state).empty
    with pytest.raises(Unfit, match="so rotation cannot be changed now"):
        secret_plan(replace(WANTED, rotation=Rotation(FUNCTION, 7)), state)


def test_rotation_that_is_not_asked_for_stays() -> None:
    assert secret_plan(WANTED, replace(STATE, rotation=Rotation(FUNCTION, 30))).empty


def test_a_value_is_not_written_while_another_is_being_made() -> None:
    """The pending version is made from the current one, and would take the old value back."""
    state = replace(STATE, pending="version-2")
    assert secret_plan(WANTED, state).empty
    with pytest.raises(Unfit, match=r"is being rotated \(version version-2\), so username cannot be changed now"):
        secret_plan(replace(WANTED, values={"username": "other"}), state)


@pytest.mark.parametrize("name", ["engine", "host", "username"])
@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_a_rotation_that_could_not_log_in_is_not_set_up(name: str, *, there: bool) -> None:
    values = {one: value for one, value in VALUES.items() if one != name}
    state = replace(STATE, values=values) if there else None
    wanted = replace(WANTED, values={} if there else values)
    secret_plan(wanted, state)
    with pytest.raises(Unfit, match=f"one cannot be rotated without {name}. Give what is missing."):
        secret_plan(replace(wanted, rotation=Rotation(FUNCTION, 30)), state)


def test_what_can_be_told_without_the_value() -> None:
    wanted = replace(WANTED, rotation=Rotation(FUNCTION, 30))
    refuse_rotating(WANTED, None, "version-2")
    refuse_rotating(wanted, wanted.rotation, "version-2")
    refuse_rotating(wanted, None, None)
    with pytest.raises(Unfit, match="so rotation cannot be changed now"):
        refuse_rotating(wanted, Rotation(OTHER, 30), "version-2")
