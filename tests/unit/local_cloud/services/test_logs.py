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
ROOT = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
LOGS = {**ROOT, "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Action": "kms:Encrypt*"}


def new_key(clients: Clients, *statements: dict[str, Any]) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return str(clients("kms").create_key(Policy=document)["KeyMetadata"]["Arn"])


def key_of_group(clients: Clients) -> str | None:
    [group] = clients("logs").describe_log_groups(logGroupNamePrefix="/one")["logGroups"]
    key: str | None = group.get("kmsKeyId")
    return key


def test_a_key_is_given_to_a_group_and_taken_away(aws: Clients, refused: Refused) -> None:
    logs, key = aws("logs"), new_key(aws, ROOT, LOGS)
    logs.create_log_group(logGroupName="/one")
    logs.associate_kms_key(logGroupName="/one", kmsKeyId=key)
    assert key_of_group(aws) == key
    logs.disassociate_kms_key(resourceIdentifier="arn:aws:logs:us-east-1:123456789012:log-group:/one:*")
    assert key_of_group(aws) is None
    with refused("ResourceNotFoundException"):
        logs.associate_kms_key(logGroupName="/other", kmsKeyId=key)


def test_canary_moto_associates_no_key(bare: Clients) -> None:
    bare("logs").create_log_group(logGroupName="/one")
    with pytest.raises(ClientError, match="500"):
        bare("logs").associate_kms_key(logGroupName="/one", kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/one")


def test_a_key_must_exist_and_let_logs_in(aws: Clients, refused: Refused) -> None:
    logs = aws("logs")
    closed, disabled = new_key(aws, ROOT), new_key(aws, ROOT, LOGS)
    aws("kms").disable_key(KeyId=disabled)
    for key in ("arn:aws:kms:us-east-1:123456789012:key/none", closed, disabled, "alias/one"):
        with refused("InvalidParameterException"):
            logs.create_log_group(logGroupName="/one", kmsKeyId=key)
    logs.create_log_group(logGroupName="/one", kmsKeyId=new_key(aws, ROOT, LOGS))
    with refused("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName="/one")


def test_canary_moto_takes_any_key(bare: Clients) -> None:
    bare("logs").create_log_group(logGroupName="/one", kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/none")


def test_only_certain_retentions_exist(aws: Clients, refused: Refused) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName="/one")
    logs.put_retention_policy(logGroupName="/one", retentionInDays=30)
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName="/one", retentionInDays=31)


def test_canary_moto_keeps_logs_for_31_days(bare: Clients) -> None:
    bare("logs").create_log_group(logGroupName="/one")
    bare("logs").put_retention_policy(logGroupName="/one", retentionInDays=31)
