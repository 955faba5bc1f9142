# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stacks whose database comes from somewhere: built, built again, asked for something else, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud.testing import daemon
from tests.integration.conftest import REMOVABLE, hired
from tests.integration.runs import Controller

LAYERS = ("--tags", "keys,zone,vpc,security,database")
NAME = "acme-prod-database"
# Named like the stack, because the policies of the example allow to take snapshots of nothing else.
SOURCE = "acme-prod-legacy"
SOON = {"Delay": 1, "MaxAttempts": 300}
FRIDAY = "arn:aws:rds:us-east-1:123456789012:snapshot:friday"
FROM_FRIDAY = {"database_source": "snapshot", "database_restore": {"snapshot": "friday"}}
FROM_SOURCE = {"database_source": "instance", "database_restore": {"database": SOURCE}}


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """On a cloud of its own, with a database of long ago: one zone, unencrypted, without backups worth the name."""
    with daemon() as cloud:
        controller = Controller(cloud, tmp_path, variables={**REMOVABLE, **hired(cloud)})
        controller.aws("rds").create_db_instance(
            DBInstanceIdentifier=SOURCE,
            Engine="mysql",
            EngineVersion="8.4.5",
            DBInstanceClass="db.m5.large",
            AllocatedStorage=100,
            DBName="shop",
            MasterUsername="dbadmin",
            MasterUserPassword="of-long-ago",
        )
        controller.aws("rds").get_waiter("db_instance_available").wait(DBInstanceIdentifier=SOURCE, WaiterConfig=SOON)
        yield controller


def instance(controller: Controller) -> Any:
    (found,) = controller.aws("rds").describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"]
    return found


def snapshots(controller: Controller) -> set[str]:
    found = controller.aws("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return {item["DBSnapshotIdentifier"] for item in found}


def built(controller: Controller, **variables: Any) -> Any:
    """The stack after a run that made it, and one that found nothing to do."""
    controller.run("site.yml", *LAYERS, **variables).expect()
    again = controller.run("site.yml", *LAYERS, **variables).expect()
    assert again.changed() == 0, again.output[-3000:]
    return controller.outputs()["database"]


def as_asked(controller: Controller) -> None:
    """What RDS would have restored otherwise."""
    found = instance(controller)
    assert found["DBName"] == "shop"
    assert found["MultiAZ"] is found["StorageEncrypted"] is found["CopyTagsToSnapshot"] is True
    assert (found["DBInstanceClass"], found["BackupRetentionPeriod"]) == ("db.m7g.large", 30)
    assert found["MonitoringInterval"] == 60
    assert found["EnabledCloudwatchLogsExports"] == ["error", "slowquery"]
    assert found["MasterUserSecret"]["SecretStatus"] == "active"
    assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "acme-prod-mysql8-4"


def test_from_a_snapshot(controller: Controller) -> None:
    rds = controller.aws("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier="friday", DBInstanceIdentifier=SOURCE)
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="friday", WaiterConfig=SOON)
    plan = controller.plan(*LAYERS, "-e", '{"database_source": "snapshot", "database_restore": {"snapshot": "friday"}}')
    (planned,) = [one for one in plan["layers"]["database"]["plan"] if one["type"] == "db_instance"]
    assert planned["attributes"]["restored_from"]["after"] == {"snapshot": "friday"}

    assert built(controller, **FROM_FRIDAY)["restored_from"] == FRIDAY
    as_asked(controller)
    assert snapshots(controller) == {"friday"}, "copies on the way are gone"

    before = controller.cloud.mark()
    other = {**FROM_FRIDAY, "database_restore": {"snapshot": "monday"}}
    refused = " ".join(controller.run("site.yml", *LAYERS, **other).expect(2).output.split())
    assert f"{NAME} is there and came from {FRIDAY}" in refused
    assert controller.cloud.calls(since=before, access="write") == []

    resized = controller.run("site.yml", *LAYERS, **FROM_FRIDAY, database_backup_retention=14).expect()
    assert resized.changed() > 0, "it is changed like any other"
    assert instance(controller)["BackupRetentionPeriod"] == 14

    controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod", **FROM_FRIDAY).expect()
    (final,) = snapshots(controller) - {"friday"}
    assert final.startswith(f"{NAME}-final-")


def test_from_a_running_instance_by_a_run_that_dies_on_the_way(controller: Controller) -> None:
    taken = f"{NAME}-from-{SOURCE}"
    begun = controller.cloud.mark()

    def is_restored() -> bool:
        calls = controller.cloud.calls(since=begun, access="write")
        return any(call["operation"].startswith("RestoreDBInstance") for call in calls)

    assert controller.lost("site.yml", is_restored, **FROM_SOURCE)
    assert built(controller, **FROM_SOURCE)["restored_from"].endswith(f":snapshot:{taken}")
    as_asked(controller)
    assert snapshots(controller) == {taken}
    restored = [call for call in controller.cloud.calls(since=begun) if call["operation"].startswith("RestoreDB")]
    assert len(restored) == 1

    gone = controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod", **FROM_SOURCE).expect()
    assert f"{taken}  snapshot of {SOURCE}, kept until somebody deletes it" in gone.output
    before = controller.cloud.mark()
    stale = controller.run("site.yml", *LAYERS, **FROM_SOURCE).expect(2)
    assert "there is a snapshot of this name already" in " ".join(stale.output.split())
    assert controller.cloud.calls(since=before, access="write") == []
    fresh = {**FROM_SOURCE, "database_restore": {"database": SOURCE, "take": f"{taken}-2"}}
    controller.run("site.yml", *LAYERS, **fresh).expect()
    assert snapshots(controller) >= {taken, f"{taken}-2"}
