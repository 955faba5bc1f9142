# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values against argument specifications: what Ansible would take is taken, what it would refuse is told with its
place."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._preflight.spec import checked

SIDES = {
    "type": "dict",
    "options": {
        "weight": {"type": "int", "required": True},
        "check": {"type": "str", "choices": ["https", "alarm"], "default": "https"},
    },
}


@pytest.mark.parametrize(
    ("option", "value", "typed"),
    [
        ({"type": "str"}, 8, "8"),
        ({"type": "str"}, "8.10", "8.10"),
        ({"type": "bool"}, "yes", True),
        ({"type": "bool"}, "False", False),
        ({"type": "int"}, "30", 30),
        ({"type": "int"}, 30.0, 30),
        ({"type": "float"}, "0.5", 0.5),
        ({"type": "list", "elements": "str"}, "a, b", ["a", "b"]),
        ({"type": "list", "elements": "int"}, ["1", 2], [1, 2]),
        ({"type": "dict"}, {"a": 1}, {"a": 1}),
        ({"type": "raw"}, {"a": 1}, {"a": 1}),
        (SIDES, {"weight": "5"}, {"weight": 5, "check": "https"}),
        (
            {"type": "list", "elements": "dict", "options": SIDES["options"]},
            [{"weight": 1}],
            [{"weight": 1, "check": "https"}],
        ),
    ],
    ids=str,
)
def test_what_ansible_would_take_is_taken_in_its_type(option: dict[str, Any], value: Any, typed: Any) -> None:
    assert checked({"x": value}, {"x": option}) == ({"x": typed}, [])


def test_a_variable_that_is_not_set_has_its_default_and_one_that_is_null_has_none() -> None:
    option = {"x": {"type": "str", "default": "https"}}
    assert checked({}, option) == ({"x": "https"}, [])
    assert checked({"x": None}, option) == ({"x": None}, [])


@pytest.mark.parametrize(
    ("option", "value", "variable", "rule"),
    [
        ({"type": "str", "required": True}, None, "x", "is missing"),
        ({"type": "str"}, 8.1, "x", "drops zeros at the end"),
        ({"type": "str"}, False, "x", "read it as true or false"),
        ({"type": "str"}, ["a"], "x", "has to be text"),
        ({"type": "bool"}, "maybe", "x", "has to be true or false"),
        ({"type": "int"}, "30 days", "x", "has to be a whole number"),
        ({"type": "int"}, True, "x", "has to be a whole number"),
        ({"type": "int"}, 1.5, "x", "has to be a whole number"),
        ({"type": "float"}, "half", "x", "has to be a number"),
        ({"type": "list"}, {"a": 1}, "x", "has to be a list, and is a dictionary"),
        ({"type": "list"}, 5, "x", "has to be a list, and is a whole number"),
        ({"type": "dict"}, ["a"], "x", "has to be a dictionary, and is a list"),
        ({"type": "dict"}, "a", "x", "has to be a dictionary, and is text"),
        ({"type": "str", "choices": ["gp3", "io2"]}, "gp33", "x", "is none of gp3, io2"),
        ({"type": "list", "elements": "str", "choices": ["a", "b"]}, ["a", "c"], "x[1]", "is none of a, b"),
        ({"type": "list", "elements": "int"}, ["1", "b"], "x[1]", "has to be a whole number"),
        (SIDES, {}, "x.weight", "is missing"),
        (SIDES, {"weight": 1, "wieght": 2}, "x.wieght", "there is no such setting"),
        (
            {"type": "list", "elements": "dict", "options": SIDES["options"]},
            [{"weight": "much"}],
            "x[0].weight",
            "whole number",
        ),
    ],
    ids=str,
)
def test_a_mistake_is_told_with_its_place(option: dict[str, Any], value: Any, variable: str, rule: str) -> None:
    good, found = checked({"x": value}, {"x": option})
    assert [one.variable for one in found] == [variable]
    assert rule in found[0].rule
    assert good == {}


def test_a_misspelt_setting_and_a_misspelt_choice_are_guessed() -> None:
    _good, found = checked({"x": {"weigth": 1, "weight": 1, "check": "htps"}}, {"x": SIDES})
    assert {one.fix for one in found} == {"Probably weight is meant", "Probably https is meant"}
