# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on how traffic is shifted: the same that the shift itself has, told long before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ..._model.core import Value
from ..._rollout.asked import wrong
from ..findings import Finding, finding

PREFIX = "migration_"
NEEDED = (
    "old_side",
    "new_side",
    "steps",
    "gates",
    "interval",
    "hold_timeout",
    "max_duration",
    "freeze_windows",
)
"""Without them there is nothing to be judged as a whole; each has a finding of its own then."""


def shift_findings(typed: Mapping[str, Value], now: datetime) -> Iterator[Finding]:
    """What the shift would refuse."""
    asked = {name.removeprefix(PREFIX): value for name, value in typed.items() if name.startswith(PREFIX)}
    if all(asked.get(name) is not None for name in NEEDED):
        for mistake in wrong(asked, now):
            yield finding(f"{PREFIX}{mistake.where}", str(mistake.value), mistake.rule, mistake.fix)
