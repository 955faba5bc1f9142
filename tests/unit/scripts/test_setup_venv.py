# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Setting up .venv: what is done, what is left alone, and what people are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from scripts import setup_venv


class Recorder:
    """Stands in for commands: notes them, and makes the directory that a venv command would make."""

    def __init__(self) -> None:
        self.commands: list[Sequence[str]] = []

    def __call__(self, command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.commands.append(command)
        if "venv" in command or "virtualenv" in command:
            Path(command[-1]).mkdir()

    def installed(self) -> list[str]:
        return [Path(word).name for command in self.commands for word in command if word.endswith(".txt")]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    constraints = requirements / f"constraints-{setup_venv.PYTHON_LINE}.txt"
    constraints.write_text("thing==1\n")
    for group in ("run", "test", "bootstrap"):
        (requirements / f"{group}.txt").write_text("thing==1\n")
    monkeypatch.setattr(setup_venv, "ROOT", tmp_path)
    monkeypatch.setattr(setup_venv, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup_venv, "STATE", tmp_path / ".venv" / ".cutover")
    monkeypatch.setattr(setup_venv, "REQUIREMENTS", requirements)
    monkeypatch.setattr(setup_venv, "CONSTRAINTS", constraints)
    return tmp_path


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(setup_venv, "run_with_heartbeat", recorder)
    return recorder


def without(*missing: str) -> Callable[[str], object]:
    return lambda name: None if name in missing else object()


def test_second_set_up_does_nothing(checkout: Path, recorder: Recorder) -> None:
    assert setup_venv.main(["run", "test"]) == 0
    constraints = setup_venv.CONSTRAINTS.name
    assert recorder.installed() == ["run.txt", constraints, "test.txt", constraints]
    recorder.commands.clear()
    assert setup_venv.main(["run", "test"]) == 0
    assert recorder.commands == []


def test_changed_requirements_install_their_group_alone(checkout: Path, recorder: Recorder) -> None:
    setup_venv.main(["run", "test"])
    recorder.commands.clear()
    (checkout / "requirements" / "test.txt").write_text("thing==1\nother==2\n")
    setup_venv.main(["run", "test"])
    assert [name for name in recorder.installed() if not name.startswith("constraints")] == ["test.txt"]


def test_changed_constraints_install_everything(checkout: Path, recorder: Recorder) -> None:
    setup_venv.main(["run", "test"])
    recorder.commands.clear()
    setup_venv.CONSTRAINTS.write_text("thing==2\n")
    setup_venv.main(["run", "test"])
    assert [name for name in recorder.installed() if not name.startswith("constraints")] == ["run.txt", "test.txt"]


def test_another_python_makes_the_environment_anew(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup_venv.main(["run"])
    left_over = checkout / ".venv" / "left-over"
    left_over.touch()
    monkeypatch.setattr(sys, "base_prefix", "/another/python")
    setup_venv.main(["run"])
    assert not left_over.exists()
    assert [command[1:3] for command in recorder.commands if "venv" in command] == [["-m", "venv"], ["-m", "venv"]]


def test_failed_installation_is_tried_again(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise setup_venv.SetupError("no network")

    with monkeypatch.context() as broken:
        broken.setattr(setup_venv, "install", fail)
        assert setup_venv.main(["run"]) == 1
    assert setup_venv.main(["run"]) == 0
    assert recorder.installed()[0] == "run.txt"


def test_checkout_is_linked_under_the_name_of_the_collection(checkout: Path, recorder: Recorder) -> None:
    setup_venv.main(["run"])
    link = setup_venv.site_packages(checkout / ".venv") / "ansible_collections" / "cutover" / "aws"
    assert link.resolve() == checkout
    link.unlink()
    link.symlink_to("/elsewhere")
    setup_venv.main(["run"])
    assert link.resolve() == checkout


@pytest.mark.parametrize("missing", [("venv",), ("ensurepip",), ("venv", "ensurepip")])
def test_virtualenv_comes_from_pypi_where_venv_is_missing(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    monkeypatch.setattr(setup_venv.importlib.util, "find_spec", without(*missing))
    setup_venv.create_venv(checkout / ".venv")
    assert recorder.installed() == ["bootstrap.txt"]
    assert recorder.commands[-1][1:3] == ["-m", "virtualenv"]


def test_neither_venv_nor_pip_is_said_in_a_sentence(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_venv.importlib.util, "find_spec", without("ensurepip", "pip"))
    assert setup_venv.main(["run"]) == 1
    assert "sudo apt-get install python3-venv" in capsys.readouterr().err


def test_untested_python_is_refused(
    checkout: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_venv, "PYTHON_LINE", "3.99")
    (checkout / "requirements" / "constraints-3.9.txt").touch()
    assert setup_venv.main(["run"]) == 1
    told = capsys.readouterr().err
    assert "this is Python 3.99" in told
    assert "tested on 3.9, 3.1" in told
    assert recorder.commands == []


def test_unknown_group_is_refused(checkout: Path, recorder: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup_venv.main(["tset"]) == 1
    assert "there is no group 'tset'" in capsys.readouterr().err


def test_failed_command_shows_its_last_lines(tmp_path: Path) -> None:
    script = "print('\\n'.join(f'line {n}' for n in range(40))); raise SystemExit(3)"
    with pytest.raises(setup_venv.SetupError) as caught:
        setup_venv.run_with_heartbeat([sys.executable, "-c", script], tmp_path / "log")
    assert "line 39" in str(caught.value)
    assert "line 20" not in str(caught.value)


def test_long_command_gives_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_venv, "HEARTBEAT_SECONDS", 0)
    script = "import time; print('Collecting boto3', flush=True); time.sleep(1)"
    setup_venv.run_with_heartbeat([sys.executable, "-c", script], tmp_path / "log")
    assert "still at it" in capsys.readouterr().out


def test_settings_that_lead_pip_elsewhere_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.com/simple")
    environment = setup_venv.installer_environment()
    assert "PIP_TARGET" not in environment
    assert environment["PIP_INDEX_URL"] == "https://mirror.example.com/simple"
