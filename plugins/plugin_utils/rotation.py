# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rotation function as the zip that Lambda takes: its code and the driver of an engine.

The same code and the same versions of the driver make the same bytes, wherever and whenever: files in the order of
their names, at one time, with one mode, and not compressed, since two versions of zlib need not compress alike. So
Lambda's CodeSha256 says whether a function has the code that it ought to have.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath

from ..module_utils._errors import CutoverError
from ..module_utils._rotation import PACKAGE

CODE = Path(__file__).resolve().parents[1] / "module_utils" / "_rotation"
COMPILED = frozenset({".so", ".pyd", ".dylib"})
LEGAL = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can say."""

MODE = 0o100644
UNIX = 3


@dataclass(frozen=True)
class Driver:
    """package: what is installed. least: the oldest version that will do. needs: the packages that it imports."""

    package: str
    least: tuple[int, int]
    needs: Sequence[str] = ()


MYSQL = Driver("PyMySQL", (1, 2))
"""Older ones go on without TLS where the server offers none."""

POSTGRES = Driver("pg8000", (1, 31), ("scramp", "asn1crypto", "python-dateutil", "six"))

DRIVERS: Mapping[str, Driver] = {"mysql": MYSQL, "mariadb": MYSQL, "postgres": POSTGRES}
"""By engine."""


def code_sha256(engine: str) -> str:
    """As Lambda says it. Raises CutoverError where the driver cannot be packed."""
    return base64.b64encode(hashlib.sha256(package(engine)).digest()).decode()


@cache
def package(engine: str) -> bytes:
    """The zip. Raises CutoverError where the driver cannot be packed."""
    driver = DRIVERS[engine]
    files = dict(_code())
    for name in (driver.package, *driver.needs):
        files.update(_installed(driver, name))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name])
    return content.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    entry.external_attr = MODE << 16
    return entry


def _code() -> Iterator[tuple[str, bytes]]:
    for path in CODE.glob("*.py"):
        yield f"{PACKAGE}/{path.name}", path.read_bytes()


def _installed(driver: Driver, name: str) -> Iterator[tuple[str, bytes]]:
    """The files of an installed package, by their names in the zip. Raises CutoverError."""
    install = f"pip install '{driver.package}>={'.'.join(map(str, driver.least))}'"
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise CutoverError(f"{name} is missing, which the rotation function needs; install it: {install}") from None
    if name == driver.package and _version(distribution) < driver.least:
        raise CutoverError(f"{name} {distribution.version} is too old for the rotation function; install: {install}")
    # Packages of Linux distributions come without a list of their files.
    paths = [path for path in distribution.files or [] if _wanted(path)]
    if not paths:
        raise CutoverError(f"{name} does not say which files it is made of; have pip install it anew: {install}")
    for path in paths:
        if path.suffix in COMPILED:
            raise CutoverError(
                f"{name} is installed with compiled parts ({path}), which may not run on Lambda; install it without: "
                f"{install} --no-binary {name}"
            )
        yield str(path), Path(str(path.locate())).read_bytes()


def _version(distribution: metadata.Distribution) -> tuple[int, ...]:
    return tuple(int(part) for part in distribution.version.split(".")[:2])


def _wanted(path: PurePosixPath) -> bool:
    """What is imported, the name and version that some packages ask for, and the licences; not what pip notes."""
    if ".." in path.parts or path.is_absolute() or path.suffix == ".pyc":
        return False
    if path.parts[0].endswith((".dist-info", ".egg-info")):
        return path.name in ("METADATA", "PKG-INFO") or path.name.upper().startswith(LEGAL)
    return True
