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
    child of a server that has boto3 and botocore's models loaded, instead of paying for them in each task.
  - Returns the interpreter of ansible-playbook itself where that cannot work, or where it is turned off.
  - Needs pipelining; without it every task takes the stock path.
options:
  _terms:
    description: None are taken.
  enabled:
    description:
      - Set to V(false) to turn it off.
      - Set to V(true) to turn it on also for a version of ansible-core that it has not been compared on with the stock
        path, task by task.
      - Without a value it is on for versions of ansible-core that it has been compared on, C(2.19) and C(2.21).
    type: bool
    vars:
      - name: cutover_warm
"""

EXAMPLES = r"""
- name: Run the modules of a play warm
  hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ lookup('cutover.aws.warm_python') }}"
  tasks:
    - name: List the VPCs
      amazon.aws.ec2_vpc_net_info:
"""

RETURN = r"""
_raw:
  description: One path.
  type: list
  elements: str
"""

import hashlib
import os
import shlex
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.release import __version__ as core_version

from ansible_collections.cutover.aws.plugins.plugin_utils.warm import client, inherited, payload_store

CODE = str(Path(client.__file__).parent)
COMPARED = ("2.19", "2.21")
"""The versions of ansible-core on which tests/parity runs."""
LONGEST_SHEBANG = 127
"""Linux cuts a longer first line."""
LONGEST_SOCKET = 107
"""The longest path that a Unix socket can have."""
PRIVATE = "private"
"""The directory of sockets, byte-code and payloads, inside that of the launchers."""
LAUNCHER = """\
import os, sys
sys.path.insert(0, {code!r})
sys.pycache_prefix = os.path.dirname({socket!r}) + "/code"
try:
    import client
except ImportError:  # another user, who cannot read the collection
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
raise SystemExit(client.main({socket!r}))
"""


class LookupModule(LookupBase):  # type: ignore[misc]
    """lookup('cutover.aws.warm_python')"""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """The path, as a list of one."""
        if terms:
            raise AnsibleLookupError("cutover.aws.warm_python takes no terms")
        self.set_options(var_options=variables, direct=kwargs)
        enabled = self.get_option("enabled")
        if enabled is None:
            enabled = ".".join(core_version.split(".")[:2]) in COMPARED
        path = launcher() if enabled else None
        if path is None:
            return [sys.executable]
        payload_store.exchange(constants.DEFAULT_LOCAL_TMP, str(Path(path).with_name(PRIVATE) / "payloads"))
        return [path]


def launcher() -> str | None:
    """An executable file that starts the client with this interpreter; None where there cannot be one.

    Ansible takes a single path as interpreter, and the files of an installed collection are not executable.
    """
    shebang = f"#!{sys.executable} -IS"
    if not _is_possible() or len(shebang) > LONGEST_SHEBANG or shlex.quote(sys.executable) != sys.executable:
        return None
    try:
        directory = _directory()
        name = f"{_versions()}-{inherited.digest()}"
        socket = f"{directory}/{PRIVATE}/{name}"
        if len(os.fsencode(socket)) > LONGEST_SOCKET:
            return None
        return _written(f"{directory}/{name}-python", f"{shebang}\n{LAUNCHER.format(code=CODE, socket=socket)}")
    except OSError:
        return None


def _is_possible() -> bool:
    """Whether this system has what server and client are built on. Linux has it from 5.3 on."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return sys.platform == "linux"


def _directory() -> str:
    """Of launchers. This user alone writes there. Others pass through, so that a task that becomes another user can
    start the client, which then becomes Python; what is PRIVATE is closed to them.
    """
    directory = os.path.join(tempfile.gettempdir(), f"cutover-warm-{os.geteuid()}")
    for path, mode in ((directory, 0o711), (f"{directory}/{PRIVATE}", 0o700)):
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
            os.chmod(path, mode)
        found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & (0o777 - mode):
            raise PermissionError(f"{path} is not this user's alone")
    if os.statvfs(directory).f_flag & os.ST_NOEXEC:
        raise PermissionError(f"no file in {directory} can be executed")
    return directory


def _versions() -> str:
    """Changes with the interpreter, the files of this collection's server, and the packages that are installed."""
    places = [*Path(CODE).glob("*.py"), *(Path(place) for place in sys.path if os.path.exists(place))]
    content = repr([sys.executable, sys.version, [(str(place), place.stat().st_mtime_ns) for place in places]])
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _written(path: str, text: str) -> str:
    """The path of a file that has this text, and can be executed."""
    file = Path(path)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.chmod(0o755)
        aside.replace(file)
    return path
