# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans a layer without asking AWS where the run has read it already."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils._plan.inputs import NotBuiltYet, require_inputs
from ..plugin_utils.planning import layer_plan


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.layer_plan."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Compares with the reading that it was given, or lets the module ask; fails where the layer cannot be made."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        reading = arguments.pop("reading", None)
        result.update(layer_plan(self, arguments, reading, task_vars or {}))
        if result.get("apply"):
            try:
                require_inputs(arguments["layer"], result["work"])
            except NotBuiltYet as error:
                result.update(failed=True, msg=str(error))
        return result
