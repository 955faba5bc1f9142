# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nothing that AWS shows hides behind another that carries the same key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Found, reality_of, told_apart


def gateway(identity: str, key: str = "nat_gateway/a") -> Found:
    return Found(key, "nat_gateway", "acme-prod-nat-a", identity, {})


def test_the_lowest_id_keeps_the_key_and_the_others_are_named_by_theirs() -> None:
    found = [gateway("nat-3"), gateway("nat-1"), gateway("nat-2"), gateway("nat-9", "nat_gateway/b")]
    reality = reality_of(found)
    assert {key: item.id for key, item in reality.items()} == {
        "nat_gateway/a": "nat-1",
        "nat_gateway/a@nat-2": "nat-2",
        "nat_gateway/a@nat-3": "nat-3",
        "nat_gateway/b": "nat-9",
    }
    assert all(item.key == key for key, item in reality.items())


@given(st.dictionaries(st.text(min_size=1), st.sampled_from(["vpc", "subnet/a"])))
def test_all_are_there_and_the_order_of_the_answer_decides_nothing(carried: dict[str, str]) -> None:
    pairs = [(key, identity) for identity, key in carried.items()]
    named = dict(zip(carried, told_apart(pairs), strict=True))
    assert len(set(named.values())) == len(carried)
    backwards = list(reversed(pairs))
    assert dict(zip([identity for _key, identity in backwards], told_apart(backwards), strict=True)) == named
