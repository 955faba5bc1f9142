# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When a certificate is requested, and which records prove it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._certificate.api import NoRecords, records
from ansible_collections.cutover.aws.plugins.module_utils._certificate.plan import (
    DEAD,
    Certificate,
    Record,
    asked_for,
    certificate_plan,
    idempotency_token,
    record_changes,
    record_removals,
    records_diff,
    usable,
)
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock

WANTED = Certificate("shop.example.com", ("*.shop.example.com", "shop.example.com"), "RSA_2048")
TAGS = {"Name": "certificate"}
ITEM: dict[str, Any] = {
    "CertificateArn": "arn:one",
    "DomainName": "shop.example.com",
    "SubjectAlternativeNames": ["shop.example.com", "*.shop.example.com"],
    "KeyAlgorithm": "RSA-2048",
    "Status": "PENDING_VALIDATION",
    "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"},
    "DomainValidationOptions": [
        {
            "DomainName": "shop.example.com",
            "ResourceRecord": {"Name": "_a.shop.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."},
        },
        {
            "DomainName": "*.shop.example.com",
            "ResourceRecord": {"Name": "_a.shop.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."},
        },
    ],
}
RECORD = Record("shop.example.com", "_a.shop.example.com.", "_b.acm-validations.aws.")
IN_ZONE = {"Name": RECORD.name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": RECORD.value}]}


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"Status": "ISSUED"}, True),
        ({"KeyAlgorithm": "EC-prime256v1"}, False),
        ({"SubjectAlternativeNames": ["shop.example.com"]}, False),
        ({"DomainName": "example.com"}, False),
        *(({"Status": status}, False) for status in sorted(DEAD)),
    ],
)
def test_a_certificate_is_taken_when_it_is_or_will_be_the_wanted_one(changes: dict[str, Any], fits: bool) -> None:
    assert usable({**ITEM, **changes}, WANTED) == fits


def test_without_one_it_is_requested_and_one_that_is_there_is_not() -> None:
    assert certificate_plan(WANTED, TAGS, None, {}).request
    assert not certificate_plan(WANTED, TAGS, ITEM, {**TAGS, "team": "web"}).changed


def test_tags_and_transparency_are_set_on_the_one_that_is_there() -> None:
    plan = certificate_plan(replace(WANTED, transparency_logging="DISABLED"), TAGS, ITEM, {"Name": "x"})
    assert (plan.request, plan.options, plan.tags) == (False, True, TAGS)


def test_the_token_is_the_same_for_the_same_request_only() -> None:
    token = idempotency_token(WANTED, "sg-1", [])
    assert token == idempotency_token(WANTED, "sg-1", []) and len(token) == 32 and token.isalnum()
    others = [
        idempotency_token(WANTED, "sg-2", []),
        idempotency_token(WANTED, "sg-1", ["arn:dead"]),
        idempotency_token(replace(WANTED, names=("shop.example.com",)), "sg-1", []),
        idempotency_token(replace(WANTED, key_algorithm="EC_prime256v1"), "sg-1", []),
    ]
    assert len({token, *others}) == 5


def test_a_name_and_its_wildcard_share_a_record() -> None:
    assert asked_for(ITEM) == [RECORD]


@pytest.mark.parametrize(
    "options", [[], [{"DomainName": "shop.example.com"}, ITEM["DomainValidationOptions"][1]]], ids=["none", "not all"]
)
def test_records_are_unknown_until_acm_has_made_all(options: list[dict[str, Any]]) -> None:
    assert asked_for({**ITEM, "DomainValidationOptions": options}) is None


class Waiting:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.time = 0.0
        self.clock = Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def test_records_are_waited_for() -> None:
    answers = iter([None, {**ITEM, "DomainValidationOptions": []}, ITEM])
    waiting = Waiting()
    assert records(lambda: next(answers), 60, waiting.clock) == (ITEM, [RECORD])
    assert waiting.time == 4.0


def test_waiting_for_records_ends() -> None:
    waiting = Waiting()
    with pytest.raises(NoRecords, match="in 60 s"):
        records(lambda: None, 60, waiting.clock)
    assert waiting.time == 60


@pytest.mark.parametrize(
    ("present", "written"),
    [
        ({}, True),
        ({RECORD.name: IN_ZONE}, False),
        ({RECORD.name: {**IN_ZONE, "ResourceRecords": [{"Value": "_b.acm-validations.aws"}]}}, False),
        ({RECORD.name: {**IN_ZONE, "TTL": 60}}, True),
        ({RECORD.name: {**IN_ZONE, "ResourceRecords": [{"Value": "elsewhere."}]}}, True),
    ],
    ids=["missing", "as asked", "without the last dot", "other TTL", "other value"],
)
def test_records_are_written_when_they_differ(present: dict[str, Any], written: bool) -> None:
    changes = record_changes([RECORD], present, 300)
    assert changes == ([{"Action": "UPSERT", "ResourceRecordSet": IN_ZONE}] if written else [])


def test_a_record_is_removed_as_it_is_read() -> None:
    edited = {**IN_ZONE, "TTL": 60}
    assert record_removals([RECORD], {RECORD.name: edited}) == [{"Action": "DELETE", "ResourceRecordSet": edited}]
    assert record_removals([RECORD], {}) == []


def test_the_diff_shows_records_before_and_after() -> None:
    present = {RECORD.name: {**IN_ZONE, "TTL": 60}}
    shown = {"ttl": 60, "value": RECORD.value}
    assert records_diff(present, record_changes([RECORD], present, 300)) == {
        "before": {RECORD.name: shown},
        "after": {RECORD.name: {**shown, "ttl": 300}},
    }
    assert records_diff(present, record_removals([RECORD], present)) == {"before": {RECORD.name: shown}, "after": {}}
