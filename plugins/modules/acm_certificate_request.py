#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ACM certificates that DNS validates, for which there is no stock module."""

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_request
short_description: Request a certificate from ACM that is validated by DNS
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Requests a public certificate, or finds the one that an earlier run has requested.
  - M(community.aws.acm_certificate) imports certificates and cannot choose DNS validation for a request.
  - Does not wait. M(cutover.aws.acm_validation_records) makes the records that ACM asks for, M(cutover.aws.wait_for)
    waits until it is issued.
  - AWS cannot change the names of a certificate. When they differ a new one is requested and the old one stays, because
    a listener may be using it.
options:
  domain:
    description: The name of the certificate. Required with O(state=present).
    type: str
  alternative_names:
    description: Further names, wildcards included.
    type: list
    elements: str
    default: []
  key_algorithm:
    description: Algorithm and length of the key.
    type: str
    choices: [RSA_2048, EC_prime256v1, EC_secp384r1]
    default: RSA_2048
  transparency_logging:
    description: Whether the certificate is entered into public logs. Browsers do not trust one that is not.
    type: str
    choices: [ENABLED, DISABLED]
    default: ENABLED
  identity:
    description:
      - Tags by which an earlier request is recognized; they must be part of O(tags). Required with O(state=present).
    type: dict
  request_id:
    description:
      - Any text that is the same when an interrupted request is repeated, and another one when the certificate is
        wanted anew.
      - For an hour AWS answers the same request with the same certificate.
    type: str
    default: ""
  certificate_arn:
    description: The certificate to remove. Required with O(state=absent).
    type: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Request a certificate for a domain and everything below it
  cutover.aws.acm_certificate_request:
    domain: example.com
    alternative_names: ["*.example.com"]
    identity: {"cutover:stack": acme-prod, "cutover:key": certificate}
    tags: {"cutover:stack": acme-prod, "cutover:key": certificate, Name: acme-prod-certificate}
  register: certificate
"""

RETURN = r"""
certificate_arn:
  description:
    - The certificate, null where there is none (after O(state=absent), and in check mode before it is requested).
  returned: always
  type: str
  sample: arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012
"""

from dataclasses import asdict
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._certificate import api
from ..module_utils._certificate.plan import Certificate, Order, certificate_plan, seen
from ..module_utils._errors import fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "domain": {"type": "str"},
            "alternative_names": {"type": "list", "elements": "str", "default": []},
            "key_algorithm": {
                "type": "str",
                "choices": ["RSA_2048", "EC_prime256v1", "EC_secp384r1"],
                "default": "RSA_2048",
                "no_log": False,
            },
            "transparency_logging": {"type": "str", "choices": ["ENABLED", "DISABLED"], "default": "ENABLED"},
            "identity": {"type": "dict"},
            "request_id": {"type": "str", "default": ""},
            "tags": {"type": "dict", "default": {}},
            "certificate_arn": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["domain", "identity"]), ("state", "absent", ["certificate_arn"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("acm")
        module.exit_json(**(_remove(module, client) if module.params["state"] == "absent" else _ensure(module, client)))


def _ensure(module: AnsibleAWSModule, client: Any) -> dict[str, Any]:
    p = module.params
    names = tuple(sorted({p["domain"], *p["alternative_names"]}))
    wanted = Certificate(p["domain"], names, p["key_algorithm"], p["transparency_logging"])
    found = api.Candidates(client, wanted, p["identity"])
    plan = certificate_plan(wanted, p["tags"], found.certificate, found.tags)
    arn = found.certificate["CertificateArn"] if found.certificate else None
    if not module.check_mode:
        arn = api.apply(client, Order(wanted, p["tags"], p["request_id"]), plan, found)
    before = {**asdict(seen(found.certificate)), "tags": found.tags} if found.certificate else {}
    diff = {"before": before, "after": {**asdict(wanted), "tags": {**found.tags, **p["tags"]}}}
    return {"changed": plan.changed, "certificate_arn": arn, "diff": diff}


def _remove(module: AnsibleAWSModule, client: Any) -> dict[str, Any]:
    existing = api.describe(client, module.params["certificate_arn"])
    if existing and not module.check_mode:
        api.delete(client, module.params["certificate_arn"])
    return {
        "changed": bool(existing),
        "certificate_arn": None,
        "diff": {"before": asdict(seen(existing)) if existing else {}, "after": {}},
    }


if __name__ == "__main__":
    main()
