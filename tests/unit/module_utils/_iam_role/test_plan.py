# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to happen to a role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._iam_role.plan import Role, RolePlan, role_plan

ROLE = Role("Instances", {"Version": "1"}, {"buckets": {"Version": "1"}}, ["arn:a", "arn:b"], {"Name": "role"})


def test_a_role_that_is_right_needs_nothing() -> None:
    assert not role_plan(
        ROLE, replace(ROLE, managed=["arn:b", "arn:a"], tags={"Name": "role", "theirs": "stays"})
    ).changes


def test_a_new_role_gets_its_policies() -> None:
    plan = role_plan(ROLE, None)
    assert plan == RolePlan(create=True, put=ROLE.policies, attach=("arn:a", "arn:b"))


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        pytest.param({"trust": {"Version": "2"}}, {"trust": ROLE.trust}, id="trust"),
        pytest.param({"description": ""}, {"description": "Instances"}, id="description"),
        pytest.param({"policies": {}}, {"put": ROLE.policies}, id="policy gone"),
        pytest.param({"policies": {"buckets": {"Version": "2"}}}, {"put": ROLE.policies}, id="policy edited"),
        pytest.param({"policies": {**ROLE.policies, "evil": {}}}, {"delete": ("evil",)}, id="policy added"),
        pytest.param({"managed": ["arn:a"]}, {"attach": ("arn:b",)}, id="detached"),
        pytest.param({"managed": ["arn:a", "arn:b", "arn:admin"]}, {"detach": ("arn:admin",)}, id="attached"),
        pytest.param({"tags": {"Name": "x"}}, {"tags": {"Name": "role"}}, id="tag"),
    ],
)
def test_only_what_differs_is_written(existing: dict[str, Any], expected: dict[str, Any]) -> None:
    assert role_plan(ROLE, replace(ROLE, **existing)) == RolePlan(**expected)
