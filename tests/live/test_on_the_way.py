# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens to a shift on the way, while clients go on asking."""

from __future__ import annotations

import re
import time

from tests.live.world import BAKE, BLUE, GREEN, HALF, TTL, LiveWorld, eventually, moment, side_name

AT_ONCE = [{"weight": 100, "bake": BAKE}]
SLOW = 10.0
"""Real seconds that a change takes to be in sync; more than the TTL."""
A_SECOND = 1
"""Times of a report are whole seconds."""

QUIET = 45.0
"""Real seconds in which an alarm that takes missing data for good would be quiet again, and clients back."""
EVERY_CACHE = 3.0
"""Real seconds after which no cache holds an earlier answer, and its requests are over."""


def ends(world: LiveWorld) -> tuple[str, str]:
    report = world.report()
    return report["status"], report["reason"]


def test_blue_dies_at_half_and_the_shift_holds(world: LiveWorld) -> None:
    """There is no side to go back to, so nothing is moved, and it says why. Route 53 has left blue meanwhile."""
    ended = world.run_and(50, lambda: world.behave("blue", errors=1, unhealthy=True)).expect(2)
    assert ends(world) == ("held", "old_side_unfit")
    assert re.search(r"held: the side to go back to is not fit, or not known to be \(.*blue targets", ended.output)
    assert world.weights() == HALF
    guarded = {side for side, record in world.records().items() if "HealthCheckId" in record}
    assert guarded == {"blue", "green"}
    load = world.load.stop()
    # Not for good: nobody asks blue then, so its alarm is quiet again after a while.
    assert [set(one["sides"]) for one in load["seconds"]].count({side_name("green")}) >= EVERY_CACHE
    assert load["sides"][side_name("green")]["failed"] == 0


def test_green_is_never_healthy(world: LiveWorld) -> None:
    """Nobody is ever sent there."""
    world.behave("green", unhealthy=True)
    eventually(lambda: world.healthy() == ["blue"], "green is unhealthy")
    mark = world.controller.cloud.mark()
    world.run().expect(2)
    assert ends(world) == ("refused", "gate_failed")
    assert world.writes(mark) == []
    load = world.load.stop()
    assert load["lost"] == 0
    assert set(load["sides"]) == {side_name("blue")}


def test_an_alarm_is_missing(world: LiveWorld) -> None:
    """It was there before, so the shift began; without it nothing is known, and traffic comes back."""

    def delete() -> None:
        world.cloudwatch.delete_alarms(AlarmNames=[world.alarm("green")])

    world.run_and(50, delete).expect(2)
    assert ends(world) == ("rolled_back", "inconclusive")
    assert world.weights() == BLUE
    assert world.load.stop()["lost"] == 0


def test_an_alarm_is_too_slow_for_the_bake(world: LiveWorld) -> None:
    mark = world.controller.cloud.mark()
    refused = world.run(migration_delivery=120).expect(2)
    assert "Bake for 180 s" in " ".join(refused.output.split())
    assert world.controller.cloud.calls(since=mark, access="write") == []


def test_no_traffic(world: LiveWorld) -> None:
    """Alarms are quiet without requests; a gate that needs some holds, and then goes back."""

    def leave() -> None:
        world.load.stop()

    gates = [*world.variables["migration_gates"], world.requests()]
    world.run_and(50, leave, migration_gates=gates).expect(2)
    assert ends(world) == ("rolled_back", "inconclusive")
    assert world.weights() == BLUE
    timeline = [entry["what"] for entry in world.report()["timeline"]]
    assert timeline.index("holding") < timeline.index("back")


def test_slow_propagation(world: LiveWorld) -> None:
    """A change that is not in sync is not there yet: clients follow later, the shift waits, and nobody is lost."""
    world.controller.cloud.faults([{"kind": "slow_propagation", "seconds": SLOW}])
    mark = world.controller.cloud.mark()
    world.run(migration_steps=AT_ONCE).expect()
    assert ends(world) == ("completed", "done")
    step = next(write.at for write in world.writes(mark) if write.weights == GREEN)
    load = world.load.stop()
    assert (load["lost"], load["failed"]) == (0, 0)
    assert load["sides"][side_name("green")]["first"] >= step + SLOW
    assert moment(world.report()["timeline"][-1]["at"]) >= step + SLOW + TTL + BAKE - A_SECOND


def test_throttled_throughout(world: LiveWorld) -> None:
    world.controller.cloud.faults([{"kind": "throttle", "probability": 0.2, "seed": 7}])
    world.run(migration_steps=AT_ONCE).expect()
    (rule,) = world.controller.cloud.fault_rules()
    world.controller.cloud.faults([])
    assert rule["hits"] > 0
    assert world.weights() == GREEN
    load = world.load.stop()
    assert (load["lost"], load["failed"]) == (0, 0)


def test_the_controller_dies_while_green_fails(world: LiveWorld) -> None:
    """Route 53 leaves green by itself, by the health check that follows green's alarm, and does not come back when that
    has no data any more; nobody writes anything."""
    assert world.controller.lost(str(world.file), world.at(50), **world.variables)
    mark = world.controller.cloud.mark()
    world.behave("green", errors=0.9)

    def left() -> bool:
        green = world.load.counts.report()["sides"][side_name("green")]
        return time.time() - float(green["last"]) > EVERY_CACHE

    eventually(lambda: side_name("green") in world.load.counts.report()["sides"], "clients see green")
    eventually(left, "clients have left green")
    gone = world.load.counts.report()["sides"][side_name("green")]["requests"]
    time.sleep(QUIET)  # what must not happen has no moment to wait for
    assert world.load.counts.report()["sides"][side_name("green")]["requests"] == gone
    assert world.weights() == HALF
    assert world.controller.cloud.calls(since=mark, operation="ChangeResourceRecordSets") == []
    assert world.load.stop()["lost"] == 0


def test_the_emergency_stop(world: LiveWorld) -> None:
    """It moves nothing any more, back neither."""
    world.run_and(50, lambda: world.say("stop")).expect(2)
    assert ends(world) == ("held", "emergency_stop")
    assert world.weights() == HALF
    assert world.load.stop()["lost"] == 0


def test_a_foreign_change(world: LiveWorld) -> None:
    moved = {"blue": 70, "green": 30}
    world.run_and(50, lambda: world.write("UPSERT", moved)).expect(2)
    assert ends(world) == ("held", "foreign_change")
    assert world.weights() == moved
    assert world.load.stop()["lost"] == 0
