# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the fork server has ready: libraries, botocore's service models, and the code of module files that were compiled
before.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import marshal
import os
import sys
import zipimport
from contextlib import suppress
from typing import Any

LIBRARIES = [
    "ast",
    "argparse",
    "base64",
    "boto3",
    "botocore.session",
    "botocore.client",
    "botocore.parsers",
    "botocore.serialize",
    "botocore.httpsession",
    "botocore.retries.standard",
    "boto3.session",
    "copy",
    "dataclasses",
    "datetime",
    "dateutil.parser",
    "email.mime.text",
    "getpass",
    "glob",
    "grp",
    "inspect",
    "ipaddress",
    "json",
    "locale",
    "logging",
    "platform",
    "pwd",
    "random",
    "runpy",
    "select",
    "shlex",
    "shutil",
    "subprocess",
    "syslog",
    "tarfile",
    "tempfile",
    "urllib.request",
    "urllib3",
    "uuid",
    "xml.etree.ElementTree",
    "zipfile",
]
"""None of Ansible's own: those come out of each task's payload, so that a task runs exactly the code that the
controller has sent.
"""

_models: set[tuple[str, ...]] = set()
_inherited: frozenset[tuple[str, ...]] = frozenset()


def install(directory: str) -> None:
    """Loads the libraries; sessions then share one loader of models, imports from payloads compiled code."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    # Byte-code of one Python crashes another.
    code_directory = os.path.join(directory, f"code-{importlib.util.MAGIC_NUMBER.hex()}")
    os.makedirs(code_directory, mode=0o700, exist_ok=True)
    PayloadImporter.directory = code_directory
    sys.path_hooks.insert(0, PayloadImporter)
    _share_models()


def _share_models() -> None:
    """Parsing a service's model costs more than most calls; a Loader keeps what it has parsed, so all sessions get the
    same one.

    Not where the user has models of his own in ~/.aws/models, or names a directory of models.
    """
    session: Any = sys.modules.get("botocore.session")
    if session is None or os.path.isdir(os.path.expanduser("~/.aws/models")):
        return
    stock = session.create_loader
    shared = stock()
    load = shared.load_service_model

    def load_and_note(service_name: str, type_name: str, api_version: str | None = None) -> Any:
        _models.add((service_name, type_name) if api_version is None else (service_name, type_name, api_version))
        return load(service_name, type_name, api_version)

    shared.load_service_model = load_and_note
    session.create_loader = lambda search_path_string=None: (
        shared if search_path_string is None else stock(search_path_string)
    )
    PayloadImporter.loader = shared


def learned() -> bytes:
    """In a child, at its end: the models that it had to load itself."""
    return json.dumps(sorted(_models - _inherited)).encode()


def learn(report: bytes) -> None:
    """In the server: loads what a child has missed, so that the next one has it."""
    global _inherited  # noqa: PLW0603
    with suppress(ValueError, TypeError):
        for arguments in json.loads(report):
            if PayloadImporter.loader is not None and all(isinstance(argument, str) for argument in arguments):
                with suppress(Exception):
                    PayloadImporter.loader.load_service_model(*arguments)
    _inherited = frozenset(_models)


class PayloadImporter(zipimport.zipimporter):
    """Imports from a task's payload without compiling what was compiled before: code is kept by the hash of its name
    and source.
    """

    directory = ""
    loader: Any = None

    def get_filename(self, fullname: str) -> str:
        """The path within the archive, without compiling the module as the stock importer does."""
        base = os.path.join(self.archive, self.prefix + fullname.rpartition(".")[2])
        return os.path.join(base, "__init__.py") if self.is_package(fullname) else f"{base}.py"

    def get_code(self, fullname: str) -> Any:
        """The module's code, from the store or compiled into it."""
        source, name = self.get_source(fullname), self.get_filename(fullname)
        if source is None:
            return super().get_code(fullname)
        kept = os.path.join(
            self.directory, hashlib.sha256(f"{name.removeprefix(self.archive)}\0{source}".encode()).hexdigest()
        )
        with suppress(OSError, ValueError, EOFError, TypeError), open(kept, "rb") as file:
            return marshal.load(file)
        code = compile(source, name, "exec", dont_inherit=True)
        self._keep(kept, code)
        return code

    def exec_module(self, module: Any) -> None:
        """Runs the code in the module."""
        exec(self.get_code(module.__name__), module.__dict__)

    @staticmethod
    def _keep(path: str, code: Any) -> None:
        """Written aside and renamed, so that a reader never sees half of it."""
        aside = f"{path}.{os.getpid()}"
        with suppress(OSError):
            with open(aside, "wb") as file:
                marshal.dump(code, file)
            os.rename(aside, path)
