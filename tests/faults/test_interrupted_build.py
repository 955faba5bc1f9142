# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A build that is killed is finished by the same command; and a half-built stack can be removed.

The build is killed while its n-th writing call is under way: AWS carries it out, and nobody hears the answer.
"""

from __future__ import annotations

import time

from tests.faults.account import account, differences, masked, portrait, retained, unlisted
from tests.faults.conftest import Undisturbed
from tests.integration.runs import NOTHING_TO_DO, Controller

HELD = 3.0
"""Seconds for which the call and those after it are held up, so that the build is dead before it hears of them."""


def test_the_same_command_finishes_a_killed_build(
    controller: Controller, undisturbed: Undisturbed, point: float
) -> None:
    kill_at_write(controller, number(point, undisturbed))
    controller.run("site.yml").expect()
    assert controller.plan()["counts"] == NOTHING_TO_DO
    assert differences(portrait(account(controller)), undisturbed.portrait) == []
    assert masked(controller.outputs()) == undisturbed.outputs


def test_of_a_half_built_stack_destroy_leaves_only_what_it_lists(
    controller: Controller, undisturbed: Undisturbed, point: float
) -> None:
    before = account(controller)
    kill_at_write(controller, number(point, undisturbed))
    gone = controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    left = {thing: shown for thing, shown in account(controller).items() if before.get(thing) != shown}
    listed = retained(gone.output)
    assert unlisted(left, listed) == {}
    assert [name for name in listed if not any(name in shown for shown in left.values())] == []
    quiet = controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    assert quiet.changed() == 0
    assert "Nothing of acme-prod" in quiet.output


def number(point: float, undisturbed: Undisturbed) -> int:
    return 1 + int(point * undisturbed.writes)


def kill_at_write(controller: Controller, nth: int) -> None:
    """Starts a build, and kills it with all its processes once its n-th writing call is under way."""
    cloud = controller.cloud
    mark = cloud.mark()
    cloud.faults([{"kind": "latency", "match": {"access": "write"}, "after": nth - 1, "seconds": HELD}])
    alive = controller.lost("site.yml", when=lambda: held(controller) > 0)
    assert alive, f"the build has ended before its writing call {nth}"
    while len(cloud.calls(since=mark, access="write")) < nth - 1 + held(controller):
        time.sleep(0.1)  # the calls that are held up end on their own
    cloud.faults()


def held(controller: Controller) -> int:
    (rule,) = controller.cloud.fault_rules()
    return int(rule["hits"])
