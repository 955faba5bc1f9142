# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where Lambda comes in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from . import mysql, postgres
from .secret import Secret
from .shapes import Connect, Login, Session
from .steps import run

CONNECT: Mapping[str, Connect] = {"mysql": mysql.connect, "mariadb": mysql.connect, "postgres": postgres.connect}
"""By engine, as the secret names it."""

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


def connect(login: Login) -> Session:
    """By the driver of the login's engine."""
    return CONNECT[login.engine](login)


def handle(event: Mapping[str, Any], _context: object) -> None:
    """Secrets Manager gives Step, SecretId (an ARN) and ClientRequestToken (the version), and wants no answer."""
    client = import_module("boto3").client("secretsmanager")
    secret = Secret(client, event["SecretId"], event["ClientRequestToken"])
    log.info("%s of %s: %s", event["Step"], secret.arn, run(secret, event["Step"], connect))
