# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Findings say where, what, why and what to do, and never a secret."""

from __future__ import annotations

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import (
    absent,
    finding,
    is_secret,
    listed,
    nearest,
    shown,
)


def test_a_finding_reads_as_one_sentence_about_a_variable() -> None:
    found = finding("vpc_subnets.private[1]", "10.20.16.0/20", "overlaps vpc_subnets.public[0]", "Move it")
    assert str(found) == "vpc_subnets.private[1] = 10.20.16.0/20: overlaps vpc_subnets.public[0]. Move it."
    assert str(absent("region", "is missing", "Give it a value")) == "region: is missing. Give it a value."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("db.t3.micro", "db.t3.micro"),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        ([1, "a"], '[1, "a"]'),
        ({"user": "me", "master_password": "hunter2"}, '{"user": "me", "master_password": "***"}'),
        ([{"secret_key": "hunter2"}], '[{"secret_key": "***"}]'),
    ],
    ids=str,
)
def test_values_are_shown_as_in_an_inventory(value: object, text: str) -> None:
    assert shown(value) == text  # type: ignore[arg-type]


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 5000)) == 100


@pytest.mark.parametrize("name", ["database_password", "DB_PASSWORD", "aws_secret_key", "app_session_token"])
def test_the_value_of_a_secret_is_not_shown(name: str) -> None:
    assert is_secret(name)
    assert finding(name, "hunter2", "is a secret", "Remove it").value is None


@pytest.mark.parametrize("name", ["vpc_cidr", "database_secret_arn", "security_key_services"])
def test_names_that_only_sound_secret_are_shown(name: str) -> None:
    assert not is_secret(name)


def test_the_nearest_name_is_guessed_only_when_it_is_near() -> None:
    assert nearest("vpc_cird", ["vpc_cidr", "vpc_zones"]) == "vpc_cidr"
    assert nearest("entirely_else", ["vpc_cidr", "vpc_zones"]) is None


def test_all_findings_are_one_numbered_list() -> None:
    text = listed([absent("a", "is missing", "Give it"), absent("b", "is missing", "Give it")], "Stack prod")
    assert text.split("\n") == [
        "Stack prod: 2 things have to be put right before anything is changed.",
        "  1. a: is missing. Give it.",
        "  2. b: is missing. Give it.",
    ]
