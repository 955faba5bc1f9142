# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The interpreter that runs modules warm."""

from __future__ import annotations

DOCUMENTATION = r"""
name: warm_python
short_description: Path of an interpreter that runs modules in a fork server
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Returns a path for C(ansible_python_interpreter) of hosts on a local connection. Modules then run in the forked
    child of a server that has
    boto3 and botocore's models loaded, instead of paying for them in each task.
  - Returns the interpreter of ansible-playbook itself where that cannot work.
  - Needs pipelining; without it every task takes the stock path.
options:
  _terms:
    description: None are taken.
"""

EXAMPLES = r"""
- name: Variables of a host on a local connection
  ansible.builtin.debug:
    msg: "{{ lookup('cutover.aws.warm_python') }}"
"""

RETURN = r"""
_raw:
  description: One path.
  type: list
  elements: str
"""

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.cutover.aws.plugins.plugin_utils.warm import client

LONGEST_SHEBANG = 127
"""Linux cuts a longer first line."""


class LookupModule(LookupBase):  # type: ignore[misc]
    """lookup('cutover.aws.warm_python')"""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """The path, as a list of one."""
        if terms or kwargs:
            raise AnsibleLookupError("cutover.aws.warm_python takes no arguments")
        return [launcher() or sys.executable]


def launcher() -> str | None:
    """An executable file that starts the client with this interpreter; None where there cannot be one.

    Ansible takes a single path as interpreter, and the files of an installed collection are not executable.
    """
    shebang = f"#!{sys.executable} -IS"
    if not hasattr(os, "fork") or len(shebang) > LONGEST_SHEBANG or shlex.quote(sys.executable) != sys.executable:
        return None
    directory = str(Path(client.__file__).parent)
    text = f"{shebang}\nimport sys\nsys.path.insert(0, {directory!r})\nimport client\nraise SystemExit(client.main())\n"
    try:
        path = Path(f"{client.rendezvous()}-python")
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            aside = path.with_name(f"{path.name}.{os.getpid()}")
            aside.write_text(text, encoding="utf-8")
            aside.chmod(0o700)
            aside.replace(path)
    except OSError:
        return None
    return str(path)
