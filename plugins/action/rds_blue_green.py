# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Upgrades a database by a copy, and shows how far it is. This part needs the controller: a copy takes hours."""

from __future__ import annotations

from ..plugin_utils.driving import DrivenAction


class ActionModule(DrivenAction):
    """The task cutover.aws.rds_blue_green."""
