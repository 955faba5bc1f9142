# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules of change batches, without AWS."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.services.route53 import batch

ZONE = "example.com."
RecordSet = dict[str, Any]


def record(name: str = "a.example.com", kind: str = "A", value: str = "192.0.2.1", **more: Any) -> RecordSet:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}], **more}


def weighted(identifier: str, weight: int = 1, **more: Any) -> RecordSet:
    return record(SetIdentifier=identifier, Weight=weight, **more)


def run(records: list[RecordSet], *changes: tuple[str, RecordSet]) -> list[RecordSet]:
    made = [{"Action": action, "ResourceRecordSet": one} for action, one in changes]
    return batch.apply([batch.normalized(one) for one in records], made, ZONE, lambda *_: None)


SOA = record("example.com", "SOA", "ns. host. 1 7200 900 1209600 86400")
ALIAS = {"Name": "a.example.com", "Type": "A", "AliasTarget": {"HostedZoneId": "Z1", "DNSName": "x.y."}}

REFUSED = [
    ("duplicate", [record()], [("CREATE", record())], "already exists"),
    ("delete unknown", [], [("DELETE", record())], "was not found"),
    ("delete other value", [record()], [("DELETE", record(value="192.0.2.2"))], "do not match the current values"),
    ("delete other ttl", [record()], [("DELETE", record(TTL=61))], "do not match the current values"),
    ("delete other weight", [weighted("b")], [("DELETE", weighted("b", 2))], "do not match the current values"),
    ("delete soa", [SOA], [("DELETE", SOA)], "at least one SOA"),
    ("outside", [], [("CREATE", record("a.other.com"))], "not permitted in zone"),
    ("suffix is no zone", [], [("CREATE", record("anexample.com"))], "not permitted in zone"),
    ("cname at apex", [], [("CREATE", record("example.com", "CNAME", "x."))], "not permitted at apex"),
    ("cname beside a", [record()], [("CREATE", record(kind="CNAME", value="x."))], "conflicts with other records"),
    ("a beside cname", [record(kind="CNAME", value="x.")], [("CREATE", record())], "of type CNAME"),
    ("weighted beside simple", [record()], [("CREATE", weighted("b"))], "other RRSets exist"),
    ("simple beside weighted", [weighted("b")], [("UPSERT", record())], "other RRSets exist"),
    ("failover beside weighted", [weighted("b")], [("CREATE", record(SetIdentifier="c", Failover="PRIMARY"))], "other"),
    ("no address", [], [("CREATE", record(value="x"))], "not a valid IPv4"),
    ("no v6 address", [], [("CREATE", record(kind="AAAA"))], "not a valid IPv6"),
    ("too many", [], [("UPSERT", record(str(n) + ".example.com")) for n in range(501)], "limit of 1000"),
    ("too long", [], [("UPSERT", record(kind="TXT", value="x" * 16001))], "limit of 32000"),
]


@pytest.mark.parametrize(("before", "changes", "reason"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_refused_batches(before: list[RecordSet], changes: list[tuple[str, RecordSet]], reason: str) -> None:
    with pytest.raises(batch.InvalidBatch, match=reason):
        run(before, *changes)


MALFORMED = [
    ("weight without identifier", record(Weight=1), "Missing field 'SetIdentifier'"),
    ("identifier without routing", record(SetIdentifier="b"), "found none"),
    ("two routings", weighted("b", Region="us-east-1"), "found more than one"),
    ("weight too large", weighted("b", 256), "less than or equal to 255"),
    ("weight negative", weighted("b", -1), "greater than or equal to 0"),
    ("identifier too long", weighted("b" * 129), "less than or equal to 128"),
    ("neither alias nor values", {"Name": "a.example.com", "Type": "A"}, "found none"),
    ("alias with values", {**record(), **ALIAS}, "found more than one"),
]


@pytest.mark.parametrize(("change", "reason"), [one[1:] for one in MALFORMED], ids=[one[0] for one in MALFORMED])
def test_malformed_changes(change: RecordSet, reason: str) -> None:
    with pytest.raises(batch.InvalidInput, match=reason):
        run([], ("CREATE", change))


def test_a_record_is_deleted_whatever_the_order_of_its_values() -> None:
    two = [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}]
    assert run([record(ResourceRecords=two)], ("DELETE", record(ResourceRecords=two[::-1]))) == []


def test_names_are_compared_without_case_and_last_dot() -> None:
    assert run([record("A.Example.com.")], ("DELETE", record("a.example.COM"))) == []


def test_a_wildcard_is_stored_as_route_53_returns_it() -> None:
    [made] = run([], ("CREATE", record("*.example.com")))
    assert made["Name"] == "\\052.example.com."


def test_simple_becomes_weighted_in_one_batch() -> None:
    made = run([record()], ("DELETE", record()), ("CREATE", weighted("b", 100)), ("CREATE", weighted("g", 0)))
    assert [one["SetIdentifier"] for one in made] == ["b", "g"]


def test_the_order_within_a_batch_counts() -> None:
    with pytest.raises(batch.InvalidBatch, match="already exists"):
        run([weighted("b")], ("CREATE", weighted("b", 2)), ("DELETE", weighted("b")))


def test_all_messages_come_at_once_and_nothing_is_changed() -> None:
    before = [batch.normalized(record())]
    with pytest.raises(batch.InvalidBatch) as error:
        run(before, ("UPSERT", record(TTL=5)), ("CREATE", record()), ("DELETE", record("b.example.com")))
    assert len(error.value.messages) == 2
    assert before == [batch.normalized(record())]


def test_five_hundred_upserts_and_a_thousand_creates_fit() -> None:
    names = [f"{number}.example.com" for number in range(1000)]
    made = run([], *(("CREATE", record(name)) for name in names))
    assert len(run(made, *(("UPSERT", record(name, TTL=5)) for name in names[:500]))) == 1000
