# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DescribeDBEngineVersions and DescribeOrderableDBInstanceOptions, which moto lacks or leaves empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.rds.catalogue import ENGINES, Engine

PAGE = 100
STORAGE = ("gp2", "gp3", "io1")
# Zones in which hardly anything can be ordered
POOR_ZONES = frozenset({"us-east-1e"})


@handles("rds", "DescribeDBEngineVersions")
def describe_versions(request: Request, _: Next) -> Response:
    parameters = request.parameters
    wanted = _engines(parameters.get("Engine"))
    found = [_version(engine, family, version) for engine in wanted for family, version in engine.all_versions()]
    version, family = parameters.get("EngineVersion"), parameters.get("DBParameterGroupFamily")
    if version:
        found = [one for one in found if one["EngineVersion"] == version or one["MajorEngineVersion"] == version]
    if family:
        found = [one for one in found if one["DBParameterGroupFamily"] == family]
    if parameters.get("DefaultOnly"):
        defaults = {(engine.name, (engine.resolve(version) or ("", ""))[1]) for engine in wanted}
        found = [one for one in found if (one["Engine"], one["EngineVersion"]) in defaults]
    return request.answer(_page(parameters, "DBEngineVersions", found))


def _engines(name: str | None) -> list[Engine]:
    return [engine for engine in ENGINES.values() if name is None or engine.name == name]


def major_version(family: str) -> str:
    return family.lstrip("abcdefghijklmnopqrstuvwxyz-")


def upgrades(engine: Engine, version: str) -> dict[str, bool]:
    """The versions to which RDS upgrades, and whether each is another major version: the newer ones of the same family,
    and all of the later families.
    """
    versions = list(engine.all_versions())
    family, _ = next(one for one in versions if one[1] == version)
    later = versions[[one[1] for one in versions].index(version) + 1 :]
    return {newer: other != family for other, newer in later}


def _version(engine: Engine, family: str, version: str) -> dict[str, Any]:
    return {
        "Engine": engine.name,
        "EngineVersion": version,
        "MajorEngineVersion": major_version(family),
        "DBParameterGroupFamily": family,
        "DBEngineDescription": engine.description,
        "DBEngineVersionDescription": f"{engine.description} {version}",
        "Status": "available",
        "ValidUpgradeTarget": [
            {"Engine": engine.name, "EngineVersion": one, "AutoUpgrade": False, "IsMajorVersionUpgrade": another}
            for one, another in upgrades(engine, version).items()
        ],
        "ExportableLogTypes": list(engine.logs),
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "SupportedEngineModes": ["provisioned"],
        "SupportsGlobalDatabases": engine.is_aurora,
        "SupportsCertificateRotationWithoutRestart": True,
        "SupportedCACertificateIdentifiers": ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"],
    }


@handles("rds", "DescribeOrderableDBInstanceOptions")
def describe_options(request: Request, _: Next) -> Response:
    parameters = request.parameters
    zones = zones_of(request)
    found = []
    for engine in _engines(parameters.get("Engine")):
        for _family, version in engine.all_versions():
            if parameters.get("EngineVersion") in (None, version):
                found += list(_options(engine, version, parameters.get("DBInstanceClass"), zones))
    if "LicenseModel" in parameters:
        found = [one for one in found if one["LicenseModel"] == parameters["LicenseModel"]]
    return request.answer(_page(parameters, "OrderableDBInstanceOptions", found))


def zones_of(request: Request) -> list[str]:
    zones = [zone.name for zone in request.backend("ec2").describe_availability_zones()]
    return [zone for zone in zones if zone not in POOR_ZONES]


def _options(engine: Engine, version: str, wanted: str | None, zones: list[str]) -> Iterator[dict[str, Any]]:
    for instance_class in engine.classes:
        if wanted in (None, instance_class):
            for storage in ("aurora",) if engine.is_aurora else STORAGE:
                yield _option(engine, version, instance_class, storage, zones)


def _option(engine: Engine, version: str, instance_class: str, storage: str, zones: list[str]) -> dict[str, Any]:
    return {
        "Engine": engine.name,
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": engine.licence,
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        # Aurora spreads its instances over zones by itself
        "MultiAZCapable": not engine.is_aurora,
        "ReadReplicaCapable": not engine.is_aurora,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": storage,
        "SupportsIops": storage in ("gp3", "io1"),
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportsPerformanceInsights": engine.supports_insights(instance_class),
        "SupportsStorageAutoscaling": not engine.is_aurora,
        "SupportsStorageThroughput": storage == "gp3",
        "SupportedEngineModes": ["provisioned"],
        "SupportsClusters": engine.is_aurora,
        "SupportedNetworkTypes": ["IPV4", "DUAL"],
        **({} if engine.is_aurora else {"MinStorageSize": 20, "MaxStorageSize": 65536}),
    }


def _page(parameters: dict[str, Any], key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    size = int(parameters.get("MaxRecords", PAGE))
    start = int(parameters.get("Marker", 0))
    result: dict[str, Any] = {key: items[start : start + size]}
    if start + size < len(items):
        result["Marker"] = str(start + size)
    return result
