# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two stacks of one inventory in one account: built by one run; removing one leaves the other as it was."""

from __future__ import annotations

from pathlib import Path

from local_cloud import quotas
from tests.faults.account import account, of_stack, retained, unlisted
from tests.integration.runs import NOTHING_TO_DO, Controller, with_second_host

ADDRESSES = 6
"""Three NAT gateways a stack; AWS gives an account five, and more to one who asks."""


def test_destroying_one_stack_leaves_every_attribute_of_the_other(controller: Controller, tmp_path: Path) -> None:
    controller.cloud.quota("ec2", quotas.ELASTIC_ADDRESSES, ADDRESSES)
    empty = account(controller)
    two = with_second_host(controller, tmp_path)
    run = two.run("site.yml").expect()
    assert sorted(run.hosts()) == ["eu", "prod"]
    assert two.outputs("prod")["vpc"]["vpc_cidr"] == "10.20.0.0/16"
    assert two.outputs("eu")["vpc"]["vpc_cidr"] == "10.30.0.0/16"
    assert two.plan("--limit", "eu")["counts"] == NOTHING_TO_DO

    both = account(two)
    stays = of_stack(both, "acme-prod-eu", "eu.acme.example")
    gone = two.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    after = account(two)
    assert [thing for thing in stays if after.get(thing) != both[thing]] == []
    assert len(both.keys() - after.keys()) > len(both) // 3
    left = {thing: shown for thing, shown in after.items() if empty.get(thing) != shown and thing not in stays}
    assert unlisted(left, retained(gone.output)) == {}
