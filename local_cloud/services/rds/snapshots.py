# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshots beyond an account and region: whom they are shared with, what a copy needs, which key they are under.

moto looks for every snapshot in the caller's account, shares and copies whatever it is asked to.
Sources: "Sharing a DB snapshot" and "Copying a DB snapshot" in the RDS user guide, and botocore's rds model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.kms.keys import find_key, foreign_key, key_in

NOT_FOUND = 404
DEFAULT_KEY = "alias/aws/rds"
MOTOS_DEFAULT_KEY = "default_kms_key_id"
OWNER = "HTTP_X_MOTO_ACCOUNT_ID"


@dataclass(frozen=True)
class Sort:
    """What is called differently for snapshots of instances and of clusters."""

    infix: str
    resource: str
    container: str
    of: str
    absent: str
    state: str

    @property
    def thing(self) -> str:
        return f"DB{self.infix}Snapshot"

    @property
    def named(self) -> str:
        return f"{self.thing}Identifier"


INSTANCE = Sort("", "snapshot", "database_snapshots", "database", "DBSnapshotNotFound", "InvalidDBSnapshotState")
CLUSTER = Sort(
    "Cluster",
    "cluster-snapshot",
    "cluster_snapshots",
    "cluster",
    "DBClusterSnapshotNotFoundFault",
    "InvalidDBClusterSnapshotStateFault",
)


def sort_of(request: Request) -> Sort:
    return CLUSTER if "Cluster" in request.operation else INSTANCE


def find(request: Request, sort: Sort, name: str) -> Any:
    """moto's snapshot for a name, or for an ARN of any account and region. Raises AWS's error where it is not to be
    seen.
    """
    account, region = request.account, request.region
    if name.startswith("arn:"):
        _, _, _, region, account, resource, name = name.split(":", 6)
        if resource != sort.resource:
            raise AwsError("InvalidParameterValue", f"Invalid snapshot identifier: {resource}:{name}")
    found = getattr(request.backend(region=region, account=account), sort.container).get(name.lower())
    if found is None or (account != request.account and request.account not in found.attributes["restore"]):
        raise AwsError(sort.absent, f"{sort.thing} {name} not found.", NOT_FOUND)
    return found


def key_of(request: Request, snapshot: Any) -> Any:
    """moto's key that a snapshot is encrypted with, None where it is not."""
    if not snapshot.encrypted:
        return None
    name = DEFAULT_KEY if snapshot.kms_key_id in (None, MOTOS_DEFAULT_KEY) else snapshot.kms_key_id
    return key_in(_keys(request, snapshot), name)


def is_default_key(request: Request, snapshot: Any) -> bool:
    key = key_of(request, snapshot)
    return key is not None and key is key_in(_keys(request, snapshot), DEFAULT_KEY)


def _keys(request: Request, snapshot: Any) -> Any:
    return request.backend("kms", region=snapshot.region, account=snapshot.account_id)


@handles("rds", "DescribeDBSnapshots", "DescribeDBClusterSnapshots")
def describe_by_arn(request: Request, next_handler: Next) -> Response:
    sort = sort_of(request)
    given = request.parameters
    name = given.get(sort.named, "")
    if name.startswith("arn:"):
        snapshot = find(request, sort, name)
        if snapshot.region != request.region:
            raise AwsError(sort.absent, f"{sort.thing} {name} not found.", NOT_FOUND)
        if snapshot.account_id != request.account:
            if not given.get("IncludeShared") and given.get("SnapshotType") != "shared":
                raise AwsError(sort.absent, f"{sort.thing} {name} not found.", NOT_FOUND)
            return _as_owner(request, snapshot, sort, next_handler)
        return next_handler(request.with_parameters({**given, sort.named: name.split(":", 6)[6]}))
    if name.startswith("rds:") and "SnapshotType" not in given:
        raise AwsError(sort.absent, f"{sort.thing} {name} not found.", NOT_FOUND)
    if name and name.lower() not in getattr(request.backend(), sort.container):
        raise AwsError(sort.absent, f"{sort.thing} {name} not found.", NOT_FOUND)
    return next_handler(request)


def _as_owner(request: Request, snapshot: Any, sort: Sort, next_handler: Next) -> Response:
    asked = request.with_parameters({sort.named: snapshot.resource_id})
    asked.environ = {**asked.environ, OWNER: snapshot.account_id}
    response = next_handler(asked)
    if not response.ok:
        return response
    result = request.read(response)
    for item in result[f"{sort.thing}s"]:
        item["SnapshotType"] = "shared"
        # Whom it belongs to tags it for itself.
        item["TagList"] = []
    return request.answer(result)


@amends("rds", "DescribeDBSnapshots", "DescribeDBClusterSnapshots")
def show_default_key(request: Request, result: dict[str, Any]) -> None:
    for item in result.get(f"{sort_of(request).thing}s", []):
        if item.get("KmsKeyId") == MOTOS_DEFAULT_KEY:
            key = find_key(request, DEFAULT_KEY)
            encrypted = item.get("Encrypted") or item.get("StorageEncrypted")
            item["KmsKeyId"] = key.arn if key is not None and encrypted else None


@handles("rds", "CopyDBSnapshot", "CopyDBClusterSnapshot")
def copy(request: Request, next_handler: Next) -> Response:
    """moto would take the database's key instead of the snapshot's, and cannot copy another account's."""
    sort, given = sort_of(request), request.parameters
    source = find(request, sort, given.get(f"Source{sort.thing}Identifier", ""))
    target = given.get(f"Target{sort.thing}Identifier", "").lower()
    backend = request.backend()
    if target in getattr(backend, sort.container):
        raise AwsError(f"{sort.thing}AlreadyExists" + "Fault" * bool(sort.infix), f"{target} already exists.")
    if source.status != "available":
        raise AwsError(sort.state, f"The source snapshot {source.resource_id} is not in the available state.")
    if len(getattr(backend, sort.container)) >= backend.SNAPSHOT_QUOTA:
        raise AwsError("SnapshotQuotaExceeded", "The request would exceed the maximum number of snapshots.")
    key = _key_for_copy(request, source, given.get("KmsKeyId"))
    tags = given.get("Tags") or (source.tags if given.get("CopyTags") else [])
    extra = {} if sort.infix else {"original_created_at": source.original_snapshot_create_time}
    made = type(source)(
        backend, getattr(source, sort.of), target, tags=tags, kms_key_id=key.arn if key else None, **extra
    )
    made.tags = tags
    made.encrypted = made.storage_encrypted = key is not None
    made.kms_key_id = key.arn if key else None
    getattr(backend, sort.container)[target] = made
    described = request.derive(f"Describe{sort.thing}s", {sort.named: target})
    return request.answer({sort.thing: described.read(next_handler(described))[f"{sort.thing}s"][0]})


def _key_for_copy(request: Request, source: Any, wanted: str | None) -> Any:
    """The key of the copy, checked as AWS checks it: the source's has to be usable too."""
    old = key_of(request, source)
    foreign = source.account_id != request.account
    if old is not None and foreign and (is_default_key(request, source) or not foreign_key(old, request.account)):
        raise _inaccessible(old.arn)
    if wanted:
        key = find_key(request, wanted)
        arn_region = wanted.split(":")[3] if wanted.startswith("arn:") else request.region
        if key is None or key.key_state != "Enabled" or arn_region != request.region:
            raise _inaccessible(wanted)
        return key
    if old is not None and source.region != request.region:
        message = (
            "A KMS key of the destination Region has to be specified to copy an encrypted snapshot across Regions."
        )
        raise AwsError("InvalidParameterCombination", message)
    if old is not None and foreign:
        raise _inaccessible("none")
    return old


def _inaccessible(key: str) -> AwsError:
    message = (
        f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
    )
    return AwsError("KMSKeyNotAccessibleFault", message)


@handles("rds", "ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute")
def refuse_what_cannot_be_shared(request: Request, next_handler: Next) -> Response:
    sort = sort_of(request)
    snapshot = find(request, sort, request.parameters.get(sort.named, ""))
    if snapshot.snapshot_type != "manual":
        raise AwsError(sort.state, f"Automated snapshot {snapshot.resource_id} cannot be shared.")
    if snapshot.status != "available":
        raise AwsError(sort.state, f"The snapshot {snapshot.resource_id} is not in the available state.")
    if request.parameters.get("ValuesToAdd") and is_default_key(request, snapshot):
        message = "Snapshots that are encrypted with the default KMS key of the account cannot be shared."
        raise AwsError(sort.state, message)
    return next_handler(request)
