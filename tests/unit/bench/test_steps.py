# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps of the plain boto3 peer run in an order that their needs allow."""

from __future__ import annotations

from functools import partial
from graphlib import CycleError
from threading import Barrier

import pytest

from tests.bench.peers.fewest_calls.steps import Steps, run_all

NEEDS = {"network": (), "group": ("network",), "database": ("group", "key"), "key": ()}


def listed(done: list[str], prefix: str = "") -> Steps:
    steps = Steps()
    for name, needs in NEEDS.items():
        steps.add(name, partial(done.append, f"{prefix}{name}"), needs=needs)
    return steps


@pytest.mark.parametrize("threads", [1, 4])
def test_each_step_runs_once_after_what_it_needs(threads: int) -> None:
    done: list[str] = []
    run_all([listed(done)], threads)
    assert sorted(done) == sorted(NEEDS)
    assert all(done.index(need) < done.index(name) for name, needs in NEEDS.items() for need in needs)


def test_actions_of_a_step_follow_each_other() -> None:
    done: list[str] = []
    steps = Steps()
    steps.add("one", partial(done.append, "first"), partial(done.append, "second"))
    run_all([steps], 1)
    assert done == ["first", "second"]


def test_threads_run_what_does_not_wait_at_the_same_time() -> None:
    meeting = Barrier(2, timeout=10)
    several = [Steps(), Steps()]
    for steps in several:
        steps.add("meet", meeting.wait)
    run_all(several, 2)


@pytest.mark.parametrize("threads", [1, 4])
def test_a_failed_step_ends_the_run_before_what_needs_it(threads: int) -> None:
    done: list[str] = []
    steps = listed(done)
    steps.add("group", lambda: 1 / 0, needs=("network",))
    with pytest.raises(ZeroDivisionError):
        run_all([steps], threads)
    assert "database" not in done


def test_a_circle_is_an_error() -> None:
    steps = Steps()
    steps.add("one", needs=("other",))
    steps.add("other", needs=("one",))
    with pytest.raises(CycleError):
        run_all([steps], 1)


def test_a_step_that_nobody_has_is_an_error() -> None:
    steps = Steps()
    steps.add("one", needs=("nothing",))
    with pytest.raises(KeyError):
        run_all([steps], 1)
