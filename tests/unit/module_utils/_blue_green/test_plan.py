# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a deployment that is given up may take along."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._blue_green.asked import ABSENT, Asked
from ansible_collections.cutover.aws.plugins.module_utils._blue_green.plan import Broken, Command, Seen, decide
from ansible_collections.cutover.aws.plugins.module_utils._blue_green.requests import Write
from ansible_collections.cutover.aws.plugins.module_utils._wait.steps import Wait

ASKED = Asked("up", "shop", ABSENT, {}, abandon=True)
GREEN = "shop-green-a1b2c3"


def arn(name: str) -> str:
    return f"arn:aws:rds:us-east-1:123456789012:db:{name}"


def member(source: str, target: str | None, status: str = "AVAILABLE") -> dict[str, str]:
    return {"SourceMember": arn(source), "Status": status, **({"TargetMember": arn(target)} if target else {})}


def decided(details: list[dict[str, str]], status: str = "AVAILABLE", target: str | None = GREEN) -> Command:
    deployment: dict[str, Any] = {
        "BlueGreenDeploymentIdentifier": "bgd-1",
        "BlueGreenDeploymentName": "up",
        "Source": arn("shop"),
        "Status": status,
        "SwitchoverDetails": details,
        **({"Target": arn(target)} if target else {}),
    }
    return decide(ASKED, Seen(deployment=deployment), [])


@pytest.mark.parametrize(
    "details",
    [
        [member("shop", GREEN)],
        [member("shop", GREEN), member("shop-r", "shop-r-green-a1b2c3")],
        [member("shop", None, "MISSING_TARGET")],
    ],
    ids=["alone", "with a replica", "deleted already"],
)
def test_copies_go_with_their_deployment(details: list[dict[str, str]]) -> None:
    command = decided(details)
    assert isinstance(command, Write) and command.request["DeleteTarget"] is True


@pytest.mark.parametrize(
    ("details", "target"),
    [
        ([], GREEN),
        ([member("shop", GREEN), member("shop-r-old1", "shop-r")], GREEN),
        ([member("shop", GREEN), member("shop-r", "shop-r2")], GREEN),
        ([member("shop", GREEN), member("shop-r", None)], GREEN),
        ([member("shop", None, "MISSING_SOURCE")], None),
        ([member("shop", f"{GREEN}-old1")], GREEN),
        ([member("shop", GREEN)], "shop-new"),
    ],
    ids=["no members", "switched replica", "renamed replica", "not shown", "no target", "renamed", "another target"],
)
def test_what_is_not_known_to_be_a_copy_does_not(details: list[dict[str, str]], target: str | None) -> None:
    for status in ("AVAILABLE", "SWITCHOVER_FAILED"):
        with pytest.raises(Broken, match="Nothing was changed"):
            decided(details, status, target)


def test_copies_that_are_not_shown_yet_are_waited_for() -> None:
    assert isinstance(decided([member("shop", None, "PROVISIONING")], "PROVISIONING", None), Wait)
