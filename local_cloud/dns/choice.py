# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which record of a name and type Route 53 answers with. Pure.

Source: Developer Guide, "How Amazon Route 53 chooses records when health checking is configured", "Weighted routing".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

RecordSet = dict[str, Any]
IsHealthy = Callable[[RecordSet], bool]


def choose(records: Sequence[RecordSet], is_healthy: IsHealthy, draw: float) -> RecordSet | None:
    """None where there is no record, or another routing policy. ``draw``: evenly distributed, from 0 to below 1."""
    simple = [one for one in records if "SetIdentifier" not in one]
    if simple:
        return simple[0]
    if not records or any("Weight" not in one for one in records):
        return None
    return _drawn(candidates(records, is_healthy), draw)


def candidates(records: Sequence[RecordSet], is_healthy: IsHealthy) -> list[RecordSet]:
    """The weighted records that are in question, by their health and then their weights.

    Those with a weight come first; where none of them is healthy, those of weight 0 answer; and where nothing is
    healthy at all, everything counts as healthy.
    """
    healthy = [one for one in records if is_healthy(one)] or list(records)
    return [one for one in healthy if one["Weight"] > 0] or healthy


def _drawn(records: Sequence[RecordSet], draw: float) -> RecordSet:
    """All weights 0: each with equal probability."""
    weights = [one["Weight"] for one in records]
    if not sum(weights):
        weights = [1] * len(records)
    point, seen = draw * sum(weights), 0
    for record, weight in zip(records, weights, strict=True):
        seen += weight
        if point < seen:
            return record
    return records[-1]
