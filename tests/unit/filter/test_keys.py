# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stays of keys and roles."""

from __future__ import annotations

from ansible_collections.cutover.aws.plugins.filter.keys import pending_keys


def test_keys_stay_until_their_date_and_the_accounts_role_for_ever() -> None:
    result = {
        "item": {"name": "acme-prod-key"},
        "key_id": "1234",
        "key_arn": "arn:aws:kms:us-east-1:123456789012:key/1234",
        "deletion_date": "2026-12-22T18:31:20+00:00",
    }
    kept = pending_keys({"results": [result]})
    assert [(one["name"], one["until"]) for one in kept] == [
        ("acme-prod-key", "2026-12-22"),
        ("AWSServiceRoleForAutoScaling", None),
    ]
    assert kept[0]["arn"] == result["key_arn"] and all(one["reason"] for one in kept)


def test_a_destroy_that_found_no_key_keeps_nothing() -> None:
    assert pending_keys({"results": []}) == []
