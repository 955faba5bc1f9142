# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a resolver answers: the zone that is asked, chains of CNAMEs and aliases, weights and health."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from local_cloud.dns.choice import RecordSet, choose
from local_cloud.dns.zones import Zone, absolute, private_zone, public_zone, values_of
from local_cloud.services.route53.zones import service_zone_suffix

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

LONGEST_CHAIN = 8
# "The TTL of the target" for an ELB is 60 seconds and cannot be set: Developer Guide, "Values for alias records"
BALANCER_TTL = 60
DUALSTACK = "dualstack."
BALANCER_DOMAIN = "amazonaws.com."


@dataclass(frozen=True)
class Answer:
    """Records of one name and type."""

    name: str
    kind: str
    ttl: int
    values: tuple[str, ...]


@dataclass
class Resolution:
    """``authority``: the SOA of the zone that has no answer."""

    status: Literal["NOERROR", "NXDOMAIN"] = "NOERROR"
    answers: list[Answer] = field(default_factory=list)
    authority: Answer | None = None


class Resolver:
    """``private``: as from inside of a VPC. Weighted records are drawn by ``chance``, one draw an answer."""

    def __init__(self, cloud: Cloud, private: bool = False, chance: random.Random | None = None) -> None:
        self._cloud = cloud
        self._private = private
        self._random = chance or random.Random(0)
        self._lock = threading.Lock()

    def resolve(self, name: str, kind: str) -> Resolution:
        found, name = Resolution(), absolute(name)
        for _ in range(LONGEST_CHAIN):
            address = self._balancer(name)
            if address is not None:
                if kind == "A":
                    found.answers.append(Answer(name, kind, BALANCER_TTL, (address,)))
                return found
            zone = self._zone(name)
            if zone is None:
                found.status = "NXDOMAIN" if not found.answers else "NOERROR"
                return found
            answer = self._in_zone(zone, name, kind)
            if answer is None:
                return self._nothing(found, zone, name)
            found.answers.append(answer)
            if answer.kind == kind:
                return found
            name = absolute(answer.values[0])
        return found

    def is_healthy(self, zone: Zone, record: RecordSet, chain: int = 0) -> bool:
        """By its health check and by its alias target; healthy as long as nothing says otherwise."""
        live, check, alias = self._cloud.live, record.get("HealthCheckId"), record.get("AliasTarget")
        if live is None:
            return True
        if check and not live.checks.is_healthy(zone.account, check):
            return False
        if alias is None or not alias.get("EvaluateTargetHealth"):
            return True
        if service_zone_suffix(alias["HostedZoneId"]) is not None:
            return live.serves(_plain(alias["DNSName"]))
        targets = zone.sets.get((absolute(alias["DNSName"]), record["Type"]), [])
        return chain < LONGEST_CHAIN and any(self.is_healthy(zone, one, chain + 1) for one in targets)

    def _zone(self, name: str) -> Zone | None:
        private = private_zone(name, self._cloud) if self._private else None
        return private or public_zone(name, self._cloud)

    def _balancer(self, name: str) -> str | None:
        if self._cloud.live is None or not name.endswith(BALANCER_DOMAIN):
            return None
        return self._cloud.live.balancers.address(_plain(name))

    def _in_zone(self, zone: Zone, name: str, kind: str) -> Answer | None:
        """Of this type, else the CNAME; of the name, else of the wildcard around it."""
        owners = [name] if zone.has_name(name) else [f"*.{name.partition('.')[2]}"]
        for owner in owners:
            for wanted in (kind, "CNAME"):
                found = self._chosen(zone, owner, wanted)
                if found is not None:
                    return Answer(name, wanted, *found)
        return None

    def _chosen(self, zone: Zone, name: str, kind: str, chain: int = 0) -> tuple[int, tuple[str, ...]] | None:
        """TTL and values; of an alias those of its target."""
        records = zone.sets.get((name, kind), [])
        record = choose(records, lambda one: self.is_healthy(zone, one), self._draw(records))
        if record is None or chain > LONGEST_CHAIN:
            return None
        alias = record.get("AliasTarget")
        if alias is None:
            return int(record.get("TTL", 0)), tuple(values_of(record))
        if service_zone_suffix(alias["HostedZoneId"]) is None:
            return self._chosen(zone, absolute(alias["DNSName"]), kind, chain + 1)
        address = self._balancer(absolute(alias["DNSName"])) if kind == "A" else None
        return None if address is None else (BALANCER_TTL, (address,))

    def _draw(self, records: list[RecordSet]) -> float:
        """Plain records take no draw, so that they do not disturb those that a test repeats."""
        if all("SetIdentifier" not in one for one in records):
            return 0.0
        with self._lock:
            return self._random.random()

    def _nothing(self, found: Resolution, zone: Zone, name: str) -> Resolution:
        if not zone.has_name(name):
            found.status = "NXDOMAIN"
        soa = zone.sets.get((zone.name, "SOA"))
        if soa:
            found.authority = Answer(zone.name, "SOA", int(soa[0].get("TTL", 0)), tuple(values_of(soa[0])))
        return found


def _plain(dns_name: str) -> str:
    """A load balancer's own name: the console writes another one into aliases."""
    return absolute(dns_name).removeprefix(DUALSTACK)
