# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When a wait looks, when it ends, and when it gives up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock
from ansible_collections.cutover.aws.plugins.module_utils._wait.conditions import CONDITIONS
from ansible_collections.cutover.aws.plugins.module_utils._wait.poll import Patience, WaitFailed, wait_until

NAT = CONDITIONS["nat_gateway"]


class Hands:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(lambda: sum(self.slept), self.slept.append)


def states(*seen: str) -> Callable[[], dict[str, str]]:
    """One state after the other, the last for ever."""

    def each() -> Iterator[str]:
        yield from seen
        while True:
            yield seen[-1]

    following = each()
    return lambda: {"nat-1": next(following)}


def wait(hands: Hands, look: Callable[[], dict[str, str]], *, absent: bool = False) -> dict[str, str]:
    return wait_until(NAT, look, ["nat-1"], Patience(60, 5, hands.clock()), absent=absent)


def test_what_is_ready_is_not_waited_for() -> None:
    hands = Hands()
    assert wait(hands, states("available")) == {"nat-1": "available"}
    assert hands.slept == []


def test_pauses_double_up_to_the_interval() -> None:
    hands = Hands()
    wait(hands, states(*["pending"] * 6, "available"))
    assert hands.slept == [1, 2, 4, 5, 5, 5]


def test_a_failure_ends_the_wait_at_once() -> None:
    hands = Hands()
    with pytest.raises(WaitFailed, match="nat-1 is failed: no address"):
        wait(hands, states("pending", "failed: no address"))
    assert hands.slept == [1]


def test_the_time_is_not_exceeded() -> None:
    hands = Hands()
    with pytest.raises(WaitFailed, match="after 60 s nat-1 is pending"):
        wait(hands, states("pending"))
    assert sum(hands.slept) == 60


@pytest.mark.parametrize(("absent", "asked"), [(False, "why it is not ready"), (True, "what still holds it")])
def test_the_end_of_the_time_says_what_can_be_done(absent: bool, asked: str) -> None:
    """And nothing that an inventory has no variable for."""
    with pytest.raises(WaitFailed) as told:
        wait(Hands(), states("deleting"), absent=absent)
    assert "Running the playbook again waits as long once more" in str(told.value)
    assert asked in str(told.value)
    assert "timeout" not in str(told.value)


def test_gone_is_what_a_removal_waits_for() -> None:
    hands = Hands()
    assert wait(hands, states("deleting", "deleted"), absent=True) == {"nat-1": "deleted"}
    assert hands.slept == [1]
