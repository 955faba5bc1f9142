# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that modules share: the options state and tags, and what check mode and diff mode do."""

from __future__ import annotations


class ModuleDocFragment:
    """cutover.aws.module.state, .tags, .route53_tags, .changes and .reads"""

    STATE = r"""
options:
  state:
    description: Whether it ought to be there.
    type: str
    choices: [present, absent]
    default: present
"""

    TAGS = r"""
options:
  tags:
    description: Tags to set, values by keys; others stay.
    type: dict
    default: {}
"""

    ROUTE53_TAGS = r"""
options:
  tags:
    description:
      - Tags to set, values by keys; others stay. Route 53 allows 10.
      - C(cutover:stack) and C(cutover:key) are required with O(state=present). They become part of the caller
        reference, by which the resource is known as the stack's even if the run dies before the tags are set.
    type: dict
    default: {}
"""

    CHANGES = r"""
attributes:
  check_mode:
    description: Says what it would do and does not do it.
    support: full
  diff_mode:
    description: Shows what differs, before and after.
    support: full
"""

    READS = r"""
attributes:
  check_mode:
    description: Reads only, so it does the same.
    support: full
  diff_mode:
    description: Has nothing to show.
    support: none
"""
