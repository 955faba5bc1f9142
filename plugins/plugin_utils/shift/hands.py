# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hands of a shift: every look at AWS and every change, each by a module of the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ...module_utils._rollout.course import ALL, NOTHING, Control, Course, Move, Outcome, Share, State
from ...module_utils._rollout.judge import INCONCLUSIVE
from ...module_utils._rollout.position import share_of
from ...module_utils._rollout.story import share_now
from .driver import Operator, Verdicts
from .routers import Router

Call = Callable[..., dict[str, Any]]
"""call(module, arguments, check=False): a module's result."""

GATE = "cutover.aws.traffic_gate"
PARAMETERS = "cutover.aws.ssm_parameter_info"
SHARE = "share"
"""The kind of gate that compares the requests that a side gets with its weight."""
MOMENT = "%Y-%m-%dT%H:%M:%SZ"

DIED = "module_stdout"
"""In the result of a module that did not end by itself, so that nobody knows what it has done."""


def control_name(stack: str) -> str:
    """The parameter with which an operator stops a shift or sends it back."""
    return f"/cutover/{stack}/control"


def resume_hint(stack: str) -> str:
    """What somebody does who lets a shift go on that the control parameter stops or sends back."""
    return f"aws ssm put-parameter --overwrite --name {control_name(stack)} --value run"


def approval_name(stack: str) -> str:
    """The parameter with which somebody agrees to a step: <migration>/<weight>."""
    return f"/cutover/{stack}/approved"


def approval_hint(asked: Mapping[str, Any], migration: str) -> str:
    """What somebody does who agrees to a step, with {weight} in it."""
    if asked["approval"] == "end":
        return "run it again with approved: {weight}"
    name = approval_name(asked["stack_name"])
    return f"aws ssm put-parameter --overwrite --type String --name {name} --value {migration}/{{weight}}"


@dataclass(frozen=True)
class Places:
    """What is found: the new side's share of each place, and for how many seconds clients keep what they were told."""

    shares: Sequence[Share]
    ttl: float


class ModuleHands:
    """Hands that call modules.

    approved: the largest weight that is approved from the first. migration: the id that an approval given meanwhile
    has to name, so that no old one counts.
    """

    def __init__(self, call: Call, course: Course, router: Router, asked: Mapping[str, Any], migration: str) -> None:
        self.error = ""
        self.changed = False
        self._call = call
        self._course = course
        self._router = router
        self._gates: Sequence[Mapping[str, Any]] = asked["gates"]
        self._delivery = int(asked.get("delivery") or 0)
        self._approved = int(asked.get("approved") or 0)
        self._stack = str(asked["stack_name"])
        self._migration = migration

    def look(self) -> Places | None:
        """By a run of the router's module in check mode that asks for nothing."""
        result = self._call(self._router.module, self._router.reading(), check=True)
        places = result.get("places")
        if result.get("failed") or not places:
            self.error = reason_of(result)
            return None
        shares = [share_of(place["weights"], self._course) for place in places]
        return Places(shares, self._router.held(result))

    def shares(self) -> Sequence[Share] | None:
        """The new side's, of each place."""
        places = self.look()
        return places.shares if places else None

    def operator(self) -> Operator:
        """Whatever cannot be read, and whatever is none of the words, is unknown."""
        control = self._parameter(control_name(self._stack))
        word = Control(control) if control in ("run", "stop", "rollback") else Control.UNKNOWN
        return Operator(word, max(self._approved, self._agreed()))

    def _agreed(self) -> int:
        if not any(step.approval for step in self._course.steps):
            return 0
        migration, _slash, weight = (self._parameter(approval_name(self._stack)) or "").rpartition("/")
        return int(weight) if migration == self._migration and weight.isdecimal() else 0

    def _parameter(self, name: str) -> str | None:
        result = self._call(PARAMETERS, {"names": [name]})
        return None if result.get("failed") else str(result["values"][name]).strip()

    def unfit_gates(self) -> list[str]:
        """Why the gates cannot be asked as they are, or could not fail within the shortest bake."""
        bake = int(min(step.bake for step in self._course.steps))
        asked = {"gates": self._asked(State()), "bake": bake, "delivery": self._delivery}
        result = self._call(GATE, asked)
        return [reason_of(result)] if result.get("failed") else []

    def verdicts(self, state: State) -> Verdicts:
        """Of all gates, asked at the same time. What is not answered is inconclusive."""
        result = self._call(GATE, {"gates": self._asked(state)})
        if result.get("failed"):
            return {gate["name"]: self._unanswered(gate["name"], reason_of(result)) for gate in self._gates}
        return {verdict["gate"]: verdict for verdict in result["verdicts"]}

    def _asked(self, state: State) -> list[dict[str, Any]]:
        return [self._question(gate, state) for gate in self._gates]

    def _question(self, gate: Mapping[str, Any], state: State) -> dict[str, Any]:
        """The gate, with its side; one that compares shares is told the weight, and since when clients follow it."""
        side = gate.get("side") or self._course.new
        if gate.get("type") != SHARE:
            return {**gate, "side": side}
        part = share_now(state)
        own = NOTHING if part is None else part if side == self._course.new else ALL - part
        return {**gate, "side": side, "weight": float(own), **self._since(state)}

    @staticmethod
    def _since(state: State) -> dict[str, str]:
        if state.wall is None:
            return {}
        return {"since": (state.wall + timedelta(seconds=state.settled - state.time)).strftime(MOMENT)}

    @staticmethod
    def _unanswered(gate: str, reason: str) -> dict[str, Any]:
        now = datetime.now(UTC).strftime(MOMENT)
        return {"gate": gate, "verdict": INCONCLUSIVE, "reason": reason, "evidence": {}, "observed_at": now}

    def prepare(self) -> Outcome:
        """What the router needs before the first step."""
        return self._outcome(self._router.prepare(self._call))

    def move(self, command: Move) -> Outcome:
        """The weights, if they are still those that are expected."""
        expected = {} if command.expected is None else {"expected": self._weights(command.expected)}
        arguments = self._router.moving(back=command.back)
        asked = {**arguments, "weights": self._weights(command.share), **expected}
        return self._outcome(self._call(self._router.module, asked))

    def _weights(self, share: Share) -> dict[str, int]:
        """The smallest whole numbers of this ratio: percent where the share is a whole one."""
        unit = share.denominator
        return {self._course.old: int((ALL - share) * unit), self._course.new: int(share * unit)}

    def _outcome(self, result: Mapping[str, Any]) -> Outcome:
        if result.get("failed"):
            self.error = reason_of(result)
            touched = bool(result.get("undo")) or DIED in result
            self.changed = self.changed or touched
            return Outcome(False, touched)
        self.changed = self.changed or bool(result.get("changed"))
        return Outcome(True, True, self._router.wait(result))

    def release(self) -> str | None:
        """Takes away what prepare made. Why it could not, None where it could."""
        result = self._router.release(self._call)
        return reason_of(result) if result.get("failed") else None


def reason_of(result: Mapping[str, Any]) -> str:
    """Why a module failed, in one line."""
    return " ".join(str(result.get("msg") or result.get("module_stderr") or "no answer").split())
