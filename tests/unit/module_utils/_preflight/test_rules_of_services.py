# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules on databases, fleets, records, buckets and alarms: what AWS would refuse in the middle of a run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.compute import compute_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.database import (
    WEEK,
    Window,
    database_findings,
)
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.dns import dns_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.monitoring import monitoring_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.storage import storage_findings
from tests.unit.module_utils._preflight.reading import only, told

DATABASE: dict[str, Any] = {
    "database_engine": "mysql",
    "database_engine_version": "8.4.6",
    "database_instance_class": "db.m7g.large",
    "database_storage_type": "gp3",
    "database_allocated_storage": 100,
    "database_max_allocated_storage": 200,
    "database_backup_window": "03:00-04:00",
    "database_maintenance_window": "sun:04:30-sun:05:30",
    "database_log_exports": ["error"],
    "database_username": "dbadmin",
    "security_database_port": 3306,
}


class TestDatabase:
    def test_a_sound_database_has_no_findings(self) -> None:
        assert list(database_findings(DATABASE)) == []

    @pytest.mark.parametrize(
        ("variable", "value", "rule"),
        [
            ("database_instance_class", "m7g.large", "is no class"),
            ("database_instance_class", "db.m7g", "is no class"),
            ("database_engine", "mysq", "is none of"),
            ("database_engine_version", "latest", "is no version number"),
            ("database_parameter_family", "mysql8.0", "of family mysql8.4"),
            ("database_max_allocated_storage", 110, "a quarter above"),
            ("database_backup_window", "3am", "no window"),
            ("database_backup_window", "180", "no window"),
            ("database_backup_window", "03:00-03:20", "no window"),
            ("database_maintenance_window", "sunday:04:30-05:30", "no window"),
            ("database_maintenance_window", "tue:03:30-tue:04:30", "overlaps database_backup_window"),
            ("database_monitoring_interval", 45, "is none of"),
            ("database_performance_insights_retention", 90, "neither 7, nor 731"),
            ("database_username", "Admin", "reserved"),
            ("database_username", "db-admin", "RDS allows"),
            ("database_name", "my-app", "RDS allows"),
            ("database_iops", 12000, "below 400 GiB"),
            ("database_storage_throughput", 500, "below 400 GiB"),
            ("security_database_port", 5432, "listens on port 3306"),
        ],
    )
    def test_what_rds_would_refuse_is_told(self, variable: str, value: Any, rule: str) -> None:
        found = only(database_findings(DATABASE | {variable: value}))
        assert found.variable == variable
        assert rule in found.rule

    def test_provisioned_storage_needs_its_operations(self) -> None:
        assert only(database_findings(DATABASE | {"database_storage_type": "io2"})).variable == "database_iops"
        assert list(database_findings(DATABASE | {"database_storage_type": "io2", "database_iops": 3000})) == []

    def test_a_log_that_the_engine_does_not_write_is_told(self) -> None:
        found = only(database_findings(DATABASE | {"database_log_exports": ["error", "postgresql"]}))
        assert found.variable == "database_log_exports[1]"

    @given(st.integers(0, WEEK - 1), st.integers(30, 600), st.integers(0, WEEK - 1), st.integers(30, 600))
    def test_windows_overlap_exactly_if_they_share_a_minute(self, one: int, long: int, other: int, short: int) -> None:
        shared = {(one + minute) % WEEK for minute in range(long)} & {
            (other + minute) % WEEK for minute in range(short)
        }
        assert Window(one, long).overlaps(Window(other, short)) is bool(shared)


class TestCompute:
    @pytest.mark.parametrize(
        ("side", "variable", "rule"),
        [
            ({"instance_type": "t3.micro", "min_size": 1, "desired_capacity": 2, "max_size": 4}, None, ""),
            ({"instance_type": "t3.micro", "min_size": 3, "max_size": 2}, ".min_size", "is above max_size (2)"),
            (
                {"instance_type": "t3.micro", "desired_capacity": 5, "max_size": 2},
                ".desired_capacity",
                "above max_size",
            ),
            ({"instance_type": "t3.micro", "min_size": -1}, ".min_size", "0 or more"),
            ({"instance_type": "t3.micro", "min_size": "two"}, ".min_size", "whole number"),
            ({"instance_type": "db.m5.large"}, ".instance_type", "no instance type"),
            ({"instance_type": "huge"}, ".instance_type", "no instance type"),
            ({}, ".instance_type", "is missing"),
            ("t3.micro", "", "has to be a dictionary"),
        ],
        ids=str,
    )
    def test_a_side_has_an_instance_type_and_sizes_in_order(self, side: Any, variable: str | None, rule: str) -> None:
        found = told(compute_findings({"compute_sides": {"blue": side}}))
        assert list(found) == ([] if variable is None else [f"compute_sides.blue{variable}"])
        assert all(rule in one.rule for one in found.values())

    @pytest.mark.parametrize("name", ["Blue", "blue-1", "1blue", "averylongsidename"])
    def test_a_sides_name_fits_into_those_of_load_balancers(self, name: str) -> None:
        assert only(compute_findings({"compute_sides": {name: {"instance_type": "t3.micro"}}})).variable == (
            f"compute_sides.{name}"
        )

    @pytest.mark.parametrize(
        ("values", "variable"),
        [
            ({"compute_sides": {}}, "compute_sides"),
            ({"compute_health_check_interval": 10, "compute_health_check_timeout": 10}, "compute_health_check_timeout"),
            ({"compute_health_check_path": "health"}, "compute_health_check_path"),
            ({"compute_health_check_codes": "ok"}, "compute_health_check_codes"),
            ({"compute_tls_policy": "ELBSecurityPolicy-2016-08"}, "compute_tls_policy"),
            ({"compute_tls_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, "compute_tls_policy"),
            ({"compute_image_id": "al2023"}, "compute_image_id"),
            ({"compute_port": 8080, "security_application_port": 8443}, "compute_port"),
        ],
        ids=str,
    )
    def test_what_elastic_load_balancing_would_refuse_is_told(self, values: dict[str, Any], variable: str) -> None:
        assert only(compute_findings(values)).variable == variable


DNS: dict[str, Any] = {
    "dns_zone_name": "prod.acme.com",
    "dns_records": [{"name": "www", "type": "A"}, {"name": "@", "type": "A"}],
    "dns_sides": {"blue": {"weight": 100}, "green": {"weight": 0}},
    "dns_plain_records": [{"name": "mail", "type": "A", "ttl": 300, "values": ["192.0.2.1"]}],
    "compute_sides": {"blue": {}, "green": {}},
}


def plain(**changed: Any) -> dict[str, Any]:
    return DNS | {"dns_plain_records": [{"name": "x", "type": "A", "ttl": 300, "values": ["192.0.2.1"]} | changed]}


class TestDns:
    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"dns_records": [{"name": "www.prod.acme.com", "type": "A"}, {"name": "api.v1", "type": "A"}]},
            {"dns_records": [{"name": "*.apps", "type": "A"}, {"name": "PROD.acme.com.", "type": "A"}]},
            {"dns_zone_name": None, "dns_records": [], "dns_plain_records": []},
            {"dns_sides": {"blue": {"weight": 50}, "green": {"weight": 50}}},
            {"dns_zone_id": "Z0123456789ABCDEFGHIJ"},
        ],
        ids=str,
    )
    def test_sound_records_have_no_findings(self, values: dict[str, Any]) -> None:
        assert list(dns_findings(DNS | values)) == []

    @pytest.mark.parametrize(
        ("values", "variable", "rule"),
        [
            ({"dns_zone_name": "https://acme.com"}, "dns_zone_name", "is a URL"),
            ({"dns_zone_name": "acme"}, "dns_zone_name", "is no domain name"),
            ({"dns_zone_name": "acme_prod.com"}, "dns_zone_name", "is no domain name"),
            ({"dns_zone_name": None}, "dns_zone_name", "there are records"),
            ({"dns_zone_id": "/hostedzone/Z123"}, "dns_zone_id", "is a path"),
            ({"dns_zone_id": "example.com"}, "dns_zone_id", "is no id"),
            ({"dns_sides": {"blue": {"weight": 300}, "green": {"weight": 0}}}, "dns_sides.blue.weight", "0 to 100"),
            ({"dns_sides": {"blue": {"weight": -1}, "green": {"weight": 1}}}, "dns_sides.blue.weight", "0 to 100"),
            (
                {"dns_sides": {"blue": {"weight": "all"}, "green": {"weight": 1}}},
                "dns_sides.blue.weight",
                "whole number",
            ),
            ({"dns_sides": {"blue": {"wieght": 1}, "green": {"weight": 1}}}, "dns_sides.blue.weight", "whole number"),
            ({"dns_sides": {"blue": {"weight": 0}, "green": {"weight": 0}}}, "dns_sides", "the same share"),
            (
                {"compute_sides": {"blue": {}, "green": {}, "grey": {}}},
                "compute_sides.grey",
                "no such side in dns_sides",
            ),
            ({"dns_health_checks": {"blu": {}}}, "dns_health_checks.blu", "no such side"),
            ({"dns_health_checks": {"blue": {"type": "tcp"}}}, "dns_health_checks.blue.type", "none of https, alarm"),
            ({"dns_records": [{"name": "www.acme.com", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "www.acme.org", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "www.other.", "type": "A"}]}, "dns_records[0].name", "outside the zone"),
            ({"dns_records": [{"name": "my site", "type": "A"}]}, "dns_records[0].name", "is no domain name"),
            ({"dns_records": [{"name": "a" * 64, "type": "A"}]}, "dns_records[0].name", "is no domain name"),
            (
                {"dns_records": [{"name": "www", "type": "A"}, {"name": "WWW.prod.acme.com", "type": "A"}]},
                "dns_records[1]",
                "there is A of this name already (dns_records[0])",
            ),
            (
                plain(name="www", type="CNAME", values=["x.acme.com"]),
                "dns_plain_records[0]",
                "already (dns_records[0])",
            ),
            (plain(type="CNAME", values=["a.b", "c.d"]), "dns_plain_records[0].values", "exactly one"),
            (plain(type="a"), "dns_plain_records[0].type", "no such type"),
            (plain(ttl=-1), "dns_plain_records[0].ttl", "lies outside"),
            (plain(values=["acme.com"]), "dns_plain_records[0].values[0]", "is no address"),
            (plain(type="AAAA"), "dns_plain_records[0].values[0]", "is no address"),
            (plain(values=[]), "dns_plain_records[0].values", "has a value"),
        ],
        ids=str,
    )
    def test_what_route_53_would_refuse_is_told(self, values: dict[str, Any], variable: str, rule: str) -> None:
        found = only(dns_findings(DNS | values))
        assert found.variable == variable
        assert rule in found.rule

    def test_the_zones_own_name_is_no_cname(self) -> None:
        values = plain(name="@", type="CNAME", values=["x.acme.com"]) | {"dns_records": []}
        assert "cannot be a CNAME" in only(dns_findings(values)).rule


def bucket(**rule: Any) -> dict[str, Any]:
    return {"storage_buckets": {"logs": {"lifecycle": {"one": rule}}}}


class TestStorage:
    @pytest.mark.parametrize(
        ("values", "variable", "rule"),
        [
            (bucket(expiration_days=90, transitions=[{"days": 30, "storage_class": "standard_ia"}]), None, ""),
            ({"storage_buckets": {"App_Logs": {}}}, "storage_buckets.App_Logs", "part of a bucket's name"),
            (bucket(expiration_days=0), ".expiration_days", "1 or more"),
            (bucket(noncurrent_days="30d"), ".noncurrent_days", "1 or more"),
            (bucket(transitions=[{"days": 30}]), ".transitions[0]", "needs days and storage_class"),
            (bucket(transitions=[{"days": 30, "storage_class": "COLD"}]), ".transitions[0].storage_class", "no such"),
            (bucket(transitions=[{"days": 7, "storage_class": "STANDARD_IA"}]), ".transitions[0].days", "30 days or"),
            (
                bucket(noncurrent_days=60, noncurrent_transitions=[{"days": 60, "storage_class": "GLACIER"}]),
                ".noncurrent_transitions[0].days",
                "is not before noncurrent_days (60)",
            ),
            (
                {"storage_buckets": {"assets": {}}, "security_read_buckets": ["asets"]},
                "security_read_buckets[0]",
                "no such bucket",
            ),
            (
                {"storage_buckets": {"assets": {"replicated": True}}, "security_replicated_buckets": []},
                "storage_buckets.assets.replicated",
                "lacks it",
            ),
        ],
        ids=str,
    )
    def test_what_s3_would_refuse_is_told(self, values: dict[str, Any], variable: str | None, rule: str) -> None:
        found = told(storage_findings(values))
        path = "storage_buckets.logs.lifecycle.one" if str(variable).startswith(".") else ""
        assert list(found) == ([f"{path}{variable}"] if variable else [])
        assert all(rule in one.rule for one in found.values())


def alarm(kind: str, **limits: Any) -> dict[str, Any]:
    return {"monitoring_alarms": {kind: limits}}


def subscription(protocol: str, endpoint: str) -> dict[str, Any]:
    return {"monitoring_subscriptions": [{"protocol": protocol, "endpoint": endpoint}]}


class TestMonitoring:
    @pytest.mark.parametrize(
        ("values", "variable"),
        [
            (alarm("cpu", threshold=90.0, period=300, evaluation_periods=3), None),
            (alarm("target_5xx", threshold=500.0), None),
            (alarm("cpu", threshold=120.0), "monitoring_alarms.cpu.threshold"),
            (alarm("latency_p95", threshold=-1.0), "monitoring_alarms.latency_p95.threshold"),
            (alarm("cpu", period=90), "monitoring_alarms.cpu.period"),
            (alarm("cpu", evaluation_periods=0), "monitoring_alarms.cpu.evaluation_periods"),
            (alarm("cpu", period=86400, evaluation_periods=8), "monitoring_alarms.cpu.evaluation_periods"),
            (alarm("scale_down", threshold=75.0), "monitoring_alarms.scale_down.threshold"),
            (alarm("scale_up", threshold=30.0), "monitoring_alarms.scale_down.threshold"),
            ({"monitoring_log_groups": {"application": 45}}, "monitoring_log_groups.application"),
            ({"monitoring_log_groups": {"my app": 30}}, "monitoring_log_groups.my app"),
            (subscription("email", "ops@example.com"), None),
            (subscription("email", "ops"), "monitoring_subscriptions[0].endpoint"),
            (subscription("https", "http://example.com"), "monitoring_subscriptions[0].endpoint"),
            (subscription("sms", "0151 123"), "monitoring_subscriptions[0].endpoint"),
            (subscription("sqs", "my-queue"), "monitoring_subscriptions[0].endpoint"),
        ],
        ids=str,
    )
    def test_what_cloudwatch_and_sns_would_refuse_is_told(self, values: dict[str, Any], variable: str | None) -> None:
        assert [one.variable for one in monitoring_findings(values)] == ([variable] if variable else [])
