# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
Refused = Callable[..., Any]
ACCOUNT = "123456789012"
GRANTEE = f"arn:aws:iam::{ACCOUNT}:root"
ROOT = {"Effect": "Allow", "Principal": {"AWS": GRANTEE}, "Action": "kms:*", "Resource": "*"}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def new_key(clients: Clients) -> str:
    return str(clients("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("identifier", [lambda arn: arn, lambda arn: arn.rpartition("/")[2]], ids=["arn", "id"])
def test_states_are_changed_by_arn_and_by_id(aws: Clients, identifier: Callable[[str], str]) -> None:
    kms, key = aws("kms"), identifier(new_key(aws))
    kms.disable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=key)
    result = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert result["KeyState"] == "PendingDeletion"
    assert result["PendingWindowInDays"] == 7
    assert result["KeyId"].startswith("arn:")
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


@pytest.mark.parametrize("operation", ["disable_key", "enable_key", "schedule_key_deletion"])
def test_canary_moto_breaks_on_an_arn(bare: Clients, operation: str) -> None:
    with pytest.raises(ClientError, match="500"):
        getattr(bare("kms"), operation)(KeyId=new_key(bare))


def test_a_key_that_waits_for_deletion_cannot_be_used(aws: Clients, refused: Refused) -> None:
    kms, key = aws("kms"), new_key(aws)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=key)
    calls: tuple[Callable[[], Any], ...] = (
        lambda: kms.encrypt(KeyId=key, Plaintext=b"x"),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
        lambda: kms.create_grant(KeyId=key, GranteePrincipal=GRANTEE, Operations=["Encrypt"]),
        lambda: kms.create_alias(AliasName="alias/one", TargetKeyId=key),
        lambda: kms.enable_key_rotation(KeyId=key),
        lambda: kms.schedule_key_deletion(KeyId=key),
    )
    for call in calls:
        with refused("KMSInvalidStateException", "is pending deletion"):
            call()
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_canary_moto_encrypts_with_a_key_that_waits_for_deletion(bare: Clients) -> None:
    kms, key = bare("kms"), new_key(bare).rpartition("/")[2]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]


def test_a_disabled_key_cannot_be_used(aws: Clients, refused: Refused) -> None:
    kms, key = aws("kms"), new_key(aws)
    kms.disable_key(KeyId=key)
    with refused("DisabledException"):
        kms.encrypt(KeyId=key, Plaintext=b"x")


def test_the_waiting_period_has_bounds(aws: Clients, refused: Refused) -> None:
    kms, key = aws("kms"), new_key(aws)
    for days in (6, 31):
        with refused("ValidationException"):
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


def test_rotation_tells_its_period(aws: Clients) -> None:
    kms, key = aws("kms"), new_key(aws)
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)
    kms.enable_key_rotation(KeyId=key)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 365)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90


def test_canary_moto_tells_no_rotation_period(bare: Clients) -> None:
    kms, key = bare("kms"), new_key(bare)
    kms.enable_key_rotation(KeyId=key)
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "not valid JSON"),
        ("{}", "no statement"),
        (policy({**ROOT, "Action": "kms:Encrypt"}), "will not allow you to update"),
        (policy({**ROOT, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}}), "will not allow you to update"),
        (policy(ROOT, {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/none"}}), "invalid principals"),
    ],
    ids=["no json", "empty", "locks out", "other account", "unknown role"],
)
def test_policies_are_read(aws: Clients, refused: Refused, document: str, reason: str) -> None:
    kms, key = aws("kms"), new_key(aws)
    with refused("MalformedPolicyDocumentException", reason):
        kms.create_key(Policy=document)
    with refused("MalformedPolicyDocumentException", reason):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document)


def test_a_policy_may_name_a_role_that_exists(aws: Clients) -> None:
    role = aws("iam").create_role(RoleName="one", Path="/x/", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    assert aws("kms").create_key(Policy=policy(ROOT, {**ROOT, "Principal": {"AWS": role}}))


def test_canary_moto_takes_any_policy(bare: Clients) -> None:
    assert bare("kms").create_key(Policy="{")


def test_reserved_aliases_are_refused(aws: Clients, refused: Refused) -> None:
    with refused("NotAuthorizedException"):
        aws("kms").create_alias(AliasName="alias/aws/one", TargetKeyId=new_key(aws))
