# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: json_file
short_description: Write data as a JSON file on the controller
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Writes data as JSON, indented and with sorted keys, so that two files can be compared line by line.
  - The file is replaced as a whole, and only where its content would be another. Its folder is made.
options:
  path:
    description: The file. Everybody may read it, its owner may write it (C(0644)).
    type: path
    required: true
  content:
    description: What to write.
    type: dict
    required: true
attributes:
  check_mode:
    description: Says whether the content would be another, and writes nothing.
    support: full
  diff_mode:
    description: Shows the file before and after.
    support: full
"""

EXAMPLES = r"""
- name: Leave the outputs
  cutover.aws.json_file:
    path: "{{ playbook_dir }}/outputs/{{ inventory_hostname }}.json"
    content: "{{ vpc_outputs }}"
"""

RETURN = r"""
path:
  description: The file.
  returned: always
  type: str
  sample: /home/me/outputs/prod.json
"""
