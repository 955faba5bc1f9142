# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which environment a stack is, and which stacks must not be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._preflight.identity import environment_of, identity_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.inventory import Inventory, Peer

ONE = Peer("acme-staging", "acme", "prod")


@pytest.mark.parametrize(
    ("peer", "given", "found"),
    [
        (Peer("acme-staging", "acme", "pr-7"), (1, True, "shell"), ("pr-7", True)),
        (Peer("acme-staging", "acme", "inventory"), (1, False, "shell"), ("shell", True)),
        (Peer("acme-staging", "acme", None), (1, False, "shell"), ("shell", True)),
        (Peer("acme-staging", "acme", "inventory"), (2, False, "shell"), ("inventory", True)),
        (Peer("acme-staging", "acme", "inventory"), (1, False, None), ("inventory", True)),
        (Peer("acme-staging", "acme", None), (1, False, None), ("staging", False)),
        (Peer("acme-staging", "acme", ""), (2, False, "shell"), ("staging", False)),
        (Peer("staging", "acme", None), (1, False, None), ("staging", False)),
        (Peer("acme-prod.example.org", "acme", None), (1, False, None), ("prod", False)),
        (Peer("acme", "acme", None), (1, False, None), ("dev", False)),
        (Peer("localhost", "acme", None), (1, False, None), ("dev", False)),
    ],
    ids=str,
)
def test_the_environment_is_found_in_the_documented_order(
    peer: Peer, given: tuple[int, bool, str | None], found: tuple[str, bool]
) -> None:
    """given: how many stacks, whether the suffix is from the command line, the shell's; found: name, whether
    explicit."""
    stacks, extra, shell = given
    environment = environment_of(peer, stacks, extra=extra, shell=shell)
    assert (environment.name, environment.explicit) == found
    assert environment.source


def findings(peers: list[Peer], values: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    inventory = Inventory(
        host=peers[0].host,
        peers=peers,
        values={"project": peers[0].project, "region": "us-east-1", **(values or {})},
        **fields,
    )
    environment = environment_of(
        peers[0], len(peers), extra="environment_suffix" in inventory.extra, shell=inventory.suffix
    )
    return [str(one) for one in identity_findings(inventory, environment)]


def test_two_hosts_that_are_one_stack_are_refused() -> None:
    (text,) = findings([Peer("one", "acme", "dev"), Peer("two", "acme", "dev"), Peer("three", "acme", "staging")])
    assert "the hosts one and two are all the stack of this name" in text
    assert text.startswith("environment_suffix = acme-dev")


def test_two_hosts_with_projects_of_their_own_may_share_an_environment() -> None:
    assert findings([Peer("one", "acme", "dev"), Peer("two", "other", "dev")]) == []


def test_a_suffix_on_the_command_line_names_no_more_than_one_stack() -> None:
    texts = findings([Peer("one", "acme", "pr-7"), Peer("two", "acme", "pr-7")], extra=["environment_suffix"])
    assert any("it would name all 2 stacks" in text for text in texts)


def test_a_required_suffix_is_not_guessed() -> None:
    (text,) = findings([Peer("acme-dev", "acme", None)], {"environment_suffix_required": True})
    assert "has to be given" in text
    assert findings([Peer("acme-dev", "acme", None)], {"environment_suffix_required": True}, suffix="dev") == []


@pytest.mark.parametrize(
    "name", ["Prod", "prod_eu", "prod.eu", "-prod", "prod-", "pr--7", "prod!", "prod eu", "p" * 41]
)
def test_names_that_aws_forbids_are_refused(name: str) -> None:
    assert findings([Peer("one", "acme", name)])
    assert findings([Peer("one", name, "dev")])


@drawn(st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,2}", fullmatch=True))
def test_every_plain_name_is_taken(name: str) -> None:
    assert findings([Peer("one", name, name)], {"allowed_account_ids": ["123456789012"]}) == []


@pytest.mark.parametrize("name", ["prod", "production", "live", "eu-prod"])
def test_production_lists_its_accounts(name: str) -> None:
    (text,) = findings([Peer("one", "acme", name)])
    assert text.startswith("allowed_account_ids: is missing")
    assert findings([Peer("one", "acme", name)], {"allowed_account_ids": ["012345678901"]}) == []


@pytest.mark.parametrize(
    ("account", "rule"),
    [("12345", "12 digits"), (12345678901, "loses a leading zero"), ("12345678901x", "12 digits"), (True, "12 digits")],
)
def test_accounts_have_twelve_digits(account: object, rule: str) -> None:
    (text,) = findings([Peer("one", "acme", "dev")], {"allowed_account_ids": [account]})
    assert rule in text


@pytest.mark.parametrize(
    ("confirm", "extra", "identity_only", "rule"),
    [
        ("acme-dev", ["destroy_confirm"], True, None),
        ("acme-prod", ["destroy_confirm"], True, "the stack of this inventory is acme-dev"),
        ("acme-dev", ["destroy_confirm"], False, "this playbook removes nothing"),
        ("acme-dev", [], True, "would confirm every destroy"),
    ],
)
def test_a_confirmation_fits_the_stack_and_comes_from_the_command_line(
    confirm: str, extra: list[str], identity_only: bool, rule: str | None
) -> None:
    texts = findings(
        [Peer("one", "acme", "dev")], {"destroy_confirm": confirm}, extra=extra, identity_only=identity_only
    )
    assert [rule in text for text in texts] == ([True] if rule else [])  # type: ignore[operator]


def test_a_confirmation_may_name_any_stack_of_the_inventory_and_no_other() -> None:
    def of_dev(confirm: str) -> list[str]:
        peers = [Peer("one", "acme", "dev"), Peer("two", "acme", "staging")]
        return findings(peers, {"destroy_confirm": confirm}, extra=["destroy_confirm"], identity_only=True)

    assert of_dev("acme-dev") == of_dev("acme-staging") == []
    (text,) = of_dev("acme")
    assert "the stacks of this inventory are acme-dev and acme-staging" in text
