# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A build that AWS refuses half way says where and why, and leaves the outputs of what exists."""

from __future__ import annotations

from tests.integration.runs import Controller

NO_SUBNETS = {"kind": "error", "status": 400, "code": "SubnetLimitExceeded", "match": {"operation": "CreateSubnet"}}


def test_a_failed_build_names_layer_resource_and_cause(controller: Controller) -> None:
    controller.cloud.faults([NO_SUBNETS])
    failed = controller.run("site.yml", "--tags", "keys,vpc").expect(2)
    told = " ".join(failed.output.split())
    assert "layer vpc, task 'Subnets | Create the subnets of each tier': subnet acme-prod-" in told
    assert "SubnetLimitExceeded" in told
    assert controller.outputs()["vpc"]["vpc_id"].startswith("vpc-")
    assert controller.outputs()["compute"]["sides"] == {}
