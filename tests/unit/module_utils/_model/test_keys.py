# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys and roles as they ought to be: who may do what, through what, with what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import KEY_TAG, STACK_TAG, ModelError, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.keys import KEYS_TYPES, keys_model

STACK = Stack("acme", "prod", "us-east-1", "123456789012", replica_region="us-west-2", tags={"CostCenter": "web"})
CONFIG: dict[str, Any] = {
    "services": ["rds", "s3"],
    "replica_services": ["s3"],
    "policy_statements": [],
    "roles": ["instance", "flow_logs", "replication", "rds_monitoring"],
    "read_buckets": ["assets"],
    "write_buckets": ["logs"],
    "replicated_buckets": ["assets"],
}


def model(stack: Stack = STACK, **changes: Any) -> Any:
    return keys_model(stack, {**CONFIG, **changes})  # type: ignore[typeddict-item]


def statements(policy: Any) -> dict[str, Any]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def role_policies() -> Iterator[tuple[str, Any]]:
    for resource in model().values():
        if resource.type == "iam_role":
            for policy in resource.attributes["policies"].values():
                for statement in policy["Statement"]:
                    yield f"{resource.key} {statement['Sid']}", statement


def test_what_there_is() -> None:
    assert list(model()) == [
        "service_linked_role/autoscaling",
        "kms_key/home",
        "kms_alias/home",
        "kms_key/replica",
        "kms_alias/replica",
        "iam_role/instance",
        "iam_role/flow_logs",
        "iam_role/replication",
        "iam_role/rds_monitoring",
        "instance_profile/instance",
    ]
    assert {resource.type for resource in model().values()} == set(KEYS_TYPES)


@pytest.mark.parametrize(
    ("stack", "changes"),
    [
        pytest.param(replace(STACK, replica_region=None), {}, id="no replica region"),
        pytest.param(STACK, {"replicated_buckets": []}, id="nothing to replicate"),
    ],
)
def test_no_replication_role_without_replication(stack: Stack, changes: dict[str, Any]) -> None:
    assert "iam_role/replication" not in model(stack, **changes)
    assert ("kms_key/replica" in model(stack, **changes)) is (stack.replica_region is not None)


def test_an_unknown_role_is_refused_by_its_variable() -> None:
    with pytest.raises(ModelError, match="security_roles: admin"):
        model(roles=["admin"])


def test_taggable_resources_carry_their_key_and_stack() -> None:
    for key, resource in model().items():
        if resource.type not in ("kms_alias", "service_linked_role"):
            tags = resource.attributes["tags"]
            assert (tags[KEY_TAG], tags[STACK_TAG], tags["Name"]) == (key, "acme-prod", resource.name)


def test_iam_names_carry_the_region_because_iam_is_global() -> None:
    for resource in model().values():
        if resource.type in ("iam_role", "instance_profile"):
            assert resource.name.startswith("acme-prod-") and resource.name.endswith("-us-east-1")


class TestKeyPolicy:
    def test_nobody_uses_a_key_but_through_a_service_of_this_account(self) -> None:
        """The account's own statements either administer, or say through what the key is used."""
        for key in ("kms_key/home", "kms_key/replica"):
            for sid, statement in statements(model()[key].attributes["policy"]).items():
                if statement["Principal"].get("AWS") != ["123456789012"] or sid == "AccountAdministersTheKey":
                    continue
                conditions = statement["Condition"]["StringEquals"]
                assert conditions["kms:CallerAccount"] == ["123456789012"] and conditions["kms:ViaService"]

    def test_administration_neither_reads_nor_grants(self) -> None:
        actions = statements(model()["kms_key/home"].attributes["policy"])["AccountAdministersTheKey"]["Action"]
        use = ("kms:*", "kms:Create*", "kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:Generate", "kms:ReEncrypt")
        assert not [action for action in actions if action.startswith(use)]
        assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"} <= set(actions)

    def test_no_principal_is_everybody(self) -> None:
        for key in ("kms_key/home", "kms_key/replica"):
            for statement in model()[key].attributes["policy"]["Statement"]:
                assert "*" not in [name for names in statement["Principal"].values() for name in names]

    def test_services_use_it_under_their_own_names_with_conditions(self) -> None:
        for sid, statement in statements(model()["kms_key/home"].attributes["policy"]).items():
            if "Service" in statement["Principal"]:
                assert statement["Condition"], sid

    def test_log_groups_of_this_region_and_account_only(self) -> None:
        logs = statements(model()["kms_key/home"].attributes["policy"])["LogsEncryptsLogGroups"]
        assert logs["Principal"] == {"Service": ["logs.us-east-1.amazonaws.com"]}
        assert logs["Condition"] == {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": ["arn:aws:logs:us-east-1:123456789012:log-group:*"]}
        }

    def test_auto_scaling_is_named_directly_since_its_role_has_no_permission_of_its_own(self) -> None:
        found = statements(model()["kms_key/home"].attributes["policy"])
        role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        assert found["AutoScalingUsesTheKey"]["Principal"] == {"AWS": [role]}
        assert found["AutoScalingHoldsGrants"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": ["true"]}}

    def test_the_replica_key_is_used_in_its_own_region_for_copies_only(self) -> None:
        found = statements(model()["kms_key/replica"].attributes["policy"])
        assert set(found) == {"AccountAdministersTheKey", "AccountUsesTheKeyThroughServices"}
        via = found["AccountUsesTheKeyThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
        assert via == ["s3.us-west-2.amazonaws.com"]

    def test_statements_of_the_inventory_are_added(self) -> None:
        trail = {
            "Sid": "Trail",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "kms:Encrypt",
        }
        assert "Trail" in statements(model(policy_statements=[trail])["kms_key/home"].attributes["policy"])


class TestRoles:
    @pytest.mark.parametrize(("name", "statement"), list(role_policies()))
    def test_every_statement_names_arns(self, name: str, statement: Any) -> None:
        assert "*" not in statement["Resource"], name

    @pytest.mark.parametrize(("name", "statement"), list(role_policies()))
    def test_keys_are_used_through_a_service_only(self, name: str, statement: Any) -> None:
        if any(action.startswith("kms:") for action in statement["Action"]):
            assert statement["Condition"]["StringEquals"]["kms:ViaService"], name

    def test_instances_read_and_write_their_buckets_only(self) -> None:
        found = statements(model()["iam_role/instance"].attributes["policies"]["buckets"])
        bucket = "arn:aws:s3:::acme-prod-{}-us-east-1-123456789012"
        assert found["ReadObjects"]["Resource"] == [bucket.format("assets") + "/*"]
        assert found["WriteObjects"]["Resource"] == [bucket.format("logs") + "/instances/*"]
        assert "s3:DeleteObject" not in json.dumps(found)

    def test_instances_without_buckets_have_no_policy_of_their_own(self) -> None:
        role = model(read_buckets=[], write_buckets=[])["iam_role/instance"]
        assert role.attributes["policies"] == {}
        assert [arn.rsplit("/", 1)[1] for arn in role.attributes["managed_policies"]] == [
            "AmazonSSMManagedInstanceCore",
            "CloudWatchAgentServerPolicy",
        ]

    def test_replication_decrypts_with_one_key_and_encrypts_with_the_other(self) -> None:
        found = statements(model()["iam_role/replication"].attributes["policies"]["replication"])
        assert found["Decrypt"]["Resource"] == ["kms_key/home"]
        assert found["Encrypt"]["Resource"] == ["kms_key/replica"]
        replica = "arn:aws:s3:::acme-prod-assets-us-west-2-123456789012"
        assert found["WriteReplicas"]["Resource"] == [f"{replica}/*"]
        assert found["Encrypt"]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] == [
            replica,
            f"{replica}/*",
        ]

    @pytest.mark.parametrize("role", ["flow_logs", "rds_monitoring"])
    def test_services_assume_a_role_for_this_account_only(self, role: str) -> None:
        [statement] = model()[f"iam_role/{role}"].attributes["trust"]["Statement"]
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ["123456789012"]}
        [source] = statement["Condition"]["ArnLike"]["aws:SourceArn"]
        assert ":us-east-1:123456789012:" in source

    def test_partitions_have_names_of_their_own(self) -> None:
        china = model(replace(STACK, region="cn-north-1", partition="aws-cn", replica_region=None))
        [trust] = china["iam_role/instance"].attributes["trust"]["Statement"]
        assert trust["Principal"] == {"Service": ["ec2.amazonaws.com.cn"]}
        logs = statements(china["kms_key/home"].attributes["policy"])["LogsEncryptsLogGroups"]
        assert logs["Principal"] == {"Service": ["logs.cn-north-1.amazonaws.com.cn"]}
        assert all(
            arn.startswith("arn:aws-cn:iam::aws:") for arn in china["iam_role/instance"].attributes["managed_policies"]
        )
