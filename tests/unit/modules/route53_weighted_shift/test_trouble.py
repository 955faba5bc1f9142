# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A shift in bad weather: somebody else at the records, a busy account, lost answers, slow name servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._shift.record_router import RecordRouter
from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from tests.unit.modules.route53_weighted_shift.conftest import Calls
from tests.unit.modules.route53_weighted_shift.zones import new_zone, pair, records, weighted, weights, write, www

Run = Callable[..., dict[str, Any]]
HALF = {"weights": {"blue": 50, "green": 50}}
CHANGE, LIST = "ChangeResourceRecordSets", "ListResourceRecordSets"
BRIEF = {"aws_config": {"retries": {"total_max_attempts": 2, "mode": "standard"}}}


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], None]], None]:
    """meanwhile("check", act): act is done once, just after the step of that name."""

    def arrange(step: str, act: Callable[[], None]) -> None:
        original, acts = getattr(RecordRouter, step), [act]

        def disturbed(self: RecordRouter, *arguments: Sequence[Any]) -> Any:
            result = original(self, *arguments)
            if acts:
                acts.pop()()
            return result

        monkeypatch.setattr(RecordRouter, step, disturbed)

    return arrange


class TestSomebodyElse:
    def test_between_read_and_write(
        self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls, meanwhile: Any
    ) -> None:
        write(cloud, zone, pair())
        meanwhile("check", lambda: write(cloud, zone, [weighted("green", 20)], "UPSERT"))
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and f"www.example.com A in {zone}: weights.green 0 -> 20" in result["msg"]
        assert "nothing of it was written" in result["msg"]
        assert weights(cloud, zone) == {"blue": 100, "green": 20}

    def test_at_a_side_that_keeps_its_weight(self, cloud: LocalCloud, zone: str, shift: Run, meanwhile: Any) -> None:
        write(cloud, zone, [*pair(50, 50), weighted("c", 0)])
        meanwhile("check", lambda: write(cloud, zone, [weighted("blue", 1)], "UPSERT"))
        result = shift(groups=[www(zone)], weights={"blue": 50, "green": 25, "c": 25})
        assert result["failed"] and "weights.blue 50 -> 1" in result["msg"]
        assert weights(cloud, zone) == {"blue": 1, "green": 50, "c": 0}

    def test_after_the_write(self, cloud: LocalCloud, zone: str, shift: Run, meanwhile: Any) -> None:
        write(cloud, zone, pair())
        meanwhile("settle", lambda: write(cloud, zone, [weighted("green", 20)], "UPSERT"))
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and "Somebody has changed what this run has just written" in result["msg"]
        assert "weights.green 50 -> 20" in result["msg"]
        assert result["changed"] and len(result["undo"]) == 1
        shift(undo=result["undo"])
        assert weights(cloud, zone) == {"blue": 100, "green": 0}

    def test_who_removes_the_group(self, cloud: LocalCloud, zone: str, shift: Run, meanwhile: Any) -> None:
        write(cloud, zone, pair())
        meanwhile("check", lambda: write(cloud, zone, pair(), "DELETE"))
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and "nothing is left of it" in result["msg"]
        assert records(cloud, zone) == []

    def test_who_protects_the_name(self, cloud: LocalCloud, zone: str, shift: Run, meanwhile: Any) -> None:
        write(cloud, zone, pair())
        protect = cloud.client("route53").create_resource_record_set_protections
        protections = [{"RecordName": "www.example.com", "RecordType": "A"}]
        meanwhile("check", lambda: protect(HostedZoneId=zone, Protections=protections))
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and "is protected" in result["msg"]
        assert weights(cloud, zone) == {"blue": 100, "green": 0}


class TestABusyAccount:
    def test_throttling_is_outlasted(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair())
        cloud.control.faults([{"kind": "throttle", "match": {"service": "route53"}, "probability": 0.5, "seed": 3}])
        assert shift(groups=[www(zone)], **HALF)["weights"] == {"blue": 50, "green": 50}
        assert cloud.control.fault_rules()[0]["hits"] > 2
        cloud.control.faults([])
        assert weights(cloud, zone) == {"blue": 50, "green": 50}

    def test_a_zone_that_is_busy_is_outlasted(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, pair())
        busy = {"kind": "error", "code": "PriorRequestNotComplete", "status": 400, "times": 4}
        cloud.control.faults([{**busy, "match": {"operation": CHANGE}}])
        calls.anew()
        done = shift(groups=[www(zone)], **HALF)
        assert (calls(CHANGE), done["calls"][CHANGE]) == (5, 1)

    def test_throttled_for_good_nothing_is_written(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair())
        cloud.control.faults([{"kind": "throttle", "match": {"operation": CHANGE}}])
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and "Rate exceeded" in result["msg"] and not result.get("changed")
        cloud.control.faults([])
        assert weights(cloud, zone) == {"blue": 100, "green": 0}


class TestLostAnswers:
    def test_a_write_whose_answer_was_lost_is_not_taken_for_a_rival(
        self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls
    ) -> None:
        """botocore tries again, and its own first attempt makes the second one fail."""
        write(cloud, zone, pair())
        cloud.control.faults([{"kind": "reset_after", "match": {"operation": CHANGE}, "times": 1}])
        calls.anew()
        done = shift(groups=[www(zone)], **HALF)
        assert calls(CHANGE) == 3, "carried out and lost, refused, and once more for an id that can be waited for"
        assert not done.get("failed") and done["changed"] and len(done["change_ids"]) == 1
        assert weights(cloud, zone) == {"blue": 50, "green": 50}

    def test_a_write_that_never_arrived_is_no_change(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair())
        cloud.control.faults([{"kind": "reset_before", "match": {"operation": CHANGE}}])
        result = shift(groups=[www(zone)], **HALF, **BRIEF)
        assert result["failed"] and not result.get("changed")
        assert weights(cloud, zone) == {"blue": 100, "green": 0}

    def test_when_nothing_answers_any_more_it_says_that_it_does_not_know(
        self, cloud: LocalCloud, zone: str, shift: Run
    ) -> None:
        write(cloud, zone, pair())
        lost = {"kind": "reset_after", "match": {"operation": CHANGE}}
        cloud.control.faults([lost, {"kind": "reset_before", "match": {"operation": LIST}, "after": 1}])
        result = shift(groups=[www(zone)], **HALF, **BRIEF)
        assert result["failed"] and "AWS does not say whether it was carried out" in result["msg"]
        cloud.control.faults([])
        shift(undo=result["undo"])
        assert weights(cloud, zone) == {"blue": 100, "green": 0}

    def test_what_cannot_be_waited_for_is_not_taken_for_done(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair())
        lost = {"kind": "reset_after", "match": {"operation": CHANGE}, "times": 1}
        denied = {"kind": "error", "code": "AccessDenied", "status": 403, "match": {"operation": CHANGE}, "after": 2}
        cloud.control.faults([lost, denied])
        result = shift(groups=[www(zone)], **HALF)
        assert result["failed"] and len(result["undo"]) == 1
        cloud.control.faults([])
        shift(undo=result["undo"])
        assert weights(cloud, zone) == {"blue": 100, "green": 0}


class TestSlowNameServers:
    def test_it_waits_until_all_have_it(
        self, cloud: LocalCloud, clock: ManualClock, zone: str, shift: Run, calls: Calls
    ) -> None:
        write(cloud, zone, pair())
        cloud.cloud.time_scale = 60
        begun = clock.now()
        calls.anew()
        done = shift(groups=[www(zone)], **HALF)
        assert 60 <= clock.now() - begun < 75, "Route 53's minute, and less than a pause more"
        assert calls("GetChange") == done["calls"]["GetChange"] < 12, "the pauses grow"

    def test_if_it_takes_too_long_it_says_what_is_written(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair())
        cloud.cloud.time_scale = 60
        result = shift(groups=[www(zone)], wait_timeout=20, **HALF)
        assert (
            result["failed"] and "after 20 s" in result["msg"] and "is not with all name servers yet" in result["msg"]
        )
        assert result["changed"] and result["change_ids"][0] in result["msg"]
        assert weights(cloud, zone) == {"blue": 50, "green": 50}

    def test_the_caller_can_wait_elsewhere(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, pair())
        cloud.cloud.time_scale = 60
        calls.anew()
        done = shift(groups=[www(zone)], wait=False, **HALF)
        assert calls("GetChange") == 0 and done["change_ids"]


class TestHalfWay:
    def test_what_was_written_is_named_and_can_be_undone(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        other = new_zone(cloud, "half-way")
        for each in (zone, other):
            write(cloud, each, pair())
        denied = {"kind": "error", "code": "AccessDenied", "status": 403, "match": {"operation": CHANGE}, "after": 1}
        cloud.control.faults([denied])
        result = shift(groups=[www(zone), www(other)], **HALF)
        assert result["failed"] and result["changed"]
        assert f"Written: www.example.com A in {zone}. Not written: www.example.com A in {other}." in result["msg"]
        cloud.control.faults([])
        assert (weights(cloud, zone), weights(cloud, other)) == ({"blue": 50, "green": 50}, {"blue": 100, "green": 0})
        shift(undo=result["undo"])
        assert weights(cloud, zone) == {"blue": 100, "green": 0}

    def test_a_way_back_does_not_hang_on_the_question_for_protections(
        self, cloud: LocalCloud, zone: str, shift: Run
    ) -> None:
        write(cloud, zone, pair())
        question = {"operation": "ListResourceRecordSetProtections"}
        cloud.control.faults([{"kind": "error", "code": "AccessDenied", "status": 403, "match": question}])
        done = shift(groups=[www(zone)], **HALF)
        assert done["changed"] and f"The protections of zone {zone} could not be asked for" in str(done["warnings"])
