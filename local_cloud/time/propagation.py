# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What resolvers see of a zone while a change is on its way to Route 53's servers (the fault `slow_propagation`)."""

from __future__ import annotations

import threading
from typing import Any

from local_cloud.clock import Clock
from local_cloud.services.route53.batch import RecordSet
from local_cloud.services.route53.record_sets import records_of


class Propagation:
    """Remembers what a zone was before each change that has not arrived yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._before: dict[str, list[tuple[float, list[RecordSet]]]] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        with self._lock:
            self._before.clear()

    def hold_back(self, zone_id: str, before: list[RecordSet], until: float) -> None:
        with self._lock:
            self._before.setdefault(zone_id, []).append((until, before))

    def seen(self, zone: Any) -> list[RecordSet]:
        """The records as of the latest change that has arrived, with all before it."""
        identifier = str(zone.id).rpartition("/")[2]
        if not self._before:
            return records_of(zone)
        with self._lock:
            waiting = [one for one in self._before.get(identifier, []) if self._clock.now() < one[0]]
            self._before[identifier] = waiting
        return waiting[0][1] if waiting else records_of(zone)
