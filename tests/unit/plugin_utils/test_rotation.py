# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The zip that Lambda takes."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.rotation import rotation_code
from ansible_collections.cutover.aws.plugins.module_utils._errors import CutoverError
from ansible_collections.cutover.aws.plugins.module_utils._rotation import HANDLER
from ansible_collections.cutover.aws.plugins.plugin_utils import rotation

ENGINES = pytest.mark.parametrize("engine", sorted(rotation.DRIVERS))
LIBRARY = {"mysql": "pymysql", "mariadb": "pymysql", "postgres": "pg8000.native"}


@pytest.fixture(autouse=True)
def anew() -> None:
    rotation.package.cache_clear()


@ENGINES
def test_the_same_parts_make_the_same_bytes(engine: str) -> None:
    first = rotation.package(engine)
    rotation.package.cache_clear()
    assert rotation.package(engine) == first
    assert rotation.code_sha256(engine) == base64.b64encode(hashlib.sha256(first).digest()).decode()


@ENGINES
def test_nothing_of_it_depends_on_the_day_or_on_pip(engine: str) -> None:
    with zipfile.ZipFile(io.BytesIO(rotation.package(engine))) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {(entry.date_time, entry.external_attr >> 16, entry.compress_type) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644, zipfile.ZIP_STORED)
    }
    assert not [name for name in names if name.endswith((".pyc", "/RECORD", "/INSTALLER", "/direct_url.json"))]
    assert any(PurePosixPath(name).name.upper().startswith("LICENSE") for name in names)


@ENGINES
def test_it_runs_by_itself(engine: str, tmp_path: Path) -> None:
    """A Python that sees nothing but its own library and the zip imports the function and the driver of the engine."""
    path = tmp_path / "rotation.zip"
    path.write_bytes(rotation.package(engine))
    module, _, name = HANDLER.rpartition(".")
    code = f"""
import sys, importlib
sys.path.insert(0, {str(path)!r})
assert callable(importlib.import_module({module!r}).{name})
driver = importlib.import_module({LIBRARY[engine]!r})
assert driver.__file__.startswith({str(path)!r}), driver.__file__
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_driver_that_is_missing_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", without)
    assert rotation_code("postgres") == {
        "sha256": None,
        "missing": "pg8000 is missing, which the rotation function needs; install it: pip install 'pg8000>=1.31'",
    }


class Installed:
    """A distribution, as importlib.metadata has it."""

    def __init__(self, version: str, files: list[Any] | None) -> None:
        self.version, self.files = version, files


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        (
            Installed("1.1.1", []),
            "PyMySQL 1.1.1 is too old for the rotation function; install: pip install 'PyMySQL>=1.2'",
        ),
        (Installed("1.2.4", None), "PyMySQL does not say which files it is made of"),
        (Installed("1.2.4", [PurePosixPath("pymysql/fast.so")]), r"compiled parts \(pymysql/fast.so\)"),
    ],
    ids=["old", "no-list", "compiled"],
)
def test_a_driver_that_cannot_be_packed(monkeypatch: pytest.MonkeyPatch, installed: Installed, told: str) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: installed)
    with pytest.raises(CutoverError, match=told):
        rotation.package("mysql")
