# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift is to do, what it sees, what it decides: the vocabulary of the state machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from .freeze import Window
from .judge import Gate, Tally

Share = Fraction
"""The new side's part of the traffic in percent, 0 to 100."""

NOTHING, ALL = Share(0), Share(100)
UNSEEN = 60.0
"""So many seconds a look may take longer than usual before what was between two looks counts as not seen."""


class Status(StrEnum):
    """How a shift ends."""

    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"
    HELD = "held"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a shift holds, goes back, or ends."""

    DONE = "done"
    ALREADY_THERE = "already_there"
    GATE_FAILED = "gate_failed"
    INCONCLUSIVE = "inconclusive"
    OLD_SIDE_UNFIT = "old_side_unfit"
    FOREIGN_CHANGE = "foreign_change"
    UNKNOWN_POSITION = "unknown_position"
    EMERGENCY_STOP = "emergency_stop"
    CONTROL_UNREADABLE = "control_unreadable"
    WEIGHTS_UNREADABLE = "weights_unreadable"
    OPERATOR = "operator"
    MAX_DURATION = "max_duration"
    FROZEN = "frozen"
    APPROVAL = "approval"
    PREPARATION_FAILED = "preparation_failed"
    WRITE_FAILED = "write_failed"
    WRITE_INCOMPLETE = "write_incomplete"
    ROLLBACK_FAILED = "rollback_failed"
    UNFIT = "unfit"


class Control(StrEnum):
    """What the operator's parameter says; unknown for whatever else it says, and when it cannot be read."""

    RUN = "run"
    STOP = "stop"
    ROLLBACK = "rollback"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """weight: percent of the traffic for the new side. bake: seconds. approval: somebody has to agree first."""

    weight: int
    bake: float
    approval: bool = False


START = Step(0, 0)
"""Before the first step: the new side has nothing, and has to be fit all the same."""


@dataclass(frozen=True)
class Course:
    """One shift. All times are in seconds.

    interval: between two looks. hold_timeout: how long a shift holds before it goes back, and how long it tries to.
    max_duration: after so long it goes back wherever it is. approval_ends: where an approval is missing the shift ends
    instead of waiting. approve: how somebody agrees to a step, with {weight} in it. resume: how somebody clears the
    control parameter. force_forward: the old side need not be fit for a step forward.
    """

    old: str
    new: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    interval: float = 15
    hold_timeout: float = 900
    max_duration: float = 14400
    windows: tuple[Window, ...] = ()
    approval_ends: bool = False
    approve: str = ""
    resume: str = ""
    force_forward: bool = False

    @property
    def gap(self) -> float:
        """Looks that are further apart than this prove nothing of the time between."""
        return 3 * self.interval + UNSEEN

    @property
    def bakes(self) -> float:
        """What all steps together bake."""
        return sum(step.bake for step in self.steps)

    def step(self, index: int) -> Step:
        """A step by its number, START for -1."""
        return START if index < 0 else self.steps[index]


@dataclass(frozen=True)
class Seen:
    """One look. at is monotonic, in seconds; wall is the time of day, UTC.

    verdicts by gate. shares: the new side's, of each place; None where they could not be read. approved: the largest
    weight that somebody has agreed to for this shift.
    """

    at: float
    wall: datetime
    control: Control
    verdicts: Mapping[str, str]
    shares: Sequence[Share] | None
    approved: int = 0


@dataclass(frozen=True)
class Since:
    """Something that lasts since a moment of the shift's own time."""

    reason: Reason
    time: float


@dataclass(frozen=True)
class State:
    """Where a shift is. time counts seconds from its beginning and never runs back; index is the step it is at, -1
    before the first.

    allowed: the shares that may be found now, several after a write of which only a part is known. settled: when
    everybody follows the weights. baking: since when everything has been seen to be fit. moved: this run has written
    weights. back: it is going back. returned: the way back is written. failing: writes fail since then. proven: the
    bake of this step is over.
    """

    index: int = -1
    allowed: frozenset[Share] = frozenset({NOTHING})
    time: float = 0
    at: float | None = None
    wall: datetime | None = None
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    prepared: bool = False
    settled: float = 0
    baking: float | None = None
    proven: bool = False
    moved: bool = False
    held: Since | None = None
    waiting: Reason | None = None
    back: Since | None = None
    returned: bool = False
    failing: float | None = None
    verdict: Reason | None = None
    """Why it ends before it begins."""

    @property
    def at_start(self) -> bool:
        """Whether the new side has nothing, and nobody but this run could have it otherwise."""
        return self.index < 0 and not self.moved and self.allowed == {NOTHING}


@dataclass(frozen=True)
class Prepare:
    """Make ready for the first step: health checks, TTL. Moves no traffic."""


@dataclass(frozen=True)
class Move:
    """Write a share. expected is what has to be found, None where that is not known for sure."""

    share: Share
    expected: Share | None
    back: bool = False


@dataclass(frozen=True)
class Wait:
    """Look again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Finish:
    """The end."""

    status: Status
    reason: Reason


Command: TypeAlias = "Prepare | Move | Wait | Finish"


@dataclass(frozen=True)
class Outcome:
    """What became of Prepare or Move. touched: something was, or may have been, written. wait: seconds from then until
    everybody follows it."""

    done: bool
    touched: bool = False
    wait: float = 0
