# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Health checks: what one is, and the calls about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._model.core import Value
from .._model.dns import ALARM, HTTPS
from .._model.references import caller_reference
from .._model.zone import domain
from . import api, tags
from .records import name_of

TYPES = {HTTPS: "HTTPS", ALARM: "CLOUDWATCH_METRIC"}
FIXED = ("type", "interval", "measure_latency")
"""What AWS cannot change in a health check that exists."""


class StillCarried(CutoverError):
    """A record would be left with a health check that does not exist."""


class CannotChange(CutoverError):
    """The health check would have to be another one."""


@dataclass(frozen=True)
class HealthCheck:
    """A health check. settings are those of its type, in the model's words; version is AWS's guard against two writers
    at a time."""

    id: str
    version: int
    settings: Mapping[str, Value]
    tags: Mapping[str, str]


def settings_of(config: Mapping[str, Any]) -> dict[str, Value]:
    """AWS's configuration in the model's words; of a type that the model does not know only what all types have."""
    names: dict[str, str] = {value: name for name, value in TYPES.items()}
    kind = names.get(config["Type"], config["Type"])
    common: dict[str, Value] = {
        "type": kind,
        "inverted": config.get("Inverted", False),
        "disabled": config.get("Disabled", False),
    }
    if kind == HTTPS:
        return {
            **common,
            "fqdn": domain(config.get("FullyQualifiedDomainName", "")) or None,
            "port": config.get("Port"),
            "path": config.get("ResourcePath"),
            "interval": config.get("RequestInterval"),
            "failure_threshold": config.get("FailureThreshold"),
            "sni": config.get("EnableSNI"),
            "measure_latency": config.get("MeasureLatency", False),
        }
    if kind == ALARM:
        alarm = config.get("AlarmIdentifier", {})
        return {
            **common,
            "alarm": alarm.get("Name"),
            "alarm_region": alarm.get("Region"),
            "insufficient_data": config.get("InsufficientDataHealthStatus"),
        }
    return common


def config_of(settings: Mapping[str, Value]) -> dict[str, Any]:
    """AWS's configuration for the settings of the model."""
    common = {"Type": TYPES[str(settings["type"])], "Inverted": settings["inverted"], "Disabled": settings["disabled"]}
    if settings["type"] == ALARM:
        return {
            **common,
            "AlarmIdentifier": {"Region": settings["alarm_region"], "Name": settings["alarm"]},
            "InsufficientDataHealthStatus": settings["insufficient_data"],
        }
    return {
        **common,
        "FullyQualifiedDomainName": settings["fqdn"],
        "Port": settings["port"],
        "ResourcePath": settings["path"],
        "RequestInterval": settings["interval"],
        "FailureThreshold": settings["failure_threshold"],
        "EnableSNI": settings["sni"],
        "MeasureLatency": settings["measure_latency"],
    }


def changed_config(existing: HealthCheck, wanted: Mapping[str, Value]) -> dict[str, Any]:
    """The part of the configuration that an update has to write. Raises CannotChange."""
    fixed = [name for name in FIXED if name in wanted and wanted[name] != existing.settings.get(name)]
    if fixed:
        raise CannotChange(
            f"health check {existing.id}: AWS cannot change its {', '.join(fixed)}; make another one beside it"
        )
    before, after = config_of({**wanted, **existing.settings}), config_of(wanted)
    return {name: value for name, value in after.items() if before[name] != value}


def get(client: Any, check_id: str) -> HealthCheck | None:
    """The health check, None where there is none."""
    try:
        check = client.get_health_check(HealthCheckId=check_id)["HealthCheck"]
        tagged = tags.read(client, tags.HEALTH_CHECK, [check_id])
    except is_boto3_error_code("NoSuchHealthCheck"):
        return None
    return HealthCheck(
        check_id, check["HealthCheckVersion"], settings_of(check["HealthCheckConfig"]), tagged.get(check_id, {})
    )


def create(client: Any, settings: Mapping[str, Value], labels: Mapping[str, str], nonce: str) -> str:
    """Makes a health check; its id."""
    answer = client.create_health_check(
        CallerReference=caller_reference(labels, nonce), HealthCheckConfig=config_of(settings)
    )
    made = str(answer["HealthCheck"]["Id"])
    tags.write(client, tags.HEALTH_CHECK, made, labels)
    return made


def update(client: Any, existing: HealthCheck, config: Mapping[str, Any], labels: Mapping[str, str]) -> None:
    """Writes what differs; AWS refuses it if somebody has changed the check since it was read."""
    if config:
        client.update_health_check(HealthCheckId=existing.id, HealthCheckVersion=existing.version, **config)
    tags.write(client, tags.HEALTH_CHECK, existing.id, labels)


def delete(client: Any, check_id: str, zone_id: str | None = None) -> None:
    """Removes a health check. Raises StillCarried if a record of the zone carries it."""
    records = api.records_of_zone(client, zone_id) if zone_id else []
    carried = sorted({f"{name_of(raw)} {raw['Type']}" for raw in records if raw.get("HealthCheckId") == check_id})
    if carried:
        raise StillCarried(
            f"health check {check_id} is still carried by {', '.join(carried)} in zone {zone_id}, which would count as "
            "healthy for ever without it. Remove the records, or name them in dns_records again"
        )
    client.delete_health_check(HealthCheckId=check_id)
