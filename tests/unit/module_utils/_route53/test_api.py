# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading by name: all of each name, and no more of the zone than it takes."""

from __future__ import annotations

from math import ceil
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._route53 import api

Key = tuple[str, str, str]


class Zone:
    """A client that lists the record sets of (name, type, identifier) as Route 53 does, page by page."""

    def __init__(self, keys: set[Key], size: int) -> None:
        self.keys = sorted(keys, key=self.place)
        self.size, self.calls = size, 0

    @staticmethod
    def place(key: Key) -> Key:
        return ".".join([*reversed(key[0].split(".")), ""]), key[1], key[2]

    def list_resource_record_sets(self, HostedZoneId: str, MaxItems: str, **start: str) -> dict[str, Any]:
        self.calls += 1
        first = tuple(start.get(f"StartRecord{part}", "") for part in ("Name", "Type", "Identifier"))
        rest = [key for key in self.keys if self.place(key) >= self.place((api.domain(first[0]), *first[1:]))]
        answer: dict[str, Any] = {"IsTruncated": len(rest) > self.size}
        answer["ResourceRecordSets"] = [
            {"Name": f"{name}.", "Type": kind, "SetIdentifier": identifier}
            for name, kind, identifier in rest[: self.size]
        ]
        if answer["IsTruncated"]:
            name, kind, identifier = rest[self.size]
            answer |= {"NextRecordName": f"{name}.", "NextRecordType": kind, "NextRecordIdentifier": identifier}
        return answer


NAMES = ["example.com", "a.example.com", "b.example.com", "c.b.example.com", "d-e.example.com", "z.example.com"]
names = st.sampled_from(NAMES)
keys = st.tuples(names, st.sampled_from(["A", "AAAA", "TXT"]), st.sampled_from(["blue", "canary", "green"]))


@given(st.sets(keys, max_size=40), st.sets(names, min_size=1), st.integers(1, 9))
def test_every_record_set_of_each_name_and_no_other(present: set[Key], wanted: set[str], size: int) -> None:
    zone = Zone(present, size)
    found = api.records_of_names(zone, "Z1", wanted)
    assert set(found) == wanted
    for name, records in found.items():
        seen = [(name, record["Type"], record["SetIdentifier"]) for record in records]
        assert seen == [key for key in zone.keys if key[0] == name]
    longest = max([sum(key[0] == name for key in present) for name in wanted])
    assert zone.calls <= len(wanted) * (1 + ceil(longest / size))


def zone_of(number: int) -> Zone:
    return Zone({(f"n{index:04}.example.com", "A", side) for index in range(number) for side in ("blue", "green")}, 300)


def test_all_names_of_a_zone_take_its_pages() -> None:
    zone = zone_of(600)
    api.records_of_names(zone, "Z1", [key[0] for key in zone.keys])
    assert zone.calls == 1200 / 300


def test_few_names_of_a_large_zone_take_a_call_each() -> None:
    zone = zone_of(6000)
    api.records_of_names(zone, "Z1", ["n0001.example.com", "n3000.example.com", "n5999.example.com"])
    assert zone.calls == 3


def test_neighbours_take_one_call() -> None:
    zone = zone_of(6000)
    api.records_of_names(zone, "Z1", [f"n{index:04}.example.com" for index in range(1000, 1149)])
    assert zone.calls == 1
