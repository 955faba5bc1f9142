# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes the zip of a rotation function on the controller, where its drivers are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils._errors import CutoverError
from ..module_utils._rotation import HANDLER, RUNTIME
from ..plugin_utils.rotation import DRIVERS, code_sha256, package


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.rotation_package."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Writes the file where its content would be another."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _options, given = self.validate_argument_spec(
            {
                "engine": {"type": "str", "required": True, "choices": list(DRIVERS)},
                "path": {"type": "path", "required": True},
            }
        )
        path = Path(given["path"])
        try:
            content, sha256 = package(given["engine"]), code_sha256(given["engine"])
            changed = not path.exists() or path.read_bytes() != content
            if changed and not self._task.check_mode:
                path.write_bytes(content)
        except CutoverError as error:
            raise AnsibleActionFail(str(error)) from error
        except OSError as error:
            raise AnsibleActionFail(f"{path} cannot be written: {error.strerror}") from error
        made = {"path": str(path), "sha256": sha256, "handler": HANDLER, "runtime": RUNTIME}
        return {**result, "changed": changed, **made}
