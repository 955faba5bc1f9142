# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting until all name servers have a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import CutoverError
from .._plan.settle import Clock, look_until
from .._wait.conditions import CONDITIONS
from .._wait.poll import observe

CHANGE = CONDITIONS["route53_change"]


class NotInSync(CutoverError):
    """A change is not with all name servers yet; it will be, or Route 53 is in trouble."""


def wait_in_sync(client: Any, change_ids: Sequence[str], timeout: float, clock: Clock) -> None:
    """Returns once all changes are INSYNC. Raises NotInSync after timeout seconds."""
    pending = list(change_ids)

    def still_pending() -> list[str]:
        states = observe(client, CHANGE, pending, lambda _error: False)
        pending[:] = [change_id for change_id in pending if states[change_id] not in CHANGE.ready]
        return pending

    left = look_until(still_pending, lambda waiting: not waiting, timeout, clock)
    if left:
        raise NotInSync(
            f"after {timeout:.0f} s {', '.join(left)} is not with all name servers yet, so some still answer as "
            "before. It is written and will get there: wait on with cutover.aws.wait_for (resource: route53_change)."
        )
