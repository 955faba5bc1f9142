# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The constraints of botocore's models, which moto hardly checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session

from local_cloud.layers.constraints import CODES

Clients = Callable[..., Any]
Refused = Callable[..., Any]
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})

REFUSED = [
    ("iam", "create_role", {"RoleName": "x" * 65, "AssumeRolePolicyDocument": DOCUMENT}, "less than or equal to 64"),
    ("iam", "create_role", {"RoleName": "with blank", "AssumeRolePolicyDocument": DOCUMENT}, "regular expression"),
    ("iam", "create_role", {"RoleName": "one"}, "'assumeRolePolicyDocument' failed .* must not be null"),
    ("kms", "create_alias", {"AliasName": "with blank", "TargetKeyId": "x"}, "regular expression"),
    ("logs", "create_log_group", {"logGroupName": "x" * 513}, "less than or equal to 512"),
    ("acm", "request_certificate", {"DomainName": "no domain"}, "regular expression"),
    ("route53", "create_hosted_zone", {"Name": "x" * 1025, "CallerReference": "one"}, "less than or equal to 1024"),
    (
        "route53",
        "create_health_check",
        {"CallerReference": "1", "HealthCheckConfig": {"Type": "PING"}},
        "enum value set",
    ),
    ("kms", "create_key", {"Tags": [{"TagKey": "", "TagValue": "x"}]}, "'tags.1.member.tagKey'"),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "message"), REFUSED)
def test_values_outside_the_model_are_refused(
    aws: Clients, refused: Refused, service: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    with refused(CODES[service], message):
        getattr(aws(service), operation)(**parameters)


def test_all_errors_come_at_once(aws: Clients, refused: Refused) -> None:
    with refused("ValidationError", "3 validation errors detected"):
        aws("iam").create_role(RoleName="with blank", AssumeRolePolicyDocument="")


def test_ordinary_values_pass(aws: Clients) -> None:
    tags = [{"Key": "Größe", "Value": "a b/c:d=e+f-g@h"}]
    assert aws("iam").create_role(RoleName="one-two_3", AssumeRolePolicyDocument=DOCUMENT, Tags=tags)


def test_canary_moto_takes_long_names(bare: Clients) -> None:
    assert bare("iam").create_role(RoleName="with blank" + "x" * 65, AssumeRolePolicyDocument=DOCUMENT)


@pytest.mark.parametrize("service", CODES)
def test_the_table_names_services_that_exist(service: str) -> None:
    assert service in Session().get_available_services()
