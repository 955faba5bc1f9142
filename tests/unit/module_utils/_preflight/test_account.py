# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who runs a playbook, whether they may, and whether their credentials last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._preflight.account import (
    PERMANENT,
    RENEWED,
    TEMPORARY,
    Caller,
    Credentials,
    account_findings,
    credentials_of,
    lifetime_findings,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHO = Caller("123456789012", "arn:aws-us-gov:sts::123456789012:assumed-role/deploy/me")


def no_session() -> Any:
    raise AssertionError("a key was given, so nobody has to look for another")


def test_the_partition_is_that_of_the_caller() -> None:
    assert WHO.partition == "aws-us-gov"


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (["123456789012"], False),
        (["210987654321", "123456789012"], False),
        ([123456789012], False),
        (["210987654321"], True),
        ([], False),
        (None, False),
    ],
    ids=str,
)
def test_only_listed_accounts_are_allowed(allowed: Any, refused: bool) -> None:
    found = list(account_findings(WHO, {"allowed_account_ids": allowed}))
    assert bool(found) is refused
    assert all("123456789012" in one.rule and "deploy/me" in one.rule for one in found)


@pytest.mark.parametrize(
    ("parameters", "environment", "found"),
    [
        ({"access_key": "AKIA"}, {}, Credentials(PERMANENT)),
        ({"access_key": "ASIA", "session_token": "t"}, {}, Credentials(TEMPORARY)),
        (
            {"access_key": "ASIA", "session_token": "t"},
            {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_CREDENTIAL_EXPIRATION": "2026-11-22T13:00:00Z"},
            Credentials(TEMPORARY, NOW + timedelta(hours=1)),
        ),
        (
            {"access_key": "ASIA", "session_token": "t"},
            {"AWS_ACCESS_KEY_ID": "another", "AWS_CREDENTIAL_EXPIRATION": "2026-11-22T13:00:00Z"},
            Credentials(TEMPORARY),
        ),
        (
            {"access_key": "ASIA", "session_token": "t"},
            {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_CREDENTIAL_EXPIRATION": "soon"},
            Credentials(TEMPORARY),
        ),
    ],
    ids=str,
)
def test_given_keys_are_judged_by_their_token(
    parameters: dict[str, Any], environment: dict[str, str], found: Credentials
) -> None:
    assert credentials_of(parameters, environment, no_session) == found


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (SimpleNamespace(token=None), PERMANENT),
        (SimpleNamespace(token="t"), TEMPORARY),
        (SimpleNamespace(token="t", refresh_needed=lambda: False), RENEWED),
        (None, PERMANENT),
    ],
    ids=["key", "token", "role", "none"],
)
def test_a_profile_is_judged_by_what_it_leads_to(credentials: Any, kind: str) -> None:
    session = SimpleNamespace(get_credentials=lambda: credentials)
    assert credentials_of({"profile": "work"}, {}, lambda: session).kind == kind


@pytest.mark.parametrize(
    ("credentials", "minutes", "rule"),
    [
        (Credentials(PERMANENT), 60, None),
        (Credentials(RENEWED), 60, None),
        (Credentials(TEMPORARY, NOW + timedelta(minutes=61)), 60, None),
        (Credentials(TEMPORARY, NOW + timedelta(minutes=45)), 60, "ends in 45 minutes"),
        (Credentials(TEMPORARY, NOW - timedelta(minutes=1)), 60, "the session ended at"),
        (Credentials(TEMPORARY), 60, "nothing says when it ends"),
        (Credentials(TEMPORARY), 0, None),
    ],
    ids=str,
)
def test_a_session_outlives_the_run(credentials: Credentials, minutes: int, rule: str | None) -> None:
    found = list(lifetime_findings(credentials, minutes, NOW))
    assert [rule in one.rule for one in found] == ([True] if rule else [])  # type: ignore[operator]
