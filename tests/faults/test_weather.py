# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS on a bad day: throttling, answers from before the last write, pages of two; tags, roles and a certificate come
late.
"""

from __future__ import annotations

from local_cloud.cli import ROUGH_WEATHER
from tests.faults.account import account, differences, portrait
from tests.faults.conftest import Undisturbed
from tests.integration.runs import NOTHING_TO_DO, Controller


def test_the_build_ends_with_an_empty_plan_on_a_bad_day(controller: Controller, undisturbed: Undisturbed) -> None:
    controller.cloud.faults(ROUGH_WEATHER)
    controller.run("site.yml").expect()
    spared = [rule for rule in controller.cloud.fault_rules() if not rule["hits"]]
    assert spared == [], "a fault that never struck proves nothing"
    controller.cloud.faults()
    assert controller.plan()["counts"] == NOTHING_TO_DO
    assert differences(portrait(account(controller)), undisturbed.portrait) == []
