# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the inventory refers to by id or ARN: that it exists, that it is of this account and in a state in which it
can be used."""

from __future__ import annotations

from collections.abc import Iterator

from ..asking import Question, Subject, call, without_values
from ..findings import Finding, finding
from ..rules.place import account_of, arns

ISSUED = "ISSUED"


def _zone(subject: Subject) -> Iterator[Finding]:
    identity = str(subject.typed["dns_zone_id"])
    answer = call(
        subject.context, "route53", "get_hosted_zone", unless=("NoSuchHostedZone", "InvalidInput"), Id=identity
    )
    if answer is None:
        yield finding(
            "dns_zone_id",
            identity,
            "there is no such hosted zone in this account",
            "See `aws route53 list-hosted-zones`, or leave it out and have the zone made",
        )
        return
    wanted, name = str(subject.typed.get("dns_zone_name") or "").rstrip("."), answer["HostedZone"]["Name"].rstrip(".")
    if wanted and name != wanted:
        yield finding(
            "dns_zone_id", identity, f"is the zone {name}, and dns_zone_name is {wanted}", "Put one of them right"
        )


def _certificate(subject: Subject) -> Iterator[Finding]:
    arn = str(subject.typed["security_certificate_arn"])
    if f":{subject.stack.region}:" not in arn:
        return
    answer = call(
        subject.context,
        "acm",
        "describe_certificate",
        unless=("ResourceNotFoundException", "ValidationException"),
        CertificateArn=arn,
    )
    if answer is None:
        yield finding(
            "security_certificate_arn",
            arn,
            "there is no such certificate",
            "Copy its ARN whole, or leave it out and have one issued",
        )
    elif answer["Certificate"]["Status"] != ISSUED:
        yield finding(
            "security_certificate_arn",
            arn,
            f"the certificate is {answer['Certificate']['Status']}, not {ISSUED}",
            "Have it validated first, or take another one",
        )


def account_arns(subject: Subject) -> Iterator[Finding]:
    """ARNs of another account, which only a person can have meant to write; asked of nobody, but known only
    together with the account."""
    for path, arn in arns(subject.typed):
        account = account_of(arn)
        if account and account != subject.stack.account_id:
            yield finding(
                path,
                arn,
                f"is of account {account}, and the stack is in {subject.stack.account_id}",
                "Take a resource of the stack's account",
            )


QUESTIONS = (
    Question("ARNs", "ARNs", account_arns),
    Question("given zone", "dns_zone_id", _zone, without_values("dns_zone_id")),
    Question("given certificate", "security_certificate_arn", _certificate, without_values("security_certificate_arn")),
)
