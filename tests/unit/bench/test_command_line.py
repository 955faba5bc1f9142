# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is measured for which options."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import __main__ as cli
from tests.bench import report
from tests.bench.results import Results, machine
from tests.bench.schedule import Bench, Experiment
from tests.bench.subjects import PHASES, SUBJECTS


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Experiment]:
    """The experiments of a run, none of which takes place."""
    found: list[Experiment] = []
    monkeypatch.setattr(Bench, "run", lambda self, experiment: found.append(experiment))
    monkeypatch.setattr(cli, "OUTPUT", tmp_path / "output")
    monkeypatch.setattr(cli, "PAGE", tmp_path / "page.md")
    (tmp_path / "page.md").write_text(f"{report.BEGIN}{report.END}")
    return found


def test_without_a_choice_everything_is_measured(ran: list[Experiment]) -> None:
    assert cli.main(["--publish"]) == 0
    assert ran == list(cli.EVERYTHING)


def test_everything_covers_what_the_targets_compare() -> None:
    cases = {(one.stacks, one.latency, bool(one.time_scale)) for one in cli.EVERYTHING}
    assert cases == {(1, 0, False), (1, 0.08, False), (3, 0, False), (10, 0, False), (1, 0, True)}
    assert {phase for one in cli.EVERYTHING for phase in one.phases} == set(PHASES)
    assert {name for one in cli.EVERYTHING for name in one.subjects} == set(SUBJECTS)


def test_a_choice_is_measured_under_each_condition(ran: list[Experiment]) -> None:
    cli.main(
        ["--only", "plan,nochange", "--subjects", "boto3,warm", "--repeat", "5", "--stacks", "1,3", "--latency", "0,80"]
    )
    assert [(one.stacks, one.latency) for one in ran] == [(1, 0), (1, 0.08), (3, 0), (3, 0.08)]
    assert {(*one.subjects, *one.phases, one.repeat) for one in ran} == {("warm", "boto3", "nochange", "plan", 5)}


@pytest.mark.parametrize(
    "arguments", [["--only", "plan,paint"], ["--subjects", "pulumi"], ["--stacks", "many"]], ids=lambda given: given[0]
)
def test_a_strange_choice_is_refused(
    ran: list[Experiment], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err
    assert ran == []


def test_only_publishing_touches_the_page(ran: list[Experiment], capsys: pytest.CaptureFixture[str]) -> None:
    empty = cli.PAGE.read_text()
    cli.main(["--only", "plan"])
    assert cli.PAGE.read_text() == empty
    assert "ansible-core" in capsys.readouterr().out
    cli.main(["--publish"])
    assert "ansible-core" in cli.PAGE.read_text()


def test_an_earlier_run_is_reported_again(
    ran: list[Experiment], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Results(machine(), absent={"terraform": "not installed"})
    kept.save(tmp_path / "results.json")
    assert cli.main(["--render", str(tmp_path / "results.json")]) == 1, "something is left out"
    assert ran == []
    assert "* `terraform`: not installed" in capsys.readouterr().out
