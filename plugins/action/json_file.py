# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes a document for people and other tools on the controller.

The stock way is three runs of modules (folder, look, copy), which is more than a look at a whole finished stack costs.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

MODE = 0o644


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.json_file."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Writes the file where its content would be another."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _options, given = self.validate_argument_spec(
            {"path": {"type": "path", "required": True}, "content": {"type": "dict", "required": True}}
        )
        path = Path(given["path"])
        text = f"{json.dumps(given['content'], indent=4, sort_keys=True, ensure_ascii=False)}\n"
        try:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if before != text and not self._task.check_mode:
                write(path, text)
        except OSError as error:
            raise AnsibleActionFail(
                f"{path} cannot be written: {error.strerror}. Give another cutover_output_dir"
            ) from error
        diff = {"before_header": str(path), "after_header": str(path), "before": before, "after": text}
        return {**result, "changed": before != text, "path": str(path), "diff": diff}


def write(path: Path, text: str) -> None:
    """Aside and renamed, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(aside, MODE)
        os.replace(aside, path)
    except OSError:
        os.unlink(aside)
        raise
