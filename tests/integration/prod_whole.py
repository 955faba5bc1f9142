# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is true of all of `prod`: names, values, outputs, secrets. Each function holds one line of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

from local_cloud import guard
from tests.integration.prod_data import buckets
from tests.integration.prod_reading import SIDES, TIERS, Reading, contains, same
from tests.integration.prod_security import record_names
from tests.integration.prod_tags import taggable
from tests.integration.runs import ROOT

PLACES = re.compile(r"\b(us|eu|ap|ca|sa|me|af|il)-(north|south|east|west|central)+-\d|\b\d{12}\b|\b10\.\d+\.\d+\.\d+")
"""Regions, accounts and networks: what has no place in a role."""

NAMED_BY_OTHERS = ("zone", "log group")
"""A zone has its domain's name, a log group a path."""


def nothing_is_hard_coded(reading: Reading) -> None:
    """No role holds a region, an account or a network, and AWS shows the inventory's values."""
    files = [file for part in ("tasks", "defaults", "vars") for file in ROOT.glob(f"roles/*/{part}/**/*.yml")]
    assert len(files) > 20
    for file in files:
        assert not (found := PLACES.search(file.read_text())), f"{file.relative_to(ROOT)}: {found[0] if found else ''}"
    given = reading.inventory
    same(reading.vpc["CidrBlock"], given["vpc_cidr"])
    contains(
        reading.database,
        {
            "AllocatedStorage": given["database_allocated_storage"],
            "MaxAllocatedStorage": given["database_max_allocated_storage"],
            "IAMDatabaseAuthenticationEnabled": given["database_iam_authentication"],
        },
    )
    assert reading.database["EngineVersion"].startswith(given["database_engine_version"])
    same(reading.account, given["allowed_account_ids"][0])


def names_follow_one_scheme(reading: Reading) -> None:
    """<project>-<environment>-<what>, in small letters; the region where a name is global; within each limit."""
    scheme = re.compile(rf"{reading.name}(-[a-z0-9]+)+")
    listener = re.compile(rf"{scheme.pattern}:\d+")
    for kind, name, tags in taggable(reading):
        if kind in NAMED_BY_OTHERS:
            assert reading.name in tags["Name"] or tags["Name"] == reading.inventory["dns_zone_name"], f"{kind} {name}"
        else:
            fits = listener if kind == "listener" else scheme
            assert fits.fullmatch(tags["Name"]), f"{kind} {name} is called {tags['Name']}"
    for name, region in buckets(reading):
        assert f"-{region}-" in name, f"{name} does not say its region"
        assert len(name) <= 63
    roles = [role["RoleName"] for role in reading.roles.values()]
    profiles = reading.all("iam", "list_instance_profiles", "InstanceProfiles")
    dashboards = reading.all("cloudwatch", "list_dashboards", "DashboardEntries")
    assert len(dashboards) == 1
    roles += [dashboard["DashboardName"] for dashboard in dashboards]
    for name in [*roles, *(profile["InstanceProfileName"] for profile in profiles)]:
        assert name.endswith(f"-{reading.home}"), f"{name} does not say its region"
        assert len(name) <= 64
    for side in SIDES:
        for name in (reading.load_balancer(side)["LoadBalancerName"], reading.target_group(side)["TargetGroupName"]):
            assert scheme.fullmatch(name), name
            assert len(name) <= 32


def no_deprecation_warning(reading: Reading) -> None:
    output = reading.built.run.output
    assert "PLAY RECAP" in output
    assert "DEPRECAT" not in output.upper(), output[max(0, output.upper().find("DEPRECAT") - 200) :][:1000]


def no_secret_is_shown(reading: Reading) -> None:
    """What RDS has generated, and the controller's own key, are in nothing that the run has printed at -vvv, left
    behind or sent as a parameter."""
    controller = reading.built.controller
    calls = json.dumps(controller.cloud.calls())
    output = reading.built.run.output
    files = {str(file): file.read_text(errors="replace") for file in controller.directory.rglob("*") if file.is_file()}
    secret = reading.aws("secretsmanager").get_secret_value(SecretId=reading.database["MasterUserSecret"]["SecretArn"])
    password = json.loads(secret["SecretString"])["password"]
    assert len(password) >= 16
    assert reading.database["MasterUsername"] in output, "the output is too terse to show a leak"
    assert "ManageMasterUserPassword" in calls
    assert any(name.endswith("outputs/prod.json") for name in files)
    for what in (password, guard.SECRET_KEY, controller.variables["aws_secret_key"]):
        for written in {what, json.dumps(what)[1:-1], quote_plus(what)}:
            for where, text in {"the output": output, "the call log": calls, **files}.items():
                assert written not in text, f"a secret is in {where}: {_around(text, written)}"


def _around(text: str, secret: str) -> str:
    """Where it is, without saying it."""
    at = text.index(secret)
    return f"{text[max(0, at - 300) : at]}***"


def sixty_outputs(reading: Reading) -> None:
    values = list(leaves(reading.outputs))
    assert len(values) >= 60, f"{len(values)} outputs"
    same([path for path, value in values if value in ("", "(known after apply)")], [])


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that is not null."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, f"{path}[{number}]")
    elif value is not None:
        yield path, value


def outputs_need_no_lookup(reading: Reading) -> None:
    """Ids, ARNs, names, endpoints, ports and zone ids are there, and are those that AWS shows."""
    outputs = reading.outputs
    for layer, wanted in _wanted_outputs(reading).items():
        contains(outputs[layer], wanted, layer)
    for side in SIDES:
        contains(outputs["compute"]["sides"][side], _wanted_of_side(reading, side), side)
    for name, region in buckets(reading):
        shown = [bucket for kind in outputs["storage"].values() for bucket in kind.values() if bucket["name"] == name]
        contains(shown[0], {"arn": f"arn:aws:s3:::{name}", "region": region}, name)


MOVING = ("weights", "capacity", "image_id", "launch_template_version", "engine_version", "pending_reboot", "phase")
"""Outputs that have no parameter, because they move between two runs; so has the state of the certificate."""


def outputs_are_parameters(reading: Reading) -> None:
    """Every output that does not move, one a parameter, plain text, with the value that the file has."""
    path = reading.built.controller.variables["parameters_path"]
    pages = reading.aws("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    found = {item["Name"]: item for page in pages for item in page["Parameters"]}
    same({item["Type"] for item in found.values()}, {"String", "StringList"})
    same({name: item["Value"] for name, item in found.items()}, dict(_parameters(reading.outputs, path)))
    assert len(found) >= 100
    contains(
        {name: item["Value"] for name, item in found.items()},
        {
            f"{path}/vpc/vpc_id": reading.vpc["VpcId"],
            f"{path}/vpc/subnet_ids/private": ",".join(subnet["SubnetId"] for subnet in reading.tier("private")),
            f"{path}/database/port": str(reading.database["Endpoint"]["Port"]),
            f"{path}/database/secret_arn": reading.database["MasterUserSecret"]["SecretArn"],
            f"{path}/compute/sides/green/target_group_arn": reading.target_group("green")["TargetGroupArn"],
        },
    )


def _parameters(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in (*MOVING, "certificate_status", "tags", "parameters"):
                yield from _parameters(part, f"{path}/{name}")
    elif isinstance(value, list):
        yield path, ",".join(value)
    elif value is not None:
        yield path, value if isinstance(value, str) else json.dumps(value)


def _wanted_outputs(reading: Reading) -> dict[str, dict[str, Any]]:
    database = reading.database
    records = {record["SetIdentifier"]: record for record in reading.records if "Weight" in record}
    groups = {"load_balancer": "load-balancer", "application": "application", "database": "database"}
    return {
        "stack": {"account_id": reading.account, "region": reading.home, "environment": "prod", "phase": "initial"},
        "keys": {
            "key_arn": reading.key_arn,
            "replica_key_arn": reading.key(reading.replica)["Arn"],
            "roles": {
                what.replace("-", "_"): {"name": role["RoleName"], "arn": role["Arn"]}
                for what, role in reading.roles.items()
            },
        },
        "zone": {"zone_id": reading.zone["Id"].split("/")[-1], "zone_name": reading.inventory["dns_zone_name"]},
        "vpc": {
            "vpc_id": reading.vpc["VpcId"],
            "vpc_cidr": reading.vpc["CidrBlock"],
            "zones": reading.inventory["vpc_zones"],
            "subnet_ids": {tier: [subnet["SubnetId"] for subnet in reading.tier(tier)] for tier in TIERS},
        },
        "security": {"group_ids": {what: reading.group_id(name) for what, name in groups.items()}},
        "database": {
            "arn": database["DBInstanceArn"],
            "endpoint": database["Endpoint"]["Address"],
            "port": database["Endpoint"]["Port"],
            "identifier": database["DBInstanceIdentifier"],
            "name": database["DBName"],
            "secret_arn": database["MasterUserSecret"]["SecretArn"],
            "username": database["MasterUsername"],
        },
        "monitoring": {
            "topic_arn": reading.topic_arn,
            "alarm_arns": {name: alarm["AlarmArn"] for name, alarm in reading.alarms.items()},
            "dashboard_name": f"{reading.name}-overview-{reading.home}",
        },
        "dns": {
            "record_names": record_names(reading),
            "weights": {side: record["Weight"] for side, record in records.items()},
            "health_check_ids": {side: record["HealthCheckId"] for side, record in records.items()},
        },
    }


def _wanted_of_side(reading: Reading, side: str) -> dict[str, Any]:
    balancer, group = reading.load_balancer(side), reading.target_group(side)
    (listener,) = reading.listeners(side)
    return {
        "load_balancer_arn": balancer["LoadBalancerArn"],
        "dns_name": balancer["DNSName"],
        "hosted_zone_id": balancer["CanonicalHostedZoneId"],
        "listener_arn": listener["ListenerArn"],
        "target_group_arn": group["TargetGroupArn"],
        "group_name": reading.fleet(side)["AutoScalingGroupName"],
        "launch_template_id": reading.fleet(side)["LaunchTemplate"]["LaunchTemplateId"],
    }
