# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`prod` as the page of the reference environments describes it: every line that is in scope, held by a look at AWS
with boto3.

The table reads like the page. What is not in it belongs to later parts of the collection: the restore from a snapshot
and its proof, proxy, rotation and backup plan, phases and shifts of traffic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.integration import prod_data as data
from tests.integration import prod_fleets as fleets
from tests.integration import prod_network as network
from tests.integration import prod_security as security
from tests.integration import prod_tags as tags
from tests.integration import prod_watching as watching
from tests.integration import prod_whole as whole
from tests.integration.conftest import Built
from tests.integration.prod_policies import Call, allowed, denied
from tests.integration.prod_reachability import INTERNET, open_ports
from tests.integration.prod_reading import Item, Reading

Check = Callable[[Reading], None]

PAGE: dict[str, dict[str, Check]] = {
    "common": {
        "Nothing is hard-coded in a role, values come from the inventory": whole.nothing_is_hard_coded,
        "No secret is in any file or output; passwords are never printed": whole.no_secret_is_shown,
        "DNS hostnames and support on in every VPC": network.dns_hostnames_and_support,
        "security group rules are objects of their own": network.rules_are_objects,
        "own IAM policies name actions, ARNs and conditions, no * resource": security.roles_name_actions_and_arns,
        "every role is assumed by one service, under conditions": security.roles_trust_one_service,
        "every alarm notifies the topic": watching.alarms_notify_the_topic,
        "key rotation is on, read back": security.keys_with_alias_and_rotation,
        "a run prints no deprecation warning": whole.no_deprecation_warning,
        "load balancer to application, application to database, nothing else": network.reachability,
        "outputs give each subnet's route table and default route": network.outputs_name_routes,
        "every resource that can carry tags carries all tags": tags.every_resource_is_tagged,
        "names follow one scheme, with the region where a name is global": whole.names_follow_one_scheme,
        "60 outputs and more": whole.sixty_outputs,
        "outputs so complete that another tool needs no look-up": whole.outputs_need_no_lookup,
        "outputs as SSM parameters where asked": whole.outputs_are_parameters,
    },
    "vpc": {
        "3 zones, public, private and database subnets": network.subnets_in_three_zones,
        "internet gateway": network.internet_gateway,
        "NAT per zone": network.nat_in_each_zone,
        "route tables": network.route_tables,
        "network ACLs": network.network_acls,
        "flow logs to an encrypted log group": network.flow_logs,
        "S3 gateway endpoint": network.s3_gateway_endpoint,
    },
    "security": {
        "load balancers admit 443 only, from IPv4 and IPv6": network.load_balancers_admit_443,
        "application 8080 only from the load balancer and itself": network.application_admits_8080,
        "database 3306 only from the application": network.database_admits_3306,
        "egress rules written out, the database's too": network.egress_is_written_out,
        "KMS key with alias, rotation on": security.keys_with_alias_and_rotation,
        "a key policy that lets CloudWatch Logs, RDS, S3 use it": security.key_policy_lets_services_use_it,
        "grants where a service needs one": security.grants_where_a_service_needs_one,
        "the instance role carries the SSM and CloudWatch agent policies": security.instance_role_has_agents,
        "the instance role reaches its buckets and no others": security.instance_role_reads_assets_only,
        "ACM certificate": security.certificate,
    },
    "database": {
        "a new one, since the inventory asks for it": data.a_new_database,
        "Multi-AZ with its own subnet group": data.multi_az_with_own_groups,
        "its own parameter group": data.own_parameter_group,
        "KMS key": data.encrypted_with_the_key,
        "deletion protection": data.deletion_protection,
        "Performance Insights": data.performance_insights,
        "enhanced monitoring with its role": data.enhanced_monitoring,
        "exported logs whose groups exist beforehand with retention": data.exported_logs,
        "backup retention": data.backup_retention,
        "passwords are generated or managed by AWS": data.password_is_managed,
    },
    "storage": {
        "log and asset buckets": data.there_are_no_other_buckets,
        "versioning": data.versioning,
        "KMS encryption": data.kms_encryption,
        "public access block": data.public_access_block,
        "TLS-only policy": data.tls_only_policy,
        "lifecycle": data.lifecycle,
        "access logs": data.access_logs,
        "access logs are delivered by S3 alone": data.delivery_of_access_logs,
        "replication us-east-1 to us-west-2, role, replica bucket, its key": data.replication,
        "versioning on both sides first": data.versioning_before_replication,
    },
    "compute": {
        "launch templates (IMDSv2, encrypted volumes)": fleets.launch_templates,
        "images of the public parameter": fleets.image_of_the_public_parameter,
        "blue group t3.micro": fleets.blue_is_t3_micro,
        "green group m5.large": fleets.green_is_m5_large,
        "instances in private subnets, without public addresses": fleets.fleets_in_private_subnets,
        "scaling policies up and down": fleets.scaling_policies,
        "a load balancer and target group per side": fleets.a_load_balancer_per_side,
        "HTTPS listener (TLS 1.2 or newer policy)": fleets.https_listener,
        "/health checks": fleets.health_check_of_targets,
        "deregistration delay": fleets.deregistration_delay,
    },
    "dns": {
        "hosted zone": fleets.hosted_zone,
        "health checks": fleets.health_checks,
        "weighted records": fleets.weighted_records,
    },
    "monitoring": {
        "SNS topic": watching.topic,
        "alarms: 5xx, latency, unhealthy hosts, ASG CPU": watching.alarms_of_the_sides,
        "alarms: RDS CPU, connections, storage": watching.alarms_of_the_database,
        "a dashboard": watching.dashboard,
        "log groups with retention": watching.log_groups_with_retention,
    },
}
LINES = [pytest.param(check, id=f"{part}: {line}") for part, lines in PAGE.items() for line, check in lines.items()]


@pytest.fixture(scope="module")
def reading(prod: Built) -> Reading:
    return Reading(prod)


@pytest.mark.parametrize("check", LINES)
def test_prod(check: Check, reading: Reading) -> None:
    check(reading)


# The two judges that the table leans on have to see what is wrong.
def rule(reading: Reading, group: str, **attributes: object) -> Item:
    return {
        "GroupId": reading.group_id(group),
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        **attributes,
    }


def test_reachability_sees_a_group_that_has_been_opened(reading: Reading) -> None:
    sound = network.network_of(reading)
    opened = rule(reading, "load-balancer", CidrIpv4="0.0.0.0/0")
    found = open_ports(replace(sound, rules=(*sound.rules, opened)), network.PORTS)
    assert found == network.REACHABLE, "an ACL stands before it"
    wide = [{**acl, "Entries": [_everything(way) for way in (True, False)]} for acl in sound.acls]
    found = open_ports(replace(sound, rules=(*sound.rules, opened), acls=tuple(wide)), network.PORTS)
    assert found == network.REACHABLE | {(INTERNET, network.LOAD_BALANCER): {"tcp/22", "tcp/443"}}


def _everything(egress: bool) -> Item:
    return {"Egress": egress, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleAction": "allow", "RuleNumber": 100}


def test_reachability_sees_a_database_that_asks_and_one_without_a_way_to_it(reading: Reading) -> None:
    sound = network.network_of(reading)
    out = rule(reading, "database", IsEgress=True, FromPort=443, ToPort=443, CidrIpv4="0.0.0.0/0")
    open_acls = tuple({**acl, "Entries": [_everything(way) for way in (True, False)]} for acl in sound.acls)
    loud = replace(sound, rules=(*sound.rules, out), acls=open_acls)
    assert (network.DATABASE, network.LOAD_BALANCER) in open_ports(loud, [443])
    assert (network.DATABASE, INTERNET) not in open_ports(loud, [443]), "it has no default route"
    closed = tuple({**acl, "Entries": []} for acl in sound.acls)
    assert open_ports(replace(sound, acls=closed), network.PORTS) == {}


def test_a_policy_is_judged_as_aws_judges_it() -> None:
    allow = {"Effect": "Allow", "Principal": {"AWS": ["1"]}, "Action": ["s3:Get*"], "Resource": ["a/*"]}
    tls = {"Bool": {"aws:SecureTransport": ["false"]}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": tls}
    policy = {"Statement": [allow, deny]}
    assert allowed(policy, Call({"AWS": "1"}, "s3:GetObject", "a/b"))
    assert not allowed(policy, Call({"AWS": "2"}, "s3:GetObject", "a/b"))
    assert not allowed(policy, Call({"AWS": "1"}, "s3:PutObject", "a/b"))
    assert not allowed(policy, Call({"AWS": "1"}, "s3:GetObject", "b/b"))
    plain = Call({"AWS": "1"}, "s3:GetObject", "a/b", {"aws:SecureTransport": "false"})
    assert denied(policy, plain)
    assert not allowed(policy, plain)
