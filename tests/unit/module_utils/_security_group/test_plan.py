# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is done to rules of security groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._security_group.plan import (
    Rule,
    RulesPlan,
    peer_field,
    rules_plan,
)
from ansible_collections.cutover.aws.plugins.module_utils._security_group.render import plan_data, rules_diff

HTTPS = Rule("sg-1", "ingress", "tcp", 443, 443, "0.0.0.0/0", "HTTPS", {"Name": "https"})
PRESENT = replace(HTTPS, id="sgr-1")


def ids(rules: tuple[Rule, ...]) -> list[str | None]:
    return [rule.id for rule in rules]


def test_a_new_rule_is_made() -> None:
    assert rules_plan([HTTPS], [], []) == RulesPlan((HTTPS,), (), (), ())


def test_a_rule_that_is_as_asked_is_left_alone_whatever_id_was_given() -> None:
    other_tags = replace(PRESENT, tags={"Name": "https", "team": "web"})
    assert not rules_plan([replace(HTTPS, id="sgr-9")], [], [other_tags]).changed


@pytest.mark.parametrize(
    ("present", "modified", "retagged"),
    [
        (replace(PRESENT, description="old"), True, False),
        (replace(PRESENT, from_port=1), True, False),
        (replace(PRESENT, peer="10.0.0.0/8"), True, False),
        (replace(PRESENT, tags={}), False, True),
        (replace(PRESENT, to_port=1, tags={"Name": "x"}), True, True),
    ],
    ids=["description", "port", "peer", "tags", "ports and tags"],
)
def test_a_rule_that_differs_keeps_its_id(present: Rule, modified: bool, retagged: bool) -> None:
    plan = rules_plan([replace(HTTPS, id="sgr-1")], [], [present])
    assert ids(plan.modify) == ["sgr-1"] * modified
    assert ids(plan.retag) == ["sgr-1"] * retagged
    assert not plan.create and not plan.revoke


@pytest.mark.parametrize("peer", ["::/0", "sg-2", "pl-1"])
def test_a_peer_of_another_kind_replaces_the_rule(peer: str) -> None:
    plan = rules_plan([replace(HTTPS, id="sgr-1", peer=peer)], [], [PRESENT])
    assert ids(plan.create) == [None] and ids(plan.revoke) == ["sgr-1"] and not plan.modify


def test_a_rule_of_another_group_or_direction_cannot_become_this_one() -> None:
    plan = rules_plan([replace(HTTPS, id="sgr-1")], [], [replace(PRESENT, group_id="sg-2")])
    assert ids(plan.create) == [None] and ids(plan.revoke) == ["sgr-1"]


def test_what_is_asked_to_go_goes_and_what_is_gone_is_fine() -> None:
    assert ids(rules_plan([], ["sgr-1", "sgr-2"], [PRESENT]).revoke) == ["sgr-1"]


def test_a_rule_that_nobody_names_is_left_alone() -> None:
    assert not rules_plan([], [], [PRESENT]).changed


@pytest.mark.parametrize(
    ("peer", "field"),
    [("sg-1", "ReferencedGroupId"), ("pl-1", "PrefixListId"), ("10.0.0.0/8", "CidrIpv4"), ("fd00::/8", "CidrIpv6")],
)
def test_peers_have_a_field_each(peer: str, field: str) -> None:
    assert peer_field(peer) == field


def test_plan_and_diff_name_each_rule_once() -> None:
    present = replace(PRESENT, description="old", tags={})
    new = replace(HTTPS, from_port=80, to_port=80)
    gone = replace(PRESENT, id="sgr-2", from_port=22, to_port=22)
    existing = [present, gone]
    plan = rules_plan([replace(HTTPS, id="sgr-1"), new], ["sgr-2"], existing)
    assert [(line["action"], line["rule_id"]) for line in plan_data(plan)] == [
        ("create", None),
        ("update", "sgr-1"),
        ("delete", "sgr-2"),
    ]
    diff = rules_diff(plan, existing)
    assert set(diff["before"]) == {"sgr-1", "sgr-2"}
    assert diff["before"]["sgr-1"]["description"] == "old" and diff["after"]["sgr-1"]["description"] == "HTTPS"
    assert set(diff["after"]) == {"sgr-1", "sg-1 ingress tcp 80 80 0.0.0.0/0"}


RULES = st.builds(
    Rule,
    st.sampled_from(["sg-1", "sg-2"]),
    st.sampled_from(["ingress", "egress"]),
    st.just("tcp"),
    st.integers(1, 3),
    st.just(3),
    st.sampled_from(["10.0.0.0/8", "::/0", "sg-1"]),
    st.sampled_from(["", "a"]),
)


def carried_out(plan: RulesPlan, existing: list[Rule]) -> list[Rule]:
    """What AWS has afterwards; a rule of the same content as another would be refused, which the lookup would raise."""
    held = {rule.id: rule for rule in existing}
    for number, rule in enumerate(plan.create):
        assert rule.content not in {other.content for other in held.values()}
        held[f"new-{number}"] = replace(rule, id=f"new-{number}")
    for rule in (*plan.modify, *plan.retag):
        held[rule.id] = rule
    for rule in plan.revoke:
        del held[rule.id]
    return list(held.values())


@given(
    st.lists(RULES, max_size=6, unique_by=lambda rule: rule.content),
    st.lists(RULES, max_size=6, unique_by=lambda rule: rule.content),
)
def test_carried_out_a_plan_leaves_what_was_asked_and_a_second_one_is_empty(
    wanted: list[Rule], there: list[Rule]
) -> None:
    existing = [replace(rule, id=f"sgr-{number}") for number, rule in enumerate(there)]
    free = [rule.id for rule in existing if rule.content not in {w.content for w in wanted}]
    taken = iter(free)
    asked = [replace(w, id=None if w.content in {e.content for e in existing} else next(taken, None)) for w in wanted]
    after = carried_out(rules_plan(asked, [], existing), existing)
    assert {(rule.content, rule.description) for rule in wanted} <= {(rule.content, rule.description) for rule in after}
    assert not rules_plan(wanted, [], after).changed
