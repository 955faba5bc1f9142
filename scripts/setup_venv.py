# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Put what the make targets need into .venv, from pinned versions.

usage: setup_venv.py GROUP...      each GROUP is a file of requirements/, installed in the order given
       setup_venv.py --pins        write requirements/constraints-<python>.txt anew for this Python

Does nothing, quickly, where everything is in place. It runs before anything is installed: standard library alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STATE = VENV / ".cutover"
REQUIREMENTS = ROOT / "requirements"
PYTHON_LINE = f"{sys.version_info.major}.{sys.version_info.minor}"
CONSTRAINTS = REQUIREMENTS / f"constraints-{PYTHON_LINE}.txt"
PIN_GROUPS = ("run", "test", "lint", "importer", "molecule", "browser")
HEARTBEAT_SECONDS = 15
# These send packages to other places than the virtual environment.
MISLEADING_PIP_SETTINGS = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH")


class SetupError(Exception):
    """What went wrong and what to do about it, in words for the person at the terminal."""


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def supported_lines() -> list[str]:
    """The Python versions that have a file of constraints, oldest first."""
    lines = [path.stem.removeprefix("constraints-") for path in REQUIREMENTS.glob("constraints-*.txt")]
    return sorted(lines, key=lambda line: [int(part) for part in line.split(".")])


def check_python() -> None:
    lines = supported_lines()
    if PYTHON_LINE not in lines:
        raise SetupError(
            f"this is Python {PYTHON_LINE}, but cutover.aws is tested on {', '.join(lines)}; "
            f"install one of them and name it: make PYTHON=python{lines[-1]} <target>"
        )


def base_python() -> str:
    """The interpreter behind any virtual environment that is active, so that .venv never depends on another one."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def identity() -> str:
    """What .venv is bound to: an interpreter, and a place (scripts in a virtual environment hold absolute paths)."""
    return f"{sys.version}\n{sys.base_prefix}\n{ROOT}\n"


def digest(group: str) -> str:
    content = b"".join(path.read_bytes() for path in (requirements_file(group), CONSTRAINTS))
    return hashlib.sha256(content).hexdigest()


def requirements_file(group: str) -> Path:
    path = REQUIREMENTS / f"{group}.txt"
    if not path.is_file():
        raise SetupError(f"there is no group {group!r} (requirements/{group}.txt)")
    return path


def holds(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content


def installer_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in MISLEADING_PIP_SETTINGS}


def run_with_heartbeat(command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> None:
    """Run a quiet command; show its last lines if it fails, and a sign of life while it takes long."""
    start = beat = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)
                break
            if time.monotonic() - beat >= HEARTBEAT_SECONDS:
                beat = time.monotonic()
                say(f"  still at it after {beat - start:.0f} s: {last_line(log)}")
    if process.returncode:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise SetupError(f"`{' '.join(command)}` failed, it said:\n{tail}\n(all of it: {log})")


def last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    telling = [line for line in lines if line and not line.startswith("WARNING")]
    return telling[-1].split(":")[0][:60] if telling else "starting"


def create_venv(target: Path) -> None:
    """Create an empty virtual environment, with the venv module or else with virtualenv from PyPI."""
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
            run_with_heartbeat([base_python(), "-m", "venv", str(target)], log, installer_environment())
            return
        if not importlib.util.find_spec("pip"):
            raise SetupError(
                f"Python {PYTHON_LINE} has neither pip nor the venv module; "
                "install one of them, on Debian or Ubuntu: sudo apt-get install python3-venv"
            )
        say("this Python has no venv module, taking virtualenv from PyPI for this checkout alone")
        library = f"{scratch}/library"
        pip = [base_python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        run_with_heartbeat(
            [*pip, "--target", library, "-r", str(REQUIREMENTS / "bootstrap.txt")], log, installer_environment()
        )
        environment = {**installer_environment(), "PYTHONPATH": library}
        run_with_heartbeat([base_python(), "-m", "virtualenv", "--no-download", str(target)], log, environment)


def site_packages(venv: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(venv)}))


def install(venv: Path, files: Sequence[Path], log: Path, constraints: Path | None) -> None:
    """Install requirement files.

    Byte-code is left to the first import: compiling everything takes many times longer than the first runs save by it.
    """
    command = [str(venv / "bin" / "python"), "-m", "pip", "install"]
    command += ["--no-compile", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    for path in files:
        command += ["-r", str(path)]
    if constraints:
        command += ["-c", str(constraints)]
    run_with_heartbeat(command, log, installer_environment())


def ensure_venv() -> None:
    bound_to = STATE / "python"
    if holds(bound_to, identity()):
        return
    if VENV.exists():
        say("Python or the checkout's place has changed, making .venv anew")
        shutil.rmtree(VENV)
    say(f"creating .venv with Python {PYTHON_LINE} ({base_python()})")
    create_venv(VENV)
    STATE.mkdir()
    bound_to.write_text(identity(), encoding="utf-8")


def ensure_group(group: str) -> None:
    stamp = STATE / group
    wanted = digest(group)
    if holds(stamp, wanted):
        return
    say(f"installing requirements/{group}.txt")
    start = time.monotonic()
    install(VENV, [requirements_file(group)], STATE / f"{group}.log", CONSTRAINTS)
    stamp.write_text(wanted, encoding="utf-8")
    say(f"  done in {time.monotonic() - start:.0f} s")


def ensure_link(link: Path) -> None:
    """Make the checkout importable as ansible_collections.cutover.aws."""
    if link.is_symlink() and link.resolve() == ROOT:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(ROOT, target_is_directory=True)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep two make runs in one checkout from setting up at the same time."""
    handle = os.open(REQUIREMENTS, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is setting up this checkout, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def set_up(groups: Sequence[str]) -> None:
    check_python()
    with alone():
        ensure_venv()
        for group in groups:
            ensure_group(group)
        collection = Path("ansible_collections", "cutover", "aws")
        ensure_link(site_packages(VENV) / collection)
        # mypy refuses a search path inside site-packages.
        ensure_link(STATE / "src" / collection)


def write_pins() -> None:
    """Resolve all groups together on this Python and write down every version that came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        venv = Path(scratch) / "venv"
        say(f"resolving all requirements on Python {PYTHON_LINE}")
        create_venv(venv)
        install(venv, [requirements_file(group) for group in PIN_GROUPS], Path(scratch) / "log", None)
        frozen = subprocess.run(
            [str(venv / "bin" / "python"), "-m", "pip", "freeze"], check=True, capture_output=True, text=True
        )
    header = f"# Written by `make pins` on Python {PYTHON_LINE}: every version that .venv can hold.\n"
    CONSTRAINTS.write_text(header + frozen.stdout, encoding="utf-8")
    say(f"wrote {CONSTRAINTS.relative_to(ROOT)} ({len(frozen.stdout.splitlines())} versions)")


def main(arguments: Sequence[str]) -> int:
    try:
        if list(arguments) == ["--pins"]:
            write_pins()
        else:
            set_up(arguments)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
