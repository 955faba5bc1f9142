# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting with a deadline, failing as soon as waiting cannot help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from .._errors import CutoverError
from .._plan.settle import Clock
from .conditions import Condition

if TYPE_CHECKING:
    from botocore.client import BaseClient

ABSENT = "absent"
FIRST_PAUSE = 1.0
"""Seconds; what is nearly there is not kept waiting for a whole interval."""


class WaitFailed(CutoverError):
    """What was waited for will not come, or did not come in time; the text names resource, state and reason."""


@dataclass(frozen=True)
class Patience:
    """How long to wait in all, and at most between two looks, in seconds."""

    timeout: float
    interval: float
    clock: Clock


def wait_until(
    condition: Condition,
    look: Callable[[], Mapping[str, str]],
    names: Sequence[str],
    patience: Patience,
    *,
    absent: bool,
) -> dict[str, str]:
    """The states by name once all are ready (or gone, when absent). The pauses double up to the interval.

    Raises WaitFailed on a failure state, or when the time is over.
    """
    clock = patience.clock
    deadline = clock.now() + patience.timeout
    pause = min(FIRST_PAUSE, patience.interval)
    while True:
        states = {name: ABSENT for name in names} | dict(look())
        if absent:
            waiting = {name: state for name, state in states.items() if state != ABSENT and state not in condition.gone}
        else:
            _stop_on_failure(condition, states)
            waiting = {name: state for name, state in states.items() if state not in condition.ready}
        if not waiting:
            return states
        left = deadline - clock.now()
        if left <= 0:
            listed = ", ".join(f"{name} is {state}" for name, state in waiting.items())
            cause = "what still holds it" if absent else "why it is not ready"
            raise WaitFailed(
                f"after {patience.timeout:.0f} s {listed}. Running the playbook again waits as long once more; "
                f"if nothing moves then, look in AWS {cause}, and mend that first."
            )
        clock.sleep(min(pause, left))
        pause = min(pause * 2, patience.interval)


def _stop_on_failure(condition: Condition, states: Mapping[str, str]) -> None:
    failed = {name: state for name, state in states.items() if state.split(":")[0] in condition.failed}
    if failed:
        listed = ", ".join(f"{name} is {state}" for name, state in failed.items())
        raise WaitFailed(
            f"{listed}. Waiting does not mend this state: "
            "remove the resource or repair its cause, then run the playbook again."
        )


def observe(
    client: BaseClient, condition: Condition, names: Iterable[str], not_found: Callable[[Exception], bool]
) -> dict[str, str]:
    """The state of each of names that AWS knows; failed states carry AWS's reason after a colon."""
    batches = [[name] for name in names] if condition.one_by_one else [list(names)]
    states: dict[str, str] = {}
    for batch in batches:
        try:
            answer = getattr(client, condition.operation)(**_arguments(condition, batch), **condition.extra)
        except Exception as error:
            if not_found(error):
                continue
            raise
        found = answer[condition.result]
        for item in found if isinstance(found, list) else [found]:
            states[item[condition.identity]] = _state(client, condition, item)
    return states


def _arguments(condition: Condition, batch: Sequence[str]) -> Mapping[str, Any]:
    if condition.ask:
        return condition.ask(batch[0])
    return {condition.argument: batch[0] if condition.one_by_one else batch}


def _state(client: BaseClient, condition: Condition, item: Mapping[str, Any]) -> str:
    if callable(condition.state):
        return condition.state(client, item)
    state = str(reduce(lambda value, part: value[part], condition.state.split("."), item))
    reason = item.get(condition.reason) if condition.reason and state in condition.failed else None
    return f"{state}: {reason}" if reason else state
