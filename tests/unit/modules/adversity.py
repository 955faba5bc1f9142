# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What befalls modules that work in steps on RDS: the controller dies at a call, or AWS answers badly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

WEATHER = {
    "throttled": [{"kind": "throttle", "match": {"service": "rds"}, "probability": 0.3, "seed": 5}],
    "lost answers": [
        {"kind": "reset_after", "match": {"service": "rds", "access": "write"}, "probability": 0.5, "seed": 2}
    ],
    "broken": [{"kind": "error", "match": {"service": "rds"}, "probability": 0.2, "seed": 7}],
    "pages of two": [{"kind": "pages"}],
    "reads from before": [{"kind": "stale_reads", "match": {"service": "rds"}, "probability": 0.3, "seed": 3}],
}
"""Fault rules by name: the end has to be the same, and nothing done twice."""


class Killed(BaseException):
    """The controller is gone; nothing in the module may hold it up."""


@contextmanager
def killed(api: Any, at: int, *, after: bool) -> Iterator[None]:
    """The run dies before the call of that number, or after AWS has carried it out. api: what has `carry_out`."""
    original, made = api.carry_out, Counter[str]()

    def carry_out(*arguments: Any) -> Any:
        here = made["calls"] == at
        made["calls"] += 1
        if here and not after:
            raise Killed
        answer = original(*arguments)
        if here:
            raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(api, "carry_out", carry_out)
        yield
