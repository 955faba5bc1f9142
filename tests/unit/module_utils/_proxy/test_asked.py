# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the task asks for, in the form that AWS answers in."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._proxy.asked import POOL_OPTIONS, SETTINGS, wanted_of

ASKED: dict[str, Any] = {
    **{name: option.get("default") for name, option in {**SETTINGS, **POOL_OPTIONS}.items()},
    "name": "one",
    "instance": None,
    "cluster": None,
    "secret_arns": ["arn-b", "arn-a", "arn-b"],
    "subnets": ["subnet-b", "subnet-a", "subnet-a"],
    "security_groups": ["sg-a", "sg-a"],
    "tags": {},
}


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_the_name_of_a_database_is_in_lower_case(kind: str) -> None:
    assert wanted_of({**ASKED, kind: "Shop-Database"}).target == (kind, "shop-database")


def test_what_is_given_twice_is_wanted_once() -> None:
    settings = wanted_of({**ASKED, "instance": "db"}).settings
    assert settings["secret_arns"] == ["arn-a", "arn-b"]
    assert settings["subnets"] == ["subnet-a", "subnet-b"]
    assert settings["security_groups"] == ["sg-a"]
