# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables that belong to no role: which stack, which account, how to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.core import Value

PHASES = ("initial", "snapshot", "blue-green", "traffic-shift", "complete")

SITE_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "project": {"type": "str", "required": True},
    "environment_suffix": {"type": "str"},
    "environment_suffix_required": {"type": "bool"},
    "region": {"type": "str", "required": True},
    "replica_region": {"type": "str"},
    "allowed_account_ids": {"type": "list"},
    "cutover_tags": {"type": "dict", "required": True},
    "migration_phase": {"type": "str", "choices": list(PHASES)},
    "preflight_aws": {"type": "bool"},
    "aws_endpoint_url": {"type": "str"},
    "aws_endpoint_hint": {"type": "str"},
    "aws_access_key": {"type": "str"},
    "aws_profile": {"type": "str"},
    "cutover_full": {"type": "bool"},
    "cutover_settle": {"type": "int"},
    "cutover_output_dir": {"type": "path"},
    "cutover_plan_only": {"type": "bool"},
    "cutover_planned_minutes": {"type": "int"},
    "cutover_warm": {"type": "bool"},
    "plan_fail_on_changes": {"type": "bool"},
    "destroy_confirm": {"type": "str"},
    "shift_force_forward": {"type": "str"},
    "shift_back": {"type": "bool"},
    "shift_approved": {"type": "int"},
    "branch_status": {"type": "str", "choices": ["completed", "rolled_back", "held", "refused"]},
}
"""Options in the form of an argument specification. Two more are known and never read here: aws_secret_key and
aws_session_token."""

CREDENTIALS = ("aws_secret_key", "aws_session_token")
"""Handed to the modules and otherwise not looked at."""

IDENTITY = (
    "project",
    "environment_suffix",
    "environment_suffix_required",
    "region",
    "replica_region",
    "allowed_account_ids",
    "aws_endpoint_url",
    "aws_endpoint_hint",
    "aws_access_key",
    "aws_profile",
    "cutover_planned_minutes",
    "destroy_confirm",
)
"""Those that a run needs which only removes."""

PLAYBOOK_FACTS = (
    "cutover_aws",
    "cutover_before",
    "cutover_began",
    "cutover_doomed",
    "cutover_existing",
    "cutover_failure",
    "cutover_folder",
    "cutover_found",
    "cutover_identity_only",
    "cutover_layer_plans",
    "cutover_left",
    "cutover_not_removed",
    "cutover_outputs",
    "cutover_outputs_file",
    "cutover_plan_file",
    "cutover_plans",
    "cutover_preflight",
    "cutover_retained",
    "cutover_reading",
    "cutover_result",
    "cutover_shifted",
    "cutover_stack",
    "cutover_stack_name",
    "cutover_wiring",
)
"""Names that the playbooks themselves give to what they register."""

ROLE_FACTS = ("dns_zone_delegated",)
"""Facts of roles beside <role>_outputs that other roles read."""

PLANNED_MINUTES = 60
"""How long a run may take that builds everything: a Multi-AZ database alone takes a quarter of an hour."""


def enabled(values: Mapping[str, Value], name: str, default: bool) -> bool:
    """A boolean variable that need not be set."""
    value = values.get(name)
    return default if value is None else bool(value)
