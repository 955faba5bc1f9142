# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What of moto is made, and what of it stays."""

from __future__ import annotations

import gc
from weakref import ref

from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends

from local_cloud.testing import LocalCloud
from tests.networks import network


def test_a_call_makes_the_iam_of_its_partition_alone(cloud: LocalCloud) -> None:
    """With a thousand policies in each."""
    cloud.control.reset()
    sts = cloud.client("sts")
    sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/x", RoleSessionName="test")
    sts.get_caller_identity()
    assert {account: list(made) for account, made in iam_backends.items()} == {
        "123456789012": ["aws"],
        "222222222222": ["aws"],
    }


def test_nothing_is_held_after_a_reset(cloud: LocalCloud, cidr: str) -> None:
    """moto caches methods with what they belong to, and that has its whole account."""
    ec2 = cloud.client("ec2")
    _vpc, (subnet, _other) = network(ec2, cidr.rpartition(".0.0/")[0])
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)
    cloud.client("rds").describe_orderable_db_instance_options(Engine="aurora-postgresql")
    held = [
        ref(backend)
        for accounts in BackendDict._instances
        for regions in accounts.values()
        for backend in regions.values()
    ]
    cloud.control.reset()
    gc.collect()
    assert len(held) > 2
    assert [backend() for backend in held if backend() is not None] == []
