# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Blue/green deployments: what RDS refuses, the states of a deployment in time, and the swap of the names.

moto has every state passed at once, checks nothing, forgets replicas, and deletes whatever it is asked to. Sources: the
RDS user guide, "Limitations and considerations for Amazon RDS blue/green deployments", "Creating ...", "Switching ..."
and "Deleting a blue/green deployment", and botocore's rds model. Durations are experience; a large database takes
hours.
"""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.cloudwatch.metrics import stores
from local_cloud.services.rds import copies
from local_cloud.services.rds.catalogue import ENGINES
from local_cloud.services.rds.deployment import (
    AVAILABLE,
    COMPLETED,
    DELETING,
    INVALID,
    PROVISIONING,
    SWITCHING,
    Deployment,
    Pair,
    deployments,
)
from local_cloud.services.rds.offers import upgrades
from local_cloud.watching.store import Metric

NOT_FOUND = 404
MINUTES_TO_PROVISION, MINUTES_TO_DELETE = 30.0, 5.0
TIMEOUTS = range(30, 3601)
DEFAULT_TIMEOUT = 300
MINUTE = 60
GREEN_LETTERS = string.ascii_lowercase + string.digits
REPLICA_LAG, SLOT_LAG = "ReplicaLag", "OldestReplicationSlotLag"
LOOKING = ("DescribeBlueGreenDeployments", "DescribeDBInstances", "DescribeEvents")
CHANGING = (
    "CreateBlueGreenDeployment",
    "CreateDBInstance",
    "CreateDBSnapshot",
    "DeleteBlueGreenDeployment",
    "DeleteDBInstance",
    "ModifyDBInstance",
    "SwitchoverBlueGreenDeployment",
)


@handles("rds", *LOOKING, *CHANGING)
def settle(request: Request, next_handler: Next) -> Response:
    """What time has brought about since anybody looked."""
    now, held = request.cloud.clock.now(), deployments[request.scope]
    for deployment in list(held.values()):
        if deployment.until is not None and now >= deployment.until:
            _arrive(request, deployment)
        if deployment.status == AVAILABLE:
            _measure(request, deployment)
    return next_handler(request)


def _arrive(request: Request, deployment: Deployment) -> None:
    deployment.until = None
    if deployment.status == PROVISIONING:
        deployment.status = AVAILABLE
        for pair in deployment.pairs:
            request.backend().databases[pair.target].status = "available"
    elif deployment.status == SWITCHING:
        _end_switchover(request, deployment)
    elif deployment.status == DELETING:
        del deployments[request.scope][deployment.identifier]
        if deployment.with_targets:
            there = [pair.target for pair in deployment.pairs if pair.target in request.backend().databases]
            for target in reversed(there):
                request.backend().delete_db_instance(target, skip_final_snapshot=True)


def _end_switchover(request: Request, deployment: Deployment) -> None:
    if deployment.calls_off:
        deployment.status = AVAILABLE
        deployment.tell(request, f"Switchover was canceled due to {deployment.calls_off}.")
    else:
        copies.swap(request, deployment.pairs)
        deployment.status, deployment.details = COMPLETED, "Switchover completed"
        deployment.tell(request, "Switchover on blue/green deployment is complete.")


def _measure(request: Request, deployment: Deployment) -> None:
    """RDS writes the lag every minute."""
    for pair in deployment.pairs:
        source = request.backend().databases.get(pair.source)
        target = request.backend().databases.get(pair.target)
        lag = deployment.lag if pair is deployment.pairs[0] else deployment.replica_lag
        if lag is None or source is None or target is None:
            continue
        rows = copies.replicates_rows(source, target) and not source.is_replica
        metric, whose = (SLOT_LAG, pair.source) if rows else (REPLICA_LAG, pair.target)
        named = Metric.of("AWS/RDS", metric, {"DBInstanceIdentifier": whose})
        stores[request.scope].add(named, request.cloud.aws_time.now(), [(float(lag), 1.0)])


# the four operations


@handles("rds", "CreateBlueGreenDeployment")
def create(request: Request, next_handler: Next) -> Response:
    given, held = request.parameters, deployments[request.scope]
    name = given.get("BlueGreenDeploymentName", "")
    if any(one.name == name for one in held.values()):
        raise AwsError("BlueGreenDeploymentAlreadyExistsFault", f"A blue/green deployment {name} already exists.")
    source = request.backend().databases.get(given.get("Source", "").rpartition(":")[2])
    if source is None:
        raise AwsError("DBInstanceNotFound", f"DBInstance {given.get('Source')} not found.", NOT_FOUND)
    _refuse_source(request, source)
    _refuse_target(request, source)
    suffix = "".join(secrets.choice(GREEN_LETTERS) for _ in range(6))
    pairs = [
        Pair(one, copies.make(request, one, f"{one}-green-{suffix}", next_handler))
        for one in [source.db_instance_identifier, *source.replicas]
    ]
    deployment = Deployment(
        identifier=f"bgd-{''.join(secrets.choice(GREEN_LETTERS) for _ in range(16))}",
        name=name,
        pairs=pairs,
        created=datetime.now(UTC),
        tags=given.get("Tags", []),
        begun=request.cloud.clock.now(),
        until=request.cloud.clock.now() + request.cloud.seconds(MINUTES_TO_PROVISION),
        upgrades=bool(given.get("TargetEngineVersion")),
    )
    held[deployment.identifier] = deployment
    return request.answer({"BlueGreenDeployment": deployment.shown(request)})


def _refuse_source(request: Request, source: Any) -> None:
    name = source.db_instance_identifier
    if source.status != "available":
        raise AwsError("InvalidDBInstanceState", f"DB instance {name} is not in available state.")
    reasons = {
        "it is managed by AWS Secrets Manager": hasattr(source, "master_user_secret"),
        "automated backups are not enabled": not source.backup_retention_period,
        "it is a read replica": source.is_replica,
        "it belongs to a cluster": source.db_cluster_identifier is not None,
        "it has cross-Region read replicas": any(one.startswith("arn:") for one in source.replicas),
        "it is in a blue/green deployment": any(
            name == pair.source and one.status != COMPLETED
            for one in deployments[request.scope].values()
            for pair in one.pairs
        ),
    }
    for reason, true in reasons.items():
        if true:
            raise AwsError(
                "SourceDatabaseNotSupportedFault",
                f"The source DB instance {name} isn't supported for a blue/green deployment: {reason}.",
            )


def _refuse_target(request: Request, source: Any) -> None:
    given, engine = request.parameters, ENGINES[source.engine]
    version = given.get("TargetEngineVersion", source.engine_version)
    found = engine.resolve(version)
    if found is None or found[1] not in {source.engine_version, *upgrades(engine, source.engine_version)}:
        message = f"Cannot upgrade {source.engine} from {source.engine_version} to {version}"
        raise AwsError("InvalidParameterCombination", message)
    wanted = given.get("TargetDBInstanceClass", source.db_instance_class)
    if wanted not in engine.classes:
        raise AwsError("InvalidParameterCombination", f"RDS does not support {wanted} with {engine.name} {version}.")
    name = given.get("TargetDBParameterGroupName") or source.db_parameter_group_name or ""
    group = request.backend().db_parameter_groups.get(name)
    if group is None and not name.startswith("default."):
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", NOT_FOUND)
    if group is not None and group.family != found[0]:
        message = f"The parameter group {name} with DBParameterGroupFamily {group.family} can't be used for {version}."
        raise AwsError("InvalidParameterCombination", message)
    custom = not (source.option_group_name or "default:").startswith("default:")
    if engine.name == "mysql" and custom and upgrades(engine, source.engine_version).get(found[1]):
        message = "A major version upgrade can't be specified with a custom option group."
        raise AwsError("SourceDatabaseNotSupportedFault", message)


@handles("rds", "DescribeBlueGreenDeployments")
def describe(request: Request, _: Next) -> Response:
    given, held = request.parameters, deployments[request.scope]
    identifier = given.get("BlueGreenDeploymentIdentifier", "").lower()
    if identifier and identifier not in held:
        raise _unknown(identifier)
    shown = [one.shown(request) for one in held.values() if identifier in ("", one.identifier)]
    members = {
        "blue-green-deployment-identifier": "BlueGreenDeploymentIdentifier",
        "blue-green-deployment-name": "BlueGreenDeploymentName",
        "source": "Source",
        "target": "Target",
    }
    for one in given.get("Filters", []):
        if one["Name"] not in members:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {one['Name']}")
        shown = [item for item in shown if item[members[one["Name"]]] in one["Values"]]
    return request.answer({"BlueGreenDeployments": shown})


@handles("rds", "SwitchoverBlueGreenDeployment")
def switch_over(request: Request, _: Next) -> Response:
    deployment = _of(request)
    timeout = int(request.parameters.get("SwitchoverTimeout", DEFAULT_TIMEOUT))
    if timeout not in TIMEOUTS:
        raise AwsError("InvalidParameterValue", f"Invalid switchover timeout {timeout}; valid are 30 to 3600 seconds.")
    if deployment.status != AVAILABLE or deployment.shown(request)["Status"] == INVALID:
        raise _not_now(f"Blue/green deployment {deployment.identifier} is {deployment.shown(request)['Status']}.")
    for pair in deployment.pairs:
        for name in (pair.source, pair.target):
            # https://github.com/hashicorp/terraform-provider-aws/issues/35802 has AWS's words.
            if request.backend().databases[name].status != "available":
                raise _not_now(f"DB instance {name} is not in available state")
    if deployment.minutes_to_switch * MINUTE > timeout:
        deployment.calls_off = deployment.calls_off or f"the timeout of {timeout} seconds"
    deployment.status, deployment.details = SWITCHING, None
    minutes = min(deployment.minutes_to_switch, timeout / MINUTE)
    deployment.until = request.cloud.clock.now() + request.cloud.seconds(minutes)
    return request.answer({"BlueGreenDeployment": deployment.shown(request)})


@handles("rds", "DeleteBlueGreenDeployment")
def delete(request: Request, _: Next) -> Response:
    deployment, with_targets = _of(request), bool(request.parameters.get("DeleteTarget"))
    if deployment.status in (PROVISIONING, SWITCHING, DELETING):
        raise _not_now(f"Blue/green deployment {deployment.identifier} is {deployment.status}.")
    if with_targets and deployment.status == COMPLETED:
        message = "You can't specify DeleteTarget if the blue/green deployment status is SWITCHOVER_COMPLETED."
        raise AwsError("InvalidParameterCombination", message)
    databases = request.backend().databases
    targets = [pair.target for pair in deployment.pairs if pair.target in databases]
    protected = [target for target in targets if databases[target].deletion_protection]
    if with_targets and protected:
        message = f"Cannot delete protected DB Instance {', '.join(protected)}, please disable deletion protection."
        raise AwsError("InvalidParameterCombination", message)
    deployment.status, deployment.with_targets = DELETING, with_targets
    deployment.until = request.cloud.clock.now() + request.cloud.seconds(MINUTES_TO_DELETE)
    return request.answer({"BlueGreenDeployment": deployment.shown(request)})


def _of(request: Request) -> Deployment:
    identifier = request.parameters.get("BlueGreenDeploymentIdentifier", "").lower()
    found = deployments[request.scope].get(identifier)
    if found is None:
        raise _unknown(identifier)
    return found


def _unknown(identifier: str) -> AwsError:
    message = f"BlueGreenDeploymentIdentifier {identifier} doesn't refer to an existing blue/green deployment."
    return AwsError("BlueGreenDeploymentNotFoundFault", message, NOT_FOUND)


def _not_now(message: str) -> AwsError:
    return AwsError("InvalidBlueGreenDeploymentStateFault", message)


# what is seen of the members


@amends("rds", "DescribeDBInstances")
def show_replication(request: Request, result: dict[str, Any]) -> None:
    under_way = [one for one in deployments[request.scope].values() if one.status in (AVAILABLE, SWITCHING, INVALID)]
    states = {pair.target: one.replication for one in under_way for pair in one.pairs}
    for item in result.get("DBInstances", []):
        if state := states.get(item["DBInstanceIdentifier"]):
            normal = state == "replicating"
            told = {} if normal else {"Message": f"The replication is {state}"}
            info = {"StatusType": "read replication", "Normal": normal, "Status": state, **told}
            item["StatusInfos"] = [info]


@handles("rds", "DescribeIntegrations")
def describe_integrations(request: Request, _: Next) -> Response:
    """moto has none, and nobody here makes one."""
    return request.answer({"Integrations": []})
