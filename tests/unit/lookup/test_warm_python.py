# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When the interpreter is the client, and when it is Python itself."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleLookupError

from ansible_collections.cutover.aws.plugins.lookup import warm_python

REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements"


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="w", dir="/tmp") as temporary:
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        yield Path(temporary)


def look_up(**variables: Any) -> str:
    """The path that a template gets."""
    options = yaml.safe_load(warm_python.DOCUMENTATION)["options"]
    C.config.initialize_plugin_configuration_definitions("lookup", "warm_python", options)
    plugin = warm_python.LookupModule()
    plugin._load_name = "warm_python"
    (path,) = plugin.run([], variables=variables)
    return str(path)


def is_warm(path: str) -> bool:
    return path.endswith("-python") and os.access(path, os.X_OK)


def test_it_is_on_for_each_ansible_core_that_is_pinned() -> None:
    pinned = {
        match.group(1)
        for path in REQUIREMENTS.glob("constraints-*.txt")
        if (match := re.search(r"^ansible-core==(\d+\.\d+)\.", path.read_text(), re.MULTILINE))
    }
    assert pinned == set(warm_python.COMPARED)
    assert is_warm(look_up())


@pytest.mark.parametrize("version", ["2.18.1", "2.20.0", "2.22.0.dev0", "3.0.0", "2.190.1"])
def test_it_is_off_for_an_ansible_core_that_it_was_not_compared_on(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(warm_python, "core_version", version)
    assert look_up() == sys.executable
    assert is_warm(look_up(cutover_warm=True))


@pytest.mark.parametrize("off", [False, "false", "no", 0])
def test_one_variable_turns_it_off(off: Any) -> None:
    assert look_up(cutover_warm=off) == sys.executable


def test_without_pidfd_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS, and Linux before 5.3."""
    monkeypatch.delattr(os, "pidfd_open")
    assert look_up(cutover_warm=True) == sys.executable


def test_on_a_system_other_than_linux_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert look_up(cutover_warm=True) == sys.executable


@pytest.mark.parametrize("path", ["/opt/my python/bin/python", f"/{'x' * 130}/python"], ids=["a space", "too long"])
def test_an_interpreter_that_no_first_line_can_name(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(sys, "executable", path)
    assert look_up() == path


def test_a_directory_whose_path_is_too_long_for_a_socket(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    long = directory / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert look_up() == sys.executable


def test_a_directory_in_which_nothing_can_be_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mounted:
        f_flag = os.ST_NOEXEC

    monkeypatch.setattr(os, "statvfs", lambda path: Mounted)
    assert look_up() == sys.executable


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o731])
def test_a_directory_that_others_write_to(directory: Path, mode: int) -> None:
    mine = directory / f"cutover-warm-{os.geteuid()}"
    mine.mkdir()
    mine.chmod(mode)
    assert look_up() == sys.executable
    assert not list(mine.iterdir())


def test_a_directory_that_is_a_link(directory: Path) -> None:
    (directory / "elsewhere").mkdir()
    (directory / f"cutover-warm-{os.geteuid()}").symlink_to(directory / "elsewhere")
    assert look_up() == sys.executable


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_directory_of_someone_else(directory: Path) -> None:
    mine = directory / f"cutover-warm-{os.geteuid()}"
    mine.mkdir()
    os.chown(mine, 65534, 65534)
    assert look_up() == sys.executable


def test_a_directory_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    assert look_up() == sys.executable


def test_the_launcher_is_executable_by_all_and_written_by_its_owner(directory: Path) -> None:
    before = os.umask(0o077)
    try:
        launcher = Path(look_up())
    finally:
        os.umask(before)
    assert launcher.stat().st_mode & 0o777 == 0o755
    assert launcher.parent.stat().st_mode & 0o777 == 0o711
    assert (launcher.parent / "private").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o710, 0o755, 0o777])
def test_a_private_directory_that_others_reach(mode: int) -> None:
    private = Path(look_up()).with_name("private")
    private.chmod(mode)
    assert look_up() == sys.executable


def test_a_launcher_that_was_tampered_with_is_written_anew() -> None:
    launcher = Path(look_up())
    text = launcher.read_text()
    launcher.write_text("#!/bin/false")
    assert Path(look_up()).read_text() == text


def test_another_version_of_a_file_has_another_server(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """So has another set of installed packages, whose directory changes."""
    first = look_up()
    assert look_up() == first
    code = directory / "code"
    code.mkdir()
    (code / "server.py").write_text("")
    monkeypatch.setattr(warm_python, "CODE", str(code))
    second = look_up()
    os.utime(code / "server.py", (1, 1))
    third = look_up()
    monkeypatch.syspath_prepend(str(code))
    assert len({first, second, third, look_up()}) == 4


def test_another_environment_has_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    first = look_up()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert look_up() != first


def test_it_takes_no_terms() -> None:
    with pytest.raises(AnsibleLookupError, match="no terms"):
        warm_python.LookupModule().run(["x"], variables={})
