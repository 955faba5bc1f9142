# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The longest way through what has to wait for what."""

from __future__ import annotations

from graphlib import CycleError
from itertools import chain

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._wait.conditions import CONDITIONS
from tests.bench import critical_path
from tests.bench.critical_path import STEPS, Step

DIAMOND = {
    "network": Step(create=1, delete=1),
    "slow": Step(("network",), create=5, delete=2, watched="rds_instance"),
    "quick": Step(("network",), create=2, delete=9, watched="nat_gateway"),
    "front": Step(("slow", "quick"), create=1),
    "apart": Step(create=3),
}


def test_building_goes_the_longer_way() -> None:
    path = critical_path.building(DIAMOND)
    assert path.steps == ("network", "slow", "front")
    assert path.minutes == 7


def test_removing_goes_backwards_with_durations_of_its_own() -> None:
    path = critical_path.removing(DIAMOND)
    assert path.steps == ("front", "quick", "network")
    assert path.minutes == 10


def test_one_poll_for_each_join_on_the_way() -> None:
    assert critical_path.building(DIAMOND).polls == CONDITIONS["rds_instance"].interval
    assert critical_path.removing(DIAMOND).polls == CONDITIONS["nat_gateway"].interval


def test_seconds_are_scaled_minutes_and_a_call_for_each_step() -> None:
    path = critical_path.building(DIAMOND)
    assert path.seconds(time_scale=6) == 42
    assert path.seconds(time_scale=6, latency=0.5) == 43.5


def test_a_circle_is_an_error() -> None:
    with pytest.raises(CycleError):
        critical_path.building({"one": Step(("other",)), "other": Step(("one",))})


def test_the_database_decides_how_long_prod_takes() -> None:
    assert critical_path.building().steps[-1] == "db_instance"
    assert critical_path.removing().steps[0] == "db_instance"


def test_a_quicker_database_leaves_the_way_to_healthy_targets() -> None:
    quick = {**STEPS, "db_instance": Step()}
    assert critical_path.building(quick).steps[-3:] == ("route_table", "autoscaling_group", "healthy targets")


def test_steps_are_types_of_the_model_but_for_what_is_waited_for_beside() -> None:
    types = set(chain.from_iterable(layer.types for layer in LAYERS.values()))
    assert set(STEPS) - types == {"healthy targets"}


def test_what_takes_time_is_watched_by_wait_for() -> None:
    lasting = {name: step.watched for name, step in STEPS.items() if step.create or step.delete}
    assert set(lasting.values()) <= set(CONDITIONS)
    assert len(lasting) == len(set(lasting.values()))
