# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rotation_package
short_description: Pack the function that rotates a database's password
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Writes, on the controller, the zip of a Lambda function that Secrets Manager calls to change the password of one
    user of MySQL, MariaDB or
    PostgreSQL; M(amazon.aws.lambda) takes it as C(zip_file).
  - The driver is that of the controller. PyMySQL (1.2 or later) for MySQL and MariaDB, pg8000 (1.31 or later) for
    PostgreSQL; both are pure
    Python and run on every processor. Where it is not installed, the task fails.
  - The same versions make the same bytes on every controller, so a function whose code is right is not updated.
  - The function trusts the authorities of Lambda's runtime, among which those of RDS are. The environment variable
    C(CA_FILE) names another file.
options:
  engine:
    description: The engine whose driver is packed.
    type: str
    choices: [mysql, mariadb, postgres]
    required: true
  path:
    description: The file. Its folder has to be there.
    type: path
    required: true
attributes:
  check_mode:
    description: Says whether the file would be another, and writes nothing.
    support: full
  diff_mode:
    description: A zip is nothing to read.
    support: none
"""

EXAMPLES = r"""
- name: Pack it
  cutover.aws.rotation_package:
    engine: postgres
    path: /tmp/rotation.zip
  register: package

- name: Make the function
  amazon.aws.lambda:
    name: acme-prod-rotation
    state: present
    runtime: "{{ package.runtime }}"
    handler: "{{ package.handler }}"
    zip_file: "{{ package.path }}"
    role: arn:aws:iam::123456789012:role/acme-prod-rotation
    timeout: 60
"""

RETURN = r"""
path:
  description: The file.
  returned: always
  type: str
  sample: /tmp/rotation.zip
sha256:
  description: The digest of its content as Lambda writes it (C(CodeSha256)).
  returned: always
  type: str
  sample: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
handler:
  description: What Lambda calls.
  returned: always
  type: str
  sample: rotation.handler.handle
runtime:
  description: The runtime of Lambda that the code is written for.
  returned: always
  type: str
  sample: python3.13
"""
