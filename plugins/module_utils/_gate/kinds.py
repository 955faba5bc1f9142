# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kinds of gates there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import alarms, comparisons, metrics, probes, shares, targets, verdicts
from .queries import MINUTE, wrong_bake
from .question import Options, Question


def _nothing(_options: Options, _bake: int) -> Iterator[str]:
    """Nothing is wrong with any bake."""
    yield from ()


@dataclass(frozen=True)
class Kind:
    """needs: the options that have to be given. settings: all that it takes, with what stands for those that are not.

    wrong: mistakes in the options. bake: why a bake of so many seconds is too short.
    """

    needs: tuple[str, ...]
    settings: Mapping[str, Any]
    wrong: Callable[[Options], Iterator[str]]
    question: Callable[[Options, datetime], Question]
    bake: Callable[[Options, int], Iterator[str]] = _nothing


KINDS: Mapping[str, Kind] = {
    "alarm": Kind(("alarm",), alarms.SETTINGS, alarms.wrong, alarms.AlarmQuestion),
    "metric": Kind((), metrics.SETTINGS, metrics.wrong, metrics.MetricQuestion, wrong_bake),
    "health_check": Kind(
        ("health_check",),
        metrics.HEALTH_CHECK_SETTINGS,
        metrics.wrong_health_check,
        metrics.health_check_question,
        lambda options, bake: wrong_bake({**options, "period": MINUTE}, bake),
    ),
    "target_health": Kind(("target_group",), targets.SETTINGS, targets.wrong, targets.TargetQuestion),
    "http": Kind(("url",), probes.SETTINGS, probes.wrong, probes.ProbeQuestion),
    "share": Kind(("dimensions", "others", "weight"), shares.SETTINGS, shares.wrong, shares.ShareQuestion, wrong_bake),
    "compare": Kind(
        ("namespace", "metric", "dimensions", "baseline"),
        comparisons.SETTINGS,
        comparisons.wrong,
        comparisons.ComparisonQuestion,
        wrong_bake,
    ),
    "sql_compare": Kind(("result",), verdicts.SETTINGS, verdicts.wrong, verdicts.VerdictQuestion),
}
