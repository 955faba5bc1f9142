# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of buckets obey S3's rules and never meet."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.names import bucket_name

words = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,30}", fullmatch=True)
stacks = st.builds(Stack, words, words, st.just("us-east-1"), st.just("123456789012"))
BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
"""General purpose bucket naming rules, without dots."""


def test_a_name_that_needs_no_change_says_it_all() -> None:
    stack = Stack("acme", "prod", "us-east-1", "123456789012")
    assert bucket_name(stack, "assets", "us-west-2") == "acme-prod-assets-us-west-2-123456789012"


@given(stacks, words)
def test_every_name_is_one_that_s3_takes(stack: Stack, what: str) -> None:
    assert BUCKET.fullmatch(bucket_name(stack, what, "us-east-1"))


@given(stacks, stacks, words)
def test_two_stacks_never_share_a_bucket(one: Stack, other: Stack, what: str) -> None:
    if one.name != other.name:
        assert bucket_name(one, what, "us-east-1") != bucket_name(other, what, "us-east-1")
