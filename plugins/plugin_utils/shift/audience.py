# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All who are told how a shift goes, as one."""

from __future__ import annotations

from dataclasses import dataclass

from ...module_utils._rollout.course import State
from ...module_utils._rollout.story import Transition
from .driver import Verdicts
from .notices import Notices
from .report import Report
from .screen import Screen


@dataclass(frozen=True)
class Audience:
    """The screen, the report, and those who get notices."""

    screen: Screen
    report: Report
    notices: Notices

    def look(self, state: State, verdicts: Verdicts) -> None:
        """Screen and report know the verdicts."""
        self.screen.look(state, verdicts)
        self.report.look(state, verdicts)

    def tell(self, transition: Transition, state: State) -> None:
        """The slowest last."""
        self.screen.tell(transition)
        self.report.tell(transition, state)
        self.notices.tell(transition)

    def pause(self, state: State, seconds: float) -> None:
        """The screen counts down."""
        self.screen.pause(state, seconds)
