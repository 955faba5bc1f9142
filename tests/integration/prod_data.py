# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Buckets and the database of `prod`: each function holds one line of the page."""

from __future__ import annotations

from tests.integration.prod_policies import Call, allowed, denied
from tests.integration.prod_reading import Item, Reading, contains, same

HOME_BUCKETS = ("logs", "assets")
BLOCKED = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def buckets(reading: Reading) -> list[tuple[str, str]]:
    """(name, region): logs, assets, the assets' replica, and where access logs go."""
    home = [(reading.bucket(what), reading.home) for what in (*HOME_BUCKETS, "access-logs")]
    return [*home, (reading.bucket("assets", reading.replica), reading.replica)]


def there_are_no_other_buckets(reading: Reading) -> None:
    found = {bucket["Name"] for bucket in reading.all("s3", "list_buckets", "Buckets")}
    same({name for name in found if name.startswith(f"{reading.name}-")}, {name for name, _region in buckets(reading)})
    for name, region in buckets(reading):
        where = reading.aws("s3", region).get_bucket_location(Bucket=name)["LocationConstraint"]
        same(where or "us-east-1", region, name)


def versioning(reading: Reading) -> None:
    for name, region in buckets(reading):
        same(reading.aws("s3", region).get_bucket_versioning(Bucket=name).get("Status"), "Enabled", name)


def kms_encryption(reading: Reading) -> None:
    """With the key of the bucket's own region; access logs with S3's own, the only ones that S3 delivers to."""
    for name, region in buckets(reading):
        answer = reading.aws("s3", region).get_bucket_encryption(Bucket=name)
        (rule,) = answer["ServerSideEncryptionConfiguration"]["Rules"]
        if name == reading.bucket("access-logs"):
            same(rule["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"}, name)
            continue
        wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": reading.key(region)["Arn"]}
        same(rule["ApplyServerSideEncryptionByDefault"], wanted, name)
        same(rule["BucketKeyEnabled"], True, name)


def public_access_block(reading: Reading) -> None:
    for name, region in buckets(reading):
        s3 = reading.aws("s3", region)
        same(
            s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
            dict.fromkeys(BLOCKED, True),
            name,
        )
        (rule,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        same(rule["ObjectOwnership"], "BucketOwnerEnforced", name)


def tls_only_policy(reading: Reading) -> None:
    """Whoever comes without TLS is refused, whatever he may do; with TLS the policy stands in nobody's way."""
    for name, region in buckets(reading):
        policy = reading.aws("s3", region).get_bucket_policy(Bucket=name)["Policy"]
        for resource in (f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/a/b"):
            for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"):
                plain, tls = (
                    Call({"AWS": reading.account}, action, resource, {"aws:SecureTransport": value})
                    for value in ("false", "true")
                )
                assert denied(policy, plain), f"{action} on {resource} without TLS"
                assert not denied(policy, tls), f"{action} on {resource} with TLS"


def lifecycle(reading: Reading) -> None:
    """Logs grow cold and go; of assets old versions go; what was never finished is cleared everywhere."""
    logs, access_logs, assets, replica = (
        _lifecycle(reading, name, region)
        for name, region in (
            (reading.bucket("logs"), reading.home),
            (reading.bucket("access-logs"), reading.home),
            (reading.bucket("assets"), reading.home),
            (reading.bucket("assets", reading.replica), reading.replica),
        )
    )
    cold = [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER_IR"}]
    contains(logs, {"Expiration": {"Days": 400}, "Transitions": cold}, "logs")
    contains(access_logs, {"Expiration": {"Days": reading.inventory["storage_access_logs_days"]}}, "access logs")
    for rule in (assets, replica):
        assert "Days" not in rule.get("Expiration", {}), "assets expire"
        contains(rule, {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}, "assets")
    for rule in (logs, access_logs, assets, replica):
        same(rule["Status"], "Enabled")
        assert 1 <= rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] <= 7


def _lifecycle(reading: Reading, name: str, region: str) -> Item:
    (rule,) = reading.aws("s3", region).get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    found: Item = rule
    return found


def access_logs(reading: Reading) -> None:
    for what in HOME_BUCKETS:
        answer = reading.aws("s3").get_bucket_logging(Bucket=reading.bucket(what))
        contains(
            answer.get("LoggingEnabled", {}),
            {"TargetBucket": reading.bucket("access-logs"), "TargetPrefix": f"{what}/"},
            what,
        )


def replication(reading: Reading) -> None:
    """From us-east-1 to us-west-2, as its own role, encrypted with the replica's own key."""
    same((reading.home, reading.replica), ("us-east-1", "us-west-2"))
    answer = reading.aws("s3").get_bucket_replication(Bucket=reading.bucket("assets"))["ReplicationConfiguration"]
    same(answer["Role"], reading.roles["replication"]["Arn"])
    (rule,) = answer["Rules"]
    contains(rule, {"Status": "Enabled", "Filter": {"Prefix": ""}})
    same(rule["DeleteMarkerReplication"]["Status"], "Enabled")
    same(rule["SourceSelectionCriteria"]["SseKmsEncryptedObjects"]["Status"], "Enabled")
    wanted = {
        "Bucket": f"arn:aws:s3:::{reading.bucket('assets', reading.replica)}",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": reading.key(reading.replica)["Arn"]},
    }
    contains(rule["Destination"], wanted)
    assert reading.key(reading.replica)["Arn"] != reading.key_arn


def versioning_before_replication(reading: Reading) -> None:
    """In the order of the calls of the run that built them."""
    versioned = first_calls(reading, "PutBucketVersioning", "Bucket")
    (replicated,) = first_calls(reading, "PutBucketReplication", "Bucket").values()
    for bucket in (reading.bucket("assets"), reading.bucket("assets", reading.replica)):
        assert versioned[bucket] < replicated, f"{bucket} was replicated before it was versioned"


def first_calls(reading: Reading, operation: str, parameter: str) -> dict[str, int]:
    """Which call was the first to change what the parameter names."""
    found: dict[str, int] = {}
    for call in _writes(reading, operation):
        name = call["parameters"][parameter]
        found[name] = min(call["id"], found.get(name, call["id"]))
    return found


def _writes(reading: Reading, operation: str) -> list[Item]:
    return reading.built.controller.cloud.calls(operation=operation, access="write")


def multi_az_with_own_groups(reading: Reading) -> None:
    database, variables = reading.database, reading.inventory
    contains(
        database,
        {
            "DBInstanceStatus": "available",
            "MultiAZ": True,
            "Engine": variables["database_engine"],
            "DBInstanceClass": variables["database_instance_class"],
            "PubliclyAccessible": False,
            "StorageType": "gp3",
        },
    )
    group = database["DBSubnetGroup"]
    same(group["DBSubnetGroupName"], f"{reading.name}-database")
    wanted = {subnet["SubnetId"] for subnet in reading.tier("database")}
    same({subnet["SubnetIdentifier"] for subnet in group["Subnets"]}, wanted)


def own_parameter_group(reading: Reading) -> None:
    """In force, of the engine's family, with the parameters that the database needs."""
    name = f"{reading.name}-mysql8-4"
    same(
        [
            (group["DBParameterGroupName"], group["ParameterApplyStatus"])
            for group in reading.database["DBParameterGroups"]
        ],
        [(name, "in-sync")],
    )
    (group,) = reading.all("rds", "describe_db_parameter_groups", "DBParameterGroups", DBParameterGroupName=name)
    same(group["DBParameterGroupFamily"], "mysql8.4")
    parameters = reading.all("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user")
    values = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in parameters}
    contains(values, {"require_secure_transport": "1", "slow_query_log": "1", "log_output": "FILE"})


def encrypted_with_the_key(reading: Reading) -> None:
    wanted = {
        "StorageEncrypted": True,
        "KmsKeyId": reading.key_arn,
        "PerformanceInsightsKMSKeyId": reading.key_arn,
    }
    contains(reading.database, wanted)


def deletion_protection(reading: Reading) -> None:
    """As this run has asked for, because the tests remove their stack; that it is on otherwise is test_prod_life's."""
    asked = reading.built.controller.variables.get("database_deletion_protection", True)
    same(reading.database["DeletionProtection"], asked)


def performance_insights(reading: Reading) -> None:
    days = reading.inventory["database_performance_insights_retention"]
    contains(reading.database, {"PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": days})


def enhanced_monitoring(reading: Reading) -> None:
    role = reading.roles["rds-monitoring"]
    contains(reading.database, {"MonitoringInterval": 60, "MonitoringRoleArn": role["Arn"]})
    attached = reading.all("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role["RoleName"])
    wanted = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    same([policy["PolicyArn"] for policy in attached], [wanted])


def exported_logs(reading: Reading) -> None:
    """Their groups are encrypted, have a retention, and were there before the database, which would have made them
    without.
    """
    logs = reading.database["EnabledCloudwatchLogsExports"]
    same(sorted(logs), ["error", "slowquery"])
    names = [f"/aws/rds/instance/{reading.name}-database/{log}" for log in logs]
    for name in names:
        wanted = {"kmsKeyId": reading.key_arn, "retentionInDays": reading.inventory["database_log_retention"]}
        contains(reading.log_groups[name], wanted, name)
    made, kept = (
        first_calls(reading, operation, "logGroupName") for operation in ("CreateLogGroup", "PutRetentionPolicy")
    )
    (database,) = first_calls(reading, "CreateDBInstance", "DBInstanceIdentifier").values()
    for name in names:
        assert made[name] < kept[name] < database, f"{name} did not exist before the database"


def backup_retention(reading: Reading) -> None:
    """AWS keeps them as long as the inventory says, and shows a point to which the database can be taken back."""
    database = reading.database
    same(database["BackupRetentionPeriod"], reading.inventory["database_backup_retention"])
    same(database["CopyTagsToSnapshot"], True)
    assert database["LatestRestorableTime"] > database["InstanceCreateTime"]


def a_new_database(reading: Reading) -> None:
    """Since the inventory asks for one: one, and from nothing."""
    same(reading.inventory["database_source"], "new")
    found = [i["DBInstanceIdentifier"] for i in reading.all("rds", "describe_db_instances", "DBInstances")]
    same([name for name in found if name.startswith(f"{reading.name}-")], [f"{reading.name}-database"])
    restores = [_writes(reading, f"RestoreDBInstance{how}") for how in ("FromDBSnapshot", "ToPointInTime")]
    same(restores, [[], []])


def password_is_managed(reading: Reading) -> None:
    """By RDS, in a secret under the stack's key, which nobody had to choose."""
    secret = reading.database["MasterUserSecret"]
    contains(secret, {"SecretStatus": "active", "KmsKeyId": reading.key_arn})
    (call,) = _writes(reading, "CreateDBInstance")
    same(str(call["parameters"]["ManageMasterUserPassword"]).lower(), "true")
    assert "MasterUserPassword" not in call["parameters"]


def delivery_of_access_logs(reading: Reading) -> None:
    """Only S3's delivery, only for the stack's buckets of this account."""
    policy = reading.aws("s3").get_bucket_policy(Bucket=reading.bucket("access-logs"))["Policy"]
    target = f"arn:aws:s3:::{reading.bucket('access-logs')}/logs/2026-11-22"
    service = {"Service": "logging.s3.amazonaws.com"}
    context = {
        "aws:SourceArn": f"arn:aws:s3:::{reading.bucket('logs')}",
        "aws:SourceAccount": reading.account,
        "aws:SecureTransport": "true",
    }
    assert allowed(policy, Call(service, "s3:PutObject", target, context))
    assert not allowed(policy, Call(service, "s3:PutObject", target, {**context, "aws:SourceAccount": "210987654321"}))
