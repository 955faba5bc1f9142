# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who runs a shift, from what can be known of it."""

from __future__ import annotations

import getpass
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.plugin_utils.shift import who as subject
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.who import who

ARN = "arn:aws:sts::123456789012:assumed-role/cutover/ops"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ops")
    monkeypatch.setattr(subject.socket, "gethostname", lambda: "bastion")


def test_user_machine_and_role() -> None:
    assert who(ARN, {}) == {"user": "ops@bastion", "awx": None, "aws": ARN}


def test_an_identity_that_nobody_hands_on_is_not_known() -> None:
    assert who(None, {})["aws"] is None


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 1000"), OSError("No username set")])
def test_a_container_whose_user_has_no_name(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert who(ARN, {})["user"] == "somebody@bastion"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"awx_job_id": 42, "awx_user_name": "alice"}, "AWX job 42, launched by alice"),
        ({"awx_job_id": 42, "awx_job_launch_type": "workflow"}, "AWX job 42, launched by workflow"),
    ],
)
def test_a_job_of_awx(given: dict[str, Any], told: str) -> None:
    assert who(ARN, given)["awx"] == told
