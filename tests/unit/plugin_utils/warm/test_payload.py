# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A task runs what its payload holds, byte for byte, whatever earlier tasks held."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import ansible
import pytest

from .conftest import Warm

INSTALLED = Path(ansible.__file__).parent
NAMESPACE = "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
WRAPPER = """
import base64, os, sys, tempfile
path = os.path.join(tempfile.mkdtemp(), "payload.zip")
with open(path, "wb") as file:
    file.write(base64.b64decode({content!r}))
sys.path.insert(0, path)
{body}
"""
FILES = "import runpy\nprint(runpy.run_module('module', run_name='__main__')['answer']())"


def payload(files: dict[str, str | bytes], body: str = FILES) -> str:
    """A script as Ansible sends it: an archive, and what runs out of it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return WRAPPER.format(content=base64.b64encode(content.getvalue()), body=body)


def base(**changes: str) -> dict[str, str | bytes]:
    """Everything that ansible-core puts into each payload, and more; changes is text to add, by the stem of a file."""
    found: dict[str, str | bytes] = {"ansible/__init__.py": NAMESPACE, "ansible/module_utils/__init__.py": NAMESPACE}
    for path in sorted((INSTALLED / "module_utils").rglob("*.py")):
        name = str(path.relative_to(INSTALLED.parent))
        found.setdefault(name, path.read_bytes() + changes.get(path.stem, "").encode())
    return found


LOOK = """
from ansible.module_utils._internal._ansiballz import _loader
import ansible.module_utils.common.text.converters
from ansible.module_utils import basic
from ansible.module_utils._internal import _deprecator, _stack
def here():
    return _stack.caller_frame()
lines = [
    getattr(basic, "CHANGED", "as installed"),
    basic.__file__.removeprefix(path), basic.__spec__.origin.removeprefix(path), basic.__name__ in sys.modules,
    str(_deprecator._ANSIBLE_MODULE_BASE_PATH).removeprefix(path),
    basic.AnsibleModule.exit_json.__code__.co_filename.removeprefix(path),
    [place.removeprefix(path) for place in basic.__path__] if hasattr(basic, "__path__") else "no package",
    [place.removeprefix(path) for place in sys.modules["ansible.module_utils.common"].__path__],
    sorted(name for name in sys.modules if name.startswith("ansible.module_utils._internal._ansiballz")),
    ansible.module_utils.common.text.converters is sys.modules["ansible.module_utils.common.text.converters"],
    _deprecator._path_as_plugininfo(path + "/ansible/modules/ping.py"),
    _deprecator._path_as_plugininfo(basic.AnsibleModule.exit_json.__code__.co_filename),
    here().filename,
    [place.removeprefix(path) for place in (vars(basic).get("__cached__", ""), basic.__spec__.cached)],
    basic.__loader__ is basic.__spec__.loader,
    [basic.__loader__.archive.removeprefix(path), basic.__loader__.prefix, basic.__loader__.get_source(basic.__name__)],
]
print(*lines, sep="\\n")
"""

IS_OURS = "import gc\nprint(any(found is basic for found in gc.get_objects()))"
"""Whether the module was imported by this process: what the server has made is frozen, and not shown."""


def test_the_base_of_modules_is_taken_from_the_server_and_looks_as_if_it_was_not(shared: Warm, stock: object) -> None:
    script = payload(base(), LOOK)
    warm, cold = shared.run(script), stock(script)  # type: ignore[operator]
    assert (warm.stdout, warm.stderr) == (cold.stdout, cold.stderr)
    assert shared.run(payload(base(), f"{LOOK}\n{IS_OURS}")).stdout.endswith(b"\nFalse\n")


@pytest.mark.parametrize("changed", ["basic", "_deprecator", "converters"])
def test_a_base_that_differs_comes_from_the_payload(shared: Warm, stock: object, changed: str) -> None:
    """As after an upgrade, or with a module_utils directory beside the playbook."""
    script = payload(base(**{changed: "\nCHANGED = 'changed'\n"}), f"{LOOK}\n{IS_OURS}")
    warm, cold = shared.run(script), stock(script)  # type: ignore[operator]
    assert warm.stdout == cold.stdout
    assert warm.stdout.endswith(b"\nTrue\n"), warm.stderr


def test_a_base_that_lacks_a_file_comes_from_the_payload(shared: Warm, stock: object) -> None:
    """It cannot be imported then, and says so in the same words."""
    files = {name: text for name, text in base().items() if not name.endswith("compat/typing.py")}
    warm, cold = (run(payload(files, LOOK)) for run in (shared.run, stock))  # type: ignore[operator]
    texts = [re.sub(rb"/tmp/tmp\w+", b"", result.stdout + result.stderr) for result in (warm, cold)]
    assert texts[0] == texts[1]
    assert (warm.returncode, cold.returncode) == (1, 1)


def test_what_one_task_does_to_the_base_is_not_seen_by_the_next(shared: Warm) -> None:
    look = "from ansible.module_utils._internal._ansiballz import _loader\nfrom ansible.module_utils import basic\n"
    assert shared.run(payload(base(), f"{look}basic.LEFT = 1\nprint(1)")).stdout == b"1\n"
    assert shared.run(payload(base(), f"{look}print(hasattr(basic, 'LEFT'))")).stdout == b"False\n"


def test_code_is_that_of_the_payload(shared: Warm) -> None:
    """The same name, size and time; only the content differs."""
    for text in ("'one'", "'two'", "'one'"):
        assert (
            shared.run(payload({"module.py": f"def answer():\n  return {text}\n"})).stdout == f"{text[1:4]}\n".encode()
        )


def test_code_knows_the_archive_that_it_came_from(shared: Warm) -> None:
    files = {"module.py": "import sys, helper\ndef answer():\n  return helper.where().removeprefix(sys.path[0])\n"}
    files["helper.py"] = "def where():\n  return (lambda: where.__code__.co_filename)()\n"
    for _ in range(2):
        assert shared.run(payload(files)).stdout == b"/helper.py\n"


def test_packages_data_and_missing_modules_are_as_with_the_stock_importer(shared: Warm, stock: object) -> None:
    files = {
        "module.py": """
import importlib.util, pkgutil, sys
import package, package.inner
def answer():
    return [
        package.__file__.removeprefix(sys.path[0]), package.__path__[0].removeprefix(sys.path[0]), package.inner.NAME,
        pkgutil.get_data("package", "text.txt"), importlib.util.find_spec("package.nothing"),
        [name for _f, name, _p in pkgutil.iter_modules(package.__path__)], package.__loader__.get_source("package"),
        package.__loader__.is_package("package"), type(package.__loader__).__mro__[-2].__name__,
    ]
""",
        "package/__init__.py": "x = 1\n",
        "package/inner.py": "NAME = __name__, __package__\n",
        "package/text.txt": "text",
    }
    warm, cold = (run(payload(files)) for run in (shared.run, stock))  # type: ignore[operator]
    assert (warm.stdout, warm.stderr) == (cold.stdout, cold.stderr)
    assert warm.returncode == 0


@pytest.mark.parametrize("damage", [b"", b"junk", b"\0" * 64], ids=["empty", "junk", "of no Python"])
def test_damaged_byte_code_is_made_anew(warm: Warm, damage: bytes) -> None:
    script = payload({"module.py": "def answer():\n  return 'fine'\n"})
    assert warm.run(script).stdout == b"fine\n"
    kept = [path for path in Path(warm.socket).parent.joinpath("code").glob("*.pyc") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(damage)
    assert warm.run(script).stdout == b"fine\n"
    assert all(path.read_bytes() != damage for path in kept)


def test_byte_code_that_cannot_be_kept_is_done_without(warm: Warm) -> None:
    script = payload({"module.py": "def answer():\n  return 'fine'\n"})
    assert warm.run("").returncode == 0
    code = Path(warm.socket).with_name("code")
    code.rename(code.with_name("gone"))
    assert warm.run(script).stdout == b"fine\n"


def test_byte_code_is_closed_to_others(shared: Warm) -> None:
    assert list(Path(shared.socket).with_name("code").iterdir())
    assert Path(shared.socket).parent.stat().st_mode & 0o777 == 0o700
