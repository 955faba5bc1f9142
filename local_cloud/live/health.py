# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Healthy or not, from the outcomes of probes in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Health = Literal["initial", "healthy", "unhealthy"]


@dataclass(frozen=True)
class Streak:
    """``health`` and how many probes in a row have said otherwise (in `initial`: have failed)."""

    health: Health = "initial"
    against: int = 0

    def after(self, passed: bool, to_healthy: int, to_unhealthy: int) -> Streak:
        """What one more probe makes of it. Something new is healthy with its first success.

        Elastic Load Balancing User Guide, "Health checks for your target groups"; Route 53 starts with healthy.
        """
        if self.health == "initial" and passed:
            return Streak("healthy")
        if self.health != "initial" and passed == (self.health == "healthy"):
            return Streak(self.health)
        against = self.against + 1
        if against >= (to_healthy if passed else to_unhealthy):
            return Streak("healthy" if passed else "unhealthy")
        return Streak(self.health, against)
