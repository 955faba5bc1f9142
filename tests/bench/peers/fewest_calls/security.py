# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Key, roles with their policies, secret."""

from __future__ import annotations

import json
import secrets
from functools import partial
from typing import Any

from tests.bench.peers.fewest_calls.environment import HOME, Environment, allow, trust
from tests.bench.peers.fewest_calls.steps import Action, Steps

ROLES = {"app": "ec2", "flow": "vpc-flow-logs", "rdsmon": "monitoring.rds", "repl": "s3", "backup": "backup"}
MANAGED = {
    "rdsmon": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    "backup": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
}
OWN = ("app", "flow", "repl")
LAST_USE = {"app": "profile", "flow": "flow", "repl": "s3", "rdsmon": "rds", "backup": "plan"}
WRITING_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]


class Security:
    def __init__(self, environment: Environment) -> None:
        self._env = environment
        self._ids = environment.ids

    @property
    def _iam(self) -> Any:
        return self._env.aws("iam")

    def build(self, steps: Steps) -> None:
        steps.add("kms", self._make_key)
        for role in ROLES:
            steps.add(f"role-{role}", partial(self._make_role, role))
        needs = {"app": ("role-app", "secret", "kms"), "flow": ("role-flow",), "repl": ("role-repl",)}
        for role in OWN:
            steps.add(f"policy-{role}", partial(self._write_policy, role), needs=needs[role])
        for role in MANAGED:
            steps.add(f"policy-{role}", partial(self._attach_policy, role), needs=(f"role-{role}",))
        steps.add("profile", self._make_profile, needs=("role-app",))
        steps.add("secret", self._make_secret, needs=("kms",))

    def checks(self) -> dict[str, Action]:
        kms, iam, vault, ids = self._env.aws("kms"), self._iam, self._env.aws("secretsmanager"), self._ids
        name, key = self._env.name, {"KeyId": ids["kms"]}
        found: dict[str, Action] = {
            "kms": lambda: kms.describe_key(**key)["KeyMetadata"]["Enabled"],
            "rotation": lambda: kms.get_key_rotation_status(**key)["KeyRotationEnabled"],
            "alias": lambda: kms.list_aliases(**key)["Aliases"][0]["AliasName"] == f"alias/{name}",
            "profile": lambda: (
                iam.get_instance_profile(InstanceProfileName=f"{name}-app")["InstanceProfile"]["Roles"][0]["RoleName"]
                == f"{name}-app"
            ),
            "secret": lambda: vault.describe_secret(SecretId=ids["secret"])["Name"] == f"{name}/db",
            "value": lambda: "admin" in vault.get_secret_value(SecretId=ids["secret"])["SecretString"],
        }
        found |= {f"role-{role}": partial(self._role_stands, role) for role in ROLES}
        found |= {f"policy-{role}": partial(self._policy_stands, role) for role in ROLES}
        return found

    def remove(self, steps: Steps) -> None:
        kms, ids = self._env.aws("kms"), self._ids
        steps.add("profile", self._remove_profile, needs=("lt-blue", "lt-green"))
        for role, use in LAST_USE.items():
            steps.add(f"role-{role}", partial(self._remove_role, role), needs=(use,))
        steps.add(
            "secret",
            lambda: self._env.aws("secretsmanager").delete_secret(
                SecretId=ids["secret"], ForceDeleteWithoutRecovery=True
            ),
        )
        steps.add(
            "kms",
            lambda: kms.delete_alias(AliasName=f"alias/{self._env.name}"),
            lambda: kms.schedule_key_deletion(KeyId=ids["kms"], PendingWindowInDays=7),
            needs=("rds", "s3", "secret", "vault"),
        )

    def _name(self, role: str) -> str:
        return f"{self._env.name}-{role}"

    def _make_key(self) -> None:
        kms = self._env.aws("kms")
        tags = [{"TagKey": key, "TagValue": value} for key, value in self._env.tag_map.items()]
        made = kms.create_key(Description=f"{self._env.name} data", Tags=tags)["KeyMetadata"]
        self._ids |= {"kms": made["KeyId"], "kms-arn": made["Arn"]}
        kms.enable_key_rotation(KeyId=made["KeyId"])
        kms.create_alias(AliasName=f"alias/{self._env.name}", TargetKeyId=made["KeyId"])

    def _make_role(self, role: str) -> None:
        made = self._iam.create_role(
            RoleName=self._name(role), AssumeRolePolicyDocument=trust(ROLES[role]), Tags=self._env.tags
        )
        self._ids[f"role-{role}"] = made["Role"]["Arn"]

    def _write_policy(self, role: str) -> None:
        policy = allow(*self._statements(role))
        self._iam.put_role_policy(RoleName=self._name(role), PolicyName=role, PolicyDocument=policy)

    def _statements(self, role: str) -> list[tuple[list[str], str]]:
        name, account = self._env.name, self._ids[f"role-{role}"].split(":")[4]
        data, replica = (f"arn:aws:s3:::{name}-{what}-peers" for what in ("data", "replica"))
        if role == "app":
            return [
                (["secretsmanager:GetSecretValue"], self._ids["secret"]),
                (["s3:GetObject", "s3:PutObject"], f"{data}/*"),
                (["kms:Decrypt", "kms:GenerateDataKey"], self._ids["kms-arn"]),
            ]
        if role == "flow":
            return [(WRITING_LOGS, f"arn:aws:logs:{HOME}:{account}:log-group:/{name}/vpc-flow:*")]
        return [
            (["s3:GetReplicationConfiguration", "s3:ListBucket"], data),
            (["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"], f"{data}/*"),
            (["s3:ReplicateObject", "s3:ReplicateDelete"], f"{replica}/*"),
        ]

    def _attach_policy(self, role: str) -> None:
        self._iam.attach_role_policy(RoleName=self._name(role), PolicyArn=MANAGED[role])

    def _make_profile(self) -> None:
        name = self._name("app")
        self._iam.create_instance_profile(InstanceProfileName=name, Tags=self._env.tags)
        self._iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

    def _make_secret(self) -> None:
        made = self._env.aws("secretsmanager").create_secret(
            Name=f"{self._env.name}/db",
            KmsKeyId=self._ids["kms-arn"],
            SecretString=json.dumps({"username": "admin", "password": secrets.token_urlsafe(24)}),
            Tags=self._env.tags,
        )
        self._ids["secret"] = made["ARN"]

    def _role_stands(self, role: str) -> bool:
        found: str = self._iam.get_role(RoleName=self._name(role))["Role"]["Arn"]
        return found == self._ids[f"role-{role}"]

    def _policy_stands(self, role: str) -> bool:
        if role in OWN:
            return bool(self._iam.get_role_policy(RoleName=self._name(role), PolicyName=role)["PolicyDocument"])
        return len(self._iam.list_attached_role_policies(RoleName=self._name(role))["AttachedPolicies"]) == 1

    def _remove_profile(self) -> None:
        name = self._name("app")
        self._iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
        self._iam.delete_instance_profile(InstanceProfileName=name)

    def _remove_role(self, role: str) -> None:
        name = self._name(role)
        if role in OWN:
            self._iam.delete_role_policy(RoleName=name, PolicyName=role)
        else:
            self._iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED[role])
        self._iam.delete_role(RoleName=name)
