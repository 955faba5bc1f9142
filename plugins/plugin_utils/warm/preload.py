# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the fork server has ready: libraries, and botocore's service models."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import suppress
from typing import Any

LIBRARIES = (
    "argparse",
    "ast",
    "boto3.session",
    "botocore.client",
    "botocore.httpsession",
    "botocore.parsers",
    "botocore.retries.standard",
    "botocore.serialize",
    "botocore.session",
    "dateutil.parser",
    "email.mime.text",
    "getpass",
    "glob",
    "grp",
    "ipaddress",
    "locale",
    "packaging.version",
    "platform",
    "pwd",
    "runpy",
    "syslog",
    "tarfile",
    "urllib.request",
    "xml.etree.ElementTree",
    "zipfile",
)
MODELS = ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1")

_used: set[tuple[str, str]] = set()
_ready: set[tuple[str, str]] = set()


def install() -> None:
    """Loads the libraries, and lets all sessions share what they load of models."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
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
        _used.add((service_name, type_name))
        return load(service_name, type_name, api_version)

    shared.load_service_model = load_and_note
    session.create_loader = lambda search_path_string=None: (
        shared if search_path_string is None else stock(search_path_string)
    )


def learned() -> list[tuple[str, str]]:
    """In a child, at its end: the models that it had to load itself."""
    return sorted(_used - _ready)


def learn(models: list[list[str]]) -> None:
    """In the server: makes ready what a child has missed, so that the next one has it. Only models that the installed
    botocore has.

    A client, which connects to nothing while it is made, fills all that botocore keeps for a service.
    """
    if not models:
        return
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.pop("AWS_PROFILE", None)
    session = sys.modules["botocore.session"].Session()
    known = session.get_available_services()
    for service, model in models:
        if service in known and model in MODELS:
            with suppress(Exception):
                session.get_component("data_loader").load_service_model(service, model)
            with suppress(Exception):
                session.create_client(service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    _ready.update(_used)
    gc.freeze()
