# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys, roles and the certificate of `prod`: each function holds one line of the page."""

from __future__ import annotations

import re
from typing import Any

from tests.integration.conftest import CONTROLLERS_POLICIES
from tests.integration.prod_policies import Call, allowed, listed
from tests.integration.prod_reading import SIDES, Item, Reading, contains, same, statements

ARN = re.compile(r"arn:aws:[a-z0-9]+:[a-z0-9-]*:\d*:.+")
VERB = re.compile(r"[a-z0-9]+:[A-Z][A-Za-z]+")


def keys_with_alias_and_rotation(reading: Reading) -> None:
    for region in (reading.home, reading.replica):
        key, kms = reading.key(region), reading.aws("kms", region)
        contains(key, {"KeyState": "Enabled", "KeyManager": "CUSTOMER", "KeyUsage": "ENCRYPT_DECRYPT"}, region)
        same(kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"], True, f"rotation in {region}")


def key_policy_lets_services_use_it(reading: Reading) -> None:
    """CloudWatch Logs by its own name, RDS and S3 on behalf of whom IAM lets; nobody else, and nobody without a
    service.
    """
    policy = _key_policy(reading)
    account, region = reading.account, reading.home
    logs = {"Service": f"logs.{region}.amazonaws.com"}
    context = "kms:EncryptionContext:aws:logs:arn"
    group = f"arn:aws:logs:{region}:{account}:log-group:/{reading.name}/vpc-flow-logs"
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"):
        assert allowed(policy, Call(logs, action, context={context: group})), f"CloudWatch Logs: {action}"
        foreign = {context: group.replace(account, "210987654321")}
        assert not allowed(policy, Call(logs, action, context=foreign)), f"CloudWatch Logs of a stranger: {action}"
        for service in ("rds", "s3"):
            assert allowed(policy, _through(reading, service, action)), f"{service}: {action}"
            stranger = _through(reading, service, action, account="210987654321")
            assert not allowed(policy, stranger), f"a stranger through {service}: {action}"
        assert not allowed(policy, _through(reading, "lambda", action)), f"through lambda: {action}"
        assert not allowed(policy, Call({"AWS": account}, action)), f"{action} without a service"


def grants_where_a_service_needs_one(reading: Reading) -> None:
    """RDS, EBS and Auto Scaling hold grants of their own; a person cannot make one."""
    policy = _key_policy(reading)
    for service in ("rds", "ec2"):
        call = _through(reading, service, "kms:CreateGrant")
        aws_resource = Call(call.principal, call.action, context={**call.context, "kms:GrantIsForAWSResource": "true"})
        assert allowed(policy, aws_resource), f"{service} holds no grant"
        assert not allowed(policy, call), f"{service}: a grant for something else than a resource of AWS"
    role = (
        f"arn:aws:iam::{reading.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    )
    scaling = Call({"AWS": role}, "kms:CreateGrant", context={"kms:GrantIsForAWSResource": "true"})
    assert allowed(policy, scaling), "Auto Scaling starts no instance with an encrypted volume"
    assert not allowed(policy, Call({"AWS": reading.account}, "kms:CreateGrant"))


def _key_policy(reading: Reading) -> str:
    policy: str = reading.aws("kms").get_key_policy(KeyId=reading.key()["KeyId"], PolicyName="default")["Policy"]
    return policy


def _through(reading: Reading, service: str, action: str, account: str | None = None) -> Call:
    who = account or reading.account
    via = f"{service}.{reading.home}.amazonaws.com"
    return Call({"AWS": who}, action, context={"kms:CallerAccount": who, "kms:ViaService": via})


TRUSTED = {
    "instance": "ec2.amazonaws.com",
    "flow-logs": "vpc-flow-logs.amazonaws.com",
    "replication": "s3.amazonaws.com",
    "rds-monitoring": "monitoring.rds.amazonaws.com",
}
"""The only service that may assume each role."""

CONDITIONED = {"flow-logs": "ec2", "rds-monitoring": "rds"}
"""Roles whose service fills in for whom it acts; the others' services do not document it."""


def roles_name_actions_and_arns(reading: Reading) -> None:
    """In every policy of the stack's own: no * as resource, no * in an action; a key only through a service."""
    same(set(reading.roles), set(TRUSTED))
    seen = 0
    for what, role in reading.roles.items():
        for statement in own_statements(reading, role["RoleName"]):
            seen += 1
            same(statement["Effect"], "Allow")
            for resource in listed(statement["Resource"]):
                assert ARN.fullmatch(resource), f"{what}: {resource} is not an ARN"
            for action in listed(statement["Action"]):
                assert VERB.fullmatch(action), f"{what}: {action} is more than one action"
                if action.startswith("kms:"):
                    assert "kms:ViaService" in statement["Condition"]["StringEquals"], f"{what} uses the key directly"
    assert seen > 8
    own = {policy["PolicyName"] for policy in reading.all("iam", "list_policies", "Policies", Scope="Local")}
    same({name for name in own if not name.startswith(CONTROLLERS_POLICIES)}, set(), "managed policies of the account")


def roles_trust_one_service(reading: Reading) -> None:
    for what, role in reading.roles.items():
        (trust,) = statements(role["AssumeRolePolicyDocument"])
        same(listed(trust["Principal"]["Service"]), [TRUSTED[what]], what)
        same(set(trust["Principal"]), {"Service"}, what)
        if service := CONDITIONED.get(what):
            same(listed(trust["Condition"]["StringEquals"]["aws:SourceAccount"]), [reading.account], what)
            (source,) = listed(trust["Condition"]["ArnLike"]["aws:SourceArn"])
            assert source.startswith(f"arn:aws:{service}:{reading.home}:{reading.account}:"), source


def instance_role_has_agents(reading: Reading) -> None:
    role = reading.roles["instance"]["RoleName"]
    attached = reading.all("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role)
    same(
        {policy["PolicyArn"] for policy in attached},
        {
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
            "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
        },
    )
    profile = reading.aws("iam").get_instance_profile(InstanceProfileName=role)["InstanceProfile"]
    same([r["RoleName"] for r in profile["Roles"]], [role])
    for side in SIDES:
        same(reading.launch_template(side)["IamInstanceProfile"]["Arn"], profile["Arn"], side)


def instance_role_reads_assets_only(reading: Reading) -> None:
    """It reads assets and writes logs under its own prefix; it removes nothing and reads no other bucket."""
    role = reading.roles["instance"]["RoleName"]
    policy = {"Statement": own_statements(reading, role)}
    assets, logs = (f"arn:aws:s3:::{reading.bucket(what)}" for what in ("assets", "logs"))

    def may(action: str, resource: str) -> bool:
        return allowed(policy, Call({}, action, resource))

    assert may("s3:GetObject", f"{assets}/a.css")
    assert may("s3:PutObject", f"{logs}/instances/i-1/app.log")
    assert not may("s3:PutObject", f"{assets}/a.css")
    assert not may("s3:GetObject", f"{logs}/instances/i-1/app.log")
    assert not may("s3:DeleteObject", f"{assets}/a.css")


def own_statements(reading: Reading, role: str) -> list[Item]:
    """Of a role's inline policies."""
    iam: Any = reading.aws("iam")
    names = reading.all("iam", "list_role_policies", "PolicyNames", RoleName=role)
    return [
        statement
        for name in names
        for statement in statements(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    ]


def record_names(reading: Reading) -> list[str]:
    """The names by which people reach the application."""
    return [f"{record['name']}.{reading.inventory['dns_zone_name']}" for record in reading.inventory["dns_records"]]


def certificate(reading: Reading) -> None:
    """Issued for the names that lead to the application, proved in DNS, in use by both listeners."""
    (summary,) = reading.all("acm", "list_certificates", "CertificateSummaryList")
    found = reading.aws("acm").describe_certificate(CertificateArn=summary["CertificateArn"])["Certificate"]
    contains(found, {"Status": "ISSUED", "Type": "AMAZON_ISSUED"})
    shown = found["SubjectAlternativeNames"]
    for name in record_names(reading):
        assert {name, f"*.{name.split('.', 1)[1]}"} & set(shown), f"{name} is not covered by {shown}"
    for proof in found["DomainValidationOptions"]:
        same(proof["ValidationMethod"], "DNS")
        wanted = proof["ResourceRecord"]
        (record,) = [record for record in reading.records if record["Name"] == wanted["Name"]]
        same((record["Type"], record["ResourceRecords"]), ("CNAME", [{"Value": wanted["Value"]}]))
    same(set(found["InUseBy"]), {reading.load_balancer(side)["LoadBalancerArn"] for side in SIDES})
