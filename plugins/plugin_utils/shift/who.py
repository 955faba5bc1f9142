# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who runs a shift, as far as that can be known: for the report."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from typing import Any


def who(caller: str | None, task_vars: Mapping[str, Any]) -> dict[str, str | None]:
    """user: at which machine. awx: of AWX or its successors, whose machines tell nothing. aws: caller, the ARN."""
    return {"user": f"{_user()}@{socket.gethostname()}", "awx": _job(task_vars), "aws": caller}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name: KeyError before Python 3.13, OSError since.
        return "somebody"


def _job(task_vars: Mapping[str, Any]) -> str | None:
    if "awx_job_id" not in task_vars:
        return None
    by = task_vars.get("awx_user_name")
    return f"AWX job {task_vars['awx_job_id']}, launched by {by or task_vars.get('awx_job_launch_type', 'itself')}"
