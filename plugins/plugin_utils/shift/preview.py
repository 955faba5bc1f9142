# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What check mode says of a shift: where it stands, what the gates say now, and which weights it would write when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...module_utils._rollout.asked import SETTLING
from ...module_utils._rollout.course import ALL, Control, Course, State
from ...module_utils._rollout.judge import PASS
from ...module_utils._rollout.story import share_now, stands
from .driver import Verdicts
from .hands import ModuleHands
from .report import percent, weights_of


def preview(course: Course, state: State, hands: ModuleHands) -> dict[str, Any]:
    """The task's result. Reads, and writes nothing."""
    verdicts = hands.verdicts(state)
    deciding = [gate.name for gate in course.gates if gate.decides]
    plan = list(_moves(course, state))
    return {
        "text": "\n".join(_lines(course, state, plan, verdicts, hands.operator().control)),
        "changed": bool(plan),
        "weights": weights_of(course, share_now(state)),
        "stands": stands(course, state),
        "plan": plan,
        "verdicts": list(verdicts.values()),
        "fit": all(verdicts[name].get("verdict") == PASS for name in deciding),
        "diff": {
            "before": {"weights": weights_of(course, share_now(state))},
            "after": {"weights": plan[-1]["weights"] if plan else weights_of(course, share_now(state))},
        },
    }


def _lines(
    course: Course, state: State, plan: Sequence[Mapping[str, Any]], verdicts: Verdicts, control: Control
) -> Iterator[str]:
    yield f"The shift stands {stands(course, state)}, weights {_weights(weights_of(course, share_now(state)))}."
    if control in (Control.STOP, Control.ROLLBACK):
        resume = f": {course.resume}" if course.resume else ""
        yield f"  the control parameter says {control}, and nothing moves forward until it says run{resume}"
    for move in plan:
        approval = ", once it is approved" if move.get("approval") else ""
        yield f"  after {move['after']} s at the earliest: {_weights(move['weights'])}{approval}"
    for gate in course.gates:
        said = verdicts[gate.name]
        measured = "" if gate.decides else " (measured only)"
        yield f"  gate {gate.name}{measured}: {said.get('verdict')}, {said.get('reason')}"


def _weights(weights: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{side} {weight}" for side, weight in weights.items()) if weights else "differ"


def _moves(course: Course, state: State) -> Iterator[dict[str, Any]]:
    """Each write, with the seconds after which it comes at the earliest."""
    if state.back:
        if not state.returned:
            yield {"weights": {course.old: 100, course.new: 0}, "after": 0}
        return
    if state.verdict:
        return
    after = 0.0 if state.index < 0 else state.settled + course.steps[state.index].bake
    for step in course.steps[state.index + 1 :]:
        yield {
            "weights": {course.old: percent(ALL - step.weight), course.new: step.weight},
            "after": round(after),
            "bake": step.bake,
            "approval": step.approval,
        }
        after += SETTLING + step.bake
