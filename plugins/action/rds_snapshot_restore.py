# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Restores a database, and shows how far it is. This part needs the controller: a restore takes hours."""

from __future__ import annotations

from ..plugin_utils.driving import DrivenAction


class ActionModule(DrivenAction):
    """The task cutover.aws.rds_snapshot_restore."""
