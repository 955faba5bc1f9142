# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys and roles as they are read from AWS: finished, half built, edited by hand, gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.ids import with_ids
from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Model, Reality, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.keys import ROLES, keys_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.keys import keys_outputs, read_keys
from local_cloud.testing import LocalCloud

CONFIG: dict[str, Any] = {
    "services": ["rds", "s3"],
    "replica_services": ["s3"],
    "policy_statements": [],
    "roles": list(ROLES),
    "read_buckets": ["assets"],
    "write_buckets": ["logs"],
    "replicated_buckets": ["assets"],
}
_numbers = count(1)


@pytest.fixture
def stack() -> Stack:
    """One that this test alone has."""
    number = next(_numbers)
    return Stack(
        "acme", f"t{number}", "us-east-1", "123456789012", replica_region="us-west-2", tags={"CostCenter": "web"}
    )


def pairs(tags: dict[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


class Builder:
    """Makes the model's resources by plain calls, as the role's modules would."""

    def __init__(self, cloud: LocalCloud, stack: Stack) -> None:
        self.cloud, self.iam = cloud, cloud.client("iam")
        self.model: Model = keys_model(stack, CONFIG)  # type: ignore[arg-type]
        self.ids: dict[str, str] = {}

    def build(self, *types: str) -> None:
        for resource in self.model.values():
            if not types or resource.type in types:
                attributes: dict[str, Any] = dict(resource.attributes)
                getattr(self, f"_{resource.type}")(resource.key, resource.name, attributes)

    def _service_linked_role(self, _key: str, _name: str, attributes: dict[str, Any]) -> None:
        with suppress(self.iam.exceptions.InvalidInputException):  # the account has it from an earlier test
            self.iam.create_service_linked_role(AWSServiceName=attributes["service"])

    def _kms_key(self, key: str, _name: str, attributes: dict[str, Any]) -> None:
        kms = self.cloud.client("kms", attributes["region"])
        made = kms.create_key(
            Description=attributes["description"],
            Policy=json.dumps(attributes["policy"]),
            Tags=pairs(attributes["tags"], "TagKey", "TagValue"),
        )
        self.ids[key] = made["KeyMetadata"]["Arn"]
        kms.enable_key_rotation(KeyId=self.ids[key])

    def _kms_alias(self, _key: str, name: str, attributes: dict[str, Any]) -> None:
        kms = self.cloud.client("kms", attributes["region"])
        kms.create_alias(AliasName=name, TargetKeyId=self.ids[attributes["key"]])

    def _iam_role(self, key: str, name: str, attributes: dict[str, Any]) -> None:
        self.iam.create_role(
            RoleName=name,
            Description=attributes["description"],
            AssumeRolePolicyDocument=json.dumps(attributes["trust"]),
            Tags=pairs(attributes["tags"]),
        )
        for policy, text in with_ids(attributes["policies"], self.ids).items():
            self.iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(text))
        for arn in attributes["managed_policies"]:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        self.ids[key] = name

    def _instance_profile(self, _key: str, name: str, attributes: dict[str, Any]) -> None:
        self.iam.create_instance_profile(InstanceProfileName=name, Tags=pairs(attributes["tags"]))
        self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=self.ids[attributes["role"]])


@pytest.fixture
def built(cloud: LocalCloud, stack: Stack) -> Builder:
    builder = Builder(cloud, stack)
    builder.build()
    return builder


def read(cloud: LocalCloud, stack: Stack, *, by_name: bool = False) -> Reality:
    wanted = None if by_name else keys_model(stack, CONFIG)  # type: ignore[arg-type]
    return read_keys(Context(stack, cloud.client, LAYERS["keys"].expected(wanted or {})))


def plan(cloud: LocalCloud, stack: Stack) -> Plan:
    return compare(keys_model(stack, CONFIG), read(cloud, stack))  # type: ignore[arg-type]


def paths(cloud: LocalCloud, stack: Stack) -> list[str]:
    return [f"{change.key} {d.path}" for change in plan(cloud, stack).changes for d in change.differences]


@pytest.mark.usefixtures("built")
class TestFinished:
    def test_it_equals_the_model(self, cloud: LocalCloud, stack: Stack) -> None:
        assert plan(cloud, stack) == Plan()

    def test_by_name_alone_it_shows_what_a_destroy_has_to_remove(self, cloud: LocalCloud, stack: Stack) -> None:
        model = keys_model(stack, CONFIG)  # type: ignore[arg-type]
        assert set(read(cloud, stack, by_name=True)) == set(model) - {"service_linked_role/autoscaling"}

    def test_another_stack_sees_nothing_of_it(self, cloud: LocalCloud, stack: Stack) -> None:
        neighbour = replace(stack, environment=f"{stack.environment}-b")
        Builder(cloud, neighbour).build()
        assert plan(cloud, stack) == Plan()
        assert {f.name for f in read(cloud, stack, by_name=True).values()}.isdisjoint(
            f.name for f in read(cloud, neighbour, by_name=True).values()
        )

    def test_outputs(self, cloud: LocalCloud, stack: Stack, built: Builder) -> None:
        outputs: Any = keys_outputs(read(cloud, stack))
        assert outputs["key_arn"] == built.ids["kms_key/home"]
        assert outputs["key_arn"].endswith(outputs["key_id"])
        assert ":us-west-2:" in outputs["replica_key_arn"]
        assert outputs["key_alias"] == f"alias/{stack.name}"
        assert {what: role["name"] for what, role in outputs["roles"].items()} == {
            what: f"{stack.name}-{what.replace('_', '-')}-us-east-1" for what in ROLES
        }
        assert outputs["instance_profile_name"] == outputs["roles"]["instance"]["name"]


def test_outputs_of_nothing_have_the_same_shape() -> None:
    nothing: Any = keys_outputs({})
    assert nothing["key_arn"] is None and nothing["roles"]["instance"] == {"name": None, "arn": None}


Hand = Callable[[LocalCloud, Stack, dict[str, str]], Any]


def edits() -> list[Any]:
    def kms(cloud: LocalCloud) -> Any:
        return cloud.client("kms")

    def iam(cloud: LocalCloud) -> Any:
        return cloud.client("iam")

    def name(stack: Stack, what: str) -> str:
        return f"{stack.name}-{what}-us-east-1"

    everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    anybody = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    ours = '{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"}'
    opened = f'{{"Version":"2012-10-17","Statement":[{ours}]}}'
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    hands: dict[str, tuple[Hand, str]] = {
        "rotation": (lambda c, s, i: kms(c).disable_key_rotation(KeyId=i["kms_key/home"]), "kms_key/home rotation"),
        "disabled": (lambda c, s, i: kms(c).disable_key(KeyId=i["kms_key/home"]), "kms_key/home state"),
        "doomed": (lambda c, s, i: kms(c).schedule_key_deletion(KeyId=i["kms_key/home"]), "kms_key/home state"),
        "key policy": (
            lambda c, s, i: kms(c).put_key_policy(KeyId=i["kms_key/home"], PolicyName="default", Policy=opened),
            "kms_key/home policy",
        ),
        "key tag": (
            lambda c, s, i: kms(c).untag_resource(KeyId=i["kms_key/home"], TagKeys=["CostCenter"]),
            "kms_key/home tags.CostCenter",
        ),
        "alias": (
            lambda c, s, i: kms(c).update_alias(
                AliasName=f"alias/{s.name}", TargetKeyId=kms(c).create_key()["KeyMetadata"]["KeyId"]
            ),
            "kms_alias/home key",
        ),
        "trust": (
            lambda c, s, i: iam(c).update_assume_role_policy(RoleName=name(s, "instance"), PolicyDocument=anybody),
            "iam_role/instance trust",
        ),
        "own policy": (
            lambda c, s, i: iam(c).put_role_policy(
                RoleName=name(s, "replication"), PolicyName="replication", PolicyDocument=everything
            ),
            "iam_role/replication policies",
        ),
        "policy added": (
            lambda c, s, i: iam(c).put_role_policy(
                RoleName=name(s, "instance"), PolicyName="evil", PolicyDocument=everything
            ),
            "iam_role/instance policies",
        ),
        "policy attached": (
            lambda c, s, i: iam(c).attach_role_policy(RoleName=name(s, "flow-logs"), PolicyArn=admin),
            "iam_role/flow_logs managed_policies",
        ),
        "profile": (
            lambda c, s, i: iam(c).remove_role_from_instance_profile(
                InstanceProfileName=name(s, "instance"), RoleName=name(s, "instance")
            ),
            "instance_profile/instance role",
        ),
        "role's stack tag": (
            lambda c, s, i: iam(c).untag_role(RoleName=name(s, "instance"), TagKeys=["cutover:stack"]),
            "iam_role/instance tags.cutover:stack",
        ),
    }
    return [pytest.param(*case, id=label) for label, case in hands.items()]


@pytest.mark.parametrize(("hand", "path"), edits())
def test_what_was_edited_by_hand_shows(cloud: LocalCloud, stack: Stack, built: Builder, hand: Hand, path: str) -> None:
    hand(cloud, stack, built.ids)
    assert path in paths(cloud, stack)
    assert {change.key for change in plan(cloud, stack).changes} == {path.partition(" ")[0]}


def test_a_phase_moved_by_a_migration_is_left_alone(cloud: LocalCloud, stack: Stack, built: Builder) -> None:
    cloud.client("kms").tag_resource(
        KeyId=built.ids["kms_key/home"], Tags=[{"TagKey": "MigrationPhase", "TagValue": "complete"}]
    )
    found = plan(cloud, stack)
    assert (found.changes, [change.key for change in found.left_alone]) == ((), ["kms_key/home"])


class TestHalfBuilt:
    def test_a_key_without_its_alias_is_found_by_its_tags(self, cloud: LocalCloud, stack: Stack) -> None:
        builder = Builder(cloud, stack)
        builder.build("service_linked_role", "kms_key")
        assert read(cloud, stack)["kms_key/home"].id == builder.ids["kms_key/home"]
        missing = {change.key for change in plan(cloud, stack).changes if change.type.startswith("kms_")}
        assert missing == {"kms_alias/home", "kms_alias/replica"}

    def test_a_second_key_is_shown_and_not_taken(self, cloud: LocalCloud, stack: Stack, built: Builder) -> None:
        first = dict(built.ids)
        built.build("kms_key")
        found = plan(cloud, stack)
        assert found.changes == ()
        assert {extra.id for extra in found.unexpected} == {built.ids["kms_key/home"], built.ids["kms_key/replica"]}
        assert read(cloud, stack)["kms_key/home"].id == first["kms_key/home"]

    def test_a_key_that_waits_for_its_deletion_and_has_lost_its_alias_is_gone(
        self, cloud: LocalCloud, stack: Stack, built: Builder
    ) -> None:
        kms = cloud.client("kms")
        kms.schedule_key_deletion(KeyId=built.ids["kms_key/home"])
        kms.delete_alias(AliasName=f"alias/{stack.name}")
        assert {"kms_key/home", "kms_alias/home"}.isdisjoint(read(cloud, stack, by_name=True))
        built.build("kms_key")
        assert read(cloud, stack)["kms_key/home"].id == built.ids["kms_key/home"]

    def test_an_alias_without_a_key_of_ours_is_shown(self, cloud: LocalCloud, stack: Stack) -> None:
        kms = cloud.client("kms")
        theirs = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{stack.name}", TargetKeyId=theirs["KeyId"])
        found = read(cloud, stack)
        assert found["kms_key/home"].id == theirs["Arn"]
        assert found["kms_alias/home"].attributes["key"] == "kms_key/home"

    def test_roles_without_keys_are_read(self, cloud: LocalCloud, stack: Stack) -> None:
        builder = Builder(cloud, stack)
        builder.ids = {
            "kms_key/home": "arn:aws:kms:us-east-1:123456789012:key/gone",
            "kms_key/replica": "arn:aws:kms:us-west-2:123456789012:key/gone",
        }
        builder.build("iam_role")
        assert "iam_role/replication policies" in paths(cloud, stack)
