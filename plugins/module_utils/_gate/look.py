# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One look: asks everything that the gates want to know, at the same time, and judges."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from . import api
from .alarms import slowest
from .asked import Asked, Refused
from .finding import Finding, Unknown
from .probing import samples_of
from .question import Alarms, Answers

THREADS = 16

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

ClientOf = Callable[[str, str], Any]
"""client(service, region)"""


@dataclass(frozen=True)
class Bake:
    """seconds: how long the step bakes, None where that is not known. delivery: how long metrics take to arrive."""

    seconds: int | None
    delivery: int


def look(gates: Sequence[Asked], client: ClientOf, bake: Bake, now: datetime) -> list[Finding]:
    """A finding for each gate, in their order. Raises Refused where an alarm is too slow for the bake."""
    questions = [gate.question for gate in gates]
    with ThreadPoolExecutor(THREADS) as pool:
        alarms = {
            region: pool.submit(api.asked, api.alarms, client("cloudwatch", region), names)
            for region, names in _by_region((question.region, question.alarms) for question in questions)
        }
        if bake.seconds is not None and (reasons := list(_too_slow(gates, _results(alarms), bake))):
            raise Refused(reasons)
        series = [
            pool.submit(api.series, client("cloudwatch", region), queries)
            for region, queries in _by_region((question.region, question.queries) for question in questions)
        ]
        health = {
            group: pool.submit(api.asked, api.states, client("elbv2", group.region), group)
            for group in {question.group for question in questions}
            if group
        }
        samples = {
            probe: pool.submit(samples_of, probe) for probe in {question.probe for question in questions} if probe
        }
        answers = Answers(
            now=now,
            alarms=_results(alarms),
            series={query: found for some in series for query, found in some.result().items()},
            health=_results(health),
            samples=_results(samples),
        )
    return [question.judge(answers) for question in questions]


def _by_region(asked: Iterable[tuple[str, Sequence[T]]]) -> Iterable[tuple[str, list[T]]]:
    regions: dict[str, list[T]] = {}
    for region, some in asked:
        if some:
            regions.setdefault(region, []).extend(some)
    return regions.items()


def _results(futures: Mapping[K, Future[T]]) -> dict[K, T]:
    return {key: future.result() for key, future in futures.items()}


def _too_slow(gates: Iterable[Asked], alarms: Mapping[str, Alarms | Unknown], bake: Bake) -> Iterator[str]:
    """An alarm that cannot go off within the bake would let everything pass."""
    for gate in gates:
        found = alarms.get(gate.question.region)
        if found is None or isinstance(found, Unknown):
            continue
        name, fastest = slowest(gate.question, found)
        needed = fastest + bake.delivery
        if fastest and bake.seconds is not None and needed > bake.seconds:
            yield (
                f"{gate.gate.name}: the alarm {name} needs {fastest} s of bad data to go off, which take "
                f"{bake.delivery} s to arrive, but the bake is {bake.seconds} s. Bake for {needed} s or "
                "longer, or let the alarm go off sooner."
            )
