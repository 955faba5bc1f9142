# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Subjects take turns, and each phase begins with the state that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bench import schedule
from tests.bench.cloud import Calls, Conditions
from tests.bench.measure import Usage
from tests.bench.results import Results
from tests.bench.schedule import Bench, Experiment
from tests.bench.subjects import BUILD, DESTROY, NO_CHANGE, PLAN, Place, Subject


class CountingCloud:
    """Every command makes a reading call, and a writing one if its output says so."""

    client: Any = None

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.conditions: list[Conditions] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def empty(self) -> None:
        note(self._directory.parent, "empty")

    def set(self, conditions: Conditions) -> None:
        self.conditions.append(conditions)

    def mark(self) -> int:
        return 0

    def calls(self, since: int) -> Calls:
        wrote = "wrote" in (self._directory.parent / "output.log").read_text()
        return Calls({"ec2:DescribeVpcs": 1}, {"ec2:CreateVpc": 1} if wrote else {})

    def processor_seconds(self) -> float:
        return 0.0


class Echo(Subject):
    """Its commands say what happens."""

    def __init__(self, name: str, broken: str = "", writes: str = "", warms_up: bool = False) -> None:
        self.name = name
        self._warms_up = warms_up
        self._broken = broken
        self._writes = writes

    def environment(self, place: Place) -> dict[str, str]:
        return {}

    def prepare(self, place: Place) -> None:
        note(place.directory, "prepare")

    def command(self, phase: str, place: Place) -> list[str]:
        note(place.directory, phase)
        return [phase, "wrote" if phase == self._writes else "", "broke" if phase == self._broken else ""]

    def warm_up(self, place: Place) -> list[str]:
        return ["warm up"] if self._warms_up else []

    def setup(self, place: Place) -> list[str]:
        note(place.directory, "setup")
        return ["setup"]

    def resources(self, log: str, place: Place) -> int:
        return 7 * place.stacks


def note(directory: Path, what: str) -> None:
    """In the order in which it happens, all subjects in one list."""
    with (directory.parent / "notes").open("a") as notes:
        notes.write(f"{directory.name} {what}\n")


def echoed(command: list[str], environment: dict[str, str], directory: Path, log: Path) -> Usage:
    """Instead of running the command."""
    log.write_text(" ".join(command))
    return Usage(status=int("broke" in command), wall=1, user=1, system=1, memory=1, background=0)


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "Cloud", CountingCloud)
    monkeypatch.setattr(schedule, "measured", echoed)


def run(directory: Path, subjects: list[Subject], *experiments: Experiment) -> tuple[Results, list[str]]:
    results = Results({})
    bench = Bench(subjects, directory, results, lambda text: None)
    for experiment in experiments:
        bench.run(experiment)
    bench.stop()
    return results, (directory / "notes").read_text().splitlines()


def test_subjects_take_turns_within_each_phase(tmp_path: Path) -> None:
    results, _ = run(tmp_path, [Echo("a"), Echo("b")], Experiment(["a", "b"], [BUILD, PLAN], repeat=2))
    assert [f"{one.case.phase} {one.subject}" for one in results.measurements] == 2 * [
        "build a",
        "build b",
        "plan a",
        "plan b",
    ]


def test_a_build_begins_with_nothing_and_a_plan_with_what_was_built(tmp_path: Path) -> None:
    _, notes = run(tmp_path, [Echo("a")], Experiment(["a"], [BUILD, NO_CHANGE, PLAN], repeat=2))
    assert notes == 2 * ["a empty", "a prepare", "a build", "a nochange", "a plan"]


def test_what_is_not_built_is_set_up_without_being_measured(tmp_path: Path) -> None:
    results, notes = run(tmp_path, [Echo("a")], Experiment(["a"], [PLAN, DESTROY], repeat=2))
    assert notes == 2 * ["a empty", "a prepare", "a setup", "a plan", "a destroy"]
    assert {one.case.phase for one in results.measurements} == {PLAN, DESTROY}
    assert {one.resources for one in results.measurements} == {7}


def test_another_number_of_stacks_is_another_state(tmp_path: Path) -> None:
    experiments = [Experiment(["a"], [PLAN], repeat=2, stacks=stacks) for stacks in (1, 3)]
    results, notes = run(tmp_path, [Echo("a")], *experiments)
    assert notes == 2 * ["a empty", "a prepare", "a setup", "a plan", "a plan"]
    assert [one.resources for one in results.measurements] == [7, 7, 21, 21]


def test_a_subject_warms_up_once_and_unmeasured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def noted(command: list[str], *rest: Any) -> Usage:
        ran.append(command[0])
        return echoed(command, *rest)

    monkeypatch.setattr(schedule, "measured", noted)
    results, _ = run(tmp_path, [Echo("a", warms_up=True)], Experiment(["a"], [BUILD, PLAN], repeat=2))
    assert ran == ["warm up", BUILD, PLAN, BUILD, PLAN]
    assert len(results.measurements) == 4


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (Echo("a", broken=NO_CHANGE), "exit status 1; its output ends:\nnochange"),
        (Echo("a", writes=NO_CHANGE), "nochange made writing calls: {'ec2:CreateVpc': 1}"),
    ],
    ids=["fails", "changes something where nothing is to change"],
)
def test_who_fails_is_left_out_with_the_reason(tmp_path: Path, subject: Subject, reason: str) -> None:
    results, _ = run(tmp_path, [subject, Echo("b")], Experiment(["a", "b"], [BUILD, NO_CHANGE], repeat=2))
    assert [f"{one.case.phase} {one.subject}" for one in results.measurements] == [
        "build a",
        "build b",
        "nochange b",
        "build b",
        "nochange b",
    ]
    assert list(results.absent) == ["a"]
    assert reason in results.absent["a"]
