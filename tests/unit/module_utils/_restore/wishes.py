# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Strategies: what somebody may ask for, and the snapshots that there may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._restore.asked import Asked, asked_of
from ansible_collections.cutover.aws.plugins.module_utils._restore.kinds import KINDS
from ansible_collections.cutover.aws.plugins.module_utils._restore.route import Target
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import Snapshot

OWN, OTHER = "111111111111", "222222222222"
HERE, THERE = "us-east-1", "us-west-2"


def key(account: str, region: str, what: str) -> str:
    return f"arn:aws:kms:{region}:{account}:key/{what}"


WANTED = key(OWN, HERE, "wanted")
OPTIONS: dict[str, Any] = {
    "identifier": "one",
    "type": "instance",
    "source": {"snapshot": "friday"},
    "key_arn": WANTED,
    "password_key_arn": WANTED,
    "password_secret_arn": None,
    "engine": None,
    "engine_version": None,
    "username": None,
    "lifecycle_support": None,
    "instance_class": "db.m7g.large",
    "storage_type": "gp3",
    "allocated_storage": None,
    "max_allocated_storage": 200,
    "iops": None,
    "storage_throughput": None,
    "multi_az": True,
    "subnet_group": "one",
    "parameter_group": "one",
    "option_group": None,
    "security_groups": ["sg-1"],
    "port": None,
    "publicly_accessible": False,
    "deletion_protection": True,
    "backup_retention": 7,
    "backup_window": "03:00-04:00",
    "maintenance_window": "sun:04:30-sun:05:30",
    "copy_tags_to_snapshot": True,
    "auto_minor_version_upgrade": True,
    "ca_certificate": None,
    "iam_authentication": False,
    "performance_insights": False,
    "performance_insights_key_arn": None,
    "performance_insights_retention": None,
    "monitoring_interval": 0,
    "monitoring_role_arn": None,
    "log_exports": [],
    "instances": [],
    "serverless": None,
    "cluster_storage_type": None,
    "tags": {"Name": "one"},
    "keep_copies": False,
}
OF_CLUSTERS: dict[str, Any] = {
    "type": "cluster",
    "instance_class": None,
    "max_allocated_storage": None,
    "instances": [
        {
            "identifier": f"one-{number}",
            "instance_class": "db.r7g.large",
            "parameter_group": None,
            "availability_zone": None,
            "promotion_tier": number,
        }
        for number in (1, 2)
    ],
}


def wish(**changes: Any) -> Asked:
    """The wish for an instance, or with type=cluster for a cluster, in HERE."""
    of_kind = OF_CLUSTERS if changes.get("type") == "cluster" else {}
    return asked_of({**OPTIONS, **of_kind, **changes}, HERE)


@st.composite
def wishes(draw: st.DrawFn) -> Asked:
    """Any source, any settings."""
    source = draw(
        st.sampled_from(
            [
                {"snapshot": "friday"},
                {"database": "src"},
                {"database": "src", "take": "now"},
                {"database": "src", "time": "latest"},
                {"database": "src", "time": "2026-11-27T02:15:00Z"},
            ]
        )
    )
    changes: dict[str, Any] = {"source": source, "type": draw(st.sampled_from(["instance", "cluster"]))}
    for name in ("deletion_protection", "iam_authentication", "performance_insights", "copy_tags_to_snapshot"):
        changes[name] = draw(st.booleans())
    if changes["type"] == "instance":
        changes |= {"multi_az": draw(st.booleans()), "allocated_storage": draw(st.sampled_from([None, 150]))}
        changes |= {"iops": draw(st.sampled_from([None, 3000])), "option_group": draw(st.sampled_from([None, "mine"]))}
    else:
        changes["serverless"] = draw(st.sampled_from([None, {"min_capacity": 0.5, "max_capacity": 4.0}]))
        changes["cluster_storage_type"] = draw(st.sampled_from([None, "aurora-iopt1"]))
    if draw(st.booleans()):
        changes |= {"password_key_arn": None, "password_secret_arn": "arn:aws:secretsmanager:us-east-1:1:secret:x"}
    changes["log_exports"] = draw(st.sampled_from([[], ["error"]]))
    changes["keep_copies"] = draw(st.booleans())
    return wish(**changes)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Anywhere, under any key or none."""
    account, region = draw(st.sampled_from([OWN, OTHER])), draw(st.sampled_from([HERE, THERE]))
    under = draw(st.sampled_from([None, "wanted", "another", "default"]))
    return replace(
        FRIDAY,
        arn=f"arn:aws:rds:{region}:{account}:snapshot:friday",
        type=draw(st.sampled_from(["manual", "automated", "awsbackup"])),
        encrypted=under is not None,
        key_arn=key(account, region, under) if under else None,
    )


@st.composite
def targets(draw: st.DrawFn) -> Target:
    """Always in HERE, as OWN."""
    return Target(
        kind=KINDS[draw(st.sampled_from(["instance", "cluster"]))],
        identifier="one",
        account=OWN,
        region=HERE,
        key=WANTED,
        access=draw(st.booleans()),
        source_key=draw(st.sampled_from([None, "arn:aws:kms:somewhere:passing"])),
    )


FRIDAY = Snapshot(
    name="friday",
    arn=f"arn:aws:rds:{HERE}:{OWN}:snapshot:friday",
    database="src",
    status="available",
    percent=100,
    type="manual",
    engine="mysql",
    version="8.4.6",
    username="dbadmin",
    encrypted=True,
    key_arn=WANTED,
    storage=100,
    created=datetime(2026, 11, 20, tzinfo=UTC),
)
