# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What clients see of a shift that comes back: 200 requests a second, of 50 resolvers."""

from __future__ import annotations

from tests.live.world import BLUE, SCALE, TTL, LiveWorld, side_name

CACHED = TTL * SCALE / 60
"""Real seconds for which clients keep an answer."""


def test_green_fails_at_half_and_clients_are_back_at_once(world: LiveWorld) -> None:
    mark = world.controller.cloud.mark()
    failed = world.run_and(50, lambda: world.behave("green", errors=0.5)).expect(2)
    assert "going back: a gate failed (green errors)" in failed.output
    assert world.weights() == BLUE
    off = world.went_off("green")
    back = next(write.at for write in world.writes(mark) if write.weights == BLUE and write.at > off)
    looks = [at for at in world.asked("DescribeAlarms", off) if at < back]
    assert len(looks) == 1, "the first look after the alarm moves the traffic"

    load = world.load.stop()
    assert load["lost"] == 0
    green = load["sides"][side_name("green")]
    assert green["failed"] > 0
    assert load["failed"] == green["failed"], "blue fails nobody"
    in_sync = next(at for at in world.asked("GetChange", back))
    assert green["last"] <= in_sync + CACHED + green["slowest"]
