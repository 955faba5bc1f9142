#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a hosted zone is the one that the world sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_delegation
short_description: See whether a zone is delegated to its name servers
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Asks resolvers for the name servers of a domain and compares them with those of its hosted zone. Two zones may
    have the same name, and only one of them is the one that the parent zone delegates to.
  - Nothing that waits for the world, such as the validation of a certificate, can succeed in a zone that is not
    delegated.
  - Changes nothing, and asks nothing of AWS.
options:
  name:
    description: The domain.
    type: str
    required: true
  name_servers:
    description: The name servers of its hosted zone.
    type: list
    elements: str
    required: true
  resolvers:
    description: Resolvers to ask, as C(host) or C(host:port). By default the system's own. A zone counts as delegated
      when all of them say so.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds to wait for each of them; one that does not answer sees no zone.
    type: float
    default: 5
requirements:
  - dnspython >= 2.1
extends_documentation_fragment:
  - cutover.aws.module.reads
"""

EXAMPLES = r"""
- name: See whether the world finds the zone
  cutover.aws.dns_delegation:
    name: example.com
    name_servers: [ns-1.awsdns-01.org, ns-2.awsdns-02.com]
    resolvers: [9.9.9.9, "1.1.1.1:53"]
  register: delegation
"""

RETURN = r"""
delegated:
  description: Whether every resolver sees exactly the zone's name servers.
  returned: always
  type: bool
expected:
  description: The zone's name servers, sorted.
  returned: always
  type: list
  elements: str
seen:
  description: What each resolver sees.
  returned: always
  type: dict
  sample: {9.9.9.9: [ns-1.awsdns-01.org, ns-2.awsdns-02.com]}
reason:
  description: Why it is not delegated; empty where it is.
  returned: always
  type: str
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ..module_utils._delegation.ask import MISSING, SYSTEM, name_servers
from ..module_utils._delegation.verdict import verdict
from ..module_utils._errors import CutoverError


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "name_servers": {"type": "list", "elements": "str", "required": True},
            "resolvers": {"type": "list", "elements": "str", "default": []},
            "timeout": {"type": "float", "default": 5},
        },
        supports_check_mode=True,
    )
    if MISSING:
        module.fail_json(msg=missing_required_lib("dnspython"), exception=MISSING)
    p = module.params
    resolvers = p["resolvers"] or [SYSTEM]
    try:
        with ThreadPoolExecutor(len(resolvers)) as pool:
            answers = list(pool.map(lambda resolver: name_servers(p["name"], resolver, p["timeout"]), resolvers))
    except CutoverError as error:
        module.fail_json(msg=str(error))
    seen = dict(zip(resolvers, answers, strict=True))
    module.exit_json(changed=False, **asdict(verdict(p["name"], p["name_servers"], seen)))


if __name__ == "__main__":
    main()
