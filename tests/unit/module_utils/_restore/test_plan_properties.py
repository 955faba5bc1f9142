# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever is asked for and however RDS dawdles, the steps come in order, each once, as calls that botocore takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._restore.asked import Asked
from ansible_collections.cutover.aws.plugins.module_utils._restore.kinds import INSTANCE
from ansible_collections.cutover.aws.plugins.module_utils._restore.plan import (
    Done,
    Place,
    Seen,
    Wait,
    changes_left,
    decide,
    is_complete,
    key_of,
)
from ansible_collections.cutover.aws.plugins.module_utils._restore.requests import Write
from ansible_collections.cutover.aws.plugins.module_utils._restore.route import Hop, Target, route
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import Snapshot
from tests.unit.module_utils._restore.wishes import HERE, OTHER, OWN, snapshots, wish, wishes

BOUND = 60
LAZY = st.lists(st.booleans(), max_size=8)


@cache
def model() -> Any:
    return botocore.session.get_session().get_service_model("rds")


def is_taken_by_botocore(write: Write) -> None:
    """Every parameter is one of the operation's, of the right type, and none that is required is missing."""
    name = "".join(part.capitalize() for part in write.operation.split("_"))
    name = name.replace("Db", "DB")
    shape = model().operation_model(name).input_shape
    assert set(write.request) <= set(shape.members), name
    report = ParamValidator().validate(dict(write.request), shape)
    assert not report.has_errors(), report.generate_report()


class World:
    """An RDS that does what it is told, and takes its time: each True of lazy is a look at which nothing has moved."""

    def __init__(self, asked: Asked, snapshot: Snapshot, lazy: list[bool]) -> None:
        self.asked, self.lazy, self.writes = asked, list(lazy), list[Write]()
        kind = asked.kind
        arn = snapshot.arn.replace(":snapshot:", f":{kind.snapshot_resource}:")
        engine = ("mysql", "8.4.6") if kind is INSTANCE else ("aurora-postgresql", "17.4")
        described = replace(snapshot, arn=arn, engine=engine[0], version=engine[1])
        there = None if asked.source.take or asked.source.time else described
        self.described, self.engine = described, engine
        self.seen = Seen(snapshot=there, source="available")

    def hops(self) -> tuple[Hop, ...]:
        if self.asked.source.time:
            return ()
        foreign = self.described.account != OWN
        target = Target(self.asked.kind, "one", OWN, HERE, self.asked.key, access=foreign, source_key="passing")
        return route(self.described, target)

    def run(self, tried: list[str]) -> None:
        """Until it is done."""
        place = Place(OWN, HERE, self.described.arn)
        for _ in range(BOUND):
            command = decide(self.asked, place, self.hops(), self.seen, tried)
            if isinstance(command, Done):
                return
            if isinstance(command, Write):
                is_taken_by_botocore(command)
                self.writes.append(command)
                tried.append(key_of(command))
                self.carry_out(command)
            elif not (self.lazy and self.lazy.pop()):
                assert isinstance(command, Wait)
                self.pass_time()
        raise AssertionError([write.text for write in self.writes])

    def carry_out(self, write: Write) -> None:
        getattr(self, write.step)(write)

    def take(self, _write: Write) -> None:
        self.seen = replace(self.seen, snapshot=replace(self.described, status="creating"))

    def snapshot_of(self, name: str) -> Snapshot:
        """The one that a call names, which has to be there, ready, and ours or shared with us."""
        known = [self.seen.snapshot, *self.seen.copies.values()]
        found = next(
            one for one in known if one and name in (one.arn, one.name) and (one.arn == name or one.account == OWN)
        )
        assert found.ready
        return found

    def copy(self, write: Write) -> None:
        before = self.snapshot_of(write.request[f"Source{self.asked.kind.snapshot}Identifier"])
        assert write.scope.account == "source" or before.account == OWN or OWN in self.seen.shared
        assert not before.encrypted or before.region == write.scope.region or write.request["KmsKeyId"]
        account = OWN if write.scope.account == "own" else OTHER
        arn = f"arn:aws:rds:{write.scope.region}:{account}:{self.asked.kind.snapshot_resource}:{write.name}"
        key = write.request.get("KmsKeyId")
        made = replace(self.described, name=write.name, arn=arn, status="creating", key_arn=key, encrypted=bool(key))
        self.seen = replace(self.seen, copies={**self.seen.copies, write.scope: made})

    def share(self, write: Write) -> None:
        self.seen = replace(self.seen, shared=frozenset(write.request["ValuesToAdd"]))

    def restore(self, write: Write) -> None:
        kind = self.asked.kind
        named = write.request.get("DBSnapshotIdentifier") or write.request.get("SnapshotIdentifier")
        last = self.snapshot_of(named) if named else None
        assert last is None or last.account == OWN or OWN in self.seen.shared
        assert last is None or kind is not INSTANCE or last.key_arn == self.asked.key
        item = {
            **plain_item(self.asked, self.engine),
            kind.status: "creating",
            kind.arn: f"arn:{kind.resource}:one",
            kind.resource_id: "id-1",
            "TagList": write.request["Tags"],
        }
        self.seen = replace(self.seen, database=item)

    def member(self, write: Write) -> None:
        item = {**plain_item(wish(), self.engine), "DBInstanceStatus": "creating", **member_item(write.request)}
        self.seen = replace(self.seen, members={**self.seen.members, write.name: item})

    def modify(self, write: Write) -> None:
        assert self.seen.database is not None
        if write.request.get("ManageMasterUserPassword"):
            secret = {"SecretStatus": "creating", "KmsKeyId": write.request["MasterUserSecretKmsKeyId"]}
            self.change({"MasterUserSecret": secret, self.asked.kind.status: "modifying"})
        if "MaxAllocatedStorage" in write.request:
            self.change({"MaxAllocatedStorage": write.request["MaxAllocatedStorage"]})

    def password(self, _write: Write) -> None:
        self.change({self.asked.kind.status: "resetting-master-credentials"})

    def tag(self, write: Write) -> None:
        assert self.seen.database is not None
        self.change({"TagList": [*self.seen.database["TagList"], *write.request["Tags"]]})

    def remove(self, write: Write) -> None:
        copies = {scope: one for scope, one in self.seen.copies.items() if scope != write.scope}
        self.seen = replace(self.seen, copies=copies)

    def change(self, values: dict[str, Any]) -> None:
        self.seen = replace(self.seen, database={**(self.seen.database or {}), **values})

    def pass_time(self) -> None:
        """What is under way comes to its end."""
        if self.seen.snapshot:
            self.seen = replace(self.seen, snapshot=replace(self.seen.snapshot, status="available"))
        ready = {scope: replace(one, status="available") for scope, one in self.seen.copies.items()}
        members = {name: {**item, "DBInstanceStatus": "available"} for name, item in self.seen.members.items()}
        self.seen = replace(self.seen, copies=ready, members=members)
        if self.seen.database:
            secret = self.seen.database.get("MasterUserSecret")
            active = {"MasterUserSecret": {**secret, "SecretStatus": "active"}} if secret else {}
            self.change({self.asked.kind.status: "available", **active})


def plain_item(asked: Asked, engine: tuple[str, str]) -> dict[str, Any]:
    """A restored database that has all that the restoring call has set, and nothing else."""
    wanted = asked.wanted
    scale = wanted.get("serverless")
    return {
        "DBInstanceIdentifier": "one",
        "DBClusterIdentifier": "one",
        "Engine": engine[0],
        "EngineVersion": engine[1],
        "StorageEncrypted": True,
        "KmsKeyId": asked.key,
        "DBInstanceClass": wanted.get("instance_class"),
        "StorageType": wanted.get("storage_type"),
        "AllocatedStorage": wanted.get("allocated_storage", 100),
        "Iops": wanted.get("iops"),
        "MultiAZ": wanted.get("multi_az"),
        "DBSubnetGroup": {"DBSubnetGroupName": "one"} if asked.kind is INSTANCE else "one",
        "DBParameterGroups": [{"DBParameterGroupName": "one"}],
        "DBClusterParameterGroup": "one",
        "OptionGroupMemberships": [{"OptionGroupName": wanted.get("option_group")}],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "DeletionProtection": wanted["deletion_protection"],
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "CopyTagsToSnapshot": wanted["copy_tags_to_snapshot"],
        "AutoMinorVersionUpgrade": True,
        "IAMDatabaseAuthenticationEnabled": wanted["iam_authentication"],
        "EnabledCloudwatchLogsExports": wanted["log_exports"],
        "PerformanceInsightsEnabled": wanted.get("performance_insights", False),
        "ServerlessV2ScalingConfiguration": (
            {"MinCapacity": scale["min_capacity"], "MaxCapacity": scale["max_capacity"]}
            if isinstance(scale, dict)
            else None
        ),
    }


def member_item(request: Any) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": request["DBInstanceIdentifier"],
        "DBInstanceClass": request["DBInstanceClass"],
        "PerformanceInsightsEnabled": request["EnablePerformanceInsights"],
        "PubliclyAccessible": request["PubliclyAccessible"],
    }


@given(wishes(), snapshots(), LAZY)
def test_it_comes_to_its_end_and_makes_nothing_twice(asked: Asked, snapshot: Snapshot, lazy: list[bool]) -> None:
    world = World(asked, snapshot, lazy)
    world.run([])
    assert world.seen.database is not None and is_complete(world.seen.database)
    for one in ("one", *(member.identifier for member in asked.members)):
        item = world.seen.members.get(one, world.seen.database)
        assert not changes_left(asked, one, item)
    made = Counter((write.operation, write.scope, write.name) for write in world.writes if write.step != "modify")
    assert [what for what, times in made.items() if times > 1 and what[0] != "add_tags_to_resource"] == []
    if not asked.keep_copies:
        assert world.seen.copies == {}


@given(wishes(), snapshots(), LAZY, st.integers(0, 30))
def test_a_run_that_dies_is_gone_on_with(asked: Asked, snapshot: Snapshot, lazy: list[bool], at: int) -> None:
    """decide() knows no more than what AWS shows; what was sent before is forgotten, and sent once more at most."""
    undisturbed, world = World(asked, snapshot, lazy), World(asked, snapshot, lazy)
    undisturbed.run([])

    class Died(Exception):
        pass

    original = world.carry_out

    def dies(write: Write) -> None:
        original(write)
        if len(world.writes) == at + 1:
            raise Died

    world.carry_out = dies  # type: ignore[method-assign]
    try:
        world.run([])
    except Died:
        world.carry_out = original  # type: ignore[method-assign]
        world.run([])
    assert world.seen == undisturbed.seen
    extra = Counter(w.step for w in world.writes) - Counter(w.step for w in undisturbed.writes)
    assert set(extra) <= {"password"}


@given(wishes(), snapshots(), LAZY)
def test_nothing_is_written_before_what_it_stands_on(asked: Asked, snapshot: Snapshot, lazy: list[bool]) -> None:
    order = ["take", "copy", "share", "restore", "member", "modify", "password", "remove", "tag"]
    world = World(asked, snapshot, lazy)
    world.run([])
    steps = [write.step for write in world.writes]
    assert steps[-1] == "tag"
    last = steps.index("restore")
    assert set(steps[:last]) <= {"take", "copy", "share"} and not set(steps[last:]) & {"take", "copy", "share"}
    if "member" in steps:
        assert steps.index("member") == last + 1
    if "remove" in steps:
        assert steps.index("remove") > max(steps.index(step) for step in order[3:5] if step in steps)
