# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a certificate has to be requested, and which records prove its names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN_LENGTH = 32
DEAD = frozenset({"FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED"})
"""No waiting and no record brings a certificate back from these."""


@dataclass(frozen=True)
class Certificate:
    """names holds the domain and the alternative names, sorted. AWS changes none of domain, names and key_algorithm."""

    domain: str
    names: tuple[str, ...]
    key_algorithm: str
    transparency_logging: str = "ENABLED"


@dataclass(frozen=True)
class Order:
    """A certificate as it is requested. request_id is another text where the same certificate is wanted anew."""

    certificate: Certificate
    tags: Mapping[str, str]
    request_id: str = ""


@dataclass(frozen=True)
class CertificatePlan:
    """request: ask for a new one. options: change transparency logging. tags: those to set."""

    request: bool
    options: bool
    tags: Mapping[str, str]

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.request or self.options or self.tags)


@dataclass(frozen=True)
class Record:
    """A CNAME that ACM asks for."""

    domain: str
    name: str
    value: str


def seen(item: Mapping[str, Any]) -> Certificate:
    """The certificate of an answer of DescribeCertificate; requests name the algorithm RSA_2048, answers RSA-2048."""
    return Certificate(
        domain=item["DomainName"],
        names=tuple(sorted({item["DomainName"], *item.get("SubjectAlternativeNames", [])})),
        key_algorithm=item.get("KeyAlgorithm", "").replace("-", "_"),
        transparency_logging=item.get("Options", {}).get("CertificateTransparencyLoggingPreference", "ENABLED"),
    )


def usable(item: Mapping[str, Any], wanted: Certificate) -> bool:
    """Whether this certificate is the wanted one, or will be once it is validated."""
    present = seen(item)
    same = (present.domain, present.names, present.key_algorithm) == (wanted.domain, wanted.names, wanted.key_algorithm)
    return same and item["Status"] not in DEAD


def certificate_plan(
    wanted: Certificate, tags: Mapping[str, str], existing: Mapping[str, Any] | None, present: Mapping[str, str]
) -> CertificatePlan:
    """existing is a usable certificate with the tags present, None where there is none."""
    if existing is None:
        return CertificatePlan(request=True, options=False, tags={})
    return CertificatePlan(
        request=False,
        options=seen(existing).transparency_logging != wanted.transparency_logging,
        tags={name: value for name, value in tags.items() if present.get(name) != value},
    )


def idempotency_token(wanted: Certificate, request_id: str, dead: Iterable[str]) -> str:
    """The same for the same request, so that a run that dies after the request finds its certificate; another once a
    certificate of it has failed.
    """
    parts = [request_id, wanted.domain, *wanted.names, wanted.key_algorithm, *sorted(dead)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:TOKEN_LENGTH]


def asked_for(item: Mapping[str, Any]) -> list[Record] | None:
    """The records of a certificate, each once (a name and its wildcard share one), None while ACM has not made all of
    them.
    """
    options = item.get("DomainValidationOptions", [])
    if not options or any("ResourceRecord" not in option for option in options):
        return None
    records = {o["DomainName"].removeprefix("*."): o["ResourceRecord"] for o in options}
    return [Record(domain, record["Name"], record["Value"]) for domain, record in sorted(records.items())]


def record_changes(asked: Iterable[Record], present: Mapping[str, Mapping[str, Any]], ttl: int) -> list[dict[str, Any]]:
    """The changes for Route 53 that make the records; present are those of the zone by name."""
    wanted = [{"Name": r.name, "Type": "CNAME", "TTL": ttl, "ResourceRecords": [{"Value": r.value}]} for r in asked]
    return [
        {"Action": "UPSERT", "ResourceRecordSet": record}
        for record in wanted
        if not _same(present.get(str(record["Name"])), record)
    ]


def record_removals(asked: Iterable[Record], present: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The changes for Route 53 that remove the records as they are."""
    return [{"Action": "DELETE", "ResourceRecordSet": dict(present[r.name])} for r in asked if r.name in present]


def records_diff(
    present: Mapping[str, Mapping[str, Any]], changes: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """before and after, {name: {ttl, value}}."""
    before = {name: _shown(record) for name, record in present.items()}
    sets = [(change["Action"], change["ResourceRecordSet"]) for change in changes]
    removed = {record["Name"] for action, record in sets if action == "DELETE"}
    made = {record["Name"]: _shown(record) for action, record in sets if action == "UPSERT"}
    return {
        "before": before,
        "after": {name: shown for name, shown in {**before, **made}.items() if name not in removed},
    }


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"ttl": record["TTL"], "value": ", ".join(value["Value"] for value in record["ResourceRecords"])}


def _same(present: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    return present is not None and all(
        _comparable(present.get(name)) == _comparable(wanted[name]) for name in ("TTL", "ResourceRecords")
    )


def _comparable(value: Any) -> Any:
    """Values without the final dot, which Route 53 takes and gives either way."""
    return [record["Value"].rstrip(".") for record in value] if isinstance(value, list) else value
