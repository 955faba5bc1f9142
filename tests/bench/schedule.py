# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the subjects in turns, and keeps what each has built until a phase needs it otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cloud import Cloud, Conditions
from tests.bench.measure import Usage, measured
from tests.bench.processes import busy_seconds
from tests.bench.results import MEGABYTE, Case, Measurement, Results
from tests.bench.subjects import BUILD, DESTROY, NO_CHANGE, PLAN, Place, Subject, SubjectError

Say = Callable[[str], None]


@dataclass(frozen=True)
class Experiment:
    """Some phases of some subjects under the same conditions, repeat times in turns."""

    subjects: Sequence[str]
    phases: Sequence[str]
    repeat: int
    stacks: int = 1
    latency: float = 0.0
    time_scale: float = 0.0

    def case(self, phase: str) -> Case:
        return Case(phase, self.stacks, self.latency, self.time_scale)


class Bench:
    """Each subject has a bay; those that fail are left out from then on, and the results say why."""

    def __init__(self, subjects: Sequence[Subject], directory: Path, results: Results, say: Say) -> None:
        self._bays = {subject.name: Bay(subject, directory / subject.name) for subject in subjects}
        self._results = results
        self._say = say

    def run(self, experiment: Experiment) -> None:
        for number in range(experiment.repeat):
            for phase in experiment.phases:
                for name in experiment.subjects:
                    if name in self._bays and name not in self._results.absent:
                        self._measure(name, experiment.case(phase), f"{number + 1} of {experiment.repeat}")

    def stop(self) -> None:
        for bay in self._bays.values():
            bay.stop()

    def _measure(self, name: str, case: Case, turn: str) -> None:
        try:
            measurement = self._bays[name].measure(case)
        except SubjectError as error:
            self._results.absent[name] = str(error)
            self._say(f"{name}: left out: {error}")
            return
        self._results.measurements.append(measurement)
        self._say(
            f"{_described(case)} {name} ({turn}): {measurement.wall:.1f} s wall, {measurement.processor:.1f} s CPU, "
            f"{measurement.calls} calls, {measurement.memory / MEGABYTE:.0f} MB; others {measurement.others:.1f} s CPU"
        )


class Bay:
    """A subject with its directory and its cloud, from the first measurement to `stop`."""

    def __init__(self, subject: Subject, directory: Path) -> None:
        self._subject = subject
        self._directory = directory
        self._cloud: Cloud | None = None
        self._stacks = 0
        self._resources = 0
        self._is_warm = False

    def stop(self) -> None:
        if self._cloud is not None:
            self._cloud.stop()

    def measure(self, case: Case) -> Measurement:
        """Brings about the state that the phase begins with, without measuring that, and then measures the phase."""
        cloud = self._running_cloud()
        place = Place(self._directory, cloud.client, case.stacks)
        self._bring_about(case, place, cloud)
        measurement = self._measured(case, place, cloud)
        if case.phase in (NO_CHANGE, PLAN) and measurement.writes:
            raise SubjectError(f"{case.phase} made writing calls: {dict(measurement.written)}")
        if case.phase == DESTROY:
            self._resources = 0
        return measurement

    def _running_cloud(self) -> Cloud:
        if self._cloud is None:
            self._directory.mkdir(parents=True)
            self._cloud = Cloud(self._directory / "cloud")
            self._cloud.start()
        return self._cloud

    def _bring_about(self, case: Case, place: Place, cloud: Cloud) -> None:
        if case.phase == BUILD or case.stacks != self._stacks or not self._resources:
            cloud.empty()
            self._subject.prepare(place)
            self._warm_up(place)
            self._stacks, self._resources = place.stacks, 0
        if case.phase != BUILD and not self._resources:
            self._build(self._subject.setup(place), place)

    def _warm_up(self, place: Place) -> None:
        """What a first run on a machine compiles and keeps is not part of what is measured."""
        command = self._subject.warm_up(place)
        if command and not self._is_warm:
            self._run(command, place)
        self._is_warm = True

    def _build(self, command: list[str], place: Place) -> Usage:
        usage = self._run(command, place)
        self._resources = self._subject.resources(self._log().read_text(), place)
        if not self._resources:
            raise SubjectError("the build does not say how many resources there are")
        return usage

    def _run(self, command: list[str], place: Place) -> Usage:
        usage = measured(command, self._subject.environment(place), self._directory, self._log())
        if usage.status != 0:
            said = self._log().read_text(errors="replace").strip()[-1500:]
            raise SubjectError(f"exit status {usage.status}; its output ends:\n{said}")
        return usage

    def _log(self) -> Path:
        return self._directory / "output.log"

    def _measured(self, case: Case, place: Place, cloud: Cloud) -> Measurement:
        command = self._subject.command(case.phase, place)
        cloud.set(Conditions(case.latency, case.time_scale))
        load, mark, own = os.getloadavg()[0], cloud.mark(), sum(os.times()[:4])
        busy, before = busy_seconds(), cloud.processor_seconds()
        usage = self._build(command, place) if case.phase == BUILD else self._run(command, place)
        spent = cloud.processor_seconds() - before
        others = busy_seconds() - busy - spent - (sum(os.times()[:4]) - own)
        cloud.set(Conditions())
        calls = cloud.calls(mark)
        return Measurement(
            case=case,
            subject=self._subject.name,
            wall=usage.wall,
            processor=usage.user + usage.system,
            background=usage.background,
            cloud=spent,
            others=max(0.0, others),
            memory=usage.memory,
            read=calls.read,
            written=calls.written,
            resources=self._resources,
            load=load,
        )


def _described(case: Case) -> str:
    parts = [case.phase, f"{case.stacks} stacks" if case.stacks > 1 else ""]
    parts.append(f"+{case.latency * 1000:.0f} ms" if case.latency else "")
    parts.append(f"true time {case.time_scale}" if case.time_scale else "")
    return " ".join(part for part in parts if part)
