# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An upgrade of a stack's database by its playbook, a run for each step, while states last as long as they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud.testing import daemon
from tests.integration.conftest import REMOVABLE, hired
from tests.integration.runs import Controller, Run

DATABASE = "acme-prod-database"
LAYERS = ("--tags", "keys,zone,vpc,security,database")
BEFORE = {"database_engine_version": "8.0"}
AFTER = {"database_engine_version": "8.4", "database_parameters": {"event_scheduler": "OFF", "binlog_format": "ROW"}}
UPGRADE = "playbooks/upgrade_database.yml"


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """The network and the database of `prod`, of an old version, with a password that RDS does not manage."""
    with daemon() as cloud:
        made = Controller(cloud, Path(tmp_path_factory.mktemp("upgrade")), variables={**REMOVABLE, **hired(cloud)})
        made.run("site.yml", *LAYERS, **BEFORE).expect()
        made.aws("rds").modify_db_instance(
            DBInstanceIdentifier=DATABASE,
            ManageMasterUserPassword=False,
            MasterUserPassword="correct-horse-battery",
            ApplyImmediately=True,
        )
        yield made


def instances(controller: Controller) -> dict[str, dict[str, Any]]:
    found = controller.aws("rds").describe_db_instances()["DBInstances"]
    return {re.sub("-green-.*", "-green", one["DBInstanceIdentifier"]): one for one in found}


def deployment(controller: Controller) -> str:
    """The identifier of the only one."""
    (found,) = controller.aws("rds").describe_blue_green_deployments()["BlueGreenDeployments"]
    return str(found["BlueGreenDeploymentIdentifier"])


def step(controller: Controller, name: str, **variables: Any) -> Run:
    return controller.run(UPGRADE, **AFTER, upgrade_step=name, **variables)


def test_the_database_of_a_stack(controller: Controller) -> None:
    before = instances(controller)[DATABASE]
    alive = controller.lost(UPGRADE, lambda: f"{DATABASE}-green" in instances(controller), **AFTER)
    assert alive, "the run was to die while the copy was being made"
    begun = deployment(controller)

    created = step(controller, "create").expect()
    assert set(instances(controller)) == {DATABASE, f"{DATABASE}-green"}
    assert "PROVISIONING" in created.output or "AVAILABLE" in created.output
    assert controller.run(UPGRADE, **AFTER).expect().changed() == 0, "the copy is there"
    assert deployment(controller) == begun, "the killed run's deployment is gone on with"

    mark = controller.cloud.mark()
    step(controller, "check").expect()
    made = {call["operation"] for call in controller.cloud.calls(since=mark)}
    assert "DescribeBlueGreenDeployments" in made and "SwitchoverBlueGreenDeployment" not in made
    assert step(controller, "clean_up").expect(rc=2).output.count("has not been switched over") >= 1

    switched = step(controller, "switch").expect()
    assert f"switch {DATABASE}-upgrade over" in switched.output
    now = instances(controller)
    assert set(now) == {DATABASE, f"{DATABASE}-old1"}
    assert now[DATABASE]["EngineVersion"].startswith("8.4.")
    assert now[DATABASE]["Endpoint"]["Address"] == before["Endpoint"]["Address"]
    assert now[f"{DATABASE}-old1"]["DbiResourceId"] == before["DbiResourceId"]

    step(controller, "clean_up", upgrade_delete_old=[f"{DATABASE}-old1"]).expect()
    assert set(instances(controller)) == {DATABASE}
    kept = controller.aws("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [one["DBSnapshotIdentifier"][:-9] for one in kept] == [f"{DATABASE}-old1-final"]
    assert controller.aws("rds").describe_blue_green_deployments()["BlueGreenDeployments"] == []

    document = controller.run("site.yml", *LAYERS, **AFTER).expect()
    assert "correct-horse-battery" not in "".join((created.output, switched.output, document.output))
    again = controller.run("site.yml", *LAYERS, **AFTER).expect()
    assert again.changed() == 0, "the inventory is what the upgrade has made"
    assert instances(controller)[DATABASE]["MasterUserSecret"]["SecretStatus"] == "active"
