# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stack's ACM certificate, and the records that prove to ACM that the domain is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._certificate.plan import DEAD
from .._errors import CutoverError
from .._model.core import KEY_TAG, STACK_TAG, UNKNOWN, Found, Resource, Value
from .context import Context, tags_of

Answer = dict[str, Any]

KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""All of them: without a filter ACM lists RSA keys up to 2048 bits only."""

GONE = "ResourceNotFoundException"
"""A listing may still show a certificate that is gone by the time it is asked for."""

CERTIFICATE_HINTS = {
    "certificate": ("arn", "domain", "alternative_names", "key_algorithm"),
    "validation_record": ("zone_id",),
}


class NoSuchCertificate(CutoverError):
    """The inventory names a certificate that ACM does not know."""


def certificates(context: Context) -> list[Found]:
    """The certificate (key certificate; any other of the stack certificate/<its id>) and the validation records that
    are there.
    """
    wanted = context.wanted.get("certificate")
    if wanted and "arn" in wanted.attributes:
        return [_given(context, str(wanted.attributes["arn"]))]
    listed: list[Answer] = context.pages(
        "acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": KEY_TYPES}
    )
    tags = dict(
        zip(
            (c["CertificateArn"] for c in listed),
            context.each(lambda c: _tags(context, c["CertificateArn"]), listed),
            strict=True,
        )
    )
    ours = [arn for arn, present in tags.items() if present.get(STACK_TAG) == context.stack.name and KEY_TAG in present]
    described = context.each(lambda arn: _describe(context, arn), ours)
    found = [_certificate(item, tags[item["CertificateArn"]]) for item in described if item]
    ours_keyed = keyed(found, wanted)
    others = [c for c in listed if c["CertificateArn"] not in ours]
    return [*ours_keyed, *_records(context, ours_keyed, _names_of(others))]


def _tags(context: Context, arn: str) -> Mapping[str, Value]:
    try:
        return tags_of(context.client("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"])
    except is_boto3_error_code(GONE):
        return {}


def _describe(context: Context, arn: str) -> Answer | None:
    try:
        answer: Answer = context.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    except is_boto3_error_code(GONE):
        return None
    return answer


def _given(context: Context, arn: str) -> Found:
    item = _describe(context, arn)
    if item is None:
        raise NoSuchCertificate(f"security_certificate_arn is {arn}, which ACM does not know in {context.stack.region}")
    found = _certificate(item, {})
    return replace(found, key="certificate", attributes={**found.attributes, "arn": arn})


def _certificate(item: Answer, tags: Mapping[str, Value]) -> Found:
    arn = item["CertificateArn"]
    options = item.get("DomainValidationOptions", [])
    return Found(
        key=f"certificate/{arn.rpartition('/')[2]}",
        type="certificate",
        name=item["DomainName"],
        id=arn,
        arn=arn,
        attributes={
            "domain": item["DomainName"],
            "alternative_names": sorted({item["DomainName"], *item.get("SubjectAlternativeNames", [])}),
            "validation_method": options[0].get("ValidationMethod") if options else None,
            # Requests name the algorithm RSA_2048, answers RSA-2048.
            "key_algorithm": item.get("KeyAlgorithm", "").replace("-", "_"),
            "transparency_logging": item.get("Options", {}).get("CertificateTransparencyLoggingPreference"),
            "status": item["Status"],
            "tags": dict(tags),
        },
        facts={"records": _asked_for(options), "in_use_by": item.get("InUseBy", [])},
    )


def _asked_for(options: Iterable[Answer]) -> list[Value]:
    """The records that ACM wants to see, each once: a name and its wildcard share one."""
    records = {o["DomainName"].removeprefix("*."): o["ResourceRecord"] for o in options if "ResourceRecord" in o}
    return [
        {"domain": domain, "name": record["Name"], "value": record["Value"]}
        for domain, record in sorted(records.items())
    ]


def keyed(found: list[Found], wanted: Resource | None) -> list[Found]:
    """The certificate of the model is the one with its names; AWS cannot change them, so one with others is a
    predecessor, and stays until the stack goes.
    """
    held = ("domain", "alternative_names", "key_algorithm")

    def fitness(certificate: Found) -> tuple[bool, bool, bool, str]:
        fits = wanted is None or all(certificate.attributes[name] == wanted.attributes[name] for name in held)
        status = certificate.attributes["status"]
        return fits, status == "ISSUED", status not in DEAD, certificate.id

    ranked = sorted(found, key=fitness, reverse=True)
    return [
        replace(certificate, key="certificate") if place == 0 else certificate
        for place, certificate in enumerate(ranked)
    ]


def _names_of(summaries: Iterable[Answer]) -> set[str]:
    names = {name for c in summaries for name in (c["DomainName"], *c.get("SubjectAlternativeNameSummaries", []))}
    return {name.removeprefix("*.") for name in names}


def _records(context: Context, found: list[Found], elsewhere: set[str]) -> list[Found]:
    """The CNAME of each name that ACM asks for, where it exists.

    The value depends on the account and the name alone, so another certificate may need the same record: facts.shared
    says so.
    """
    asked = {
        record["domain"]: {**record, "certificate": certificate.id, "shared": record["domain"] in elsewhere}
        for certificate in reversed(found)
        for record in cast(list[dict[str, Any]], certificate.facts["records"])
    }
    if not asked:
        return []
    zones = context.pages("route53", "list_hosted_zones", "HostedZones")
    present = context.each(lambda record: _record(context, record, zones), asked.values())
    return [record for record in present if record]


def _record(context: Context, asked: Mapping[str, Any], zones: list[Answer]) -> Found | None:
    key = f"validation_record/{asked['domain']}"
    for zone in _zones_of(context, key, asked["name"], zones):
        record = _look_up(context, zone, asked["name"])
        if record:
            values = [value["Value"] for value in record.get("ResourceRecords", [])]
            proof = (
                "certificate" if [v.rstrip(".") for v in values] == [asked["value"].rstrip(".")] else ", ".join(values)
            )
            return Found(
                key=key,
                type="validation_record",
                name=asked["domain"],
                id=f"{zone}_{asked['name']}",
                attributes={"zone_id": zone, "ttl": record.get("TTL"), "proves": proof},
                facts={"record": asked["name"], "certificate_arn": asked["certificate"], "shared": asked["shared"]},
            )
    return None


def _zones_of(context: Context, key: str, name: str, zones: list[Answer]) -> list[str]:
    """The zone that the model names, otherwise each public zone that the name lies in, the closest first."""
    wanted = context.wanted.get(key)
    if wanted and wanted.attributes["zone_id"] != UNKNOWN:
        return [str(wanted.attributes["zone_id"])]
    around = [
        z
        for z in zones
        if not z["Config"].get("PrivateZone") and f".{name.rstrip('.')}.".endswith(f".{z['Name'].rstrip('.')}.")
    ]
    return [z["Id"].rpartition("/")[2] for z in sorted(around, key=lambda z: len(z["Name"]), reverse=True)]


def _look_up(context: Context, zone: str, name: str) -> Answer | None:
    route53 = context.client("route53")
    try:
        answer = route53.list_resource_record_sets(
            HostedZoneId=zone, StartRecordName=name, StartRecordType="CNAME", MaxItems="1"
        )
    except is_boto3_error_code("NoSuchHostedZone"):
        return None
    record: Answer = next(iter(answer["ResourceRecordSets"]), {})
    same = record.get("Name", "").rstrip(".") == name.rstrip(".") and record.get("Type") == "CNAME"
    return record if same else None
