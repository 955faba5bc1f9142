# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Imports from a task's payload, the archive of module and module_utils that Ansible sends, made quick.

A task runs the code that the controller has sent, byte for byte. Two things are kept from one task to the next:
compiled code, by the hash of its source; and the modules of ansible-core that every task imports before its own module
is begun, already imported, for tasks whose payload has the very same files.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pkgutil
import sys
import zipimport
from contextlib import suppress
from pathlib import Path, PurePath
from types import CodeType, ModuleType
from typing import Any, ClassVar, cast

BASE = "ansible.module_utils._internal._ansiballz._loader"
"""What a payload's wrapper imports first, and with it all that is common to modules."""
PARENT = "ansible.module_utils"
_fix_filename: Any = importlib.import_module(
    "_imp"
)._fix_co_filename  # what Python itself does to byte-code that has moved


class PayloadImporter(zipimport.zipimporter):
    """Imports from a payload as the stock importer does, but has byte-code."""

    def get_filename(self, fullname: str) -> str:
        """The path within the archive, without compiling the module as the stock importer does."""
        base = os.path.join(self.archive, self.prefix + fullname.rpartition(".")[2])
        return os.path.join(base, "__init__.py") if self.is_package(fullname) else f"{base}.py"

    def get_code(self, fullname: str) -> CodeType:
        """The module's code. That of the parent of the base is asked for just before it is run."""
        if fullname == PARENT:
            _adopt_base(self, sys.modules[PARENT])
        return cast(CodeType, _ByteCode(self).get_code(fullname))  # it raises where there is none


class _ByteCode(importlib.abc.SourceLoader):
    """Python's own handling of byte-code, of which a file is found by the content of its source."""

    directory = ""

    def __init__(self, importer: PayloadImporter) -> None:
        self._importer = importer

    def get_filename(self, fullname: str) -> str:
        return self._importer.get_filename(fullname)

    def path_stats(self, path: str) -> dict[str, Any]:
        return {"mtime": 0, "size": len(self.get_data(path))}

    def get_data(self, path: str) -> bytes:
        return Path(self._kept(path)).read_bytes() if path.endswith(".pyc") else self._importer.get_data(path)

    def set_data(self, path: str, data: Any) -> None:
        """Written aside and renamed, so that a reader never sees half of it."""
        kept = self._kept(path)
        aside = f"{kept}.{os.getpid()}"
        with suppress(OSError):
            Path(aside).write_bytes(data)
            os.rename(aside, kept)

    def _kept(self, path: str) -> str:
        source = self.get_data(importlib.util.source_from_cache(path))
        version = os.path.basename(path).partition(".")[2]
        return os.path.join(self.directory, f"{hashlib.sha256(source).hexdigest()}.{version}")


class _Base(importlib.machinery.SourceFileLoader):
    """Loads a module of the base from where ansible-core is installed, and holds all of it."""

    installed = ""
    modules: ClassVar[dict[str, ModuleType]] = {}
    sources: ClassVar[dict[str, bytes]] = {}
    codes: ClassVar[dict[str, CodeType]] = {}

    def exec_module(self, module: ModuleType) -> None:
        name, path = module.__name__, self.path
        code = cast(CodeType, self.get_code(name))
        exec(code, module.__dict__)
        self.modules[name], self.codes[name], self.sources[name] = module, code, self.get_data(str(path))


def install(directory: str) -> None:
    """From now on payloads are imported so, and their byte-code is kept in directory."""
    _import_base()
    os.makedirs(directory, mode=0o700, exist_ok=True)
    _ByteCode.directory = directory
    sys.path_hooks.insert(0, PayloadImporter)


def _import_base() -> None:
    """Imports the base, and hides it until a task proves to have the same.

    Its parents are made up: the real `ansible` package would bring the controller's side along.
    """
    found = importlib.util.find_spec("ansible")
    if found is None or found.origin is None:
        return
    _Base.installed = os.path.dirname(os.path.dirname(found.origin))
    for name in ("ansible", PARENT):
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [os.path.join(_Base.installed, *name.split("."))]
        package.__file__ = os.path.join(package.__path__[0], "__init__.py")
    sys.modules["ansible"].__path__ = []
    sys.path_hooks.insert(0, _base_finder)
    try:
        importlib.import_module(BASE)
    except ImportError:
        _Base.modules.clear()
    sys.path_hooks.remove(_base_finder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "ansible"]:
        del sys.modules[name]


def _base_finder(path: str) -> importlib.machinery.FileFinder:
    if not path.startswith(os.path.join(_Base.installed, "ansible", "")):
        raise ImportError
    return importlib.machinery.FileFinder(path, (_Base, [".py"]))


def _adopt_base(importer: PayloadImporter, parent: ModuleType) -> None:
    """In a task: takes the imported base if the payload has it byte for byte, as if it came from the payload."""
    places = {
        name: str(module.__file__).replace(_Base.installed, importer.archive, 1)
        for name, module in _Base.modules.items()
    }
    try:
        if any(importer.get_data(place) != _Base.sources[name] for name, place in places.items()):
            return
    except OSError:
        return
    for name, module in _Base.modules.items():
        _move(module, _Base.codes[name], places[name], importer.archive)
        sys.modules[name] = module
        if name.rpartition(".")[0] == PARENT:
            setattr(parent, name.rpartition(".")[2], module)


def _move(module: ModuleType, code: CodeType, place: str, archive: str) -> None:
    """Gives a module the place that it has in the payload: deprecations are attributed by the paths of code, tracebacks
    show the source that the loader has.
    """
    _fix_filename(code, place)
    for name, value in list(vars(module).items()):
        if isinstance(value, (str, PurePath)) and str(value).startswith(f"{_Base.installed}/"):
            setattr(module, name, type(value)(archive + str(value)[len(_Base.installed) :]))
    directory = os.path.dirname(place)
    if hasattr(module, "__path__"):
        module.__path__ = [directory]
        directory = os.path.dirname(directory)
    spec: Any = module.__spec__
    spec.origin, spec.loader, spec.cached = place, pkgutil.get_importer(directory), None
    module.__loader__ = spec.loader
    if "__cached__" in vars(module):
        vars(module)["__cached__"] = spec.cached  # computed from the origin
