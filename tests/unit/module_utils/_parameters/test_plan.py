# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to be written so that parameters are as wanted."""

from __future__ import annotations

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._parameters.plan import (
    Parameter,
    ParameterRefused,
    parameter_of,
    parameters_plan,
)

ONE, OTHER = Parameter("String", "1"), Parameter("String", "2")


@pytest.mark.parametrize(
    ("content", "parameter"),
    [
        ("vpc-1", Parameter("String", "vpc-1")),
        ("a,b", Parameter("String", "a,b")),
        (["a", "b"], Parameter("StringList", "a,b")),
        (["a"], Parameter("StringList", "a")),
    ],
)
def test_a_value_comes_back_as_it_was_given(content: object, parameter: Parameter) -> None:
    assert parameter_of("/a", content) == parameter
    assert parameter.content == content


def test_an_item_with_a_comma_would_come_back_as_two() -> None:
    with pytest.raises(ParameterRefused, match="/a/b: 'x,y' cannot be an item"):
        parameter_of("/a/b", ["x,y"])


def test_only_what_differs_is_written() -> None:
    wanted = {"/new": ONE, "/same": ONE, "/other": ONE}
    found = parameters_plan(wanted, {"/same": ONE, "/other": OTHER}, {"/same", "/other"}, purge=False)
    assert (found.create, found.overwrite, found.tag) == ({"/new": ONE}, {"/other": ONE}, [])
    assert not found.empty


def test_what_lacks_a_tag_is_tagged() -> None:
    assert parameters_plan({"/a": ONE, "/b": ONE}, {"/a": ONE, "/b": ONE}, {"/a"}, purge=False).tag == ["/b"]


@pytest.mark.parametrize(("purge", "deleted"), [(True, ["/b"]), (False, [])])
def test_what_is_not_wanted_is_removed_on_demand(purge: bool, deleted: list[str]) -> None:
    assert list(parameters_plan({"/a": ONE}, {"/a": ONE, "/b": ONE}, {"/a"}, purge=purge).delete) == deleted


def test_nothing_differs() -> None:
    assert parameters_plan({"/a": ONE}, {"/a": ONE}, {"/a"}, purge=True).empty


@pytest.mark.parametrize("kind", ["StringList", "SecureString"])
def test_a_parameter_of_another_type_is_named(kind: str) -> None:
    with pytest.raises(ParameterRefused, match=rf"/a is a {kind}, and AWS makes no String of it"):
        parameters_plan({"/a": ONE}, {"/a": Parameter(kind, "1")}, {"/a"}, purge=False)
