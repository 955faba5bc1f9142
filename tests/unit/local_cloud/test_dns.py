# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records in hosted zones, as changes, as DNS answers, and as proof for certificates."""

from __future__ import annotations

from typing import Any

import dns.message
import dns.query
import dns.rcode
import pytest
from botocore.exceptions import ClientError

from local_cloud.clock import ManualClock
from local_cloud.dns.resolver import Resolver
from local_cloud.dns.server import respond
from local_cloud.testing import LocalCloud


class Zone:
    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.api = cloud.client("route53")
        self.name = name
        made = self.api.create_hosted_zone(Name=name, CallerReference=name)
        self.id, self.change = made["HostedZone"]["Id"], made["ChangeInfo"]
        self.servers = made["DelegationSet"]["NameServers"]

    def add(self, label: str, kind: str, *values: str) -> Any:
        record = {
            "Name": f"{label}.{self.name}" if label else self.name,
            "Type": kind,
            "TTL": 60,
            "ResourceRecords": [{"Value": value} for value in values],
        }
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        return self.api.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": changes})[
            "ChangeInfo"
        ]


@pytest.fixture
def zone(cloud: LocalCloud, name: str) -> Zone:
    return Zone(cloud, f"{name}.example")


def _ask(cloud: LocalCloud, name: str, kind: str, *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    host, port = cloud.control.status()["dns"].split(":")
    return (dns.query.tcp if tcp else dns.query.udp)(query, host, port=int(port), timeout=5)


def _values(message: dns.message.Message) -> list[str]:
    return sorted(item.to_text() for rrset in message.answer for item in rrset)


def test_a_change_is_pending_and_then_in_sync(cloud: LocalCloud, clock: ManualClock, zone: Zone) -> None:
    cloud.control.time_scale(1)
    first, second = zone.add("a", "A", "192.0.2.1"), zone.add("b", "A", "192.0.2.2")
    assert first["Status"] == "PENDING"
    assert first["Id"] != second["Id"]
    assert zone.api.get_change(Id=first["Id"])["ChangeInfo"]["Status"] == "PENDING"
    clock.advance(1)
    assert zone.api.get_change(Id=first["Id"])["ChangeInfo"]["Status"] == "INSYNC"


def test_at_scale_zero_a_change_is_in_sync(zone: Zone) -> None:
    assert zone.change["Status"] == "INSYNC"
    assert zone.api.get_change(Id=zone.change["Id"])["ChangeInfo"]["Status"] == "INSYNC"


def test_an_unknown_change_is_an_error(zone: Zone) -> None:
    with pytest.raises(ClientError, match="NoSuchChange"):
        zone.api.get_change(Id="/change/C1")


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_records_are_answered(cloud: LocalCloud, zone: Zone, tcp: bool) -> None:
    zone.add("www", "A", "192.0.2.1", "192.0.2.2")
    zone.add("txt", "TXT", '"a b"')
    zone.add("alias", "CNAME", f"www.{zone.name}.")
    assert _values(_ask(cloud, f"www.{zone.name}", "A", tcp=tcp)) == ["192.0.2.1", "192.0.2.2"]
    assert _values(_ask(cloud, f"txt.{zone.name}", "TXT", tcp=tcp)) == ['"a b"']
    assert _values(_ask(cloud, f"ALIAS.{zone.name}", "A", tcp=tcp)) == ["192.0.2.1", "192.0.2.2", f"www.{zone.name}."]
    assert _values(_ask(cloud, f"alias.{zone.name}", "CNAME", tcp=tcp)) == [f"www.{zone.name}."]
    assert _values(_ask(cloud, zone.name, "NS", tcp=tcp)) == sorted(f"{server.rstrip('.')}." for server in zone.servers)
    assert len(_ask(cloud, zone.name, "SOA", tcp=tcp).answer) == 1


def test_what_is_not_there(cloud: LocalCloud, zone: Zone) -> None:
    zone.add("deep.er", "A", "192.0.2.1")
    missing = _ask(cloud, f"nobody.{zone.name}", "A")
    assert (missing.rcode(), len(missing.authority)) == (dns.rcode.NXDOMAIN, 1)
    for label, kind in (("deep.er", "TXT"), ("er", "A")):
        empty = _ask(cloud, f"{label}.{zone.name}", kind)
        assert (empty.rcode(), empty.answer, len(empty.authority)) == (dns.rcode.NOERROR, [], 1)
    assert _ask(cloud, "no-zone.invalid", "A").rcode() == dns.rcode.NXDOMAIN


def test_a_wildcard(cloud: LocalCloud, zone: Zone) -> None:
    zone.add("*", "A", "192.0.2.9")
    zone.add("www", "A", "192.0.2.1")
    assert _values(_ask(cloud, f"any.{zone.name}", "A")) == ["192.0.2.9"]
    assert _values(_ask(cloud, f"www.{zone.name}", "A")) == ["192.0.2.1"]


def test_nonsense_gets_no_answer(cloud: LocalCloud) -> None:
    assert respond(b"\x00\x01", Resolver(cloud.cloud)) is None


def test_an_undelegated_zone_is_not_found(cloud: LocalCloud, zone: Zone) -> None:
    zone.add("www", "A", "192.0.2.1")
    cloud.control.undelegated([zone.name])
    assert _ask(cloud, zone.name, "NS").rcode() == dns.rcode.NXDOMAIN
    assert _values(_ask(cloud, f"www.{zone.name}", "A")) == []
    cloud.control.undelegated([])
    assert _values(_ask(cloud, f"www.{zone.name}", "A")) == ["192.0.2.1"]


def test_a_child_zone_counts_once_its_parent_delegates_it(cloud: LocalCloud, zone: Zone) -> None:
    child = Zone(cloud, f"child.{zone.name}")
    child.add("www", "A", "192.0.2.1")
    assert _ask(cloud, f"www.{child.name}", "A").rcode() == dns.rcode.NXDOMAIN
    zone.add("child", "NS", *[f"{server}." for server in child.servers])
    assert _values(_ask(cloud, f"www.{child.name}", "A")) == ["192.0.2.1"]


class Certificate:
    def __init__(self, cloud: LocalCloud, zone: Zone) -> None:
        self.acm = cloud.client("acm")
        self.arn = self.acm.request_certificate(
            DomainName=f"www.{zone.name}", SubjectAlternativeNames=[f"api.{zone.name}"], ValidationMethod="DNS"
        )["CertificateArn"]

    @property
    def detail(self) -> Any:
        return self.acm.describe_certificate(CertificateArn=self.arn)["Certificate"]

    def listed(self, *statuses: str) -> bool:
        found = self.acm.list_certificates(CertificateStatuses=list(statuses))["CertificateSummaryList"]
        return self.arn in [summary["CertificateArn"] for summary in found]


def _prove(zone: Zone, option: Any) -> None:
    record = option["ResourceRecord"]
    zone.add(record["Name"].removesuffix(f".{zone.name}."), record["Type"], record["Value"])


def test_a_certificate_is_issued_once_every_record_is_there(cloud: LocalCloud, clock: ManualClock, zone: Zone) -> None:
    cloud.control.time_scale(1)
    certificate = Certificate(cloud, zone)
    clock.advance(10_000)
    assert certificate.detail["Status"] == "PENDING_VALIDATION"
    assert "IssuedAt" not in certificate.detail
    options = certificate.detail["DomainValidationOptions"]
    _prove(zone, options[0])
    assert certificate.detail["Status"] == "PENDING_VALIDATION"
    clock.advance(10_000)
    detail = certificate.detail
    assert detail["Status"] == "PENDING_VALIDATION"
    proved = [option["ValidationStatus"] for option in detail["DomainValidationOptions"]]
    assert sorted(proved) == ["PENDING_VALIDATION", "SUCCESS"]
    assert (certificate.listed("PENDING_VALIDATION"), certificate.listed("ISSUED")) == (True, False)
    _prove(zone, options[1])
    assert certificate.detail["Status"] == "PENDING_VALIDATION"
    clock.advance(2)
    assert certificate.detail["Status"] == "ISSUED"
    assert (certificate.listed("PENDING_VALIDATION"), certificate.listed("ISSUED")) == (False, True)


def test_at_scale_zero_the_record_still_counts(cloud: LocalCloud, zone: Zone) -> None:
    certificate = Certificate(cloud, zone)
    assert certificate.detail["Status"] == "PENDING_VALIDATION"
    for option in certificate.detail["DomainValidationOptions"]:
        _prove(zone, option)
    assert certificate.detail["Status"] == "ISSUED"


def test_a_record_in_an_undelegated_zone_proves_nothing(cloud: LocalCloud, zone: Zone) -> None:
    cloud.control.undelegated([zone.name])
    certificate = Certificate(cloud, zone)
    for option in certificate.detail["DomainValidationOptions"]:
        _prove(zone, option)
    assert certificate.detail["Status"] == "PENDING_VALIDATION"


def _listen(cloud: LocalCloud, certificate: Certificate, vpc: str) -> Any:
    ec2, elb = cloud.client("ec2"), cloud.client("elbv2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    network = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"].removesuffix("0.0/16")
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"{network}{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    made = elb.create_load_balancer(Name="one", Subnets=[one["Subnet"]["SubnetId"] for one in subnets])
    return lambda: elb.create_listener(
        LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate.arn}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )


def test_load_balancers_do_not_know_a_new_certificate(
    cloud: LocalCloud, clock: ManualClock, zone: Zone, cidr: str
) -> None:
    cloud.control.faults([{"kind": "unknown_certificate", "seconds": 10}])
    certificate = Certificate(cloud, zone)
    listen = _listen(cloud, certificate, cloud.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])
    with pytest.raises(ClientError, match="UnsupportedCertificate"):
        listen()
    for option in certificate.detail["DomainValidationOptions"]:
        _prove(zone, option)
    assert certificate.detail["Status"] == "ISSUED"
    with pytest.raises(ClientError, match=rf"CertificateNotFound.*'{certificate.arn}' not found"):
        listen()
    clock.advance(11)
    assert listen()["Listeners"][0]["Certificates"][0]["CertificateArn"] == certificate.arn
