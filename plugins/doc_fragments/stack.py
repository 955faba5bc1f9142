# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the parameter stack."""

from __future__ import annotations


class ModuleDocFragment:
    """options of every module that works on a stack"""

    DOCUMENTATION = r"""
options:
  stack:
    description:
      - Which stack. The fact C(cutover_stack), which the preflight sets, has this shape.
    type: dict
    required: true
    suboptions:
      project:
        description: First part of every name.
        type: str
        required: true
      environment:
        description: Second part of every name, and the tag C(Environment).
        type: str
        required: true
      region:
        description: The home region.
        type: str
        required: true
      account_id:
        description: The twelve digits of the account, as C(sts:GetCallerIdentity) gives them.
        type: str
        required: true
      partition:
        description: First part of every ARN after C(arn).
        type: str
        default: aws
      replica_region:
        description: The region of the replica bucket and its key; none where nothing is replicated.
        type: str
      phase:
        description: The value of the tag C(MigrationPhase) for resources that are made now.
        type: str
        default: initial
      tags:
        description: The inventory's own tags, given to every resource that can carry tags.
        type: dict
        default: {}
"""
