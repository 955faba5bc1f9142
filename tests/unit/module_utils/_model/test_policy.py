# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies that mean the same are equal, and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.policy import canonical, document

STATEMENT: dict[str, Any] = {
    "Sid": "One",
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::123456789012:root"], "Service": ["s3.amazonaws.com"]},
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"],
    "Condition": {"Bool": {"aws:SecureTransport": ["false"]}, "NumericLessThan": {"s3:max-keys": ["10"]}},
}


def changed(**parts: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**STATEMENT, **parts}]}


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(json.dumps(changed()), id="text"),
        pytest.param({"Version": "2012-10-17", "Statement": STATEMENT}, id="one statement without a list"),
        pytest.param(changed(Action=["s3:ListBucket", "s3:GetObject", "s3:GetObject"]), id="another order"),
        pytest.param(
            changed(Principal={"Service": "s3.amazonaws.com", "AWS": "123456789012"}), id="account by its number"
        ),
        pytest.param(
            changed(Condition={"NumericLessThan": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": False}}),
            id="conditions as numbers and booleans",
        ),
    ],
)
def test_ways_of_writing_the_same(same: Any) -> None:
    assert canonical(same) == canonical(changed())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(changed(Effect="Deny"), id="effect"),
        pytest.param(changed(Action=["s3:GetObject"]), id="fewer actions"),
        pytest.param(changed(Resource="*"), id="resource"),
        pytest.param(changed(Principal="*"), id="everybody"),
        pytest.param(changed(Principal={"AWS": ["arn:aws:iam::123456789012:role/root"]}), id="a role named root"),
        pytest.param(changed(Condition={}), id="no condition"),
        pytest.param(changed(Sid="Two"), id="sid"),
        pytest.param({**changed(), "Version": "2008-10-17"}, id="version"),
        pytest.param({"Version": "2012-10-17", "Statement": [STATEMENT, {**STATEMENT, "Sid": "More"}]}, id="more"),
    ],
)
def test_what_changes_the_meaning_stays_different(other: Any) -> None:
    assert canonical(other) != canonical(changed())


def test_everybody_has_one_form() -> None:
    assert canonical(changed(Principal="*")) == canonical(changed(Principal={"AWS": "*"}))


def test_an_empty_sid_is_none() -> None:
    without = {name: value for name, value in STATEMENT.items() if name != "Sid"}
    assert canonical(changed(Sid="")) == document(without)


texts = st.text("abc:*", min_size=1, max_size=4)
statements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.one_of(texts, st.lists(texts, min_size=1, max_size=4))},
    optional={
        "Resource": st.one_of(texts, st.lists(texts, min_size=1, max_size=4)),
        "Principal": st.one_of(st.just("*"), st.dictionaries(st.sampled_from(["AWS", "Service"]), texts, min_size=1)),
        "Condition": st.dictionaries(texts, st.dictionaries(texts, st.one_of(texts, st.booleans()), min_size=1)),
    },
)


@given(st.lists(statements, min_size=1, max_size=4), st.randoms())
def test_it_is_its_own_canonical_form_whatever_the_order(listed: list[dict[str, Any]], chance: Any) -> None:
    once = document(*listed)
    shuffled = chance.sample(listed, len(listed))
    assert canonical(once) == once == document(*shuffled)
    assert canonical(json.dumps(once)) == once
